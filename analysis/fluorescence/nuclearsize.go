package fluorescence

import (
	"cmp"
	"context"
	"math"
	"slices"
)

const (
	singleRound = 0.5 // circularity from which a piece is taken for one nucleus
	fewSingles  = 8   // needed to tell the size of nuclei
	leastScale  = 0.2 // of the size of the protocol
	mostScale   = 8   //
)

// scaled are the rules with the lengths for nuclei that are scale times as large as those of the protocol.
func (r Nucleus) scaled(scale float64) Nucleus {
	for _, l := range []*float64{&r.SmoothUM, &r.ApartUM, &r.OpenUM, &r.GapUM, &r.LongestUM, &r.TypicalUM} {
		*l *= scale
	}
	r.AreaUM2 = [2]float64{r.AreaUM2[0] * scale * scale, r.AreaUM2[1] * scale * scale}
	return r
}

// nuclearScale is the size of nuclei in a mask of bright DNA over that of the protocol: the diameter of the disc
// as large as the median piece, by area, of those that are as compact as a single nucleus is. 1 where there are
// hardly any such pieces.
func (p *prepared) nuclearScale(ctx context.Context, mask []bool) (float64, error) {
	number, parts, err := p.pieces(ctx, mask, true)
	if err != nil {
		return 0, err
	}
	outline := outlines(number, len(parts), p.Grid.N[0], p.Grid.N[1])
	var areas []float64
	all := 0.0
	for i, r := range parts {
		if a := float64(r.Count); 4*math.Pi*a >= singleRound*outline[i]*outline[i] && r.Touches == 0 && a > 4 {
			areas = append(areas, a)
			all += a
		}
	}
	if len(areas) < fewSingles {
		return 1, nil
	}
	slices.SortFunc(areas, func(a, b float64) int { return cmp.Compare(a, b) })
	sum, median := 0.0, 0.0
	for _, a := range areas {
		if sum += a; sum >= all/2 {
			median = a
			break
		}
	}
	d := 2 * math.Sqrt(median/math.Pi) * p.um / p.p.Nucleus.TypicalUM
	return min(max(d, leastScale), mostScale), nil
}
