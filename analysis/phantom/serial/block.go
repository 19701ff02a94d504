package serial

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"

	"explant/volume"
	"explant/volume/parallel"
)

// ErrPhantom is wrapped by the errors of parameters of which no block can be made.
var ErrPhantom = errors.New("impossible phantom")

// Block is a piece of clot, cut into sections that are stained with Martius, scarlet and blue. Start from
// [Default] and override what differs.
type Block struct {
	W           int     `json:"width_px"` // of a section
	H           int     `json:"height_px"`
	Sections    int     `json:"sections"` // cut, the lost ones included
	Seed        uint64  `json:"seed"`
	PixelSizeUM float64 `json:"pixel_size_um"`
	ThicknessUM float64 `json:"section_thickness_um"`
	Lost        int     `json:"lost"` // sections lost, neither the first nor the last

	RotationDeg float64 `json:"rotation_deg"`  // sections are turned by up to this angle
	ShiftUM     float64 `json:"shift_um"`      // moved by up to this length along x and y
	Strain      float64 `json:"strain"`        // stretched and sheared by up to this share
	ElasticUM   float64 `json:"elastic_um"`    // sd of the displacement along x and y at each node
	Nodes       int     `json:"elastic_nodes"` // of the displacement, along each side

	StainSpread float64 `json:"stain_spread"`     // sd of the logarithm of each stain's strength between sections
	Unevenness  float64 `json:"stain_unevenness"` // of the strength within a section
	GlassGrey   float64 `json:"glass_grey"`
	NoiseGrey   float64 `json:"noise_sd_grey"`
}

// Default is a block of sections of w x h pixels of 0.8 µm.
func Default(w, h int, seed uint64) Block {
	return Block{
		W: w, H: h, Sections: 12, Seed: seed, PixelSizeUM: 0.8, ThicknessUM: 5, Lost: 1,
		RotationDeg: 9, ShiftUM: 0.03 * float64(min(w, h)), Strain: 0.015, ElasticUM: 0.004 * float64(min(w, h)), Nodes: 9,
		StainSpread: 0.18, Unevenness: 0.12, GlassGrey: 243, NoiseGrey: 1.5,
	}
}

// maxVoxels bounds the memory of a block, about 6 bytes a voxel.
const maxVoxels = 1 << 28

// maxBend is the largest displacement between neighbouring nodes, relative to their distance, for which
// sections do not fold.
const maxBend = 0.12

// Check reports parameters of which no block can be made, wrapping [ErrPhantom].
func (b Block) Check() error {
	var bad []error
	want := func(ok bool, format string, v ...any) {
		if !ok {
			bad = append(bad, fmt.Errorf(format, v...))
		}
	}
	within := func(v, lo, hi float64) bool { return v >= lo && v <= hi }
	want(b.W >= 8 && b.H >= 8 && b.W <= 1<<14 && b.H <= 1<<14, "%d x %d pixels are not in 8 to 16384", b.W, b.H)
	want(b.Sections >= 1 && b.Sections <= 2000 && b.W*b.H*b.Sections <= maxVoxels, "%d sections of %d x %d pixels are not 1 to 2000 of %d voxels in all", b.Sections, b.W, b.H, maxVoxels)
	want(b.Lost >= 0 && b.Lost <= max(b.Sections-2, 0), "%d sections of %d cannot be lost between the first and the last", b.Lost, b.Sections)
	want(within(b.PixelSizeUM, 0.1, 20) && within(b.ThicknessUM, 0.5, 100), "pixel size %v, thickness %v µm are not in 0.1 to 20 and 0.5 to 100", b.PixelSizeUM, b.ThicknessUM)
	want(within(b.RotationDeg, 0, 180), "rotation %v degrees is not in 0 to 180", b.RotationDeg)
	side := float64(min(b.W, b.H)) * b.PixelSizeUM
	want(within(b.ShiftUM, 0, side/2), "shift %v µm is not in 0 to half a side", b.ShiftUM)
	want(within(b.Strain, 0, 0.2), "strain %v is not in 0 to 0.2", b.Strain)
	want(b.Nodes >= 2 && b.Nodes <= 64, "%d nodes are not in 2 to 64", b.Nodes)
	want(within(b.ElasticUM, 0, maxBend*side/float64(max(b.Nodes-1, 1))), "elastic displacement %v µm is not in 0 to %v of the distance of the nodes", b.ElasticUM, maxBend)
	want(within(b.StainSpread, 0, 1) && within(b.Unevenness, 0, 0.8), "stain spread %v, unevenness %v are not in 0 to 1 and 0 to 0.8", b.StainSpread, b.Unevenness)
	want(within(b.GlassGrey, 100, 255) && within(b.NoiseGrey, 0, 20), "glass %v, noise %v grey levels are not in 100 to 255 and 0 to 20", b.GlassGrey, b.NoiseGrey)
	if err := errors.Join(bad...); err != nil {
		return fmt.Errorf("%w: serial sections: %w", ErrPhantom, err)
	}
	return nil
}

// Grid is that of the block: a slice a section.
func (b Block) Grid() volume.Grid {
	mm := b.PixelSizeUM / 1000
	return volume.Grid{
		N: [3]int{b.W, b.H, b.Sections}, Spacing: [3]float64{mm, mm, b.ThicknessUM / 1000},
		Calibration: volume.Calibration{Source: volume.Phantom},
	}
}

// Make cuts the block. sections holds a picture of each section, nil for a lost one; labels the component
// that fills most of each voxel of the uncut block, as an index into the truth's classes. prog may be nil.
func (b Block) Make(ctx context.Context, o parallel.Options, prog parallel.Progress) (sections []*image.RGBA, labels *volume.Labels, truth Truth, err error) {
	if err := b.Check(); err != nil {
		return nil, nil, Truth{}, err
	}
	if prog == nil {
		prog = parallel.Discard{}
	}
	s, err := newScene(b)
	if err != nil {
		return nil, nil, Truth{}, err
	}
	labels, counts, err := s.fill(ctx, o, prog)
	if err == nil {
		sections, err = s.cut(ctx, o, prog)
	}
	if err != nil {
		return nil, nil, Truth{}, fmt.Errorf("cut serial sections: %w", err)
	}
	return sections, labels, s.truth(counts), nil
}

// voxelSamples are the places within a voxel where it is sampled, relative to its sides: each third of
// every axis once.
var voxelSamples = [3][3]float64{{-1. / 3, 0, -1. / 3}, {0, 1. / 3, 0}, {1. / 3, -1. / 3, 1. / 3}}

// rowsAtOnce is the number of rows of a slab.
const rowsAtOnce = 16

// fill samples the uncut block.
func (s *scene) fill(ctx context.Context, o parallel.Options, prog parallel.Progress) (*volume.Labels, []counts, error) {
	v := volume.New[uint8](s.Grid())
	o.Depth, o.Halo = rowsAtOnce, 0
	rows := s.H * s.Sections
	sums := make([]counts, o.Count(rows))
	prog.Stage("fill block", rows)
	err := parallel.Slabs(ctx, rows, o, prog, func(ctx context.Context, slab parallel.Slab) error {
		sum := counts{first: slab.Z0 / s.H}
		for row := slab.Z0; row < slab.Z1; row++ {
			y, z := row%s.H, row/s.H
			for x := range s.W {
				var n [classCount]int
				for _, at := range voxelSamples {
					n[s.component((float64(x)+at[0])*s.PixelSizeUM, (float64(y)+at[1])*s.PixelSizeUM, (float64(z)+at[2])*s.ThicknessUM)]++
				}
				best := 0
				for k := range n {
					sum.of[z-sum.first][k] += int64(n[k])
					if n[k] > n[best] {
						best = k
					}
				}
				v.Data[row*s.W+x] = uint8(best)
			}
		}
		sums[slab.Index(o)] = sum
		return ctx.Err()
	})
	return v, sums, err
}

// cut renders the sections that are not lost.
func (s *scene) cut(ctx context.Context, o parallel.Options, prog parallel.Progress) ([]*image.RGBA, error) {
	all := make([]*image.RGBA, s.Sections)
	for k := range all {
		if !s.sections[k].Lost {
			all[k] = image.NewRGBA(image.Rect(0, 0, s.W, s.H))
		}
	}
	o.Depth, o.Halo = rowsAtOnce, 0
	rows := s.H * s.Sections
	prog.Stage("cut sections", rows)
	err := parallel.Slabs(ctx, rows, o, prog, func(ctx context.Context, slab parallel.Slab) error {
		for row := slab.Z0; row < slab.Z1; row++ {
			if k := row / s.H; all[k] != nil {
				s.row(k, row%s.H, all[k].Pix[row%s.H*all[k].Stride:])
			}
		}
		return ctx.Err()
	})
	return all, err
}

// row draws one row of a section.
func (s *scene) row(k, y int, rgba []uint8) {
	for x := range s.W {
		var light [3]float64
		strength := s.strength(k, x, y)
		for _, at := range voxelSamples {
			class := s.onSection(k, float64(x)+at[0], float64(y)+at[1], at[2])
			for ch, od := range s.density(k, class) {
				light[ch] += math.Exp(-math.Ln10*od*strength) / float64(len(voxelSamples))
			}
		}
		s.expose(k, x, y, light, rgba[4*x:4*x+4])
	}
}

// onSection is the component at a place of section k in pixels from the centre of the first one, and depth
// in the section from -0.5 to 0.5.
func (s *scene) onSection(k int, x, y, depth float64) uint8 {
	um := s.PixelSizeUM
	p := s.sections[k].ToBlock(x*um/1000, y*um/1000)
	return s.component(p[0]*1000, p[1]*1000, (float64(k)+depth)*s.ThicknessUM)
}
