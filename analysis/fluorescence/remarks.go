package fluorescence

import (
	"fmt"
	"math"
	"slices"

	"explant/analysis/coloc"
	"explant/analysis/result"
)

const (
	mostFull  = 0.001 // of the field, at which the camera is full
	mostShift = 1.0   // pixels between channels that coefficients stand
	leastPxUM = 0.65  // coarser pixels do not resolve NETs (20x)
)

// remarks flags what a careful person would want to know.
func (r *report) remarks() {
	r.Flags = append(r.Flags, r.flags...)
	if !r.calibrated {
		r.Flags = append(r.Flags, result.Flag{ID: "uncalibrated", Text: "The size of a pixel is unknown: areas are in pixels, lengths are not given.", Remedy: "State it with --pixel-size."})
	}
	if r.deep() {
		r.deepRemarks()
	}
	for _, m := range r.markers() {
		if full := float64(r.full[m]); full > mostFull*r.pixels {
			r.Flags = append(r.Flags, result.Flag{
				ID: "saturated:" + m, Text: fmt.Sprintf("The camera is full in %.2g %% of the pixels of %s: its intensity and its coefficients are too low.", 100*full/r.pixels, m),
				Remedy: "Expose shorter.",
			})
		}
	}
	if len(r.netMarkers()) > 0 && r.calibrated && r.um > leastPxUM {
		r.Flags = append(r.Flags, result.Flag{
			ID: "below-resolution", Text: fmt.Sprintf("Pixels of %.3g µm do not resolve strands of NETs, which are 0.5 to 5 µm wide.", r.um), Remedy: "Photograph with 20x or more.",
		})
	}
	if all := r.netMarkers(); len(all) == 1 && r.p.Markers[all[0]].Role == Histone {
		r.Flags = append(r.Flags, result.Flag{
			ID: "histone-alone", Text: "NETs are told by citrullinated histone alone, which monocytes and living neutrophils may carry too.",
			Remedy: "Stain MPO or neutrophil elastase beside it.",
		})
	}
	r.bleedRemark()
	r.shifts()
}

// bleedRemark tells of channels whose bleed-through into their neighbour nobody measured.
func (r *report) bleedRemark() {
	if len(r.p.Pairs) == 0 || len(r.bleed) > 0 {
		return
	}
	r.Flags = append(r.Flags, result.Flag{
		ID: "bleed-through", Text: "Bleed-through between channels was not measured: a bright channel may be seen in the next one.",
		Remedy: "State single-stained or secondary-only slides of the batch with --control.",
	})
}

// shifts measures how far the channels of pairs are displaced against each other.
func (r *report) shifts() {
	for _, pair := range r.p.Pairs {
		a, okA := r.channels[pair[0]]
		b, okB := r.channels[pair[1]]
		if !okA || !okB {
			continue
		}
		dx, dy, ok := shift(a.light, b.light, r.Grid.N[0], r.Grid.N[1]*r.Grid.N[2])
		if !ok {
			continue
		}
		r.note("shift_"+pair[0]+"_"+pair[1]+"_px", math.Hypot(dx, dy))
		if math.Hypot(dx, dy) > mostShift {
			r.Flags = append(r.Flags, result.Flag{
				ID: "shifted:" + pair[0] + "/" + pair[1], Text: fmt.Sprintf("%s lies %.2g pixels right and %.2g down of %s.", pair[1], dx, dy, pair[0]),
				Remedy: "Register the channels with a slide of beads before coefficients are used.",
			})
		}
	}
}

const (
	mostSearched  = 4       // pixels
	shiftedPixels = 1 << 18 // about as many are compared, in evenly spread rows
)

// shift is the displacement of b against a in pixels at which they correlate best, by a parabola through
// the correlations around the best whole one; not ok where they do not correlate or the best is at the rim.
func shift(a, b []float32, w, h int) (dx, dy float64, ok bool) {
	if w <= 2*mostSearched || h <= 2*mostSearched {
		return 0, 0, false
	}
	step := max((h-2*mostSearched)*(w-2*mostSearched)/shiftedPixels, 1)
	n := (h/step + 1) * w
	pa, pb := make([]float32, 0, n), make([]float32, 0, n)
	at := func(x, y int) float64 {
		p := coloc.Pair{W: w - 2*mostSearched, A: pa, B: pb}
		for row := mostSearched; row < h-mostSearched; row += step {
			p.A = append(p.A, a[row*w+mostSearched:][:p.W]...)
			p.B = append(p.B, b[(row+y)*w+mostSearched+x:][:p.W]...)
			p.H++
		}
		r, err := p.Pearson()
		if err != nil {
			return -1
		}
		return r
	}
	bx, by := 0, 0
	best := at(0, 0)
	for turn := range mostSearched + 1 {
		cx, cy := bx, by
		for _, d := range [4][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
			x, y := cx+d[0], cy+d[1]
			if max(x, -x, y, -y) < mostSearched {
				if v := at(x, y); v > best {
					best, bx, by = v, x, y
				}
			}
		}
		if cx == bx && cy == by {
			break
		}
		if turn == mostSearched {
			return 0, 0, false
		}
	}
	if best < 0.3 {
		return 0, 0, false
	}
	top := func(l, r float64) float64 {
		if d := l - 2*best + r; d < 0 {
			return (l - r) / 2 / d
		}
		return 0
	}
	return float64(bx) + top(at(bx-1, by), at(bx+1, by)), float64(by) + top(at(bx, by-1), at(bx, by+1)), true
}

func (r *report) note(name string, v float64) {
	if r.Diagnostics == nil {
		r.Diagnostics = map[string]float64{}
	}
	r.Diagnostics[name] = v
}

// diagnostics are what the cleaning found.
func (r *report) diagnostics() {
	for _, m := range r.markers() {
		c := r.channels[m]
		r.note("background_"+m+"_counts", c.plane[0]+c.level+(c.plane[1]+c.plane[2])/2)
		r.note("noise_"+m+"_counts", c.noise)
		r.note("haze_"+m+"_share", c.haze)
		r.note("threshold_"+m+"_counts", r.thresholds[m])
	}
	for pair, share := range r.bleed {
		r.note("bleed_"+pair[0]+"_into_"+pair[1]+"_share", share)
	}
	if r.typical > 0 {
		r.note("nucleus_light_counts", r.typical)
	}
	if len(r.areas) > 0 {
		name := "nucleus_median_area_um2"
		if r.deep() {
			name = "nucleus_median_volume_um3"
		}
		r.note(name, slices.Sorted(slices.Values(r.areas))[len(r.areas)/2])
	}
}
