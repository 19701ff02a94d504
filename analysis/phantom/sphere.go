package phantom

import (
	"context"
	"math"
	"math/rand/v2"

	"explant/volume"
	"explant/volume/parallel"
)

// Spheres is a scan of equal balls of deposit in air around a polymer rod along z, if any. No ball touches
// another, the rod or a face of the image. Start from [DefaultSpheres] and override what differs.
type Spheres struct {
	Bench
	DiameterUM float64 `json:"diameter_um"`
	PitchUM    float64 `json:"pitch_um"`        // edge of the cube in which each ball lies at a random place
	RodUM      float64 `json:"rod_diameter_um"` // 0 for none
}

// DefaultSpheres is a cube of n voxels of 20 µm with balls of 240 µm.
func DefaultSpheres(n int, seed uint64) Spheres {
	return Spheres{Bench: defaultBench(n, seed), DiameterUM: 240, PitchUM: 400, RodUM: 800}
}

// Check reports parameters of which no phantom can be made, wrapping [ErrPhantom].
func (s Spheres) Check() error {
	var p Problems
	s.check(&p)
	p.Want(s.DiameterUM > 0 && s.PitchUM >= s.DiameterUM+2*s.SpacingUM, "balls of %v µm do not fit cells of %v µm two voxels apart", s.DiameterUM, s.PitchUM)
	p.Want(s.PitchUM <= s.SpacingUM*float64(min(s.N[0], s.N[1], s.N[2])), "cells of %v µm are larger than the image", s.PitchUM)
	p.Want(s.RodUM >= 0 && s.RodUM < s.SpacingUM*float64(min(s.N[0], s.N[1])-2), "a rod of %v µm does not fit the image", s.RodUM)
	return p.Of("sphere")
}

// sphereScene is the balls by cell; a cell without one has radius 0. Lengths are in voxels.
type sphereScene struct {
	Spheres
	cells [3]int
	pitch float64
	balls []ball
	axis  vec // a point of the rod's axis
	rod   float64
}

type ball struct {
	at vec
	r  float64
}

func newSphereScene(s Spheres) *sphereScene {
	rng := rand.New(rand.NewPCG(s.Seed, 0x737068657265))
	out := &sphereScene{Spheres: s, pitch: s.PitchUM / s.SpacingUM, rod: s.RodUM / 2 / s.SpacingUM}
	out.axis = vec{float64(s.N[0]-1)/2 + rng.Float64(), float64(s.N[1]-1)/2 + rng.Float64(), 0}
	for a, n := range s.N {
		out.cells[a] = int(float64(n) / out.pitch)
	}
	r := s.DiameterUM / 2 / s.SpacingUM
	out.balls = make([]ball, out.cells[0]*out.cells[1]*out.cells[2])
	for i := range out.balls {
		free := out.pitch - 2*r - 1 // half a voxel to the wall of the cell
		place := func(k int) float64 { return float64(k)*out.pitch + r + free*rng.Float64() }
		c := vec{place(i % out.cells[0]), place(i / out.cells[0] % out.cells[1]), place(i / out.cells[0] / out.cells[1])}
		if math.Hypot(c.x-out.axis.x, c.y-out.axis.y) > out.rod+r+1 {
			out.balls[i] = ball{c, r}
		}
	}
	return out
}

func (s *sphereScene) at(_, _, _ int, p vec) (uint8, float64) {
	class := s.class(p)
	return class, s.grey(class)
}

func (s *sphereScene) class(p vec) uint8 {
	if x, y := p.x-s.axis.x, p.y-s.axis.y; x*x+y*y < s.rod*s.rod {
		return classPolymer
	}
	i, j, k := int((p.x+0.5)/s.pitch), int((p.y+0.5)/s.pitch), int((p.z+0.5)/s.pitch)
	if i >= s.cells[0] || j >= s.cells[1] || k >= s.cells[2] {
		return classVoid
	}
	b := &s.balls[i+s.cells[0]*(j+s.cells[1]*k)]
	if d := p.add(b.at, -1); d.dot(d) < b.r*b.r {
		return classDeposit
	}
	return classVoid
}

// Make scans the balls: 16-bit greys, the truth as labels and as closed forms. The result depends on
// the parameters alone.
func (s Spheres) Make(ctx context.Context, popt parallel.Options, p parallel.Progress) (*volume.Volume[uint16], *volume.Labels, BenchTruth, error) {
	if err := s.Check(); err != nil {
		return nil, nil, BenchTruth{}, err
	}
	scene := newSphereScene(s)
	grey, labels, covered, err := s.scan(ctx, scene, popt, p)
	if err != nil {
		return nil, nil, BenchTruth{}, err
	}
	return grey, labels, scene.truth(covered), nil
}

func (s *sphereScene) truth(covered Volumes) BenchTruth {
	n := 0
	for _, b := range s.balls {
		if b.r > 0 {
			n++
		}
	}
	mm, d := s.SpacingUM/1000, s.DiameterUM/1000
	v := Volumes{Deposit: float64(n) * math.Pi / 6 * d * d * d, Polymer: math.Pi * s.rod * s.rod * float64(s.N[2]) * mm * mm * mm}
	v.Void = s.imageMM3() - v.Deposit - v.Polymer
	t := s.Bench.truth("sphere", s.Spheres, v, covered)
	t.ObjectCount, t.AreaMM2, t.ThicknessUM = n, float64(n)*math.Pi*d*d, s.DiameterUM
	return t
}
