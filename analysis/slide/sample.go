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

// What the sample of dense pixels may change: a direction is believed when it lies within maxTurnDeg of the
// profile's.
const (
	sureDensity = 0.35 // length of the density in red, green and blue
	maxTurnDeg  = 10.0

	maxStrangePercent = 20.0

	shownDeg   = 8.0  // a dense pixel this near a stain's direction shows it
	strangeDeg = 12.0 // one further than this from every stain shows none of them
	shownShare = 0.01 // of the dense pixels that show a stain which is on the slide
)

// The sample is at most windowCount squares of windowSide pixels, spread evenly: of a slide of 10 000 x
// 10 000 pixels 1 %, of a small field all. It does not depend on the tiles.
const (
	windowSide  = 64
	windowCount = 256
)

// sighting is what the sample of the slide tells about its stains.
type sighting struct {
	profile stain.Profile // with the directions of this slide where they are believed
	turns   []stain.Found
	classes map[string]Rule // with the shares of this slide's own colours
	colours []stain.Found
	dense   int      // pixels of the sample that are dense
	missing []string // stains of the profile that hardly any of them has
	lacking []string // those of them that every slide shows
	strange float64  // percent of the dense pixels that have the colour of no stain
}

// wrong reports a slide that does not look stained as the profile says. Of three stains, two must show. Two
// stains must explain nearly all dense pixels: of three, mixtures lie in between. Slides and phantoms of the
// built-in stains show 2 or 3 of three stains, and have 0 to 15 % of strange pixels under a profile of two; under
// the profiles of other stains they show 0 or 1 (a picrosirius red slide under martius scarlet blue: 2), or have
// 23 to 100 %, or lack a stain that every slide shows.
func (s sighting) wrong() bool {
	n := len(s.profile.Stains)
	return s.dense >= stain.FewPixels && (n == 3 && n-len(s.missing) < 2 || n == 2 && s.strange > maxStrangePercent || len(s.lacking) > 0)
}

// look takes the sample, turns the stains that the protocol names to this slide, and notes which stains of the
// profile the slide does not show.
func look(ctx context.Context, t tiling, p Params, i0 [3]float64, o parallel.Options, prog parallel.Progress) (sighting, error) {
	ods, err := t.sample(ctx, p, i0, o, prog)
	if err != nil {
		return sighting{}, fmt.Errorf("directions of the stains: %w", err)
	}
	s := sighting{profile: p.Stain, dense: len(ods)}
	if len(p.TurnStains) > 0 {
		ok := false
		if p.TurnExtremes {
			s.profile, s.turns, ok = p.Stain.Extremes(ods, maxTurnDeg)
		}
		if !ok {
			s.profile, s.turns = p.Stain.Turned(ods, p.TurnStains, maxTurnDeg)
		}
	}
	s.classes, s.colours = p.coloured(s.profile, ods)
	for _, dye := range s.profile.Stains {
		if stain.Share(ods, dye.OD, shownDeg) < shownShare {
			s.missing = append(s.missing, dye.Name)
			if slices.Contains(p.MustShow, dye.Name) {
				s.lacking = append(s.lacking, dye.Name)
			}
		}
	}
	s.strange = 100 * (1 - stain.ShareOfAny(ods, s.profile, strangeDeg))
	return s, nil
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
	var densities [256][3]float64 // of the levels
	for v := range densities {
		for c := range 3 {
			densities[v][c] = stain.Density(float64(v), i0[c])
		}
	}
	for ; len(px) >= 3; px = px[3:] {
		if black(px[0], px[1], px[2], inkSpread) || min(px[0], px[1], px[2]) == 0 {
			continue
		}
		od := [3]float64{densities[px[0]][0], densities[px[1]][1], densities[px[2]][2]}
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
