package phantom

import (
	"context"
	"math"

	"explant/volume"
	"explant/volume/parallel"
)

// Bench is what the phantoms of closed-form solids share: the image, the materials and the scanner.
type Bench struct {
	N         [3]int  `json:"size_voxels"`
	Seed      uint64  `json:"seed"`
	SpacingUM float64 `json:"spacing_um"`

	AirGrey     float64 `json:"air_grey"`
	PolymerGrey float64 `json:"polymer_grey"`
	DepositGrey float64 `json:"deposit_grey"`
	Scanner     Scanner `json:"scanner"`
	Coverage    int     `json:"coverage_sample_count"` // sample points in a voxel that a surface crosses
}

// defaultBench is a cube of n voxels of 20 µm with the default physics.
func defaultBench(n int, seed uint64) Bench {
	return Bench{N: [3]int{n, n, n}, Seed: seed, SpacingUM: 20,
		AirGrey: 6000, PolymerGrey: 20000, DepositGrey: 29000, Scanner: DefaultScanner(), Coverage: 32}
}

func (b Bench) check(p *Problems) {
	p.Want(min(b.N[0], b.N[1], b.N[2]) >= 16, "fewer than 16 voxels along an axis")
	p.Want(b.SpacingUM > 0 && b.SpacingUM <= 1e4, "spacing_um %v is not in 0 to 10000", b.SpacingUM)
	p.Want(b.Coverage >= 1 && b.Coverage <= 1<<16, "coverage_sample_count %d is not in 1 to 65536", b.Coverage)
	p.Note(b.Scanner.Check())
	p.Note(volume.Grid{N: b.N}.Check())
}

// Grid is the calibrated grid of the phantom, its origin the centre of the first voxel.
func (b Bench) Grid() volume.Grid {
	mm := b.SpacingUM / 1000
	return volume.Grid{N: b.N, Spacing: [3]float64{mm, mm, mm},
		Calibration: volume.Calibration{Source: volume.Phantom, Field: "phantom parameter spacing_um", Stated: [3]float64{mm, mm, mm}}}
}

// greys of the classes before the scanner.
func (b Bench) grey(class uint8) float64 {
	return [classCount]float64{b.AirGrey, b.AirGrey, b.PolymerGrey, b.PolymerGrey, b.DepositGrey, b.AirGrey}[class]
}

// scan turns a scene into the image, its labels, and the volumes of the classes by coverage.
func (b Bench) scan(ctx context.Context, s scene, popt parallel.Options, p parallel.Progress) (*volume.Volume[uint16], *volume.Labels, Volumes, error) {
	clean, labels, sums, err := raster{b.Grid(), s, lattice(b.Coverage)}.cover(ctx, popt, stage(p, "cover voxels", b.N[2]))
	if err != nil {
		return nil, nil, Volumes{}, err
	}
	grey, err := exposure{b.Scanner, b.Grid(), b.Seed}.image(ctx, clean, popt, stage(p, "scan", b.N[2]))
	if err != nil {
		return nil, nil, Volumes{}, err
	}
	return grey, labels, Oxygenator{SpacingUM: b.SpacingUM}.volumes(sums), ctx.Err()
}

// imageMM3 is the volume of the image.
func (b Bench) imageMM3() float64 {
	return float64(b.N[0]) * float64(b.N[1]) * float64(b.N[2]) * math.Pow(b.SpacingUM/1000, 3)
}

// BenchTruth is what a phantom of closed-form solids holds; it marshals to truth.json.
type BenchTruth struct {
	Schema     string   `json:"schema"` // "explant-truth/1"
	Kind       string   `json:"kind"`   // "sphere", "film", "lattice"
	Parameters any      `json:"parameters"`
	Classes    []string `json:"classes"`             // names in the order of the label values
	VolumeMM3  Volumes  `json:"volume_mm3"`          // closed forms
	CoveredMM3 Volumes  `json:"volume_mm3_coverage"` // the same by sub-voxel coverage
	BurdenPct  float64  `json:"deposit_percent_of_blood_side"`

	ObjectCount int     `json:"object_count"`     // pieces of deposit; none touches another or a face of the image
	AreaMM2     float64 `json:"deposit_area_mm2"` // of the whole surface, contact with polymer included
	ContactMM2  float64 `json:"contact_area_mm2"` // with polymer
	ThicknessUM float64 `json:"thickness_um"`     // local thickness, weighted by volume: of a film, or the diameter of a sphere
	FibreCount  int     `json:"fibre_count"`
	Films       []Film  `json:"films,omitempty"`
}

func (b Bench) truth(kind string, parameters any, exact, covered Volumes) BenchTruth {
	exact.BloodSide = exact.Void + exact.Deposit
	t := BenchTruth{Schema: "explant-truth/1", Kind: kind, Parameters: parameters,
		Classes: []string{"void", "lumen", "polymer", "housing", "deposit"}, VolumeMM3: exact, CoveredMM3: covered}
	if exact.BloodSide > 0 {
		t.BurdenPct = 100 * exact.Deposit / exact.BloodSide
	}
	return t
}
