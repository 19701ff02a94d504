package slide

import (
	"context"
	"fmt"
	"image"
	"math"
	"slices"

	"explant/analysis/stain"
	"explant/volume/parallel"
)

// A pixel tells the direction of a stain when it is dense and its own direction is near: within the search
// angle of the profile's direction at first, then of the mean of those. A direction is believed when enough
// pixels tell it and it lies within maxTurnDeg of the profile's.
const (
	sureDensity = 0.35 // length of the density in red, green and blue
	searchDeg   = 5.0
	leastSure   = 300 // pixels
	turnRounds  = 10
	maxTurnDeg  = 6.0
)

// The sample is at most windowCount squares of windowSide pixels, spread evenly: of a slide of 10 000 x
// 10 000 pixels 1 %, of a small field all. It does not depend on the tiles.
const (
	windowSide  = 64
	windowCount = 256
)

// turn is what the slide says of one stain.
type turn struct {
	name   string
	degree float64 // from the profile; 0 where the profile's direction is kept
	pixels int     // of the sample that are near it
}

// turned replaces the directions of the stains that the protocol names by those of this slide: the mean
// direction of the dense pixels near the profile's, searched again from there until it rests (a mean shift on
// the sphere of directions). It is the colour of what takes up most of that stain, which is near the dye's own.
// A direction stays as the profile has it where it is not believed, and all do where two would be collinear.
//
// Source: Cheng, IEEE Trans. Pattern Anal. Mach. Intell. 17(8):790-799, 1995, doi:10.1109/34.400568.
func turned(ctx context.Context, t tiling, p Params, i0 [3]float64, o parallel.Options, prog parallel.Progress) (stain.Profile, []turn, error) {
	ods, err := t.sample(ctx, p, i0, o, prog)
	if err != nil {
		return p.Stain, nil, fmt.Errorf("directions of the stains: %w", err)
	}
	now := p.Stain
	now.Stains = slices.Clone(p.Stain.Stains)
	var turns []turn
	for k, s := range p.Stain.Stains {
		if !slices.Contains(p.TurnStains, s.Name) {
			continue
		}
		od, n := restingDirection(ods, s.OD)
		by := stain.Angle(od, s.OD)
		if n < leastSure || by > maxTurnDeg {
			od, by = s.OD, 0
		}
		now.Stains[k].OD = od
		turns = append(turns, turn{s.Name, by, n})
	}
	if now.Angle() > stain.Collinear {
		return now, turns, nil
	}
	for k := range turns {
		turns[k].degree = 0
	}
	return p.Stain, turns, nil
}

// restingDirection is where the mean shift from a direction ends, and how many pixels are near it. Fewer than
// leastSure pixels end it at once.
func restingDirection(ods [][3]float64, from [3]float64) (od [3]float64, n int) {
	near := math.Cos(searchDeg * math.Pi / 180)
	od = from
	for range turnRounds {
		var sum [3]float64
		n = 0
		for _, v := range ods {
			if dot(v, od) >= near*math.Sqrt(dot(v, v)) {
				sum = plus(sum, v)
				n++
			}
		}
		if n < leastSure {
			return from, n
		}
		for c := range sum {
			sum[c] = max(sum[c], 0) // a stain does not add light
		}
		od = scaled(sum, 1/math.Sqrt(dot(sum, sum)))
	}
	return od, n
}

func dot(a, b [3]float64) float64 { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }

// sample gives the densities of the dense pixels in the windows, in order.
func (t tiling) sample(ctx context.Context, p Params, i0 [3]float64, o parallel.Options, prog parallel.Progress) ([][3]float64, error) {
	all := t.windows()
	parts := make([][][3]float64, len(all))
	prog.Stage("stain directions", len(all))
	err := parallel.Each(ctx, len(all), o, prog, func(ctx context.Context, i int) error {
		return t.smooth(ctx, all[i], p.SmoothPX, func(px []uint8) error {
			parts[i] = dense(px, uint8(p.InkSpread), i0)
			return nil
		})
	})
	return slices.Concat(parts...), err
}

// dense gives the densities of the pixels that are dense and neither ink nor at the end of the range.
func dense(px []uint8, inkSpread uint8, i0 [3]float64) (all [][3]float64) {
	for ; len(px) >= 3; px = px[3:] {
		if black(px[0], px[1], px[2], inkSpread) || min(px[0], px[1], px[2]) == 0 {
			continue
		}
		var od [3]float64
		for c := range od {
			od[c] = stain.Density(float64(px[c]), i0[c])
		}
		if dot(od, od) >= sureDensity*sureDensity {
			all = append(all, od)
		}
	}
	return all
}

// windows are the squares of the sample: the centres of equal cells, or the whole field where it is small.
func (t tiling) windows() []image.Rectangle {
	columns := min((t.w+windowSide-1)/windowSide, int(math.Sqrt(windowCount)))
	rows := min((t.h+windowSide-1)/windowSide, windowCount/columns)
	var all []image.Rectangle
	for i := range columns * rows {
		x, y := i%columns, i/columns
		cell := image.Rect(x*t.w/columns, y*t.h/rows, (x+1)*t.w/columns, (y+1)*t.h/rows)
		corner := cell.Min.Add(image.Pt(max(cell.Dx()-windowSide, 0)/2, max(cell.Dy()-windowSide, 0)/2))
		all = append(all, image.Rectangle{corner, corner.Add(image.Pt(windowSide, windowSide))}.Intersect(cell))
	}
	return all
}
