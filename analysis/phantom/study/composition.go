package study

import (
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"

	"explant/analysis/phantom"
)

// Composition is what deposit is made of, as shares of its volume that add up to 1. By stereology they are
// also the expected shares of the tissue's area on a section.
type Composition struct {
	Fibrin    float64 `json:"fibrin"`
	Platelet  float64 `json:"platelet"`
	RBC       float64 `json:"rbc"`
	Leukocyte float64 `json:"leukocyte"` // nuclei included, NETs not
	NET       float64 `json:"net"`
	Unknown   float64 `json:"unknown"`
}

func (c *Composition) parts() [6]*float64 {
	return [6]*float64{&c.Fibrin, &c.Platelet, &c.RBC, &c.Leukocyte, &c.NET, &c.Unknown}
}

// times multiplies every part.
func (c Composition) times(f float64) Composition {
	for _, p := range c.parts() {
		*p *= f
	}
	return c
}

// plus adds part by part.
func (c Composition) plus(o Composition) Composition {
	for i, p := range o.parts() {
		*c.parts()[i] += *p
	}
	return c
}

// Sum is 1 for shares, the whole for volumes.
func (c Composition) Sum() (sum float64) {
	for _, p := range c.parts() {
		sum += *p
	}
	return sum
}

// draw gives a composition about c by a Dirichlet distribution: each share has mean p and variance
// p(1-p)/(concentration+1). Compositions that a slide cannot show are drawn again.
func (c Composition) draw(rng *rand.Rand, concentration float64) (Composition, error) {
	const tries = 1000
	for range tries {
		var out Composition
		for i, p := range c.parts() {
			if *p > 0 {
				*out.parts()[i] = distuv.Gamma{Alpha: *p * concentration, Beta: 1, Src: rng}.Rand()
			}
		}
		if sum := out.Sum(); sum > 0 {
			if out = out.times(1 / sum); out.mix().Check() == nil {
				return out, nil
			}
		}
	}
	return c, fmt.Errorf("composition %+v cannot be drawn on slides: %w", c, c.mix().Check())
}

// mix is what a bright-field slide shows of c: NETs take no stain of their own and look like the rest.
func (c Composition) mix() phantom.Mix {
	return phantom.Mix{Fibrin: c.Fibrin, Platelet: c.Platelet, RBC: c.RBC, Leukocyte: c.Leukocyte}
}
