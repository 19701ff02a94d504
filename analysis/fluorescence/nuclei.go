package fluorescence

import (
	"context"
	"math"
	"slices"
)

// object is a candidate for a nucleus.
type object struct {
	area    float64 // µm²
	round   float64 // 4 pi area / perimeter², 1 for a disc
	mean    float64 // counts
	texture float64 // SD over mean
	net     bool    // a marker of NETs covers it
	intact  bool
}

// nuclear are the parted candidates of a field.
type nuclear struct {
	number  []uint32 // of each pixel's candidate, from 1
	objects []object
}

// Nuclei end at nuclearShare of the light of a typical one, so that NETs, which are darker, do not join them;
// in a field without a marker of NETs, at aloneShare. Holes of nuclearHole µm² belong to them.
const (
	nuclearShare = 0.5
	aloneShare   = 0.3
	nuclearHole  = 5.0
	clipped      = 1.5 // times the typical light: brighter specks do not rule where centres are
)

// candidates parts the bright DNA of a field. typical is the light of a typical nucleus, counts.
func (p *prepared) candidates(ctx context.Context, dna cleaned, typical float64) (*nuclear, error) {
	rule := *p.p.Nucleus
	smooth, err := p.gaussian(dna.light, topSmooth*p.p.SmoothUM)
	if err != nil {
		return nil, err
	}
	share := aloneShare
	if p.showsNETs() {
		share = nuclearShare
	}
	mask := peaks{smooth: smooth}.mask(share*typical, 0, p.free)
	if mask, err = p.filled(ctx, mask, nuclearHole); err != nil {
		return nil, err
	}
	if mask, err = p.opened(ctx, mask, rule.OpenUM); err != nil {
		return nil, err
	}
	relief := make([]float32, len(mask))
	for i, in := range mask {
		if in {
			relief[i] = min(dna.light[i], float32(clipped*typical))
		}
	}
	if relief, err = p.gaussian(relief, rule.SmoothUM); err != nil {
		return nil, err
	}
	top, err := p.brightest(relief, rule.ApartUM)
	if err != nil {
		return nil, err
	}
	w, h := p.Grid.N[0], p.Grid.N[1]
	seeds := summits(relief, top, mask, w, rule.ApartUM/p.um)
	n := &nuclear{number: flood(relief, mask, seeds, w, h)}
	n.describe(dna.light, len(seeds), w, h, p.um)
	return n, nil
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
	above := func(t float64) (v []float64) {
		for i, x := range smooth {
			if p.free[i] && float64(x) > t {
				v = append(v, float64(x))
			}
		}
		return v
	}
	bright := above(p.p.NoiseSD * lowerSD(smooth, 0))
	if float64(len(bright))*p.um*p.um < p.p.Nucleus.AreaUM2[0] {
		return 0, nil
	}
	typical := median(bright, nil)
	for range typicalTurns {
		typical = median(above(typical/2), nil)
	}
	return typical, nil
}

// describe measures every candidate.
func (n *nuclear) describe(light []float32, seeds, w, h int, um float64) {
	n.objects = make([]object, seeds)
	px, sum, sq := make([]float64, seeds), make([]float64, seeds), make([]float64, seeds)
	for i, k := range n.number {
		if k > 0 {
			v := float64(light[i])
			px[k-1]++
			sum[k-1] += v
			sq[k-1] += v * v
		}
	}
	outline := outlines(n.number, seeds, w, h)
	for k := range n.objects {
		if px[k] == 0 {
			continue
		}
		mean := sum[k] / px[k]
		n.objects[k] = object{area: px[k] * um * um, mean: mean, texture: sqrt(sq[k]/px[k]-mean*mean) / mean}
		if outline[k] > 0 {
			n.objects[k].round = min(4*math.Pi*px[k]/outline[k]/outline[k], 1)
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
			cross(at(x, y), at(x+1, y), math.Pi/8)
			cross(at(x, y), at(x, y+1), math.Pi/8)
			cross(at(x, y), at(x+1, y+1), math.Pi/8/math.Sqrt2)
			cross(at(x+1, y), at(x, y+1), math.Pi/8/math.Sqrt2)
		}
	}
	return out
}

// limits are the ranges of intact nuclei.
type limits struct {
	area, mean           [2]float64
	round, texture       float64
	netRound, netTexture float64 // where a marker of NETs covers the nucleus: it must look the more like one
}

// Quantiles of a control's nuclei that bound those of the field, and how far beyond the brightest and the
// darkest of them a nucleus may be.
const (
	outer, inner  = 0.025, 0.1
	brightSlack   = 1.12
	areaSlack     = 0.7
	leastNuclei   = 20 // of a control, to set limits
	coveredByNETs = 0.5
)

// given are the limits of the protocol, for a field whose typical nucleus has this light. Where there is no
// marker of NETs every nucleus of the right size counts, dividing and dying ones too.
func (r Nucleus) given(typical float64, nets bool) limits {
	if !nets {
		return limits{area: r.AreaUM2, mean: [2]float64{0, math.Inf(1)}, texture: math.Inf(1), netTexture: math.Inf(1)}
	}
	return limits{
		area: r.AreaUM2, mean: [2]float64{r.Bright[0] * typical, r.Bright[1] * typical},
		round: r.Round, texture: r.Texture, netRound: max(r.Round, 0.75), netTexture: 0.75 * r.Texture,
	}
}

// learned narrows the limits to what the nuclei of a control look like.
func (l limits) learned(n *nuclear) limits {
	of := func(q float64, f func(object) float64) float64 {
		var v []float64
		for _, o := range n.objects {
			if o.area >= l.area[0] && o.area <= l.area[1] {
				v = append(v, f(o))
			}
		}
		if len(v) < leastNuclei {
			return math.NaN()
		}
		slices.Sort(v)
		return v[int(math.Round(q*float64(len(v)-1)))]
	}
	area := func(o object) float64 { return o.area }
	mean := func(o object) float64 { return o.mean }
	round := func(o object) float64 { return o.round }
	texture := func(o object) float64 { return o.texture }
	if math.IsNaN(of(0.5, area)) {
		return l
	}
	return limits{
		area:  [2]float64{areaSlack * of(outer, area), of(1-outer, area) / areaSlack},
		mean:  [2]float64{of(outer, mean) / brightSlack, of(1-outer, mean) * brightSlack},
		round: of(outer, round), texture: of(1-outer, texture),
		netRound: of(0.25, round), netTexture: of(1-inner, texture),
	}
}

// judge says which candidates are intact nuclei.
func (n *nuclear) judge(l limits, marked []bool) {
	covered := make([]int, len(n.objects))
	px := make([]int, len(n.objects))
	for i, k := range n.number {
		if k > 0 {
			px[k-1]++
			if marked != nil && marked[i] {
				covered[k-1]++
			}
		}
	}
	for k := range n.objects {
		o := &n.objects[k]
		o.net = px[k] > 0 && float64(covered[k]) > coveredByNETs*float64(px[k])
		round, texture := l.round, l.texture
		if o.net {
			round, texture = l.netRound, l.netTexture
		}
		o.intact = o.area >= l.area[0] && o.area <= l.area[1] && o.mean >= l.mean[0] && o.mean <= l.mean[1] && o.round >= round && o.texture <= texture
	}
}

// extend adds the pixels of the mask that are within steps of a candidate to the nearest one.
func (n *nuclear) extend(mask []bool, w, steps int) {
	var rim []int
	for i, k := range n.number {
		if k > 0 {
			rim = append(rim, i)
		}
	}
	for range steps {
		var next []int
		for _, i := range rim {
			for _, j := range [4]int{i - 1, i + 1, i - w, i + w} {
				row := j / w
				if j < 0 || j >= len(mask) || (row != i/w && j%w != i%w) || !mask[j] || n.number[j] > 0 {
					continue
				}
				n.number[j] = n.number[i]
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

func (n *nuclear) intact() (number int, areas []float64) {
	for _, o := range n.objects {
		if o.intact {
			number++
			areas = append(areas, o.area)
		}
	}
	return number, areas
}
