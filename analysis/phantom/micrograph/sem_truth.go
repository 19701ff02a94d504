package micrograph

import (
	"fmt"
	"math"
	"slices"
)

// SEMTruth is what the field holds; it marshals to truth.json. Shares are of the field without data bar.
type SEMTruth struct {
	Schema      string      `json:"schema"` // "explant-truth/1"
	Kind        string      `json:"kind"`   // "sem"
	Parameters  SEM         `json:"parameters"`
	Classes     []string    `json:"classes"`        // names of the label values in their order
	FieldPX     [2]int      `json:"field_px"`       // above the data bar
	Shares      []float64   `json:"share"`          // of each class, by the 16 samples of each pixel
	Open        float64     `json:"open_area"`      // no fibre of any layer and no deposit
	LayerShares []float64   `json:"share_by_layer"` // of fibres, from the deepest layer to the top one
	Visible     Diameters   `json:"visible"`        // of the axes that nothing lies over
	All         Diameters   `json:"all"`            // of the axes in the field, buried ones too
	Orientation Orientation `json:"orientation"`
	Branches    int         `json:"branch_points"` // fibres that begin on another one, in the field
	Fibres      []SEMFibre  `json:"fibres"`
	ScaleBar    *ScaleBar   `json:"scale_bar,omitempty"`
}

// Diameters describe fibre diameters, each weighted by length.
type Diameters struct {
	LengthPX float64 `json:"length_px"`
	MeanPX   float64 `json:"mean_px"`
	SDPX     float64 `json:"sd_px"`
	MedianPX float64 `json:"median_px"`
	MeanNM   float64 `json:"mean_nm"`
	SDNM     float64 `json:"sd_nm"`
	MedianNM float64 `json:"median_nm"`
}

// Orientation describes the directions of the visible axes, weighted by length. Angles are
// counterclockwise from the right.
type Orientation struct {
	MeanDeg float64     `json:"mean_deg"`      // 0 to 180
	S       float64     `json:"s"`             // mean of 2 cos²(angle - mean) - 1: 0 any direction, 1 all along the mean
	Density [18]float64 `json:"density_10deg"` // share of length in each 10 degrees from 0
}

// SEMFibre is one fibre that shows in the field.
type SEMFibre struct {
	DiameterPX float64 `json:"diameter_px"`
	LengthPX   float64 `json:"length_px"`  // of the axis in the field
	VisiblePX  float64 `json:"visible_px"` // of it, under nothing else
	Layer      int     `json:"layer"`      // 0 is the deepest
}

// String says the primary values.
func (t SEMTruth) String() string {
	return fmt.Sprintf("visible fibres %.4g px = %.4g nm in the median, S %.3g, open area %.3g %%",
		t.Visible.MedianPX, t.Visible.MedianNM, t.Orientation.S, 100*t.Open)
}

// Share returns the share of a class, 0 for one that the field does not have.
func (t SEMTruth) Share(class string) float64 {
	if i := slices.Index(t.Classes, class); i >= 0 && i < len(t.Shares) {
		return t.Shares[i]
	}
	return 0
}

func (c *semScene) truth(r *relief, sums []semSums) SEMTruth {
	t := SEMTruth{
		Schema: "explant-truth/1", Kind: "sem", Parameters: c.SEM, Classes: semNames[:], FieldPX: [2]int{c.W, c.FieldH()},
		Shares: make([]float64, semClasses), LayerShares: make([]float64, c.Layers), Fibres: []SEMFibre{},
	}
	all := float64(c.W*c.FieldH()) * allSamples
	for _, s := range sums {
		for k, n := range s.class {
			t.Shares[k] += float64(n) / all
		}
		for k, n := range s.layer {
			t.LayerShares[k] += float64(n) / all
		}
	}
	t.Open = t.Shares[semVoid]
	o := turns{}
	for _, f := range c.things {
		if f.class == semFibre {
			c.follow(&t, &o, r, f)
		}
	}
	t.Visible = c.diameters(t.Fibres, func(f SEMFibre) float64 { return f.VisiblePX })
	t.All = c.diameters(t.Fibres, func(f SEMFibre) float64 { return f.LengthPX })
	t.Orientation = o.orientation()
	return t
}

// follow walks along the axis of a fibre in steps of at most a pixel and sums what lies in the field.
func (c *semScene) follow(t *SEMTruth, o *turns, r *relief, f *thing) {
	v := SEMFibre{DiameterPX: 2 * f.radius, Layer: min(int(f.depth/c.gap()), c.Layers-1)}
	for i, a := range f.path[:len(f.path)-1] {
		b := f.path[i+1]
		length := a.to(b)
		steps := int(math.Ceil(length))
		for k := range steps {
			u := (float64(k) + 0.5) / float64(steps)
			x, y := floor(a.x+u*(b.x-a.x)), floor(a.y+u*(b.y-a.y))
			if x < 0 || y < 0 || x >= c.W || y >= c.FieldH() {
				continue
			}
			v.LengthPX += length / float64(steps)
			if r.fibre[y*c.W+x] == f.fibre {
				v.VisiblePX += length / float64(steps)
				o.add(math.Atan2(a.y-b.y, b.x-a.x), length/float64(steps))
			}
		}
	}
	if v.LengthPX == 0 {
		return
	}
	t.Fibres = append(t.Fibres, v)
	if from := f.path[0]; f.branchy && from.x > 0 && from.y > 0 && from.x < c.w && from.y < c.h {
		t.Branches++
	}
}

func (c *semScene) diameters(fibres []SEMFibre, weight func(SEMFibre) float64) (d Diameters) {
	sorted := slices.Clone(fibres)
	slices.SortStableFunc(sorted, func(a, b SEMFibre) int {
		switch {
		case a.DiameterPX < b.DiameterPX:
			return -1
		case a.DiameterPX > b.DiameterPX:
			return 1
		}
		return 0
	})
	for _, f := range sorted {
		d.LengthPX += weight(f)
		d.MeanPX += weight(f) * f.DiameterPX
	}
	if d.LengthPX == 0 {
		return d
	}
	d.MeanPX /= d.LengthPX
	below := 0.0
	for _, f := range sorted {
		d.SDPX += weight(f) * (f.DiameterPX - d.MeanPX) * (f.DiameterPX - d.MeanPX) / d.LengthPX
		if below < d.LengthPX/2 {
			d.MedianPX = f.DiameterPX
		}
		below += weight(f)
	}
	d.SDPX = math.Sqrt(d.SDPX)
	d.MeanNM, d.SDNM, d.MedianNM = d.MeanPX*c.PixelSizeNM, d.SDPX*c.PixelSizeNM, d.MedianPX*c.PixelSizeNM
	return d
}

// turns sums directions without sign, weighted by length.
type turns struct {
	cos2, sin2, all float64
	bins            [18]float64
}

func (o *turns) add(angle, length float64) {
	sin, cos := math.Sincos(2 * angle)
	o.cos2 += length * cos
	o.sin2 += length * sin
	o.all += length
	deg := math.Mod(angle*180/math.Pi+360, 180)
	o.bins[min(int(deg/10), 17)] += length
}

func (o *turns) orientation() (r Orientation) {
	if o.all == 0 {
		return r
	}
	r.S = math.Hypot(o.cos2, o.sin2) / o.all
	r.MeanDeg = math.Mod(math.Atan2(o.sin2, o.cos2)*90/math.Pi+180, 180)
	for k, v := range o.bins {
		r.Density[k] = v / o.all
	}
	return r
}
