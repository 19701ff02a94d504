package phantom

import (
	"context"
	"math"

	"explant/volume"
)

// Crowd is a place where deposit is denser than elsewhere: a ball in which deposits are added until they
// fill their share of its blood-side space. Unlike the rest they are as common at the inlet as at the
// outlet. The zero value adds none.
type Crowd struct {
	At       [3]float64 `json:"at_share"` // of the image, 0 to 1 along x, y, z
	RadiusUM float64    `json:"radius_um"`
	Share    float64    `json:"deposit_share"`
}

// crowdTries bounds how many deposits are drawn for a crowd: thick ones fit no more where little is free.
const crowdTries = 200_000

// crowd is one that is being filled, in voxels.
type crowd struct {
	at     vec
	radius float64
	most   int // free voxels that it may keep
}

// newCrowd counts the blood-side space of the crowd while nothing is in it.
func (s *fibreScene) newCrowd(free *volume.Labels) crowd {
	c := crowd{radius: s.Crowd.RadiusUM / s.SpacingUM}
	c.at = vec{s.Crowd.At[0] * float64(s.N[0]), s.Crowd.At[1] * float64(s.N[1]), s.Crowd.At[2] * float64(s.N[2])}
	c.most = int((1 - s.Crowd.Share) * float64(c.free(free)))
	return c
}

// free is the number of free voxels in the ball.
func (c crowd) free(free *volume.Labels) (n int) {
	lo, hi := around([]vec{c.at}, c.radius)
	for z := max(int(lo.z), 0); z <= min(int(hi.z), free.N[2]-1); z++ {
		for y := max(int(lo.y), 0); y <= min(int(hi.y), free.N[1]-1); y++ {
			for x := max(int(lo.x), 0); x <= min(int(hi.x), free.N[0]-1); x++ {
				if c.holds(vec{float64(x), float64(y), float64(z)}) {
					n += int(free.Data[free.Offset(x, y, z)])
				}
			}
		}
	}
	return n
}

func (c crowd) holds(p vec) bool {
	d := p.add(c.at, -1)
	return d.dot(d) < c.radius*c.radius
}

// fillCrowd adds films, blobs and webs in turn on the fibres of the ball.
func (s *fibreScene) fillCrowd(ctx context.Context, free *volume.Labels, c crowd) error {
	left := c.free(free)
	for try := 0; c.radius > 0 && left > c.most && try < crowdTries; try++ {
		if try%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		t := &s.tubes[s.rng.IntN(len(s.tubes))]
		along := (s.rng.Float64() - 0.5) * math.Hypot(float64(s.N[0]), float64(s.N[1]))
		if p := t.point(along, 0, 0); t.inner == 0 || !s.boxed(p) || !c.holds(p) {
			continue
		}
		s.put(free, try%3, s.make(try%3, t, along))
		left = c.free(free)
	}
	return nil
}
