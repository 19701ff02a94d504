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
	r2, d := open2(b.reach), 2*b.radius
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
