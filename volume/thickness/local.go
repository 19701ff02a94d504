package thickness

import (
	"context"
	"math"

	"explant/volume"
	"explant/volume/distance"
	"explant/volume/label"
	"explant/volume/parallel"
)

// Local returns the local thickness in mm of the voxels of l whose class is in the set, 0 in the
// others. The faces of the volume do not bound the class: what touches them is taken to go on, and
// its thickness there is a lower bound. A class that fills the volume gives distance.ErrNoSites, an
// unknown spacing volume.ErrSpacing. Time grows with the sum of the volumes of the balls drawn.
func Local(ctx context.Context, l *volume.Labels, in *label.Set, o parallel.Options, p parallel.Progress) (*volume.Volume[float32], error) {
	if _, err := l.VoxelVolume(); err != nil {
		return nil, err
	}
	outside := *in
	for c := range outside {
		outside[c] = !in[c]
	}
	f := fields{}
	var err error
	if f.reach, err = distance.Centers(ctx, l, &outside, o, p); err != nil {
		return nil, err
	}
	if f.radius, err = distance.To(ctx, l, &outside, o, p); err != nil {
		return nil, err
	}
	balls, err := f.ridge(ctx, o, p)
	if err != nil {
		return nil, err
	}
	return draw(ctx, l, balls, o, p)
}

// fields holds for every voxel the distance to the nearest voxel outside: to its centre, which the
// voxel's ball may not reach, and to the interface, which is the ball's radius.
type fields struct{ reach, radius *volume.Volume[float32] }

// ball is centred on voxel (x, y) of its slice; lengths in mm.
type ball struct {
	x, y          int32
	reach, radius float32
}

// ridge lists, slice by slice, the balls that lie in no larger ball of one of the 26 neighbours.
func (f fields) ridge(ctx context.Context, o parallel.Options, p parallel.Progress) ([][]ball, error) {
	n := f.reach.N
	if p != nil {
		p.Stage("largest balls", n[2])
	}
	balls := make([][]ball, n[2])
	steps := neighbours(f.reach.Grid)
	err := parallel.Slabs(ctx, n[2], o, p, func(ctx context.Context, s parallel.Slab) error {
		for z := s.Z0; z < s.Z1; z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			radii := f.radius.Slice(z)
			for i, r := range f.reach.Slice(z) {
				x, y := i%n[0], i/n[0]
				if r > 0 && !f.covered(steps, x, y, z) {
					balls[z] = append(balls[z], ball{int32(x), int32(y), r, radii[i]})
				}
			}
		}
		return nil
	})
	return balls, err
}

// step leads to a neighbour; its length is in mm.
type step struct {
	d      [3]int
	length float64
}

func neighbours(g volume.Grid) (steps []step) {
	for i := range 27 {
		d := [3]int{i%3 - 1, i/3%3 - 1, i/9 - 1}
		var l2 float64
		for a := range 3 {
			l2 += float64(d[a]*d[a]) * g.Spacing[a] * g.Spacing[a]
		}
		if l2 > 0 {
			steps = append(steps, step{d, math.Sqrt(l2)})
		}
	}
	return steps
}

// covered reports whether the ball of a neighbour holds that of voxel (x, y, z) and is no smaller.
func (f fields) covered(steps []step, x, y, z int) bool {
	here := f.reach.Offset(x, y, z)
	n := f.reach.N
	for _, s := range steps {
		i, j, k := x+s.d[0], y+s.d[1], z+s.d[2]
		if i < 0 || j < 0 || k < 0 || i >= n[0] || j >= n[1] || k >= n[2] {
			continue
		}
		there := f.reach.Offset(i, j, k)
		if float64(f.reach.Data[there]) >= float64(f.reach.Data[here])+s.length && f.radius.Data[there] >= f.radius.Data[here] {
			return true
		}
	}
	return false
}

// draw gives every voxel twice the radius of the largest ball around it; no ball holds a centre outside the
// class. A slab draws all the balls that reach it, clipped to it, so that each voxel has one writer.
func draw(ctx context.Context, l *volume.Labels, balls [][]ball, o parallel.Options, p parallel.Progress) (*volume.Volume[float32], error) {
	if p != nil {
		p.Stage("local thickness", l.N[2])
	}
	reach := 0
	for _, slice := range balls {
		for _, b := range slice {
			reach = max(reach, int(float64(b.reach)/l.Spacing[2]))
		}
	}
	out := volume.New[float32](l.Grid)
	err := parallel.Slabs(ctx, l.N[2], o, p, func(ctx context.Context, s parallel.Slab) error {
		for z := max(s.Z0-reach, 0); z < min(s.Z1+reach, l.N[2]); z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			for _, b := range balls[z] {
				drawBall(out, b, z, s)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// drawBall writes the diameter into the voxels of the slab whose centre lies in the open ball.
func drawBall(out *volume.Volume[float32], b ball, z int, s parallel.Slab) {
	const within = 1 - 1e-6 // a centre at the rim is outside, whatever the rounding
	r2, d := float64(b.reach)*float64(b.reach)*within, 2*b.radius
	sx, sy, sz := out.Spacing[0], out.Spacing[1], out.Spacing[2]
	nz := int(math.Sqrt(r2) / sz)
	for k := max(z-nz, s.Z0); k <= min(z+nz, s.Z1-1); k++ {
		dz := float64(k-z) * sz
		ny := int(math.Sqrt(math.Max(r2-dz*dz, 0)) / sy)
		for j := max(int(b.y)-ny, 0); j <= min(int(b.y)+ny, out.N[1]-1); j++ {
			dy := float64(j-int(b.y)) * sy
			nx := int(math.Sqrt(math.Max(r2-dz*dz-dy*dy, 0)) / sx)
			row := out.Data[out.Offset(0, j, k):][:out.N[0]]
			for i := max(int(b.x)-nx, 0); i <= min(int(b.x)+nx, out.N[0]-1); i++ {
				row[i] = max(row[i], d)
			}
		}
	}
}
