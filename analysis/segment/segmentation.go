package segment

import (
	"explant/analysis/result"
	"explant/volume"
)

// Segmentation is a labelled volume and what is known about its making.
type Segmentation struct {
	Labels *volume.Labels
	Levels [ClassCount]float64 // grey of the bare class, NaN where it is not known
	// VOI is the box that was looked at; outside it everything is void and nothing is measured.
	// The zero value means the whole volume.
	VOI Box
	// Rule says which of the two deposit volumes is the more accurate one for this recipe.
	Rule VolumeRule
	// BloodCut is the blood side's volume, in voxels, over the count of its voxels, where the recipe knows flat
	// walls: they cut all their voxels at the same place, so that a count can be wrong by half a voxel everywhere.
	BloodCut float64
	// Replicates are the counts of the whole volume when the class levels, and everything that
	// follows from them, are estimated with one block of the volume left out. Fewer than 8 say nothing.
	Replicates []Counts
	// Steps are the counts with every threshold one step lower and one step higher; nil where the
	// recipe has no thresholds.
	Steps *Steps
	// NoDeposit says that the recipe has no class of deposit: that there is none means nothing.
	NoDeposit bool
	// LumensInVoid says that the insides of fibres are not told apart from the blood side.
	LumensInVoid bool
	Flags        []result.Flag
	Diagnostics  map[string]float64 // named with their unit, "level_deposit_grey"
}

// Box is voxels [Min, Max).
type Box struct{ Min, Max [3]int }

// Box is the part of the volume that was looked at.
func (s *Segmentation) Box() Box {
	if s.VOI == (Box{}) {
		return Box{Max: s.Labels.N}
	}
	return s.VOI
}

// VolumeRule is how the deposit's volume is taken.
type VolumeRule string

// Rules of the deposit's volume. The zero value means ByCount.
const (
	ByCount     VolumeRule = "count"     // deposit voxels times the voxel's volume
	ByOccupancy VolumeRule = "occupancy" // border voxels weighted by their grey
)

// Counts are numbers of voxels.
type Counts struct {
	Deposit   int64
	BloodSide int64 // void and deposit
}

// Steps tell how much a result hangs on its thresholds.
type Steps struct {
	Lower, Higher Counts
	Size          float64 // grey levels
}

// Algorithms names the algorithms of this package and their versions, for the method hash. A version
// changes whenever the same input may give another result.
func Algorithms() map[string]string {
	return map[string]string{
		"segment.panel":  "1",
		"segment.ranges": "1",
		"segment.levels": "2",
		"filter.median3": "1",
		"threshold.otsu": "1",
	}
}
