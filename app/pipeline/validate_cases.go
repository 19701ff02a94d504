package pipeline

import "explant/analysis/accuracy"

// validation is one row of phantoms that differ in their seed alone, measured by one protocol.
type validation struct {
	phantom, variant string
	options          PhantomOptions
	protocol         string
	sets             []string // rules that the phantom asks for, as for --set
	quick, full      int      // number of phantoms; 0 where the extent leaves the row out
	limits           map[string]accuracy.Limits
	found            float64 // least recall and precision of its objects; 0 where they are not matched
	note             string  // what is known of the protocol on this phantom
}

// held asks for intervals that hold the truth, and are not much wider than need be.
func held(bias, rms float64) accuracy.Limits {
	return accuracy.Limits{Bias: bias, RMS: rms, Coverage: 0.9, Width: 3}
}

// near asks for a small error alone.
func near(bias, rms float64) accuracy.Limits { return accuracy.Limits{Bias: bias, RMS: rms} }

const (
	thresholdNote = "Thresholds cut the blurred border of bright deposit where its grey is that of polymer, and take blurred polymer beside deposit for deposit: the intervals hold the error of the thresholds and the spread of single small objects, not this bias."
	fieldNote     = "The grey range from half-way between void and deposit up. Its intervals hold the spread of single small objects of the detection floor, which is wide."
)

// validations are the phantom family: sizes, noise levels, voxel sizes, and the limits that each row must
// keep. The limits are what the release reaches with a margin for other seeds.
var validations = []validation{
	{phantom: "oxygenator", variant: "128 voxels", options: PhantomOptions{Size: 128}, protocol: "oxygenator-ct", quick: 6, full: 100, found: 0.9,
		limits: map[string]accuracy.Limits{"dep.vol": held(2, 2.5), "dep.vf": held(2.5, 3), "bs.vol": held(1, 1), "cls.vol polymer": near(2, 2.5)}},
	{phantom: "oxygenator", variant: "256 voxels", options: PhantomOptions{Size: 256}, protocol: "oxygenator-ct", full: 10, found: 0.9,
		limits: map[string]accuracy.Limits{"dep.vol": held(2, 2.5), "dep.vf": held(2.5, 3), "bs.vol": held(1, 1), "cls.vol polymer": near(2, 2.5)}},
	{phantom: "oxygenator", variant: "128 voxels, twice the noise", options: PhantomOptions{Size: 128, Noise: 2}, protocol: "oxygenator-ct", quick: 2, full: 20, found: 0.7,
		limits: map[string]accuracy.Limits{"dep.vol": near(5, 7), "bs.vol": near(2, 2.5)}},
	{phantom: "oxygenator", variant: "96 voxels of 31.67 µm", options: PhantomOptions{Size: 96, VoxelUM: 31.67}, protocol: "oxygenator-ct", quick: 2, full: 20, found: 0.7,
		limits: map[string]accuracy.Limits{"dep.vol": near(8, 10), "bs.vol": near(4, 4.5)}},
	{phantom: "oxygenator", variant: "128 voxels, imperfect fibres", options: PhantomOptions{Size: 128, Imperfect: true}, protocol: "oxygenator-ct", quick: 2, full: 20, found: 0.6,
		limits: map[string]accuracy.Limits{"dep.vol": near(6, 10), "bs.vol": near(3, 3.5)}},
	{phantom: "film", variant: "100 µm sleeves", options: PhantomOptions{Size: 112}, protocol: "oxygenator-ct", quick: 3, full: 20, found: 0.9,
		limits: map[string]accuracy.Limits{"dep.vol": near(4, 5), "bs.vol": near(2, 2.5), "dep.thick mean": near(15, 15), "dep.area crofton": near(8, 10)}},
	{phantom: "film", variant: "60 µm sleeves", options: PhantomOptions{Size: 112, ObjectUM: 60}, protocol: "oxygenator-ct", full: 20, found: 0.9,
		limits: map[string]accuracy.Limits{"dep.vol": near(6, 7), "bs.vol": near(2, 2.5)}},
	{phantom: "lattice", variant: "films of 60 to 120 µm", options: PhantomOptions{Size: 112}, protocol: "oxygenator-ct", quick: 3, full: 20, found: 0.8,
		limits: map[string]accuracy.Limits{"dep.vol": near(6, 8), "bs.vol": near(2, 2.5)}},
	{phantom: "lattice", variant: "films of 60 to 120 µm, 15 µm voxels", options: PhantomOptions{Size: 144, VoxelUM: 15}, protocol: "oxygenator-ct", full: 20, found: 0.8,
		limits: map[string]accuracy.Limits{"dep.vol": near(6, 8), "bs.vol": near(2, 2.5)}},
	{phantom: "sphere", variant: "balls of 240 µm, no rod", options: PhantomOptions{Size: 112, Bare: true}, protocol: "volume-threshold", sets: fieldRange, quick: 3, full: 20, note: fieldNote,
		limits: map[string]accuracy.Limits{"dep.vol": near(10, 10)}},
	{phantom: "sphere", variant: "balls of 160 µm, no rod", options: PhantomOptions{Size: 112, ObjectUM: 160, Bare: true}, protocol: "volume-threshold", sets: fieldRange, full: 20, note: fieldNote,
		limits: map[string]accuracy.Limits{"dep.vol": near(18, 18)}},
	{phantom: "sphere", variant: "balls of 240 µm", options: PhantomOptions{Size: 112}, protocol: "ct-panel", quick: 2, full: 20, note: thresholdNote,
		limits: map[string]accuracy.Limits{"dep.vol": near(50, 50)}},
	{phantom: "lattice", variant: "films of 60 to 120 µm", options: PhantomOptions{Size: 112}, protocol: "ct-panel", quick: 2, full: 20, note: thresholdNote,
		limits: map[string]accuracy.Limits{"dep.vol": near(40, 45)}},
	{phantom: "oxygenator", variant: "192 voxels", options: PhantomOptions{Size: 192}, protocol: "ct-panel", quick: 2, full: 20, note: thresholdNote,
		limits: map[string]accuracy.Limits{"dep.vol": near(20, 30)}},
	{phantom: "connector", variant: "128 voxels", options: PhantomOptions{Size: 128}, protocol: "connector-ct", quick: 2, full: 20,
		limits: map[string]accuracy.Limits{"dep.vol": near(10, 12), "bs.vol": near(3, 3), "conn.lar max": near(6, 8), "conn.dh": near(3, 4)}},
}

// fieldRange is the range of deposit in phantoms with the default greys and its cupping.
var fieldRange = []string{"segment.classes=[{class: deposit, min_grey: 17000, max_grey: 65535}]"}
