package fluorescence

import (
	"context"
	"image"
	"maps"

	"explant/analysis/coloc"
	"explant/analysis/opencv"
	"explant/volume/parallel"
)

// amounts are how many pixels everything covers by one variant.
type amounts struct {
	marker              map[string]float64
	outDNA, net, triple float64
	both                []float64                      // that each two markers cover, one row for each marker
	layers              map[string][mostLayers]float64 // of each marker in each layer, and of "net"
}

// tally is what findings are written from: the parts of a field added up.
type tally struct {
	pixels, free float64
	main         amounts
	others       []amounts // by variants
	light        map[string]*greys
	full         map[string]int
	areas        []float64 // of intact nuclei, µm²
	nuclear      float64   // pixels of intact nuclei
	pieces       []int     // pixels of each NET
	outline      float64   // length of the fibres' outer surfaces, pixels
	inLayer      [mostLayers]float64
	pairs        [][2]string
	sums         []coloc.Sums // of pairs
	at           []image.Point
	blocks       []coloc.Blocked // of pairs, those of at
}

// part is a window of a slide and the pixels of it that count.
type part struct {
	window image.Rectangle
	core   image.Rectangle
	layer  []int8 // of each pixel of the window, -1 for none; nil without layers
}

// newTally begins a tally of the pairs that the field shows.
func (s *scene) newTally() *tally {
	t := &tally{light: map[string]*greys{}, full: map[string]int{}, others: make([]amounts, len(variants))}
	for _, pair := range s.p.Pairs {
		_, okA := s.channels[pair[0]]
		if _, okB := s.channels[pair[1]]; okA && okB {
			t.pairs = append(t.pairs, pair)
		}
	}
	t.sums, t.blocks = make([]coloc.Sums, len(t.pairs)), make([]coloc.Blocked, len(t.pairs))
	for _, m := range s.markers() {
		t.light[m] = &greys{}
	}
	return t
}

// place takes the blocks of Costes' test, which are told by the whole slide.
func (t *tally) place(at []image.Point, side int) {
	t.at = at
	for k := range t.blocks {
		n := len(at) * side * side
		t.blocks[k] = coloc.Blocked{A: make([]float32, n), B: make([]float32, n), N: side * side}
	}
}

// add measures a part and returns the classes of its core, and where NETs are in the window.
func (t *tally) add(ctx context.Context, s *scene, p part, order []string) (labels []uint8, net []bool, err error) {
	if err := s.narrow(ctx); err != nil {
		return nil, nil, err
	}
	all := make([]masks, 1+len(variants))
	err = parallel.Each(ctx, len(all), s.o, nil, func(ctx context.Context, k int) (err error) {
		v := measured
		if k > 0 {
			v = variants[k-1]
		}
		all[k], err = s.masks(ctx, v)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	labels = s.labels(all[0], order, p)
	net = all[0].net
	crop := func(mask []bool) []bool { return cropped(mask, p) }
	free := crop(s.free)
	t.pixels += float64(len(free))
	t.free += float64(count(free))
	var layer []int8
	if p.layer != nil {
		layer = cropped(p.layer, p)
		in := countLayers(layer, free)
		for l := range in {
			t.inLayer[l] += in[l]
		}
	}
	for k := range all {
		into := &t.main
		if k > 0 {
			into = &t.others[k-1]
		}
		into.add(all[k].cropped(crop), s.markers(), layer)
		if k == 0 {
			t.addLight(s, p, all[k].cropped(crop))
		}
	}
	t.addNuclei(s, p)
	return labels, net, t.addPairs(s, p, free)
}

// cropped are the values of the core of a part; those of the window where they are the same.
func cropped[T any](v []T, p part) []T {
	if p.core == p.window || v == nil {
		return v
	}
	out := make([]T, 0, p.core.Dx()*p.core.Dy())
	for y := p.core.Min.Y; y < p.core.Max.Y; y++ {
		at := (y-p.window.Min.Y)*p.window.Dx() + p.core.Min.X - p.window.Min.X
		out = append(out, v[at:at+p.core.Dx()]...)
	}
	return out
}

func (m masks) cropped(crop func([]bool) []bool) masks {
	out := masks{marker: map[string][]bool{}, outDNA: crop(m.outDNA), net: crop(m.net), triple: crop(m.triple)}
	for name, mask := range m.marker {
		out.marker[name] = crop(mask)
	}
	return out
}

// add counts the pixels of masks.
func (a *amounts) add(m masks, names []string, layer []int8) {
	if a.marker == nil {
		a.marker, a.layers, a.both = map[string]float64{}, map[string][mostLayers]float64{}, make([]float64, len(names)*len(names))
	}
	a.outDNA += float64(count(m.outDNA))
	a.net += float64(count(m.net))
	a.triple += float64(count(m.triple))
	for i, n := range together(m, names) {
		a.both[i] += n
	}
	of := maps.Clone(m.marker)
	if m.net != nil {
		of["net"] = m.net
	}
	for name, mask := range of {
		if name != "net" {
			a.marker[name] += float64(count(mask))
		}
		if layer != nil {
			sum := a.layers[name]
			for l, n := range countLayers(layer, mask) {
				sum[l] += n
			}
			a.layers[name] = sum
		}
	}
}

// addLight takes the light of markers where they are, and counts where the camera is full.
func (t *tally) addLight(s *scene, p part, m masks) {
	for _, name := range s.markers() {
		c := s.channels[name]
		light, g := cropped(c.light, p), t.light[name]
		for i, in := range m.marker[name] {
			if in {
				g.add(light[i])
			}
		}
		if c.Full <= 0 {
			continue
		}
		for _, v := range cropped(c.Counts, p) {
			if v >= c.Full {
				t.full[name]++
			}
		}
	}
}

// addNuclei takes the intact nuclei that begin in the core.
func (t *tally) addNuclei(s *scene, p part) {
	if s.nuclei == nil {
		return
	}
	w, h := p.window.Dx(), p.window.Dy()
	for _, o := range s.nuclei.objects {
		if o.intact && image.Pt(o.first%w, o.first/w%h).Add(p.window.Min).In(p.core) {
			t.areas = append(t.areas, o.area)
		}
	}
	t.nuclear += float64(count(cropped(s.nuclei.mask(), p)))
}

// addPairs takes the sums of the coefficients of pairs, and the blocks of Costes' test that begin in the core.
func (t *tally) addPairs(s *scene, p part, free []bool) error {
	side := s.scrambleSide()
	for k, names := range t.pairs {
		a, b := s.channels[names[0]].light, s.channels[names[1]].light
		core := coloc.Pair{W: p.core.Dx(), H: p.core.Dy() * s.Grid.N[2], A: cropped(a, p), B: cropped(b, p), In: free}
		sums, err := core.Sums(s.thresholds[names[0]], s.thresholds[names[1]])
		if err != nil {
			return err
		}
		t.sums[k].Add(sums)
		whole := coloc.Pair{W: p.window.Dx(), H: p.window.Dy(), A: a, B: b}
		for i, at := range t.at {
			if at.In(p.core) {
				t.blocks[k].Put(i, whole, at.Sub(p.window.Min), side)
			}
		}
	}
	return nil
}

// layerOf is the layer of each pixel by its distance from the outer surface of the nearest fibre, from 0; -1 beyond the
// last one and in fibres. It is the same in all focal planes.
func (k cleaner) layerOf(free []bool, w, h int) ([]int8, error) {
	of := make([]int8, len(free))
	for i := range of {
		of[i] = -1
	}
	if count(free) == len(free) {
		return of, nil
	}
	d, err := opencv.Distance(free[:w*h], w, h)
	if err != nil {
		return nil, err
	}
	for i := range of {
		um := (float64(d[i%len(d)]) - 0.5) * k.um // to the interface between pixels
		for l := len(k.p.LayersUM) - 1; free[i] && l >= 0 && um < k.p.LayersUM[l]; l-- {
			of[i] = int8(l)
		}
	}
	return of, nil
}
