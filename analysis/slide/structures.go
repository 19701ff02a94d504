package slide

import (
	"math"
	"slices"
)

// Hollow fibres: their walls are clear, and only their surfaces show, as thin grey lines.
const (
	faintOD     = 0.1   // densities above are cut off: tissue is no stronger evidence than the lines
	lineEdge    = 0.002 // least slope towards a line, OD a cell
	lineOD      = 0.008 // a line is at least this much denser than the wall within
	clearOD     = 0.025 // of wall and lumen, at most
	lineStepUM  = 9.0   // from the line inwards to clear wall
	fibreSpread = 0.07  // radii may differ from the stated one by this share
	fibreShare  = 0.5   // of the outline that must be seen
	cutShare    = 0.7   // the same, of a fibre that lies in the picture by less than half
	leastRadius = 6.0   // cells: a smaller circle is no fibre
	lineBegins  = 0.8   // of the largest share of the outline that is seen at any radius
	fibreRimUM  = 1.5   // half the width of the line on the outer surface
)

// fibres are the hollow fibres cut across, as far as their outline is round. A fibre that the section cuts
// obliquely, or that is crushed, is not found: its lumen is glass, and its outline counts as tissue.
func (t *thumb) fibres(od densities, p Exclude) []fibre {
	fine := field{t.w, t.h, make([]float32, t.w*t.h)}
	for i, d := range od.all {
		fine.v[i] = min(max(meanOD(d), 0), faintOD)
	}
	coarse, scale := fine, 1.0
	if t.um < 3 && t.w > 1 && t.h > 1 {
		coarse, scale = fine.halved(), 2
	}
	cell := t.um * scale
	r := p.FibreUM / 2 / cell
	if r < leastRadius || coarse.w < 3 || coarse.h < 3 {
		return nil
	}
	lo, hi := (1-fibreSpread)*r, (1+fibreSpread)*r
	most := int(2*float64((coarse.w+int(2*r))*(coarse.h+int(2*r)))/(r*r)) + 8
	var found []fibre
	for _, c := range coarse.centres(lo, hi, lineEdge, 0.7*r, int(r), most) {
		c, share := coarse.fit(c, search{lo, hi, 3, 1, fibreShare}, coarse.line(cell))
		near := func(b fibre) bool { return math.Hypot(b.x-c.x, b.y-c.y) < 0.9*(b.r+c.r) }
		if share >= fibreShare && (share >= cutShare || coarse.halfSeen(c)) && !slices.ContainsFunc(found, near) {
			found = append(found, fibre{circle: c})
		}
	}
	for i, b := range found {
		c := circle{scale*b.x + (scale-1)/2, scale*b.y + (scale-1)/2, scale * b.r}
		found[i] = fine.fibre(c, p.FibreWallUM/t.um, t.um).scaled(float64(t.side), fibreRimUM/t.um)
	}
	return found
}

// halfSeen reports a circle that lies in the picture by half of its outline: tissue seldom follows so much of one.
func (f field) halfSeen(c circle) bool {
	n := 0
	for _, d := range outwards {
		if x, y := c.x+c.r*d[1], c.y+c.r*d[0]; x >= 0 && y >= 0 && x <= float64(f.w-1) && y <= float64(f.h-1) {
			n++
		}
	}
	return 2*n >= len(outwards)
}

// line tells where a thin line lies, as on the surface of a fibre: denser than the clear wall within.
func (f field) line(cellUM float64) func(x, y, dx, dy float64) bool {
	step := max(lineStepUM/cellUM, 1.5)
	return func(x, y, dx, dy float64) bool {
		within := f.at(x-step*dx, y-step*dy)
		return within <= clearOD && f.at(x, y) >= within+lineOD
	}
}

// fibre places both surfaces of a fibre that c is near to. No tissue lies at the inner one, which tells the centre;
// at the outer one tissue may follow at once, so it is where the line begins.
func (f field) fibre(c circle, wall, cellUM float64) fibre {
	line := f.line(cellUM)
	lumen, share := f.fit(circle{c.x, c.y, c.r - wall}, search{c.r - wall - 3, c.r - wall + 3, 3, 1, fibreShare}, line)
	if share < fibreShare {
		return fibre{c, c.r - wall}
	}
	lumen, _ = f.fit(lumen, search{lumen.r - 1, lumen.r + 1, 1, 0.5, 0}, line)
	var shares []float64
	for k := range 17 {
		shares = append(shares, f.outline(circle{lumen.x, lumen.y, lumen.r + wall - 4 + float64(k)/2}, 0, line))
	}
	first := slices.IndexFunc(shares, func(v float64) bool { return v >= lineBegins*slices.Max(shares) })
	return fibre{circle{lumen.x, lumen.y, lumen.r + wall - 4 + float64(first)/2}, lumen.r}
}

// scaled turns cells of side pixels into pixels: cell k holds those from k*side on. rim, in cells, is added around.
func (b fibre) scaled(side, rim float64) fibre {
	return fibre{circle{(b.x + 0.5) * side, (b.y + 0.5) * side, (b.r + rim) * side}, b.lumen * side}
}

// Bubbles: round, with a dark rim that is grey, so that it absorbs in every channel.
const (
	rimEdge     = 0.03 // least slope of the rim, OD a cell
	rimOD       = 0.1  // of the rim in its weakest channel, at least
	rimOver     = 0.05 // above what lies on both sides
	rimReachUM  = 9.0  // from the middle of the rim to both sides
	rimShare    = 0.75 // of the outline that must be seen
	bubbleLeast = 6.0  // cells: smaller ones look like cells of the tissue
	bubbleMost  = 0.06 // of the shorter side of the slide
	bubbleRimUM = 4.0  // half the width of the rim
	manyBubbles = 40
)

// bubbles wants to know the size of a pixel: cells of the tissue are round and dark-rimmed too.
func (t *thumb) bubbles(od densities) []circle {
	f, cell := field{t.w, t.h, make([]float32, t.w*t.h)}, t.um
	for i, d := range od.all {
		f.v[i] = min(max(min(d[0], d[1], d[2]), 0), 0.5)
	}
	hi := bubbleMost * float64(min(t.w, t.h))
	if hi < bubbleLeast {
		return nil
	}
	step := max(rimReachUM/cell, 1.5)
	seen := func(x, y, dx, dy float64) bool {
		v := f.at(x, y)
		return v >= rimOD && v >= rimOver+max(f.at(x-step*dx, y-step*dy), f.at(x+step*dx, y+step*dy))
	}
	var found []circle
	for _, c := range f.centres(bubbleLeast, hi, rimEdge, bubbleLeast, 0, manyBubbles) {
		c, share := f.fit(c, search{bubbleLeast, hi, 2, 1, rimShare}, seen)
		if share < rimShare || slices.ContainsFunc(found, func(b circle) bool { return math.Hypot(b.x-c.x, b.y-c.y) < max(b.r, c.r) }) {
			continue
		}
		found = append(found, c)
	}
	for i, b := range found {
		side := float64(t.side)
		found[i] = circle{(b.x + 0.5) * side, (b.y + 0.5) * side, (b.r + bubbleRimUM/cell) * side}
	}
	return found
}

// Blots: what is marked in cells and judged by its area.
const (
	inkLeastUM2    = 200.0
	colourLeastUM2 = 4000.0
	inkReachUM     = 5.0
	foldLeastUM2   = 640.0
	foldReachUM    = 2.0
	foldBlockUM    = 8.0  // folds are judged in blocks of this size, each with its neighbours
	foldShare      = 0.25 // of the tissue there that is thick
	ownShare       = 0.15 // of the tissue of the block itself
	thick          = 1.6  // times the median amount of its class
	thickOther     = 1.35 // times the amount that a fifth of the other tissue exceeds
	colourOD       = 0.25 // mean density of coloured ink, at least
	foreignShare   = 0.3  // of all amounts that a colour lacks of a stain, or that is no stain
)

// blots are cells that look like black ink, like ink of a colour that no mixture of the stains has, and like
// tissue that lies double.
type blots struct {
	ink, colour, fold []uint8
}

func (t *thumb) blots(od densities, p Params, i0 [3]float64) (b blots, err error) {
	u, err := p.Stain.Unmixing()
	if err != nil {
		return b, err
	}
	b.ink, b.colour = make([]uint8, t.w*t.h), make([]uint8, t.w*t.h)
	for i, d := range od.all {
		if t.blackCell(i, uint8(p.InkSpread)) {
			b.ink[i] = 1
			continue
		}
		a := u.Amounts([3]float64{float64(d[0]), float64(d[1]), float64(d[2])})
		if meanOD(d) >= colourOD && foreign(a, len(p.Stain.Stains)) {
			b.colour[i] = 1
		}
	}
	if p.Exclude.Folds {
		b.fold, err = t.folds(od, b.ink, p, i0)
	}
	return b, err
}

func (t *thumb) blackCell(i int, spread uint8) bool {
	n := uint32(t.pixels(i%t.w, i/t.w))
	r, g, b := uint32(t.sums[3*i]), uint32(t.sums[3*i+1]), uint32(t.sums[3*i+2])
	return black(uint8(r/n), uint8(g/n), uint8(b/n), spread)
}

// foreign reports amounts that no mixture of the stains has.
func foreign(a [3]float64, stains int) bool {
	var sum, lacks float64
	for _, v := range a[:stains] {
		sum, lacks = sum+math.Abs(v), lacks+max(-v, 0)
	}
	if stains == 2 {
		lacks = max(lacks, math.Abs(a[2]))
		return lacks > 2*foreignShare*sum
	}
	return lacks > foreignShare*sum
}

// folds marks the blocks in which much of the tissue has more than its class has elsewhere on the slide. Classes
// whose stain ranks only are left out: they vary too much.
func (t *thumb) folds(od densities, ink []uint8, p Params, i0 [3]float64) ([]uint8, error) {
	tables, err := newTables(p, i0)
	if err != nil {
		return nil, err
	}
	classes, amounts := t.classified(od, ink, p, tables)
	typical := make([]float32, 256)
	for _, k := range append(p.ordered(), named{value: p.restValue()}) {
		if k.RankOnly {
			continue
		}
		var of []float32
		for i, c := range classes {
			if c == k.value {
				of = append(of, amounts[i])
			}
		}
		if len(of) > 0 {
			slices.Sort(of)
			typical[k.value] = thick * of[len(of)/2]
			if k.value == otherValue { // of several kinds: platelets are denser than the rest
				typical[k.value] = thickOther * of[len(of)*4/5]
			}
		}
	}
	if p.composes() { // what is unclassified is mostly thick, or it lies on the border of two classes
		typical[p.restValue()] = 0
		if most, ok := p.Rules[otherClass].MaxOD[total]; ok {
			typical[p.restValue()] = float32(1.25 * most)
		} else {
			typical[p.restValue()] = float32(math.Inf(1))
		}
	}
	return t.crowded(classes, amounts, typical), nil
}

// classified gives each cell its class, glass for ink, and the amount that its class is judged by.
func (t *thumb) classified(od densities, ink []uint8, p Params, f *tables) ([]uint8, []float32) {
	classes, amounts := make([]uint8, t.w*t.h), make([]float32, t.w*t.h)
	own := make([]float64, len(f.rules))
	for k, r := range f.rules {
		own[k] = r.MinOD[r.Amount]
	}
	c := newClassifier(p, f, nil, []cut{f.cutAt(own, [3]float64{1, 1, 1}, [3]float64{1, 1, 1})})
	u, v := f.totals(p), make([]float32, len(f.functions))
	for i, d := range od.all {
		if meanOD(d) < float32(p.TissueOD) || ink[i] != 0 {
			continue
		}
		for k, w := range f.weights {
			v[k] = float32(w[0])*d[0] + float32(w[1])*d[1] + float32(w[2])*d[2]
		}
		classes[i], amounts[i] = c.under(c.cuts[0], v)
		if classes[i] == otherValue || classes[i] == c.rest {
			amounts[i] = float32(u[0])*d[0] + float32(u[1])*d[1] + float32(u[2])*d[2]
		}
	}
	return classes, amounts
}

// totals are the weights of the sum of all stains.
func (t *tables) totals(p Params) [3]float64 {
	u, err := p.Stain.Unmixing()
	if err != nil {
		return [3]float64{} // newTables has made sure of it
	}
	return quantities(p, u)[total]
}

// crowded marks the blocks that, with the eight around them, hold enough cells above the limits of their class.
func (t *thumb) crowded(classes []uint8, amounts, limits []float32) []uint8 {
	um := t.um
	if um == 0 {
		um = thumbUM
	}
	side := max(int(math.Round(foldBlockUM/um)), 1)
	w, h := (t.w+side-1)/side, (t.h+side-1)/side
	tissue, dense := make([]int, w*h), make([]int, w*h)
	for i, c := range classes {
		if limits[c] == 0 {
			continue
		}
		at := i/t.w/side*w + i%t.w/side
		tissue[at]++
		if amounts[i] >= limits[c] {
			dense[at]++
		}
	}
	marked := make([]uint8, w*h)
	for own := range marked {
		x, y := own%w, own/w
		n, k := 0, 0
		for v := max(y-1, 0); v <= min(y+1, h-1); v++ {
			for u := max(x-1, 0); u <= min(x+1, w-1); u++ {
				n, k = n+tissue[v*w+u], k+dense[v*w+u]
			}
		}
		if n*7 >= 9*side*side && float64(k) >= foldShare*float64(n) && float64(dense[own]) >= ownShare*float64(tissue[own]) {
			marked[own] = 1
		}
	}
	out := make([]uint8, len(classes))
	for i := range out {
		out[i] = marked[i/t.w/side*w+i%t.w/side]
	}
	return out
}

func meanOD(od [3]float32) float32 { return (od[0] + od[1] + od[2]) / 3 }
