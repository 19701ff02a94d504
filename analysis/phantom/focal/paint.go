package focal

import (
	"context"

	"explant/analysis/phantom/grain"
	"explant/volume/parallel"
)

// samples of a voxel along each axis.
const samples = 3

// solid is what may be painted: a body within a box.
type solid struct {
	lo, hi point
	in     func(point) bool
}

func (n nucleus) solid() solid {
	r := n.reach()
	return solid{n.center.plus(point{1, 1, 1}, -r), n.center.plus(point{1, 1, 1}, r), func(p point) bool {
		q, sum := p.plus(n.center, -1), 0.0
		for a, u := range n.turn {
			v := (q[0]*u[0] + q[1]*u[1] + q[2]*u[2]) / n.half[a]
			sum += v * v
		}
		return sum <= 1
	}}
}

func (t strand) solid() solid {
	lo, hi := t.a, t.a
	for a := range lo {
		lo[a], hi[a] = min(t.a[a], t.b[a])-t.radius, max(t.a[a], t.b[a])+t.radius
	}
	return solid{lo, hi, func(p point) bool { return distance(p, t.a, t.b) <= t.radius }}
}

func (b ball) solid() solid {
	return solid{b.center.plus(point{1, 1, 1}, -b.radius), b.center.plus(point{1, 1, 1}, b.radius), func(p point) bool {
		return p.plus(b.center, -1).length() <= b.radius
	}}
}

// cover is the share of each voxel that solids cover, each sample counted once.
func (s Stack) cover(ctx context.Context, all []solid, o parallel.Options) ([]float32, error) {
	out := make([]float32, s.N[0]*s.N[1]*s.N[2])
	err := parallel.Each(ctx, s.N[2], o, nil, func(_ context.Context, z int) error {
		hit := make([]uint32, s.N[0]*s.N[1]) // bits of samples
		for _, one := range all {
			s.mark(hit, one, z)
		}
		for i, bits := range hit {
			for ; bits > 0; bits &= bits - 1 {
				out[z*len(hit)+i] += 1.0 / samples / samples / samples
			}
		}
		return nil
	})
	return out, err
}

// mark sets the samples of plane z that lie in a solid.
func (s Stack) mark(hit []uint32, one solid, z int) {
	var lo, hi [3]int
	for a := range lo {
		lo[a] = min(max(int(one.lo[a]/s.SpacingUM[a]), 0), s.N[a]-1)
		hi[a] = min(max(int(one.hi[a]/s.SpacingUM[a]), 0), s.N[a]-1)
	}
	if z < lo[2] || z > hi[2] {
		return
	}
	for y := lo[1]; y <= hi[1]; y++ {
		for x := lo[0]; x <= hi[0]; x++ {
			at := [3]int{x, y, z}
			for k := range samples * samples * samples {
				sub := [3]int{k % samples, k / samples % samples, k / samples / samples}
				var p point
				for a := range p {
					p[a] = (float64(at[a]) + (float64(sub[a])+0.5)/samples) * s.SpacingUM[a]
				}
				if one.in(p) {
					hit[y*s.N[0]+x] |= 1 << k
				}
			}
		}
	}
}

// Streams of grain.
const (
	texture = iota + 1
	noise
)

// textureShare is the SD of the light within nuclei, of its mean.
const textureShare = 0.12

// number writes the number of the nucleus, from 1, at every voxel whose middle lies in one.
func (s Stack) number(ctx context.Context, all []nucleus, o parallel.Options) ([]uint16, error) {
	out := make([]uint16, s.N[0]*s.N[1]*s.N[2])
	return out, parallel.Each(ctx, s.N[2], o, nil, func(_ context.Context, z int) error {
		for k, n := range all {
			one := n.solid()
			for y := max(int(one.lo[1]/s.SpacingUM[1]), 0); y < s.N[1] && float64(y)*s.SpacingUM[1] < one.hi[1]; y++ {
				for x := max(int(one.lo[0]/s.SpacingUM[0]), 0); x < s.N[0] && float64(x)*s.SpacingUM[0] < one.hi[0]; x++ {
					p := point{(float64(x) + 0.5) * s.SpacingUM[0], (float64(y) + 0.5) * s.SpacingUM[1], (float64(z) + 0.5) * s.SpacingUM[2]}
					if i := (z*s.N[1]+y)*s.N[0] + x; out[i] == 0 && one.in(p) {
						out[i] = uint16(k + 1)
					}
				}
			}
		}
		return nil
	})
}

// grained is light with texture.
func (s Stack) grained(light float64, x, y, z int) float64 {
	return light * max(1+textureShare*grain.Normal(s.Seed, texture, x/3, y/3, z/2), 0)
}
