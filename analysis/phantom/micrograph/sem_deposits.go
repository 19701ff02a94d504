package micrograph

import "math"

// placeCells adds platelets or red cells of a radius in nm on top of the network until their areas add up
// to a share of the field.
func (c *semScene) placeCells(class uint8, cover, radiusNM float64) {
	top := float64(c.Layers) * c.gap()
	for done := 0.0; done < cover*c.w*c.h && len(c.things) < 65_000; {
		r := radiusNM / c.PixelSizeNM * (0.8 + 0.4*c.rng.Float64())
		at := point{c.w * c.rng.Float64(), c.h * c.rng.Float64()}
		body := newBlob(at, r, r*(0.75+0.25*c.rng.Float64()), math.Pi*c.rng.Float64())
		t := &thing{class: class, bright: 0.95}
		d := &dome{body, top - 0.3*r, 0.7 * r, c.rng.Uint64(), 0.12}
		switch class {
		case semRBC:
			body.hollow, d.rise, d.bumps, d.z = 0.8, 0.8*r, 0.008, top
			body.wave, body.phase = []float64{0.05, 0.03}, c.phases(2)
		case semPlatelet:
			body.wave, body.phase = []float64{0.09, 0.07, 0.04, 0.03, 0.03}, c.phases(5)
			c.pseudopods(t, at, r, top-0.1*r)
		}
		t.add(d)
		c.things = append(c.things, t)
		done += body.area()
	}
}

// pseudopods are the short arms of an activated platelet.
func (c *semScene) pseudopods(t *thing, at point, r, z float64) {
	for range 2 + c.rng.IntN(4) {
		angle := 2 * math.Pi * c.rng.Float64()
		from := at.along(angle, 0.7*r)
		bent := from.along(angle+0.4*c.rng.NormFloat64(), (0.5+0.5*c.rng.Float64())*r)
		thick := r * (0.13 + 0.08*c.rng.Float64())
		t.add(&rod{link{from, bent, thick, 0.3 * thick}, z})
		t.add(&rod{link{bent, bent.along(angle, 0.5*r), 0.3 * thick, 0.2 * thick}, z})
	}
}

// placeFilm adds ragged sheets of fibrin between the layers: what lies below is hidden, fibres above are not.
func (c *semScene) placeFilm() {
	z := float64(c.Layers/2) * c.gap()
	for done := 0.0; done < c.Film*c.w*c.h && len(c.things) < 65_000; {
		r := 0.08 * c.w * (0.6 + 0.8*c.rng.Float64())
		at := point{c.w * c.rng.Float64(), c.h * c.rng.Float64()}
		sheet := newBlob(at, r, 0.6*r, math.Pi*c.rng.Float64())
		sheet.wave, sheet.phase = []float64{0.2, 0.15, 0.12, 0.1, 0.08}, c.phases(5)
		t := &thing{class: semFilm, bright: 0.9}
		t.add(&dome{sheet, z, 0.5 * c.DiameterPX, c.rng.Uint64(), 0.5})
		c.things = append(c.things, t)
		done += sheet.area()
	}
}

func (c *semScene) phases(n int) []float64 {
	p := make([]float64, n)
	for i := range p {
		p[i] = 2 * math.Pi * c.rng.Float64()
	}
	return p
}
