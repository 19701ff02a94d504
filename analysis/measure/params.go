package measure

import (
	"fmt"
	"maps"
	"math"

	"explant/analysis/frame"
	"explant/analysis/rescan"
)

// Params are the rules; the zero value is the default.
type Params struct {
	// MinObjectUM is the diameter of the sphere whose volume a piece of deposit must have to be
	// counted, µm. Default 0: the detection floor where one is known, else 27 voxels.
	MinObjectUM float64 `yaml:"min_object_um" json:"min_object_um"`
	// ProfileBins is the number of bins along the flow axis. Default 0 means 20; fewer are made
	// where a bin would be thinner than 10 voxels.
	ProfileBins int `yaml:"profile_bins" json:"profile_bins"`
	// Mats asks for the mats of a stack of fibres along the flow, and the burden of each. They are also
	// looked for where a frame says that the device is stacked or cuboid.
	Mats bool `yaml:"mats" json:"mats"`
	// DistanceBinUM is the width of a bin of the distance to the polymer, µm. Default 0 means 50;
	// at least the largest spacing is taken.
	DistanceBinUM float64 `yaml:"distance_bin_um" json:"distance_bin_um"`
	// DistanceMaxUM is where these bins end, µm. Default 0 means 500.
	DistanceMaxUM float64 `yaml:"distance_max_um" json:"distance_max_um"`
	// Surface asks for the surface area and the sphericity of the deposit.
	Surface bool `yaml:"surface" json:"surface"`
	// HotSpots asks for hot spots, concentration, Moran's I and the correlation length of the deposit.
	HotSpots bool `yaml:"hot_spots" json:"hot_spots"`
	// HotCellUM is the width of the smallest of three sizes of cells, µm; the others are 1.5 and 2 times as
	// wide. Default 0: of 1, 2, 5 times a power of ten the one at which about a thousand fit into the device.
	HotCellUM float64 `yaml:"hot_cell_um" json:"hot_cell_um"`
	// Coverage asks for the coverage of the fibres.
	Coverage bool `yaml:"coverage" json:"coverage"`
	// ContactUM is how near deposit must be to polymer to touch it, µm. Default 0: 1.5 times the largest spacing.
	ContactUM float64 `yaml:"contact_um" json:"contact_um"`
	// GapThickness asks for the local thickness of the free blood path.
	GapThickness bool `yaml:"gap_thickness" json:"gap_thickness"`
	// GapNarrowUM is below which width a gap is narrow, µm. Default 0 means 100.
	GapNarrowUM float64 `yaml:"gap_narrow_um" json:"gap_narrow_um"`
	// Tortuosity asks for the shortest way from inlet to outlet.
	Tortuosity bool `yaml:"tortuosity" json:"tortuosity"`
	// FreePathBlock is the side in voxels of the blocks in which gaps and ways are measured; 1 is exact.
	// Default 0: the smallest of which there are at most 2²⁴.
	FreePathBlock int `yaml:"free_path_block" json:"free_path_block"`
	// Structure asks for numbers of the deposit's form: Euler number, densities of surface and of mean
	// breadth, half axes of the largest piece.
	Structure bool `yaml:"structure" json:"structure"`
	// Thickness asks for the local thickness of the deposit, the costliest of the measurements.
	Thickness bool `yaml:"thickness" json:"thickness"`
}

// Check reports rules that cannot be followed.
func (p Params) Check() error {
	for _, f := range []struct {
		key string
		um  float64
	}{{"min_object_um", p.MinObjectUM}, {"distance_bin_um", p.DistanceBinUM}, {"distance_max_um", p.DistanceMaxUM}, {"hot_cell_um", p.HotCellUM}, {"contact_um", p.ContactUM}, {"gap_narrow_um", p.GapNarrowUM}} {
		if !(f.um >= 0) || math.IsInf(f.um, 1) {
			return fmt.Errorf("%s is %g: must be a length in µm, or 0 for the default", f.key, f.um)
		}
	}
	if p.FreePathBlock < 0 || p.FreePathBlock > 64 {
		return fmt.Errorf("free_path_block is %d: must lie between 1 and 64 voxels, or be 0 for the default", p.FreePathBlock)
	}
	if p.ProfileBins < 0 || p.ProfileBins > 1000 {
		return fmt.Errorf("profile_bins is %d: must lie between 1 and 1000, or be 0 for the default of 20", p.ProfileBins)
	}
	return nil
}

func (p Params) gapNarrowUM() float64 {
	if p.GapNarrowUM == 0 {
		return 100
	}
	return p.GapNarrowUM
}

func (p Params) profileBins() int {
	if p.ProfileBins == 0 {
		return 20
	}
	return p.ProfileBins
}

func (p Params) distanceBinMM(largest float64) float64 {
	um := p.DistanceBinUM
	if um == 0 {
		um = 50
	}
	return max(um/1000, largest)
}

func (p Params) distanceMaxMM() float64 {
	if p.DistanceMaxUM == 0 {
		return 0.5
	}
	return p.DistanceMaxUM / 1000
}

// Input is what differs from device to device and is no rule.
type Input struct {
	// Axis is the flow axis from inlet to outlet: x, y or z, with "-" before it when the flow runs
	// towards lower indices; "" or "none" where there is none.
	Axis string
	// Frame is the device's own coordinates; nil where there are none but the axis.
	Frame *frame.Frame
	// Zones is a map of the device's zones; nil where there is none.
	Zones *frame.ZoneMap
	// ScaleRel is the relative standard uncertainty of a length, from the calibration; nil where
	// nobody knows it.
	ScaleRel *float64
	// Floor is what a phantom made for this scan says of small deposits and of borders; nil where
	// none was made.
	Floor *Floor
	// Rescan is what the segmentation makes of a block of its own labels, scanned again; nil where that
	// was not done.
	Rescan *rescan.Outcome
	// Sums are those of all slices, joined from shards; nil to collect them.
	Sums *Sums
}

// Floor is the detection floor of a scan and how well its borders are placed. Lengths in µm need a
// calibrated grid and are 0 where it is not; +Inf where nothing that was tried was found.
type Floor struct {
	SphereUM     float64 // diameter of the smallest sphere that is found in 9 of 10 cases
	FilmUM       float64 // thickness of the thinnest film that is
	BorderVoxels float64 // standard deviation of the shift of a deposit's border
	BiasVoxels   float64 // mean of it, outwards positive; told, not corrected for
}

// SphereUM is the diameter, in µm, of the smallest sphere that is found reliably, 0 where it is not known.
func (in Input) SphereUM() float64 {
	if in.Floor == nil || math.IsInf(in.Floor.SphereUM, 1) {
		return 0
	}
	return in.Floor.SphereUM
}

// axis returns the index of the flow axis and whether it runs towards lower indices.
func (in Input) axis() (a int, down bool, err error) {
	switch in.Axis {
	case "", "none":
		return 2, false, errNoAxis
	case "x", "y", "z":
		return int(in.Axis[0] - 'x'), false, nil
	case "-x", "-y", "-z":
		return int(in.Axis[1] - 'x'), true, nil
	}
	return 0, false, fmt.Errorf("axis %q: must be x, y, z, -x, -y, -z or none", in.Axis)
}

// Algorithms names the algorithms of this package and their versions, for the method hash. A version
// changes whenever the same input may give another result.
func Algorithms() map[string]string {
	all := map[string]string{
		"measure.occupancy":  "2",
		"measure.border":     "3",
		"measure.components": "1",
		"measure.profile":    "1",
		"measure.zones":      "1",
		"measure.distance":   "2",
		"measure.jackknife":  "1",
		"measure.surface":    "2",
		"measure.structure":  "1",
		"measure.thickness":  "2",
		"measure.crowding":   "1",
		"measure.coverage":   "1",
		"measure.freepath":   "1",
	}
	maps.Copy(all, frame.Algorithms())
	return all
}
