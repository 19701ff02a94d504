package focal

import (
	"fmt"
	"math"

	"explant/volume"
)

// The channels, in the order of their wavelengths.
const (
	DNA = iota
	H3Cit
	MPO
	CD61
	Channels
)

// ChannelNames are the names of the channels in their order.
var ChannelNames = []string{"DNA", "H3Cit", "MPO", "CD61"}

// Stack is what is photographed, and how. Start from [Default] and override what differs.
type Stack struct {
	N         [3]int     `json:"size_voxels"`
	SpacingUM [3]float64 `json:"spacing_um"`
	Seed      uint64     `json:"seed"`
	Control   bool       `json:"control"` // nuclei of another field, and no specific stain

	Nuclei     float64 `json:"nuclei_per_mm3"`
	Touching   float64 `json:"touching_share"` // of the nuclei, put at the side of another one
	NucleusUM  float64 `json:"nucleus_um"`     // mean diameter
	NETs       int     `json:"nets"`
	Strands    int     `json:"strands_per_net"`
	StrandUM   float64 `json:"strand_length_um"`
	MPOShare   float64 `json:"mpo_share"` // of the strands of a NET
	Platelets  float64 `json:"platelets_per_mm3"`
	LateralUM  float64 `json:"psf_lateral_um"`
	AxialUM    float64 `json:"psf_axial_um"`
	Background float64 `json:"background_e"`
	Gradient   float64 `json:"gradient"` // of the background over the width, of its mean
	ReadE      float64 `json:"read_noise_e"`
	Gain       float64 `json:"counts_per_e"`
	Offset     float64 `json:"offset_counts"`
}

// Light of structures in electrons.
const (
	nucleusE  = 900.0
	strandE   = 330.0
	histoneE  = 600.0
	granuleE  = 500.0
	plateletE = 700.0
)

// Default is a stack of side pixels and 24 planes.
func Default(side int, seed uint64) Stack {
	return Stack{
		N: [3]int{side, side, 24}, SpacingUM: [3]float64{0.325, 0.325, 0.6}, Seed: seed,
		Nuclei: 8e5, Touching: 0.4, NucleusUM: 6, NETs: max(side/64, 1), Strands: 6, StrandUM: 60, MPOShare: 0.7, Platelets: 1e6,
		LateralUM: 0.25, AxialUM: 0.6, Background: 80, Gradient: 0.3, ReadE: 5, Gain: 4, Offset: 100,
	}
}

// As is the control slide of the same batch.
func (s Stack) As(control bool) Stack {
	s.Control = control
	return s
}

// Check reports a stack that cannot be made.
func (s Stack) Check() error {
	g := s.Grid()
	if err := g.Check(); err != nil {
		return err
	}
	for a, um := range s.SpacingUM {
		if !(um > 0) {
			return fmt.Errorf("voxels of %v µm along %c", um, "xyz"[a])
		}
		if float64(g.N[a])*um < 1.6*s.NucleusUM {
			return fmt.Errorf("%g µm along %c do not hold a nucleus of %g µm", float64(g.N[a])*um, "xyz"[a], s.NucleusUM)
		}
	}
	return nil
}

// Grid is where the voxels lie.
func (s Stack) Grid() volume.Grid {
	return volume.Grid{
		N: s.N, Spacing: [3]float64{s.SpacingUM[0] / 1000, s.SpacingUM[1] / 1000, s.SpacingUM[2] / 1000},
		Calibration: volume.Calibration{Source: volume.Phantom},
	}
}

// size is the extent in µm.
func (s Stack) size() (um point) {
	for a := range um {
		um[a] = float64(s.N[a]) * s.SpacingUM[a]
	}
	return um
}

func (s Stack) volumeUM3() float64 {
	um := s.size()
	return um[0] * um[1] * um[2]
}

type point [3]float64

func (p point) plus(q point, times float64) point {
	for a := range p {
		p[a] += times * q[a]
	}
	return p
}

func (p point) length() float64 { return math.Sqrt(p[0]*p[0] + p[1]*p[1] + p[2]*p[2]) }
