package serial

import "fmt"

// Truth is what the block holds and how it was cut; it marshals to truth.json.
type Truth struct {
	Schema     string      `json:"schema"` // "explant-truth/1"
	Kind       string      `json:"kind"`   // "serial"
	Parameters Block       `json:"parameters"`
	Classes    []string    `json:"classes"`         // names of the label values in their order
	VolumeMM3  []float64   `json:"volume_mm3"`      // of each class in the uncut block, by three samples a voxel
	Percent    []float64   `json:"percent_of_clot"` // of what is not void; 0 for void
	BySection  [][]float64 `json:"volume_mm3_by_section"`
	Sections   []Section   `json:"sections_cut"`
}

// Volume returns the volume of a class in mm³, 0 for one that the block does not have.
func (t Truth) Volume(class string) float64 {
	for k, name := range t.Classes {
		if name == class {
			return t.VolumeMM3[k]
		}
	}
	return 0
}

// String says the primary values.
func (t Truth) String() string {
	return fmt.Sprintf("fibrin %.3g %%, red cells %.3g %%, platelets %.3g %% of %.4g mm³ of clot", t.Percent[fibrin], t.Percent[rbc], t.Percent[platelet],
		t.VolumeMM3[other]+t.VolumeMM3[fibrin]+t.VolumeMM3[rbc]+t.VolumeMM3[platelet])
}

// counts are the samples of each class in a slab of rows, section by section from the first one that it
// touches: a section has at least half as many rows as a slab.
type counts struct {
	first int
	of    [4][classCount]int64
}

func (s *scene) truth(slabs []counts) Truth {
	t := Truth{
		Schema: "explant-truth/1", Kind: "serial", Parameters: s.Block, Classes: classNames[:], Sections: s.sections,
		VolumeMM3: make([]float64, classCount), Percent: make([]float64, classCount),
	}
	mm3 := s.PixelSizeUM * s.PixelSizeUM * s.ThicknessUM * 1e-9 / float64(len(voxelSamples))
	n := make([][classCount]int64, s.Sections+len(counts{}.of))
	for _, slab := range slabs {
		for z := range slab.of {
			for k, v := range slab.of[z] {
				n[slab.first+z][k] += v
			}
		}
	}
	clot := 0.0
	for _, section := range n[:s.Sections] {
		row := make([]float64, classCount)
		for k, v := range section {
			row[k] = float64(v) * mm3
			t.VolumeMM3[k] += row[k]
			if uint8(k) != void {
				clot += row[k]
			}
		}
		t.BySection = append(t.BySection, row)
	}
	for k := range t.Percent {
		if clot > 0 && uint8(k) != void {
			t.Percent[k] = 100 * t.VolumeMM3[k] / clot
		}
	}
	return t
}
