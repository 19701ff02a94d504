package tiff

import (
	"fmt"
	"math"
	"slices"

	"explant/io/imagefile"
	"explant/volume"
)

// picture is the arrangement of the pages: planes[level][z*c+channel].
type picture struct {
	info   imagefile.Info
	planes [][]*page
	c      int // channels that are pages of their own
}

// arrange finds out what the pages of a file are to each other. broken says why the chain of pages ended early,
// s what the description says.
func arrange(pages []*page, broken error, s series) (*picture, error) {
	first := pages[0]
	pic := &picture{c: 1, info: imagefile.Info{Format: "TIFF", Type: first.form.typ, Channels: first.form.channels}}
	if s.format != "" {
		pic.info.Format = s.format
	}
	pic.warn(first.form.warnings...)
	pic.warn(s.notes...)
	if broken != nil {
		pic.warn(fmt.Sprintf("the chain of pages breaks after page %d: %v", len(pages), broken))
	}
	main, reduced, err := pic.split(pages, s)
	if err != nil {
		return nil, err
	}
	if err := pic.stack(main, s); err != nil {
		return nil, err
	}
	pic.nested()
	pic.pyramid(reduced)
	pic.describe(first, s)
	return pic, nil
}

func (pic *picture) warn(text ...string) { pic.info.Warnings = append(pic.info.Warnings, text...) }

// split separates slices of the full resolution from reduced copies and from pictures of something
// else (label, macro photograph, thumbnail).
func (pic *picture) split(pages []*page, s series) (main, reduced []*page, err error) {
	first := pages[0]
	for _, p := range pages {
		switch {
		case s.gathered:
			main = append(main, p)
		case p.reduced && p != first || s.format == "Aperio TIFF" && p != first:
			reduced = append(reduced, p)
		default:
			main = append(main, p)
		}
	}
	if len(main) > 1 && !s.gathered && shrinking(main) {
		return main[:1], append(main[1:], reduced...), nil
	}
	odd := slices.IndexFunc(main, func(p *page) bool { return !p.agrees(first) })
	if odd < 0 {
		return main, reduced, nil
	}
	if odd == 1 && !s.gathered && !slices.ContainsFunc(main[1:], func(p *page) bool { return p.agrees(first) || p.bytes() > first.bytes() }) {
		pic.warn(fmt.Sprintf("%d further pages of other sizes or types were left out", len(main)-1))
		return main[:1], reduced, nil
	}
	return nil, nil, fmt.Errorf("its pages are not one stack: page 1 is %s, page %d is %s", first.describe(), odd+1, main[odd].describe())
}

// shrinking reports pages that are the levels of one pyramid though nothing marks them so.
func shrinking(pages []*page) bool {
	for i, p := range pages[1:] {
		if w, _ := p.size(); w >= pages[i].w || !p.below(pages[0]) {
			return false
		}
	}
	return true
}

// below reports a page that may be a smaller copy of q: same type, and the same shape within a pixel or 2 %.
func (p *page) below(q *page) bool {
	w, h := p.size()
	v, g := q.size()
	if w >= v || h > g || p.form.typ != q.form.typ || p.form.channels != q.form.channels {
		return false
	}
	dx, dy := float64(v)/float64(w), float64(g)/float64(h)
	return math.Abs(float64(h)*dx-float64(g)) <= dx || math.Abs(dx-dy) < 0.02*dy
}

// copies reports a page that is said to be a smaller copy of q and can be: one factor makes a pixel more or
// less of both its sides.
func (p *page) copies(q *page) bool {
	w, h := p.size()
	v, g := q.size()
	leastX, mostX := scales(v, w)
	leastY, mostY := scales(g, h)
	return w <= v && h <= g && w*h < v*g && p.form.typ == q.form.typ && p.form.channels == q.form.channels && leastX <= mostY && leastY <= mostX
}

// scales are the least and the largest factor by which n pixels become small ones, one more or less.
func scales(n, small int) (least, most float64) {
	return float64(n) / float64(small+1), float64(n) / math.Max(float64(small-1), 1e-9)
}

// stack makes the full resolution out of its pages.
func (pic *picture) stack(main []*page, s series) error {
	nz, n := len(main), s.c*s.z*s.t
	if n == len(main) && n > 1 {
		pic.c, nz = s.c, s.z
		if s.t > 1 {
			pic.warn(fmt.Sprintf("only the first of %d times is read", s.t))
			if s.z == 1 && s.c == 1 {
				nz, s.z, s.t = s.t, s.t, 1
				pic.info.Warnings[len(pic.info.Warnings)-1] = "the frames are taken for slices"
			}
		}
	} else if s.images > 0 && s.images != len(main) || s.format == "OME-TIFF" && n != len(main) {
		pic.warn(fmt.Sprintf("the description announces %d pages, the file holds %d", max(s.images, n), len(main)))
	}
	if pic.c > 1 {
		pic.info.Channels *= pic.c
		pic.info.ChannelNames = channelNames(s.names, pic.info.Channels)
	} else if k := pic.info.Channels; k > 1 && main[0].photometric <= minIsBlack {
		pic.info.ChannelNames = channelNames(nil, k)
	}
	planes := make([]*page, 0, nz*pic.c)
	for z := range nz {
		for c := range pic.c {
			i := z
			if n == len(main) && n > 1 {
				i = s.number(c, z, 0)
			}
			planes = append(planes, main[i])
		}
	}
	if pic.info.Channels > maxSample {
		return fmt.Errorf("%d channels are not supported", pic.info.Channels)
	}
	pic.agreeOnWhite(planes)
	pic.planes = [][]*page{planes}
	pic.info.Levels = []imagefile.Level{main[0].level(1, nz)}
	pic.info.Grid = volume.Grid{N: pic.info.Levels[0].N}
	if nz > 1 && pic.info.Format == "TIFF" {
		pic.info.Format = "TIFF stack"
	}
	return pic.info.Grid.Check()
}

func channelNames(names []string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("channel %d", i+1)
		if i < len(names) && names[i] != "" {
			out[i] = names[i]
		}
	}
	return out
}

// agreeOnWhite takes pages as they are stored when some call 0 white and others call it black: one
// stack has one meaning of grey, and the tag is then wrong more often than the data.
func (pic *picture) agreeOnWhite(planes []*page) {
	white := 0
	for _, p := range planes {
		if p.form.invert {
			white++
		}
	}
	switch white {
	case 0:
		return
	case len(planes):
		pic.warn("the file calls 0 white: its values are turned over")
		return
	}
	for _, p := range planes {
		p.form.invert = false
	}
	pic.warn(fmt.Sprintf("%d of %d pages call 0 white and the others call it black: all were read as stored", white, len(planes)))
}

// nested adds the pages below the SubIFDs as levels, where every plane has them.
func (pic *picture) nested() {
	full := pic.planes[0]
	for k, q := range full[0].smaller {
		last := pic.planes[len(pic.planes)-1][0]
		planes := make([]*page, 0, len(full))
		for _, p := range full {
			if k < len(p.smaller) && p.smaller[k].agrees(q) && q.copies(p) {
				planes = append(planes, p.smaller[k])
			}
		}
		if len(planes) < len(full) || q.w*q.h >= last.w*last.h {
			pic.warn(fmt.Sprintf("%d of %d smaller copies below the pages were left out", len(full[0].smaller)-k, len(full[0].smaller)))
			return
		}
		w, _ := q.size()
		v, _ := full[0].size()
		pic.planes = append(pic.planes, planes)
		pic.info.Levels = append(pic.info.Levels, q.level(float64(v)/float64(w), pic.info.Grid.N[2]))
	}
}

// pyramid adds smaller copies as levels; pages of another shape are pictures of something else.
func (pic *picture) pyramid(smaller []*page) {
	full := pic.planes[0][0]
	left := 0
	for _, p := range smaller {
		last := pic.planes[len(pic.planes)-1][0]
		strange := pic.info.Format == "Aperio TIFF" && !p.tiled // a thumbnail, label or macro photograph
		if strange || len(pic.planes[0]) > 1 || !p.below(full) || p.w >= last.w {
			left++
			continue
		}
		w, _ := p.size()
		v, _ := full.size()
		pic.planes = append(pic.planes, []*page{p})
		pic.info.Levels = append(pic.info.Levels, p.level(float64(v)/float64(w), 1))
	}
	if left > 0 {
		pic.warn(fmt.Sprintf("%d reduced or associated images were left out", left))
	}
}

func (pic *picture) describe(first *page, s series) {
	if first.turned() {
		s.size.Size[0], s.size.Size[1] = s.size.Size[1], s.size.Size[0]
	}
	if s.images > 1 && pic.info.Grid.N[2] > 1 && s.size.Size[2] == 0 && s.size.Size[0] > 0 {
		s.size.Notes = append(s.size.Notes, "ImageJ writes no spacing= when it is 1, so the distance between slices is unknown")
	}
	s.size.Apply(&pic.info.Grid)
	pic.info.Identifiers, pic.info.Beside = s.personal, s.beside
	if first.artist {
		pic.info.Identifiers = append(pic.info.Identifiers, "TIFF Artist")
	}
	if first.host {
		pic.info.Identifiers = append(pic.info.Identifiers, "TIFF HostComputer")
	}
}
