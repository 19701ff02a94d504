package dicom

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/suyashkumar/dicom/pkg/tag"

	"explant/io/calibration"
	"explant/io/imagefile"
	"explant/volume"
)

// newSlide puts the files of a slide together: those of VOLUME are its levels, and its channels where each
// optical path has a file of its own.
func newSlide(path string, files []*header) (*Reader, error) {
	files, warnings := volumeFiles(files)
	instances, err := concatenations(files)
	if err != nil {
		return nil, err
	}
	r, s := &Reader{path: path}, &slide{}
	r.image = s
	i := &r.info
	i.Format, i.Warnings = "DICOM slide", warnings
	for len(instances) > 0 {
		same := 1
		for same < len(instances) && instances[same].grid.columns == instances[0].columns && instances[same].grid.rows == instances[0].rows {
			same++
		}
		err := r.add(s, instances[:same])
		if err != nil && len(s.levels) == 0 {
			return nil, errors.Join(err, s.close())
		}
		if err != nil {
			i.Warnings = append(i.Warnings, fmt.Sprintf("left out as a level: %s, %v", instances[0].files[0].name, err))
		}
		instances = instances[same:]
	}
	slices.SortFunc(r.files, func(a, b *header) int { return strings.Compare(a.path, b.path) })
	i.Identifiers = identifiers(files)
	r.tell(toldBy(r.files))
	s.share()
	return r, nil
}

// volumeFiles leaves out pictures of the label and of the whole slide, unless there is nothing else.
func volumeFiles(files []*header) (out []*header, warnings []string) {
	var others []string
	for _, h := range files {
		if t := h.values.texts(tag.ImageType); len(t) > 2 && slices.Contains([]string{"LABEL", "OVERVIEW", "THUMBNAIL", "LOCALIZER"}, t[2]) {
			others = append(others, h.name+" ("+t[2]+")")
		} else {
			out = append(out, h)
		}
	}
	switch {
	case len(out) == 0:
		return files, nil
	case len(others) > 0:
		warnings = []string{"left out: " + listed(others)}
	}
	return out, warnings
}

// instance is one image of a slide: a file, or several that were cut from one.
type instance struct {
	grid
	files []*header // in the order of their frames
	total int       // frames of all
}

// concatenations puts the files of an instance together and orders instances from the largest on.
func concatenations(files []*header) (out []instance, err error) {
	by := map[string]int{}
	for _, h := range files {
		if err := h.namePaths(); err != nil {
			return nil, fmt.Errorf("%s: %w", h.name, err)
		}
		g, err := h.grid()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", h.name, err)
		}
		uid := h.values.text(tag.ConcatenationUID)
		if i, known := by[uid]; known && uid != "" && out[i].grid == g {
			out[i].files = append(out[i].files, h)
		} else {
			by[uid] = len(out)
			out = append(out, instance{grid: g, files: []*header{h}})
		}
	}
	for i := range out {
		f := out[i].files
		slices.SortStableFunc(f, func(a, b *header) int { return cmp.Compare(a.firstFrame(), b.firstFrame()) })
		for _, h := range f {
			if len(f) > 1 && h.firstFrame() != out[i].total {
				return nil, fmt.Errorf("%s: files of its concatenation are missing", h.name)
			}
			out[i].total += h.frames
		}
	}
	slices.SortStableFunc(out, func(a, b instance) int {
		return cmp.Or(cmp.Compare(b.columns, a.columns), cmp.Compare(b.rows, a.rows))
	})
	return out, nil
}

// firstFrame is the number of the first frame of a file in its concatenation.
func (h *header) firstFrame() int {
	n, err := h.values.integer(tag.ConcatenationFrameOffsetNumber, 0)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// add makes a level of instances of the same size; the first level describes the slide.
func (r *Reader) add(s *slide, instances []instance) error {
	l := &level{grid: instances[0].grid}
	names, err := r.gather(l, instances)
	if err != nil {
		return err
	}
	i, first := &r.info, l.parts[0]
	if len(s.levels) == 0 {
		i.Type, i.Channels = first.typ, first.channels()
		if len(l.at) > 1 {
			i.Channels, i.ChannelNames = len(l.at), names
		}
		s.pixel = i.Channels * i.Type.Size()
		i.Grid.N = [3]int{l.columns, l.rows, 1}
		r.measure(instances[0])
	}
	full := i.Grid.N
	switch {
	case first.typ != i.Type || len(l.at)*first.channels() != i.Channels:
		return errors.New("it has other channels or samples than the largest")
	case math.Abs(float64(l.rows)-float64(full[1])*float64(l.columns)/float64(full[0])) > 2:
		return errors.New("it has another shape than the largest")
	}
	s.levels = append(s.levels, l)
	i.Levels = append(i.Levels, imagefile.Level{N: [3]int{l.columns, l.rows, 1},
		Downsample: float64(full[0]) / float64(l.columns), Tile: [2]int{l.tileW, l.tileH}})
	for _, in := range instances {
		r.files = append(r.files, in.files...)
	}
	return nil
}

// gather takes the tiles of instances into a level and names its channels.
func (r *Reader) gather(l *level, instances []instance) (names []string, err error) {
	lead := instances[0].files[0]
	l.tileW, l.tileH = lead.columns, lead.rows
	next := int32(0)
	for _, in := range instances {
		paths := make([][]int32, len(in.files[0].paths))
		from := 0
		for _, h := range in.files {
			if err := h.agreeTiles(lead); err != nil {
				return nil, err
			}
			at, told, err := h.arrange(l.grid, from, in.total)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", h.name, err)
			}
			r.tell(told)
			merge(paths, at, next)
			if err := l.part(h, next); err != nil {
				return nil, fmt.Errorf("%s: %w", h.name, err)
			}
			next, from = next+int32(h.frames), from+h.frames
		}
		for p, at := range paths {
			switch name := in.files[0].paths[p].name; {
			case slices.Contains(names, name):
				r.tell([]string{fmt.Sprintf("left out: %s, which shows what another file of the slide shows", in.files[0].name)})
			case lead.samplesOf() > 1 && len(names) > 0:
				r.tell([]string{fmt.Sprintf("left out: the colours of optical path %q", name)})
			default:
				l.at, names = append(l.at, at), append(names, name)
			}
		}
	}
	l.fillAbsent(lead)
	if n := l.missing(); n > 0 {
		r.tell([]string{fmt.Sprintf("%d of %d tiles are not in the file and shown empty", n, l.across*l.down*len(l.at))})
	}
	return names, nil
}

// merge adds the tiles of one file to those of a concatenation.
func merge(to, at [][]int32, first int32) {
	for p := range min(len(to), len(at)) {
		if to[p] == nil {
			to[p] = slices.Repeat([]int32{-1}, len(at[p]))
		}
		for i, frame := range at[p] {
			if frame >= 0 {
				to[p][i] = first + frame
			}
		}
	}
}

// samplesOf is the number of samples of a pixel when it is shown.
func (h *header) samplesOf() int {
	if h.kind == indexed {
		return 3
	}
	return h.channels
}

// agreeTiles reports a file whose tiles are of another kind than those of the first.
func (h *header) agreeTiles(lead *header) error {
	a, b := h.sampling, lead.sampling
	a.frames, a.words, b.frames, b.words = 0, false, 0, false
	if a != b {
		return fmt.Errorf("the tiles of %s and %s differ", lead.name, h.name)
	}
	return nil
}

// part adds the samples of a file.
func (l *level) part(h *header, first int32) error {
	var table *palette
	var err error
	if h.kind == indexed {
		if table, err = paletteOf(h); err != nil {
			return err
		}
	}
	p, err := newPixels(h.path, []*header{h}, h.typeFor([]slice{{slope: 1}}))
	if err != nil {
		return err
	}
	l.parts, l.first, l.tables = append(l.parts, p), append(l.first, first), append(l.tables, table)
	return nil
}

// fillAbsent makes tiles that are not there white in colours, and dark where light is measured.
func (l *level) fillAbsent(h *header) {
	if h.samplesOf() > 1 {
		l.absent = 0xff
	}
}

func (l *level) missing() (n int) {
	for _, at := range l.at {
		for _, frame := range at {
			if frame < 0 {
				n++
			}
		}
	}
	return n
}

// measure takes the size of a pixel from the largest image.
func (r *Reader) measure(in instance) {
	h := in.files[0]
	s := slice{}
	if shared := h.values.items(tag.SharedFunctionalGroupsSequence); len(shared) > 0 {
		s.take(shared[0], true)
	}
	st := calibration.Statement{Field: "DICOM PixelSpacing", Unit: "mm"}
	// Of the imaged volume only the outer size is stated, for the matrix as it was scanned.
	width, height := h.values.float(tag.ImagedVolumeWidth, 0), h.values.float(tag.ImagedVolumeHeight, 0)
	switch {
	case s.spacing != nil:
		st.Size[0], st.Size[1] = s.spacing[1], s.spacing[0]
	case width > 0 && height > 0:
		st.Field = "DICOM ImagedVolumeWidth and ImagedVolumeHeight"
		st.Size[0], st.Size[1] = width/float64(in.columns), height/float64(in.rows)
	}
	st.Apply(&r.info.Grid)
	if r.info.Grid.Calibration.Source == volume.Unknown {
		return
	}
	if known := st.Size[0] * float64(in.columns); s.spacing != nil && width > 0 && far(known, width) {
		r.tell([]string{fmt.Sprintf("ImagedVolumeWidth is %.6g mm, but the pixels are %.6g mm wide together, which is taken", width, known)})
	}
}
