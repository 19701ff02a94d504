package oxygenator

import (
	"errors"
	"fmt"
	"math"

	"explant/volume"
)

// Errors that callers may want to tell apart with errors.Is.
var (
	ErrUncalibrated = errors.New("fibre diameter in voxels unknown: state the voxel size (--spacing), or set fibre_outer_diameter_voxels in the protocol")
	ErrAnisotropic  = errors.New("voxels are not cubes: resample the scan to cubic voxels first")
	ErrTooCoarse    = errors.New("fibres too few voxels wide for protocol oxygenator-ct: check the voxel size and the fibre diameter, scan finer, or use ct-panel where there are no hollow fibres")
	ErrParameter    = errors.New("rule cannot be followed")
)

// Params are the rules of [Segment]; the zero value is the default.
type Params struct {
	// FibreOuterDiameterUM is the outer diameter of the hollow fibres. Default 380 µm.
	FibreOuterDiameterUM float64 `yaml:"fibre_outer_diameter_um" json:"fibre_outer_diameter_um"`
	// FibreOuterDiameterVoxels replaces FibreOuterDiameterUM when above 0, for scans of unknown
	// voxel size; the walls keep their share of the diameter.
	FibreOuterDiameterVoxels float64 `yaml:"fibre_outer_diameter_voxels" json:"fibre_outer_diameter_voxels"`
	// FibreWallMinUM and FibreWallMaxUM bound the thickness of a fibre's wall. Default 50 and 90 µm.
	FibreWallMinUM float64 `yaml:"fibre_wall_min_um" json:"fibre_wall_min_um"`
	FibreWallMaxUM float64 `yaml:"fibre_wall_max_um" json:"fibre_wall_max_um"`
	// DepositMinContrast is how bright deposit is at least, above air and in units of polymer above air.
	// What lies outside the fitted fibres and is darker is polymer of fibres that were not found. Without
	// it, a device without any deposit would have that polymer as its deposit. Default 1.15.
	DepositMinContrast float64 `yaml:"deposit_min_contrast" json:"deposit_min_contrast"`
	// SpeckVoxels is the size below which a deposit is taken for noise. Default 8.
	SpeckVoxels int `yaml:"speck_voxels" json:"speck_voxels"`
	// Smoothness is the weight of the squared difference of the density of deposit between two face
	// neighbours beside the likelihood of the scan, in the units of a log-likelihood.
	// Default 4; negative means 0.
	Smoothness float64 `yaml:"smoothness" json:"smoothness"`
}

// Defaults of Params; lengths in µm.
const (
	defaultOuterUM    = 380
	defaultWallMinUM  = 50
	defaultWallMaxUM  = 90
	defaultContrast   = 1.15
	defaultSpeck      = 8
	defaultSmoothness = 4
)

// coarsest is the smallest fibre diameter, in voxels, at which walls can still be fitted.
const coarsest = 8

// Defaults are the rules that the zero value of Params stands for, spelt out.
func Defaults() Params { return Params{}.withDefaults() }

func (p Params) withDefaults() Params {
	def := func(v *float64, d float64) {
		if *v == 0 {
			*v = d
		}
	}
	def(&p.FibreOuterDiameterUM, defaultOuterUM)
	def(&p.FibreWallMinUM, defaultWallMinUM)
	def(&p.FibreWallMaxUM, defaultWallMaxUM)
	def(&p.DepositMinContrast, defaultContrast)
	def(&p.Smoothness, defaultSmoothness)
	p.Smoothness = max(p.Smoothness, 0)
	if p.SpeckVoxels == 0 {
		p.SpeckVoxels = defaultSpeck
	}
	return p
}

// Check reports rules that cannot be followed.
func (p Params) Check() error {
	p = p.withDefaults()
	for name, v := range map[string]float64{
		"fibre_outer_diameter_um": p.FibreOuterDiameterUM, "fibre_wall_min_um": p.FibreWallMinUM,
		"fibre_wall_max_um": p.FibreWallMaxUM, "smoothness": p.Smoothness + 1,
		"deposit_min_contrast": p.DepositMinContrast,
	} {
		if !(v > 0) || math.IsInf(v, 1) {
			return fmt.Errorf("%w: %s must be a positive number", ErrParameter, name)
		}
	}
	switch d := p.FibreOuterDiameterVoxels; {
	case d < 0 || math.IsNaN(d) || math.IsInf(d, 1):
		return fmt.Errorf("%w: fibre_outer_diameter_voxels is %g", ErrParameter, d)
	case p.FibreWallMinUM > p.FibreWallMaxUM || 2*p.FibreWallMaxUM >= p.FibreOuterDiameterUM:
		return fmt.Errorf("%w: fibre walls of %g to %g µm do not fit an outer diameter of %g µm",
			ErrParameter, p.FibreWallMinUM, p.FibreWallMaxUM, p.FibreOuterDiameterUM)
	case p.SpeckVoxels < 0:
		return fmt.Errorf("%w: speck_voxels is %d", ErrParameter, p.SpeckVoxels)
	}
	return nil
}

// shape is what the protocol says about fibres, in voxels.
type shape struct {
	outer            float64 // radius
	innerLo, innerHi float64 // range of the lumen radius
}

// shape turns the rules into voxels of g.
func (p Params) shape(g volume.Grid) (shape, error) {
	um := p.FibreOuterDiameterUM / p.FibreOuterDiameterVoxels // size of a voxel
	if p.FibreOuterDiameterVoxels == 0 {
		if !g.Calibrated() || g.N[2] < 2 {
			return shape{}, ErrUncalibrated
		}
		um = 1000 * math.Cbrt(g.Spacing[0]*g.Spacing[1]*g.Spacing[2])
		for _, s := range g.Spacing {
			if math.Abs(1000*s/um-1) > 0.02 {
				return shape{}, fmt.Errorf("%w (spacing %g x %g x %g mm)", ErrAnisotropic, g.Spacing[0], g.Spacing[1], g.Spacing[2])
			}
		}
	}
	outer := p.FibreOuterDiameterUM / um / 2
	if 2*outer < coarsest {
		return shape{}, fmt.Errorf("%w (%.1f voxels; %d are needed)", ErrTooCoarse, 2*outer, coarsest)
	}
	return shape{outer: outer, innerLo: outer - p.FibreWallMaxUM/um, innerHi: outer - p.FibreWallMinUM/um}, nil
}
