package phantom

import (
	"context"
	"math"
	"math/rand/v2"

	"explant/volume"
	"explant/volume/parallel"
)

// Connector is a micro-CT scan of tubing pushed over a barbed connector. Start from [DefaultConnector]
// and override what differs.
//
// Places along the flow axis are in mm from the tip of the connector, upstream negative; angles are about
// that axis. Blood comes out of the tube, passes the step at the tip, the bore of the connector, the gap
// to the second piece and that piece's bore. Between tube and first barb a crevice is open to the blood;
// the pocket between the barbs is sealed. Used connectors hold the clots; an unused one holds none and
// lies otherwise in the scanner.
type Connector struct {
	N         [3]int  `json:"size_voxels"`
	Seed      uint64  `json:"seed"`
	SpacingUM float64 `json:"spacing_um"`
	Unused    bool    `json:"unused"`

	TubeMM        float64    `json:"tube_inner_diameter_mm"`
	WallMM        float64    `json:"tube_wall_mm"`
	TubeShiftMM   float64    `json:"tube_shift_mm"` // of the tube's axis against the connector's, before the barb centres it
	TubeShiftDeg  float64    `json:"tube_shift_direction_deg"`
	BoreMM        float64    `json:"bore_diameter_mm"`
	ChamferMM     [2]float64 `json:"chamfer_mm"` // at the tip, inside: width and length
	TipMM         float64    `json:"tip_outer_diameter_mm"`
	NeckMM        float64    `json:"neck_outer_diameter_mm"`
	BarbMM        float64    `json:"barb_diameter_mm"`
	BarbsMM       [2]float64 `json:"barb_crests_at_mm"`
	GapMM         [2]float64 `json:"gap_from_to_mm"`
	SecondMM      float64    `json:"second_bore_diameter_mm"`
	SecondOffMM   float64    `json:"second_bore_shift_mm"` // of its axis against the connector's
	SecondOffDeg  float64    `json:"second_bore_shift_direction_deg"`
	CreviceFillMM float64    `json:"crevice_clot_depth_mm"` // the crevice is filled with clot from its mouth to this depth
	Clots         []Clot     `json:"clots"`

	TiltDeg float64 `json:"tilt_max_deg"` // of the flow axis against z
	ShiftMM float64 `json:"shift_max_mm"` // of the tip against the middle of the image, along each axis
	Scanner Scanner `json:"scanner"`

	AirGrey     float64 `json:"air_grey"`
	PolymerGrey float64 `json:"polymer_grey"`
	TubeGrey    float64 `json:"tube_grey"`
	DepositGrey float64 `json:"deposit_grey"`
	Coverage    int     `json:"coverage_sample_count"` // sample points in a voxel that a surface crosses
}

// connectorFieldMM is the edge of the image of the default connector.
const connectorFieldMM = 16.384

// DefaultConnector is a cube of n voxels, 16.4 mm wide: 3/8 inch soft PVC tubing on polycarbonate, with a
// ring of clot and a crescent over the step, a crescent over the gap and one on the tube's wall. The
// directions of clots and shifts are drawn from the seed.
func DefaultConnector(n int, seed uint64) Connector {
	rng := rand.New(rand.NewPCG(seed, 0x636f6e))
	turn := func() float64 { return math.Round(360 * rng.Float64()) }
	c := Connector{
		N: [3]int{n, n, n}, Seed: seed, SpacingUM: 1000 * connectorFieldMM / float64(max(n, 1)),
		TubeMM: 9.525, WallMM: 2.4, TubeShiftMM: 0.15, TubeShiftDeg: turn(),
		BoreMM: 8.6, ChamferMM: [2]float64{0.15, 0.4}, TipMM: 9.1, NeckMM: 9.5, BarbMM: 10.6,
		BarbsMM: [2]float64{2.2, 4.4}, GapMM: [2]float64{5.4, 6}, SecondMM: 8.8, SecondOffMM: 0.12, SecondOffDeg: turn(),
		CreviceFillMM: 0.7, TiltDeg: 2.5, ShiftMM: 0.12, Scanner: DefaultScanner(),
		AirGrey: 6000, PolymerGrey: 20000, TubeGrey: 26000, DepositGrey: 29000, Coverage: 32,
	}
	main := turn()
	c.Clots = []Clot{
		{Name: "ring", Junction: JunctionTip, AtMM: 0, DirectionDeg: main, UpMM: 2.2, DownMM: 1.6, ProtrusionMM: 0.25},
		{Name: "crescent", Junction: JunctionTip, AtMM: 0, DirectionDeg: main, UpMM: 3, DownMM: 2.4, ProtrusionMM: 1.6, RadiusMM: 5.4},
		{Name: "crescent", Junction: JunctionGap, AtMM: 5.7, DirectionDeg: turn(), UpMM: 1.1, DownMM: 1.4, ProtrusionMM: 0.5, RadiusMM: 5.6},
		{Name: "mural", Junction: NoJunction, AtMM: -5.8, DirectionDeg: turn(), UpMM: 1.2, DownMM: 1.2, ProtrusionMM: 0.8, RadiusMM: 7},
	}
	return c
}

// Reference is the same connector unused: no clot, and other in the scanner.
func (c Connector) Reference() Connector {
	c.Unused = true
	return c
}

// Check reports parameters of which no connector can be made, wrapping [ErrPhantom].
func (c Connector) Check() error {
	var p Problems
	bore := max(c.BoreMM+2*c.ChamferMM[0], c.SecondMM+2*c.SecondOffMM)
	p.Want(min(c.N[0], c.N[1], c.N[2]) >= 16, "fewer than 16 voxels along an axis")
	p.Want(c.SpacingUM > 0 && c.SpacingUM <= 1e4, "spacing_um %v is not in 0 to 10000", c.SpacingUM)
	p.Want(c.BoreMM >= 1 && bore < c.TipMM && c.TipMM < c.TubeMM && c.TubeMM < c.BarbMM && c.TipMM <= c.NeckMM && c.NeckMM < c.BarbMM && c.BarbMM < 100,
		"diameters must ascend: bore with chamfer and shift %v, tip %v, tube %v and neck %v, barb %v mm", bore, c.TipMM, c.TubeMM, c.NeckMM, c.BarbMM)
	p.Want(c.WallMM > 0 && c.WallMM < 100, "tube wall %v mm is not in 0 to 100", c.WallMM)
	p.Want(c.TubeShiftMM >= 0 && c.TubeShiftMM <= (c.TubeMM-c.TipMM)/2, "tube shift %v mm is more than the tip leaves", c.TubeShiftMM)
	p.Want(c.ChamferMM[0] >= 0 && c.ChamferMM[1] > 0 && c.ChamferMM[1] < c.BarbsMM[0], "chamfer %v mm does not fit the first barb", c.ChamferMM)
	p.Want(c.BarbsMM[0] > 0.4 && c.BarbsMM[1] > 1.8*c.BarbsMM[0] && c.BarbsMM[1] < c.GapMM[0], "barbs at %v mm do not fit before the gap at %v", c.BarbsMM, c.GapMM[0])
	p.Want(c.GapMM[1] > c.GapMM[0] && c.GapMM[1] < 1e3 && c.SecondMM >= 1 && c.SecondOffMM >= 0, "gap %v mm or second bore %v mm is impossible", c.GapMM, c.SecondMM)
	p.Want(c.CreviceFillMM >= 0 && c.CreviceFillMM < 100, "crevice clot depth %v mm is negative", c.CreviceFillMM)
	p.Want(c.TiltDeg >= 0 && c.TiltDeg <= 30 && c.ShiftMM >= 0 && c.ShiftMM < 100, "tilt %v or shift %v is negative or too large", c.TiltDeg, c.ShiftMM)
	p.Want(c.Coverage >= 1 && c.Coverage <= 1<<16, "coverage_sample_count %d is not in 1 to 65536", c.Coverage)
	p.Note(c.Scanner.Check())
	p.Note(volume.Grid{N: c.N}.Check())
	for _, clot := range c.Clots {
		p.Note(clot.check(c))
	}
	return p.Of("connector")
}

// Grid is the calibrated grid of the phantom, its origin the centre of the first voxel.
func (c Connector) Grid() volume.Grid {
	mm := c.SpacingUM / 1000
	return volume.Grid{N: c.N, Spacing: [3]float64{mm, mm, mm},
		Calibration: volume.Calibration{Source: volume.Phantom, Field: "phantom parameter spacing_um", Stated: [3]float64{mm, mm, mm}}}
}

// Make scans the connector: 16-bit greys, the truth as labels (the class that covers most of a voxel, 5
// being air outside the blood's way) and as exact figures. The result depends on the parameters alone.
// Besides its results it holds five bytes a voxel.
func (c Connector) Make(ctx context.Context, popt parallel.Options, p parallel.Progress) (*volume.Volume[uint16], *volume.Labels, ConnectorTruth, error) {
	if err := c.Check(); err != nil {
		return nil, nil, ConnectorTruth{}, err
	}
	s := newConnectorScene(c)
	clean, labels, sums, err := raster{c.Grid(), s, lattice(c.Coverage)}.cover(ctx, popt, stage(p, "cover voxels", c.N[2]))
	if err != nil {
		return nil, nil, ConnectorTruth{}, err
	}
	grey, err := exposure{c.Scanner, c.Grid(), c.Seed + s.take}.image(ctx, clean, popt, stage(p, "scan", c.N[2]))
	if err != nil {
		return nil, nil, ConnectorTruth{}, err
	}
	return grey, labels, s.truth(sums), ctx.Err()
}
