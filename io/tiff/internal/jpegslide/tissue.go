package jpegslide

import "math/rand/v2"

// tissue draws a tile like that of a stained section: pink fibres and violet nuclei of a few pixels,
// grain everywhere, so that its JPEG is as large as that of a real one (one to two bits a pixel).
func tissue(side int, seed uint64) []byte {
	rng := rand.New(rand.NewPCG(seed, 1))
	coarse, fine := lattice(rng, side, 24), lattice(rng, side, 5)
	rgb := make([]byte, 0, 3*side*side)
	for i := range side * side {
		eosin := max(coarse[i]+0.7*fine[i]-0.4, 0)
		grain := rng.NormFloat64() * 2.5
		rgb = append(rgb, shade(244-25*eosin, grain), shade(240-105*eosin, grain), shade(243-55*eosin, grain))
	}
	for range side * side / 700 {
		nucleus(rgb, side, rng.IntN(side), rng.IntN(side), 3+rng.IntN(5))
	}
	return rgb
}

func shade(v, grain float64) byte { return byte(min(max(v+grain, 0), 255)) }

// lattice is noise between 0 and 1 that changes over step pixels.
func lattice(rng *rand.Rand, side, step int) []float64 {
	n := side/step + 2
	knots := make([]float64, n*n)
	for i := range knots {
		knots[i] = rng.Float64()
	}
	out := make([]float64, side*side)
	for y := range side {
		v, j := float64(y%step)/float64(step), y/step*n
		for x := range side {
			u, i := float64(x%step)/float64(step), j+x/step
			top := knots[i]*(1-u) + knots[i+1]*u
			bottom := knots[i+n]*(1-u) + knots[i+n+1]*u
			out[y*side+x] = top*(1-v) + bottom*v
		}
	}
	return out
}

// nucleus darkens a disc.
func nucleus(rgb []byte, side, cx, cy, radius int) {
	for y := max(cy-radius, 0); y < min(cy+radius, side); y++ {
		for x := max(cx-radius, 0); x < min(cx+radius, side); x++ {
			if (x-cx)*(x-cx)+(y-cy)*(y-cy) < radius*radius {
				p := rgb[3*(y*side+x):]
				p[0], p[1], p[2] = p[0]/2, p[1]/3, p[2]*2/3
			}
		}
	}
}
