package fluorescence

import (
	"context"
	"math"

	"explant/volume/rank"
)

// object is a candidate for a nucleus.
type object struct {
	area    float64 // µm²; of a stack the volume, µm³
	round   float64 // 4 pi area / perimeter², 1 for a disc
	mean    float64 // counts
	texture float64 // SD over mean
	first   int     // pixel, in the order of rows
	edge    bool    // the edge of the field, or of what is left out of it, cuts it
	covered float64 // share that citrullinated histone covers
	around  float64 // share of what lies around it that citrullinated histone covers
	intact  bool
}

// nuclear are the parted candidates of a field.
type nuclear struct {
	number  []uint32 // of each pixel's candidate, from 1
	objects []object
	scale   float64 // size of nuclei over that for which the protocol's lengths are given
	plane   int     // pixels of a focal plane
}

// Nuclei end at nuclearShare of the light of a typical one, so that NETs, which are darker, do not join them;
// in a field without a marker of NETs, at aloneShare. Holes of nuclearHole µm² belong to them.
const (
	nuclearShare = 0.5
	aloneShare   = 0.3
	nuclearHole  = 5.0
	joinedAreas  = 2.5 // times the area of a typical one is the most that lobes have together
	joinedAlone  = 0.7 // of it in a field without a marker of NETs, where brightness parts less well
	clipped      = 1.5 // times the typical light: brighter specks do not rule where centres are
)

// candidates parts the bright DNA of a field where in. typical is the light of a typical nucleus, counts; scale
// the size of nuclei over that of the protocol, 0 where it is to be measured here.
func (p *prepared) candidates(ctx context.Context, light []float32, in []bool, typical, scale float64) (*nuclear, error) {
	rule := *p.p.Nucleus
	mask, err := p.bright(light, in, typical)
	if err != nil {
		return nil, err
	}
	if scale == 0 && !p.showsNETs() {
		scale = 1 // the rules have been scaled before
	}
	if scale == 0 {
		if scale, err = p.nuclearScale(ctx, light, mask); err != nil {
			return nil, err
		}
	}
	rule = rule.scaled(scale)
	if mask, err = p.filled(ctx, mask, nuclearHole*scale*scale); err != nil {
		return nil, err
	}
	if mask, err = p.opened(ctx, mask, rule.OpenUM); err != nil {
		return nil, err
	}
	n := &nuclear{scale: scale, plane: p.area()}
	if p.deep() {
		return n, p.deepParts(ctx, n, light, mask, rule, typical)
	}
	seeds, err := p.part(n, light, mask, rule, typical)
	if err != nil {
		return nil, err
	}
	w, h := p.Grid.N[0], p.Grid.N[1]
	found := clustered(n.number, seeds, w, p.spots()[0].from, rule.GapUM/p.um, rule.LongestUM/p.um, p.joined()*math.Pi/4*math.Pow(rule.TypicalUM/p.um, 2))
	n.describe(light, p.free, found, w, h, p.um)
	return n, nil
}

// joined is how large lobes of one nucleus may be together, in areas of a typical one.
func (p *prepared) joined() float64 {
	if p.showsNETs() {
		return joinedAreas
	}
	return joinedAlone
}

// bright is where light is as bright as nuclei.
func (p *prepared) bright(light []float32, in []bool, typical float64) ([]bool, error) {
	smooth, err := p.gaussian(light, topSmooth*p.p.SmoothUM)
	if err != nil {
		return nil, err
	}
	share := aloneShare
	if p.showsNETs() {
		share = nuclearShare
	}
	defer planes.give(smooth)
	return peaks{smooth: smooth}.mask(share*typical, 0, in), nil
}

// part parts the mask into pieces around the summits of the light.
func (p *prepared) part(n *nuclear, light []float32, mask []bool, rule Nucleus, typical float64) (seeds int, err error) {
	land := p.relief(light, mask, typical)
	relief, err := p.gaussian(land, rule.SmoothUM)
	if err != nil {
		return 0, err
	}
	defer planes.give(land, relief)
	top, err := p.brightest(relief, rule.ApartUM)
	if err != nil {
		return 0, err
	}
	defer planes.give(top)
	w, h := p.Grid.N[0], p.Grid.N[1]
	at := summits(relief, top, mask, w, rule.ApartUM/p.um)
	n.number = flood(relief, mask, at, w, h)
	return len(at), nil
}

// relief is the height of the land that nuclei are the hills of: light, cut off where it is far brighter than a
// typical nucleus, unless all of the DNA is of nuclei, whose brightness may differ by far.
func (p *prepared) relief(light []float32, mask []bool, typical float64) []float32 {
	out, most := planes.take(len(mask)), float32(clipped*typical)
	if !p.showsNETs() {
		most = float32(math.Inf(1))
	}
	for i, in := range mask {
		out[i] = 0
		if in {
			out[i] = min(light[i], most)
		}
	}
	return out
}

// typicalTurns settle the light of a typical nucleus.
const typicalTurns = 4

// typicalLight is the light of a typical nucleus: the median of what is above the noise, and then, several times
// over, of what is brighter than half of that, so that dim fringes do not count; 0 where there is nothing.
func (p *prepared) typicalLight(dna cleaned) (float64, error) {
	smooth, err := p.gaussian(dna.light, topSmooth*p.p.SmoothUM)
	if err != nil {
		return 0, err
	}
	defer planes.give(smooth)
	noise := float32(p.p.NoiseSD * max(p.smoothedNoise(dna.light, smooth, topSmooth*p.p.SmoothUM), dna.quantum()))
	var bright []float32
	for i, x := range smooth {
		if x > noise && p.free[i] {
			bright = append(bright, x)
		}
	}
	if float64(len(bright))*p.um*p.um < p.p.Nucleus.AreaUM2[0] {
		return 0, nil
	}
	typical := rank.Of(bright, len(bright)/2)
	for range typicalTurns {
		brighter := make([]float32, 0, len(bright))
		for _, x := range bright {
			if x >= typical/2 {
				brighter = append(brighter, x)
			}
		}
		typical = rank.Of(brighter, len(brighter)/2)
	}
	return float64(typical), nil
}

// describe measures every candidate; free is where the field is measured.
func (n *nuclear) describe(light []float32, free []bool, found, w, h int, um float64) {
	n.objects = make([]object, found)
	px, sum, sq := make([]float64, found), make([]float64, found), make([]float64, found)
	for i, k := range n.number {
		if k > 0 {
			v := float64(light[i])
			if px[k-1] == 0 {
				n.objects[k-1].first = i
			}
			px[k-1]++
			sum[k-1] += v
			sq[k-1] += v * v
			x, y := i%w, i/w
			if x == 0 || y == 0 || x == w-1 || y == h-1 || !free[i-1] || !free[i+1] || !free[i-w] || !free[i+w] {
				n.objects[k-1].edge = true
			}
		}
	}
	outline := outlines(n.number, found, w, h)
	for k := range n.objects {
		if px[k] == 0 {
			continue
		}
		o, mean := &n.objects[k], sum[k]/px[k]
		o.area, o.mean, o.texture = px[k]*um*um, mean, sqrt(sq[k]/px[k]-mean*mean)/mean
		if outline[k] > 0 {
			o.round = min(4*math.Pi*px[k]/outline[k]/outline[k], 1)
		}
	}
}

// outlines are the perimeters in pixels by Cauchy's and Crofton's formula in four directions: crossings of
// the border, times the distance of the lines, times pi/8.
func outlines(number []uint32, n, w, h int) []float64 {
	out := make([]float64, n)
	cross := func(a, b uint32, weight float64) {
		if a == b {
			return
		}
		if a > 0 {
			out[a-1] += weight
		}
		if b > 0 {
			out[b-1] += weight
		}
	}
	at := func(x, y int) uint32 {
		if x < 0 || y < 0 || x >= w || y >= h {
			return 0
		}
		return number[y*w+x]
	}
	for y := -1; y < h; y++ {
		for x := -1; x < w; x++ {
			a, b, c, d := at(x, y), at(x+1, y), at(x, y+1), at(x+1, y+1)
			if a == b && a == c && a == d {
				continue
			}
			cross(a, b, math.Pi/8)
			cross(a, c, math.Pi/8)
			cross(a, d, math.Pi/8/math.Sqrt2)
			cross(b, c, math.Pi/8/math.Sqrt2)
		}
	}
	return out
}

// extend adds the pixels of the mask that are within steps of an intact nucleus to the nearest one.
func (n *nuclear) extend(mask []bool, w, steps int) {
	n.spread(w, steps, func(k uint32) bool { return n.objects[k-1].intact }, func(i, _ int) bool { return mask[i] }, n.number)
}

// spread lets the candidates that begin grow by steps into the pixels without number that they may take, and
// writes their numbers to into.
func (n *nuclear) spread(w, steps int, begin func(uint32) bool, may func(i, step int) bool, into []uint32) {
	var rim []int
	for i, k := range n.number {
		if k > 0 && begin(k) && (i == 0 || i+1 >= len(n.number) || i < w || i+w >= len(n.number) ||
			n.number[i-1] != k || n.number[i+1] != k || n.number[i-w] != k || n.number[i+w] != k) {
			rim = append(rim, i)
		}
	}
	for step := range steps {
		var next []int
		for _, i := range rim {
			for _, j := range [4]int{i - 1, i + 1, i - w, i + w} {
				if j < 0 || j >= len(into) || (j/w != i/w && j%w != i%w) || into[j] > 0 || !may(j, step) {
					continue
				}
				into[j] = into[i]
				next = append(next, j)
			}
		}
		rim = next
	}
}

// mask is where intact nuclei are.
func (n *nuclear) mask() []bool {
	out := make([]bool, len(n.number))
	for i, k := range n.number {
		out[i] = k > 0 && n.objects[k-1].intact
	}
	return out
}
