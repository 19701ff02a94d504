package classify

import (
	"math"

	"explant/analysis/stain"
)

// greys turns the values of files into the greys of features, 0 to 65535.
type greys struct {
	in     Input
	tables []*stain.Linear
}

// clearGlass is the level of glass against which densities are taken: the camera's white. A slide's own level moves
// the amounts of all stains by the same small number.
const clearGlass = 255.0

func newGreys(in Input) (*greys, error) {
	g := &greys{in: in}
	if in.Stain == nil {
		return g, nil
	}
	u, err := in.Stain.Unmixing()
	if err != nil {
		return nil, err
	}
	for k := range in.Stain.Stains {
		t := stain.NewLinear(u[k], [3]float64{clearGlass, clearGlass, clearGlass})
		for c := range t { // logarithms may differ in the last bit between machines
			for v := range t[c] {
				t[c][v] = float32(math.Round(1e5*float64(t[c][v])) / 1e5)
			}
		}
		g.tables = append(g.tables, t)
	}
	return g, nil
}

// apply writes the greys of raw values and returns how many values lay outside of the range of training. dst may
// not be raw.
func (g *greys) apply(dst, raw [][]float32) (outside int64) {
	for c := range dst {
		if g.tables == nil {
			copy(dst[c], raw[c])
		} else {
			g.unmix(dst[c], raw, g.tables[c])
		}
		outside += scale(dst[c], g.in.Channels[c])
	}
	return outside
}

func (g *greys) unmix(dst []float32, raw [][]float32, t *stain.Linear) {
	for i := range dst {
		dst[i] = (t[0][uint8(raw[0][i])] + t[1][uint8(raw[1][i])]) + t[2][uint8(raw[2][i])]
	}
}

// scale maps the range of c to 0 to 65535 in place; each step is rounded.
func scale(v []float32, c Channel) (outside int64) {
	factor := 65535 / (c.High - c.Low)
	for i, x := range v {
		y := float64(float64(x)-c.Low) * factor
		if !(y >= 0 && y <= 65535) {
			outside++
			y = min(max(y, 0), 65535)
			if math.IsNaN(y) {
				y = 0
			}
		}
		v[i] = float32(y)
	}
	return outside
}
