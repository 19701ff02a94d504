package phantom

import "math"

// Sizes of what the deposit is made of, in µm.
const (
	rbcPitchUM     = 7.4
	rbcRadiusUM    = 3.4
	cellPitchUM    = 24.0
	cellRadiusUM   = 5.5
	lobeRadiusUM   = 2.3
	minDepositUM   = 3.0 // gap between a fibre and its deposit
	platePatchUM   = 70.0
	rbcPatchUM     = 110.0
	collagenAreaUM = 160.0
)

// sample gives the class at a point in µm and its optical density in red, green, blue. density is the
// local thickness of the stain, about 1.
func (c *slideScene) sample(x, y, density float64) (uint8, [3]float64) {
	d := c.outside(x, y)
	class := slideGlass
	switch {
	case d < -c.WallUM:
	case d < 0:
		class = slideFibre
	default:
		if c.deposit(x, y, d) {
			class = c.component(x, y)
		}
	}
	if class == slideMarker {
		density *= c.uptake(x, y)
	}
	od := c.stained(class, density)
	if class == slideFibre || d < 0 && d > -c.WallUM-1 {
		edge := min(math.Abs(d), math.Abs(d+c.WallUM))
		grey := 0.006 + 0.07*math.Exp(-edge*edge) // polymer is clear; its surfaces refract
		od = [3]float64{grey, grey, grey}
	}
	if c.Clean {
		return class, od
	}
	return c.spoil(x, y, class, od)
}

// deposit tells whether a point at distance d from the nearest fibre is filled: a coat of varying
// thickness on the fibres, larger masses where the slow noise is high, less the holes.
func (c *slideScene) deposit(x, y, d float64) bool {
	mass := cloud(c.Seed, streamTissue, x/260, y/260, 4)
	coat := 32 + 70*(mass+c.Cover) + 6*smoothNoise(c.Seed, streamWarp, x/12, y/12)
	if d < minDepositUM || d > coat && mass+c.Cover < 0 {
		return false
	}
	return cloud(c.Seed, streamHole, x/75, y/75, 3) > -0.62
}

// component tells what the deposit is made of at a point: cells first, then the matrix around them.
func (c *slideScene) component(x, y float64) uint8 {
	if class := c.leukocyte(x, y); class != slideOther {
		return class
	}
	if c.mix != nil {
		return c.mixed(x, y)
	}
	switch {
	case c.plateletField(x, y) > 0.34:
		return c.platelets()
	case c.redField(x, y) > 0.12:
		if c.redCell(x, y) {
			return slideRBC
		}
		return slideOther
	case cloud(c.Seed, streamCollagen, x/collagenAreaUM, y/collagenAreaUM, 3) > c.collagenFrom() && c.strand(x, y):
		return slideCollagen
	}
	if math.Abs(c.fibrinField(x, y)) < 0.22 {
		return slideFibrin
	}
	return slideOther
}

// The fields by whose levels platelets, red cells and fibrin are placed.
func (c *slideScene) plateletField(x, y float64) float64 {
	return cloud(c.Seed, streamPlatelet, x/platePatchUM, y/platePatchUM, 3)
}

func (c *slideScene) redField(x, y float64) float64 {
	return cloud(c.Seed, streamRBC, x/rbcPatchUM, y/rbcPatchUM, 3)
}

func (c *slideScene) fibrinField(x, y float64) float64 {
	return cloud(c.Seed, streamFibrin, x/22, y/22, 3)
}

// crowd is how much more often than elsewhere leukocytes lie about a point.
func (c *slideScene) crowd(x, y float64) float64 {
	return 0.4 * smoothNoise(c.Seed, streamCells, x/140, y/140)
}

// platelets are shown by the marker where the slide has one.
func (c *slideScene) platelets() uint8 {
	if c.Kind == SlideDAB {
		return slideMarker
	}
	return slidePlatelet
}

// uptake is how strongly the marker stains at a point, about 0.3 to 1.4: weak places come near any threshold.
func (c *slideScene) uptake(x, y float64) float64 {
	return max(0.85+0.55*cloud(c.Seed, streamUptake, x/50, y/50, 3), 0.3)
}

// collagenFrom is the level of noise above which the deposit is organised: more of it on a collagen stain.
func (c *slideScene) collagenFrom() float64 {
	if c.Kind == SlidePSR {
		return -0.25
	}
	return 0.1
}

// strand tells whether a point lies in a wavy collagen strand.
func (c *slideScene) strand(x, y float64) bool {
	sin, cos := math.Sincos(c.strandTurn)
	along, across := x*cos+y*sin, y*cos-x*sin
	across += 9 * smoothNoise(c.Seed, streamWarp+20, along/70, across/90)
	return smoothNoise(c.Seed, streamStrand, along/55, across/7) > -0.15
}

// redCell tells whether a point lies in a red cell of a packed, irregular lattice.
func (c *slideScene) redCell(x, y float64) bool {
	hit := false
	c.nearby(streamRBC+40, x, y, rbcPitchUM, 0.25, func(ox, oy, _ float64, _ int) {
		hit = hit || ox*ox+oy*oy < rbcRadiusUM*rbcRadiusUM
	})
	return hit
}

// leukocyte is the class of a point in a leukocyte: its lobed or round nucleus, or its cytoplasm; other
// outside any cell. Leukocytes gather where the noise of their own is high.
func (c *slideScene) leukocyte(x, y float64) uint8 {
	crowd := c.crowd(x, y)
	class := slideOther
	c.nearby(streamCells+40, x, y, cellPitchUM, 0.35, func(ox, oy, chance float64, id int) {
		r2 := ox*ox + oy*oy
		if chance > c.cells+crowd || r2 > cellRadiusUM*cellRadiusUM || class == slideNucleus {
			return
		}
		class = slideLeukocyte
		if id%4 == 0 && r2 < 3.9*3.9 { // mononuclear
			class = slideNucleus
			return
		}
		for k := range 3 {
			sin, cos := math.Sincos(float64(id) + 2.1*float64(k))
			if lx, ly := ox-2.4*cos, oy-2.4*sin; id%4 != 0 && lx*lx+ly*ly < lobeRadiusUM*lobeRadiusUM {
				class = slideNucleus
			}
		}
	})
	return class
}

// nearby visits the nine jittered lattice points around a place, with the offset from each, its own
// uniform number and an identity.
func (c *slideScene) nearby(stream int, x, y, pitch, jitter float64, visit func(ox, oy, chance float64, id int)) {
	ix, iy := int(math.Floor(x/pitch)), int(math.Floor(y/pitch))
	kx, ky, kc := streamKey(c.Seed, stream), streamKey(c.Seed, stream+1), streamKey(c.Seed, stream+2)
	for j := iy - 1; j <= iy+1; j++ {
		for i := ix - 1; i <= ix+1; i++ {
			u, v := hashUniform(kx, i, j), hashUniform(ky, i, j)
			px := (float64(i) + 0.5 + jitter*(2*u-1)) * pitch
			py := (float64(j) + 0.5 + jitter*(2*v-1)) * pitch
			visit(x-px, y-py, hashUniform(kc, i, j), int(u*1024))
		}
	}
}

// spoil adds the artefacts of a section to a point: a fold doubles the tissue, a bubble has a dark rim
// and pales what it covers, ink is black.
func (c *slideScene) spoil(x, y float64, class uint8, od [3]float64) (uint8, [3]float64) {
	if class != slideGlass && class != slideFibre && c.inFold(x, y) {
		class = slideFold
		for ch := range od {
			od[ch] *= 2
		}
	}
	if r := math.Hypot(x-c.bubbleAt.x, y-c.bubbleAt.y); r < c.bubbleUM+3 {
		class = slideBubble
		rim := 0.35 * math.Exp(-(r-c.bubbleUM)*(r-c.bubbleUM)/8)
		for ch := range od {
			od[ch] = 0.6*od[ch] + rim
		}
	}
	if ink := c.ink(x, y); ink > 0 {
		class = slideInk
		for ch := range od {
			od[ch] += 1.6 * ink
		}
	}
	return class, od
}
