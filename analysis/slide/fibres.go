package slide

import (
	"context"
	"fmt"
	"image"
	"math"
	"slices"

	"explant/analysis/result"
	"explant/volume"
	"explant/volume/label"
	"explant/volume/parallel"
)

// Metrics that need the surface of fibres.
const (
	MetricLayer  = "h.layer"  // share of a class in the tissue at a distance from the nearest fibre, %
	MetricCover  = "h.cover"  // share of the fibres' outline that has tissue on it, %
	MetricBridge = "h.bridge" // share of the pieces of tissue that touch two fibres or more, %
)

// layerUM are the ends of the layers about fibres, µm from the surface; the last layer has none.
var layerUM = []float64{10, 20, 40, 80, 160}

// How near tissue must lie to a fibre's surface to be on it, and how large a piece of tissue is one.
const (
	onSurfaceUM   = 12.0
	pieceLeastUM2 = 500.0
	outlinePoints = 720
)

// around counts what lies about the fibres, on the cells of the smaller copy, while labels go by.
type around struct {
	*exclusions
	slide    image.Rectangle
	isTissue [256]bool // of label values
	layer    []uint8   // of each cell
	tissue   []uint16  // pixels of tissue in each cell
	counts   [][]int64 // by layer and label value
}

// newAround is nil where no fibres were looked for.
func newAround(e *exclusions, p Params, g volume.Grid) *around {
	if e == nil || p.Exclude.FibreUM == 0 || e.um == 0 {
		return nil
	}
	a := &around{exclusions: e, isTissue: p.tissueValues(), slide: image.Rect(0, 0, g.N[0], g.N[1]), layer: make([]uint8, e.w*e.h), tissue: make([]uint16, e.w*e.h)}
	for range len(layerUM) + 1 {
		a.counts = append(a.counts, make([]int64, 256))
	}
	for i := range a.layer {
		a.layer[i] = uint8(len(layerUM))
	}
	for _, f := range e.fibres {
		a.paint(f)
	}
	return a
}

// paint gives the cells about a fibre their layer, where no other fibre is nearer.
func (a *around) paint(f fibre) {
	reach := f.r + layerUM[len(layerUM)-1]/a.um
	side := float64(a.side)
	for y := max(int((f.y-reach)/side), 0); y <= min(int((f.y+reach)/side), a.h-1); y++ {
		for x := max(int((f.x-reach)/side), 0); x <= min(int((f.x+reach)/side), a.w-1); x++ {
			d := a.um * (math.Hypot((float64(x)+0.5)*side-f.x, (float64(y)+0.5)*side-f.y) - f.r)
			layer := slices.IndexFunc(layerUM, func(end float64) bool { return d < end })
			if i := y*a.w + x; layer >= 0 && layer < int(a.layer[i]) {
				a.layer[i] = uint8(layer)
			}
		}
	}
}

// add counts the labels of the tile at.
func (a *around) add(at image.Rectangle, labels []uint8) {
	if a == nil || len(a.fibres) == 0 {
		return
	}
	for y := at.Min.Y; y < at.Max.Y; y++ {
		row, cells := labels[(y-at.Min.Y)*at.Dx():][:at.Dx()], y/a.side*a.w
		for i, l := range row {
			if a.isTissue[l] {
				c := cells + (at.Min.X+i)/a.side
				a.tissue[c]++
				a.counts[a.layer[c]][l]++
			}
		}
	}
}

// surrounded is what was found about the fibres.
type surrounded struct {
	fibres            int
	counts            [][]int64 // of tissue by layer and label value
	seen, covered     float64   // length of outline, µm
	pieces, bridging  int
	pixelUM2          float64
	lookedFor, placed bool // fibres
}

func (a *around) found(ctx context.Context, o parallel.Options) (s surrounded, err error) {
	if a == nil {
		return s, nil
	}
	s = surrounded{fibres: len(a.fibres), counts: a.counts, lookedFor: true, placed: len(a.fibres) > 0, pixelUM2: a.um * a.um}
	for _, f := range a.fibres {
		seen, covered := a.outline(f)
		s.seen, s.covered = s.seen+seen, s.covered+covered
	}
	if s.placed {
		s.pieces, s.bridging, err = a.bridges(ctx, o)
	}
	return s, err
}

// dense reports a cell that is half tissue.
func (a *around) dense(i int) bool { return 2*int(a.tissue[i]) >= a.side*a.side }

// outline is how long the part of a fibre's outline on the slide is, and how much of it has tissue on it, in µm.
func (a *around) outline(f fibre) (seen, covered float64) {
	step := 2 * math.Pi * f.r * a.um / outlinePoints
	for k := range outlinePoints {
		sin, cos := math.Sincos(2 * math.Pi * float64(k) / outlinePoints)
		if !image.Pt(int(math.Floor(f.x+f.r*cos)), int(math.Floor(f.y+f.r*sin))).In(a.slide) {
			continue
		}
		seen += step
		for d := 0.0; d <= onSurfaceUM/a.um; d += float64(a.side) / 2 {
			p := image.Pt(int(math.Floor(f.x+(f.r+d)*cos)), int(math.Floor(f.y+(f.r+d)*sin)))
			if p.In(a.slide) && a.dense(p.Y/a.side*a.w+p.X/a.side) {
				covered += step
				break
			}
		}
	}
	return seen, covered
}

// bridges counts the pieces of tissue, and those that touch two fibres or more.
func (a *around) bridges(ctx context.Context, o parallel.Options) (pieces, bridging int, err error) {
	l := volume.New[uint8](volume.Grid{N: [3]int{a.w, a.h, 1}})
	for i := range l.Data {
		if a.dense(i) {
			l.Data[i] = 1
		}
	}
	regions, all, err := label.Components(ctx, l, label.Of(1), 26, o, parallel.Discard{})
	if err != nil {
		return 0, 0, fmt.Errorf("pieces of tissue: %w", err)
	}
	touched, by := make([]int, len(all)), make([]int, len(all)) // fibres that a piece touches, and the last of them
	for k, f := range a.fibres {
		reach := f.r + onSurfaceUM/a.um
		x0, x1 := max(int((f.x-reach)/float64(a.side)), 0), min(int((f.x+reach)/float64(a.side)), a.w-1)
		for y := max(int((f.y-reach)/float64(a.side)), 0); y <= min(int((f.y+reach)/float64(a.side)), a.h-1); y++ {
			for x := x0; x <= x1; x++ {
				n := regions.Data[y*a.w+x]
				if n == 0 || by[n-1] == k+1 {
					continue
				}
				if math.Hypot((float64(x)+0.5)*float64(a.side)-f.x, (float64(y)+0.5)*float64(a.side)-f.y) <= reach {
					touched[n-1], by[n-1] = touched[n-1]+1, k+1
				}
			}
		}
	}
	cell := float64(a.side) * float64(a.side) * a.um * a.um
	for i, r := range all {
		if float64(r.Count)*cell < pieceLeastUM2 {
			continue
		}
		pieces++
		if touched[i] >= 2 {
			bridging++
		}
	}
	return pieces, bridging, nil
}

// layers, cover and bridges about the fibres.
func (r *report) fibres() {
	s := r.c.surrounded
	if !s.lookedFor {
		if r.p.Exclude != nil && r.p.Exclude.FibreUM > 0 {
			for _, m := range []string{MetricLayer, MetricCover, MetricBridge} {
				r.withhold(m, tissuePart, "distances from fibres are lengths: the size of a pixel must be known, and glass be found")
			}
		}
		return
	}
	if !s.placed {
		for _, m := range []string{MetricLayer, MetricCover, MetricBridge} {
			r.withhold(m, tissuePart, "no fibre with a round outline was found on the slide")
		}
		return
	}
	r.layers(s)
	if !r.blind(MetricCover, tissuePart) {
		r.add(result.Measurement{Metric: MetricCover, Part: tissuePart, Value: 100 * s.covered / s.seen, Unit: "%",
			Numerator: result.F(s.covered / 1000), Denominator: result.F(s.seen / 1000), DenominatorName: "outline of fibres (mm)", NObject: result.N(s.fibres)}, spread{})
	}
	switch {
	case r.blind(MetricBridge, tissuePart):
	case s.pieces == 0:
		r.withhold(MetricBridge, tissuePart, "no piece of tissue is large enough")
	default:
		r.add(result.Measurement{Metric: MetricBridge, Part: tissuePart, Value: 100 * float64(s.bridging) / float64(s.pieces), Unit: "%",
			Numerator: result.F(float64(s.bridging)), Denominator: result.F(float64(s.pieces)), DenominatorName: "pieces of tissue", NObject: result.N(s.pieces)}, spread{})
	}
}

// layers adds the share of each class in the tissue of each layer.
func (r *report) layers(s surrounded) {
	from := 0.0
	for k, counts := range s.counts {
		name := fmt.Sprintf("%g um and more", from)
		if k < len(layerUM) {
			name = fmt.Sprintf("%g-%g um", from, layerUM[k])
			from = layerUM[k]
		}
		var all int64
		for _, n := range counts {
			all += n
		}
		for _, c := range r.p.measured() {
			part := c.class + " " + name
			switch {
			case r.blind(MetricLayer, part):
			case all == 0:
				r.withhold(MetricLayer, part, "no tissue in the layer")
			default:
				r.add(result.Measurement{Metric: MetricLayer, Part: part, Value: share(counts[c.value], all), Unit: "%",
					Numerator: result.F(float64(counts[c.value]) * r.pixel), Denominator: result.F(float64(all) * r.pixel), DenominatorName: "tissue of the layer" + r.unit}, spread{})
			}
		}
	}
}
