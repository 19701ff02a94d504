package fluorescence

import (
	"context"
	"math"
	"slices"

	"explant/analysis/opencv"
	"explant/volume"
	"explant/volume/label"
	"explant/volume/threshold"
)

const (
	singleRound = 0.5  // circularity from which a piece is taken for one nucleus
	fewSingles  = 8    // needed to tell the size of nuclei
	leastScale  = 0.2  // of the size of the protocol
	mostScale   = 8    // times that
	speckShare  = 0.25 // of the median area, by area: smaller ones are no nuclei
	rawSmooth   = 1.5  // pixels
	// aside are the sides of the field that a piece may touch
	aside = label.LowX | label.HighX | label.LowY | label.HighY
)

// scaled are the rules with the lengths for nuclei that are scale times as large as those of the protocol.
func (r Nucleus) scaled(scale float64) Nucleus {
	for _, l := range []*float64{&r.SmoothUM, &r.ApartUM, &r.OpenUM, &r.GapUM, &r.LongestUM, &r.TypicalUM} {
		*l *= scale
	}
	r.AreaUM2 = [2]float64{r.AreaUM2[0] * scale * scale, r.AreaUM2[1] * scale * scale}
	return r
}

// nuclearScale is the size of nuclei in a mask of bright DNA over that of the protocol, 1 where it shows hardly any.
func (p *prepared) nuclearScale(ctx context.Context, light []float32, mask []bool) (float64, error) {
	if p.deep() {
		return p.deepScale(ctx, within(light, mask))
	}
	d, err := p.nuclearDiameter(ctx, mask)
	if err != nil || d == 0 {
		return 1, err
	}
	return p.times(d), nil
}

// times is a diameter in pixels over that of the protocol, 1 where it is within a fifth of it.
func (k cleaner) times(d float64) float64 {
	scale := min(max(d*k.um/k.p.Nucleus.TypicalUM, leastScale), mostScale)
	if scale > 0.8 && scale < 1.25 {
		return 1
	}
	return scale
}

// nuclearDiameter is the diameter in pixels of the disc as large as the median piece of a mask, of those that are
// as compact as a single nucleus is and not specks beside the others; 0 where there are hardly any such pieces.
func (k cleaner) nuclearDiameter(ctx context.Context, mask []bool) (float64, error) {
	number, parts, err := k.pieces(ctx, mask, true)
	if err != nil {
		return 0, err
	}
	outline := outlines(number, len(parts), k.Grid.N[0], k.Grid.N[1])
	var areas []float64
	all := 0.0
	for i, r := range parts {
		if a := float64(r.Count); 4*math.Pi*a >= singleRound*outline[i]*outline[i] && r.Touches&aside == 0 && a > 4 {
			areas = append(areas, a)
			all += a
		}
	}
	if len(areas) < fewSingles {
		return 0, nil
	}
	slices.Sort(areas)
	sum, at := 0.0, 0
	for sum < all/2 {
		sum += areas[at]
		at++
	}
	first, _ := slices.BinarySearch(areas, speckShare*areas[at-1])
	areas = areas[first:]
	return 2 * math.Sqrt(areas[len(areas)/2]/math.Pi), nil
}

// lengthScale is how much larger than those of the protocol nuclei are in a field that shows nuclei alone, from its
// counts and without any length: by it all lengths of the protocol go there, so that a pixel size that was typed
// wrong does not change how many nuclei are counted. With markers of NETs, whose rules are true lengths, it is 1.
func (k cleaner) lengthScale(ctx context.Context) (float64, error) {
	dna, alone := -1, k.p.NETLike // clouds of the only dye may be larger than nuclei
	for i, c := range k.Channels {
		alone = alone && k.p.Markers[c.Marker].Role != Impermeant
		if k.p.Markers[c.Marker].Role == DNA {
			dna = i
		}
		if k.p.Markers[c.Marker].Role.ofNETs() {
			return 1, nil
		}
	}
	if k.p.Nucleus == nil || dna < 0 || alone {
		return 1, nil
	}
	if k.deep() {
		return k.deepScale(ctx, k.Channels[dna].Counts)
	}
	smooth, err := opencv.Gaussian(k.plane(k.Channels[dna].Counts), rawSmooth)
	if err != nil {
		return 0, err
	}
	h, err := threshold.Of(ctx, &volume.Volume[float32]{Grid: k.Grid, Data: smooth}, k.o, nil)
	if err != nil {
		return 0, err
	}
	level, err := threshold.Otsu(h)
	if err != nil {
		return 0, err
	}
	d, err := k.nuclearDiameter(ctx, peaks{smooth: smooth}.mask(level, 0, nil))
	if err != nil || d == 0 {
		return 1, err
	}
	return min(max(d*k.um/k.p.Nucleus.TypicalUM, leastScale), mostScale), nil
}

// scaled are the rules with all lengths that nuclei are looked for by times scale.
func (p Params) scaled(scale float64) Params {
	if scale == 1 {
		return p
	}
	n := p.Nucleus.scaled(scale)
	p.Nucleus = &n
	for _, l := range []*float64{&p.BlockUM, &p.HazeUM, &p.SmoothUM, &p.PointSpreadUM, &p.StackReachUM} {
		*l *= scale
	}
	return p
}
