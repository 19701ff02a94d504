// Package prepare improves a scan before it is segmented: rings, a slow change of gain, voxels that are no
// cubes, noise. Each step is asked for by the protocol; none is done by default. They are done in this order,
// since rings are told from solids best as the scanner made them, and noise last, when nothing else is left
// that could be taken for an edge.
package prepare

import (
	"errors"
	"fmt"
	"math"

	"explant/volume/denoise"
	"explant/volume/gain"
	"explant/volume/rings"
)

// Params are the steps that are done; nil ones are not.
type Params struct {
	Rings     *Rings     `yaml:"rings,omitempty" json:"rings,omitempty"`
	Gain      *Gain      `yaml:"gain,omitempty" json:"gain,omitempty"`
	Isotropic *Isotropic `yaml:"isotropic,omitempty" json:"isotropic,omitempty"`
	Denoise   *Denoise   `yaml:"denoise,omitempty" json:"denoise,omitempty"`
}

// Rings asks for ring artefacts about an axis along z to be taken out.
type Rings struct {
	// Center is where the axis meets the slices, voxels along x and y. Default: the middle.
	Center *[2]float64 `yaml:"center_voxels,omitempty" json:"center_voxels,omitempty"`
	// FindWithin looks for the axis so many voxels about the middle; 0: it is not looked for.
	FindWithin int `yaml:"find_within_voxels" json:"find_within_voxels"`
	// Reach along the ray and depth over which rings last, voxels; 0: 5 and 6.
	Reach int `yaml:"reach_voxels" json:"reach_voxels"`
	Depth int `yaml:"depth_slices" json:"depth_slices"`
}

// Gain asks for a slow change of gain to be evened out.
type Gain struct {
	// Along is "z" for drift along z, or "all" for a change in any direction; "" means z.
	Along string `yaml:"along" json:"along"`
	// Classes of grey, 2 to 5, and degree of the polynomial, 1 to 6; 0: 3 and 3.
	Classes int `yaml:"classes" json:"classes"`
	Degree  int `yaml:"degree" json:"degree"`
}

// Isotropic asks for voxels that are cubes.
type Isotropic struct {
	// EdgeUM is their edge; 0: the smallest of the spacings.
	EdgeUM float64 `yaml:"edge_um" json:"edge_um"`
}

// Denoise asks for noise to be smoothed.
type Denoise struct {
	// Method is "nlm", non-local means, which keeps edges, or "median".
	Method string `yaml:"method" json:"method"`
	// Radius of the median or of the search of non-local means, voxels; 0: 1 and 2.
	Radius int `yaml:"radius_voxels" json:"radius_voxels"`
	// NoiseGrey is the standard deviation of the noise, for nlm; 0: it is estimated.
	NoiseGrey float64 `yaml:"noise_grey" json:"noise_grey"`
	// Strength of nlm, in units of the noise; 0: 0.8.
	Strength float64 `yaml:"strength" json:"strength"`
}

// Methods of [Denoise].
const (
	NLM    = "nlm"
	Median = "median"
)

// maxSearch bounds the search for the axis: its square is the number of places tried.
const maxSearch = 20

// Check reports rules that cannot be followed.
func (p Params) Check() error {
	return errors.Join(p.Rings.check(), p.Gain.check(), p.Isotropic.check(), p.Denoise.check())
}

func (r *Rings) check() error {
	if r == nil {
		return nil
	}
	if r.FindWithin < 0 || r.FindWithin > maxSearch {
		return fmt.Errorf("rings: find_within_voxels is %d: must lie between 0 and %d", r.FindWithin, maxSearch)
	}
	if r.FindWithin > 0 && r.Center != nil {
		return errors.New("rings: center_voxels and find_within_voxels exclude each other: the axis is stated or looked for")
	}
	if err := r.params().Check(); err != nil {
		return fmt.Errorf("rings: %w", err)
	}
	return nil
}

func (r *Rings) params() rings.Params {
	return rings.Params{Center: r.Center, Reach: r.Reach, Depth: r.Depth}
}

func (g *Gain) check() error {
	if g == nil {
		return nil
	}
	if g.Along != "" && g.Along != "z" && g.Along != "all" {
		return fmt.Errorf("gain: along is %q: must be z or all", g.Along)
	}
	if err := g.params().Check(); err != nil {
		return fmt.Errorf("gain: %w", err)
	}
	return nil
}

func (g *Gain) params() gain.Params {
	return gain.Params{AlongZ: g.Along != "all", Classes: g.Classes, Degree: g.Degree}
}

func (i *Isotropic) check() error {
	if i != nil && (!(i.EdgeUM >= 0) || math.IsInf(i.EdgeUM, 1)) {
		return fmt.Errorf("isotropic: edge_um is %g: must be a length in µm, or 0 for the smallest spacing", i.EdgeUM)
	}
	return nil
}

func (d *Denoise) check() error {
	if d == nil {
		return nil
	}
	if d.Method != NLM && d.Method != Median {
		return fmt.Errorf("denoise: method is %q: must be %s or %s", d.Method, NLM, Median)
	}
	if most := map[string]int{NLM: 5, Median: 15}[d.Method]; d.Radius < 0 || d.Radius > most {
		return fmt.Errorf("denoise: radius_voxels is %d: must lie between 1 and %d for %s, or be 0 for the default", d.Radius, most, d.Method)
	}
	if d.Method == Median && (d.NoiseGrey != 0 || d.Strength != 0) {
		return errors.New("denoise: noise_grey and strength are of method nlm, not of median")
	}
	if err := d.params().Check(); d.Method == NLM && err != nil {
		return fmt.Errorf("denoise: %w", err)
	}
	return nil
}

func (d *Denoise) params() denoise.Params {
	return denoise.Params{Noise: d.NoiseGrey, Strength: d.Strength, Search: d.Radius}
}

// Algorithms names the algorithms of the steps that are done and their versions, for the method hash. A
// version changes whenever the same input may give another result.
func (p Params) Algorithms() map[string]string {
	all := map[string]string{}
	if p.Rings != nil {
		all["prepare.rings"] = "1"
	}
	if p.Gain != nil {
		all["prepare.gain"] = "1"
	}
	if p.Isotropic != nil {
		all["prepare.isotropic"] = "1"
	}
	if p.Denoise != nil {
		all["prepare."+p.Denoise.Method] = "1"
	}
	return all
}
