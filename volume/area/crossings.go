package area

import (
	"sync/atomic"

	"explant/volume/label"
)

// counter counts, for the voxels of objects, the neighbours in the volume that are not in the same one.
type counter struct {
	objects *label.Objects
	sums    [][directions]atomic.Int64
	number  uint32            // of the object whose crossings are in counts
	counts  [directions]int64 // not yet among the sums
}

// row counts the crossings from row (y, z) to its neighbours in the volume.
func (c *counter) row(y, z int) {
	n := c.objects.N
	runs, numbers := c.objects.Row(y, z)
	if len(runs) == 0 {
		return
	}
	for dz := max(-1, -z); dz <= min(1, n[2]-1-z); dz++ {
		for dy := max(-1, -y); dy <= min(1, n[1]-1-y); dy++ {
			beside, theirs := c.objects.Row(y+dy, z+dz)
			first := 0
			for i, r := range runs {
				for first < len(beside) && beside[first].X1 < r.X0 {
					first++
				}
				c.enter(numbers[i])
				for dx := -1; dx <= 1; dx++ {
					if k := directionOf(dx, dy, dz); k >= 0 {
						c.counts[k] += unlike(r, int32(dx), int32(n[0]), numbers[i], beside[first:], theirs[first:])
					}
				}
			}
		}
	}
}

// unlike is how many voxels of r, moved by dx into a row beside and still in the volume, are not in
// the object of that number there.
func unlike(r label.Run, dx, nx int32, number uint32, beside []label.Run, numbers []uint32) int64 {
	x0, x1 := max(r.X0+dx, 0), min(r.X1+dx, nx)
	out := int64(x1 - x0)
	for i, b := range beside {
		if b.X0 >= x1 {
			break
		}
		if numbers[i] == number {
			out -= int64(max(min(x1, b.X1)-max(x0, b.X0), 0))
		}
	}
	return out
}

// enter makes counts those of the object of this number.
func (c *counter) enter(number uint32) {
	if number != c.number {
		c.flush()
		c.number = number
	}
}

func (c *counter) flush() {
	for k, n := range c.counts {
		if n != 0 {
			c.sums[c.number][k].Add(n)
		}
	}
	c.counts = [directions]int64{}
}
