package render

import (
	"context"
	"fmt"
	"image/color"
	"math"

	"explant/volume"
	"explant/volume/parallel"
)

// Surface is one thing to draw in a Scene: the voxels of some classes.
type Surface struct {
	Classes []uint8
	Color   color.NRGBA   // its alpha is not used
	Ghost   bool          // drawn translucent, only as strong as leaves what lies behind it visible
	Ramp    []color.NRGBA // not empty: coloured by the place along RampAxis instead of Color
	Along   Axis          // the axis of Ramp, from its first voxel to its last
}

// Scene is a label volume prepared for drawing from any side. It does not change once made, so views
// may be drawn at the same time.
type Scene struct {
	layers []layer
	n      [3]int     // cells, the empty border included
	factor [3]int     // voxels that became one cell
	cell   [3]float64 // size of a cell in mm, or in voxels where the spacing is unknown
	extent [3]float64 // of the volume, in the same unit
	crowd  *field     // how much is near, for the shading of hollows; nil without opaque layers
	ghosts *bricks    // where which ghost is
	clear  []uint8    // how far each cell is from opaque surfaces; nil without any
	o      parallel.Options
}

type layer struct {
	Surface
	body   *field  // its border is where this passes half
	smooth *field  // its slope gives the normals
	most   []uint8 // opaque layers only: the largest corner of the cube of cells above each
	walls  []wall  // ghosts only, a cell each
	weight float64 // opacity a cell of a full slope, ghosts only
}

// SceneOptions says how finely a Scene is prepared; the zero value is right for most.
type SceneOptions struct {
	Side    int // cells along the longest side, give or take a half; 0 means 192
	Workers int // goroutines at once; 0 means one a core
}

// ghostDepth is the mean optical depth of one ghost layer seen across the volume: 0.8 leaves 45 % of
// the light of what lies behind.
const ghostDepth = 0.8

// hollow is the number of blurs that find what is crowded: about five cells around.
const hollow = 6

// NewScene prepares surfaces of a label volume. A volume without any spacing is drawn with cubic voxels,
// which a caption should say; one with some spacing missing is an error.
func NewScene(ctx context.Context, labels *volume.Labels, surfaces []Surface, o SceneOptions, p parallel.Progress) (*Scene, error) {
	if len(surfaces) == 0 || len(surfaces) > mostLayers {
		return nil, fmt.Errorf("draw in 3D: %d surfaces to draw, want 1 to %d", len(surfaces), mostLayers)
	}
	spacing, err := shape(labels.Grid)
	if err != nil {
		return nil, err
	}
	side := o.Side
	if side <= 0 {
		side = 192
	}
	if p == nil {
		p = parallel.Discard{}
	}
	f := factors(labels.N, spacing, side)
	s := &Scene{factor: f, o: parallel.Options{Workers: o.Workers}}
	for a := range 3 {
		s.cell[a] = spacing[a] * float64(f[a])
		s.extent[a] = spacing[a] * float64(labels.N[a])
		s.n[a] = (labels.N[a]+f[a]-1)/f[a] + 2
	}
	s.ghosts = newBricks(s.n)
	p.Stage("prepare 3D view", len(surfaces)*(s.n[2]-2))
	for _, surface := range surfaces {
		if err := s.add(ctx, labels, surface, f, p); err != nil {
			return nil, fmt.Errorf("prepare 3D view: %w", err)
		}
	}
	return s, s.findHollows(ctx)
}

// Reduced is how many voxels along each axis became one cell: 1, 1, 1 where nothing is left out.
func (s *Scene) Reduced() [3]int { return s.factor }

// shape is the spacing to draw with: cubic voxels of size 1 where it is unknown.
func shape(g volume.Grid) ([3]float64, error) {
	if err := g.Check(); err != nil {
		return [3]float64{}, err
	}
	if g.Calibrated() && g.Spacing[2] > 0 {
		return g.Spacing, nil
	}
	if g.Spacing == [3]float64{} {
		return [3]float64{1, 1, 1}, nil
	}
	return [3]float64{}, fmt.Errorf("draw in 3D: spacing %v mm is only partly known; state all three, or none: %w", g.Spacing, volume.ErrSpacing)
}

func (s *Scene) add(ctx context.Context, labels *volume.Labels, surface Surface, f [3]int, p parallel.Progress) error {
	raw, err := reduce(ctx, labels, surface.Classes, f, s.o, p)
	if err != nil {
		return err
	}
	body, err := raw.blur(ctx, 1, s.o)
	if err != nil {
		return err
	}
	smooth, err := body.blur(ctx, 1, s.o)
	if err != nil {
		return err
	}
	l := layer{Surface: surface, body: body, smooth: smooth}
	if surface.Ghost {
		l.makeWalls(meanCells(s.n))
		s.ghosts.add(len(s.layers), smooth)
	} else {
		body.keepSmall(raw)
		l.most = body.largestCorners()
	}
	s.layers = append(s.layers, l)
	return nil
}

// meanCells is the mean length of a line across the volume in cells.
func meanCells(n [3]int) float64 { return math.Cbrt(float64(n[0]) * float64(n[1]) * float64(n[2])) }

// findHollows blurs the opaque layers widely: a surface in a crowded place gets less light.
func (s *Scene) findHollows(ctx context.Context) error {
	var all *field
	for _, l := range s.layers {
		if l.Ghost {
			continue
		}
		if all == nil {
			all = &field{n: s.n, data: make([]uint8, len(l.body.data))}
		}
		for i, v := range l.body.data {
			all.data[i] = max(all.data[i], v)
		}
	}
	if all == nil {
		return nil
	}
	s.clear = clearance(s.n, s.layers)
	wide, err := all.blur(ctx, hollow, s.o)
	s.crowd = wide
	return err
}
