package phantom

import (
	"context"
	"errors"
	"fmt"
	"math"

	"explant/volume"
	"explant/volume/parallel"
)

// Class values of the truth labels, as everywhere in the 3D analysis.
const (
	classVoid uint8 = iota
	classLumen
	classPolymer
	classHousing
	classDeposit
	classOutside // of the device: air that is neither blood side nor gas side
	classCount
)

// ErrPhantom is returned for parameters of which no phantom can be made.
var ErrPhantom = errors.New("impossible phantom")

// Oxygenator is a micro-CT scan of a stacked-mat hollow-fibre bundle in a housing open along z, the
// flow axis, with the inlet at z = 0. Start from [DefaultOxygenator] and override what differs.
//
// Mats lie across z and their fibres run at plus and minus 45° to x in turn. The housing fills the
// image outside its inner box. Deposits sit on the fibres (films), on and between them (blobs) and
// between neighbours of a mat (webs); their number falls off from the inlet.
type Oxygenator struct {
	N         [3]int  `json:"size_voxels"`
	Seed      uint64  `json:"seed"`
	SpacingUM float64 `json:"spacing_um"`

	FibreOuterUM float64    `json:"fibre_outer_diameter_um"`
	WallUM       [2]float64 `json:"fibre_wall_um"`   // uniform in this range, one value a fibre
	FibrePitchUM float64    `json:"fibre_pitch_um"`  // between neighbours of a mat
	MatPitchUM   float64    `json:"mat_pitch_um"`    // between mats
	MatAngleDeg  float64    `json:"mat_angle_deg"`   // plus and minus in turn
	HousingUM    float64    `json:"housing_wall_um"` // from the x and y faces of the image to the inside

	HousingRound bool `json:"housing_round"` // a tube about z instead of a box

	DepositShare float64    `json:"deposit_share"`      // of the blood-side space
	FilmUM       [2]float64 `json:"film_thickness_um"`  // range of film thickness
	BlobUM       [2]float64 `json:"blob_radius_um"`     // range of the spheres a blob is made of
	WebUM        [2]float64 `json:"web_thickness_um"`   // range of web thickness
	MixShare     [3]float64 `json:"mix_film_blob_web"`  // of the deposit volume
	InletDecay   float64    `json:"inlet_decay_length"` // e-folding length of the deposit density, as a share of the height
	Crowd        Crowd      `json:"crowd,omitzero"`

	AirGrey      float64 `json:"air_grey"`
	PolymerGrey  float64 `json:"polymer_grey"`
	DepositGrey  float64 `json:"deposit_grey"`
	HousingGrey  float64 `json:"housing_grey"`
	LiquidGrey   float64 `json:"liquid_grey"`           // in the lumens that Imperfect fills
	PSFVoxels    float64 `json:"psf_sigma_voxels"`      // Gaussian point spread
	NoiseGrey    float64 `json:"noise_sd_at_polymer"`   // Poisson and Gauss together
	GaussGrey    float64 `json:"noise_sd_gauss"`        // the part of it that does not grow with the signal
	Correlation  float64 `json:"noise_correlation"`     // between face neighbours, 0 to 0.7
	RingGrey     float64 `json:"ring_sd_grey"`          // about the z axis through the middle
	Cupping      float64 `json:"cupping_share"`         // how much lower the middle is than the corners
	Drift        float64 `json:"drift_share"`           // amplitude of the slow gain change along z
	Imperfection Defects `json:"imperfection"`          // zero for straight, round, open fibres
	Coverage     int     `json:"coverage_sample_count"` // sample points in a voxel that a surface crosses

	Unused bool `json:"unused,omitempty"` // the same fibres without deposit, under other noise
	Pose   Pose `json:"pose,omitzero"`    // in the scanner, of the whole device
}

// Defects are what real bundles have and the default phantom has not. The zero value means none.
type Defects struct {
	Ovality        float64 `json:"ovality_max"`              // (longest - shortest)/mean diameter
	Eccentricity   float64 `json:"lumen_offset_max_of_wall"` // of the wall thickness
	WaveUM         float64 `json:"wave_amplitude_max_um"`    // in the plane of the mat
	WaveLengthUM   float64 `json:"wave_length_um"`
	TiltDeg        float64 `json:"mat_tilt_max_deg"` // of the whole stack
	ThreadUM       float64 `json:"knitting_thread_diameter_um"`
	ThreadPitchUM  float64 `json:"knitting_thread_pitch_um"`
	FilledShare    float64 `json:"filled_lumen_share"` // half with liquid, half with clot
	CrushedShare   float64 `json:"crushed_share"`
	MissingShare   float64 `json:"missing_share"`
	DiameterSpread float64 `json:"outer_diameter_spread"` // relative standard deviation
}

// DefaultOxygenator is a cube of n voxels of 20 µm with the default physics.
func DefaultOxygenator(n int, seed uint64) Oxygenator {
	return Oxygenator{
		N: [3]int{n, n, n}, Seed: seed, SpacingUM: 20,
		FibreOuterUM: 380, WallUM: [2]float64{50, 90}, FibrePitchUM: 500, MatPitchUM: 420,
		MatAngleDeg: 45, HousingUM: 200,
		DepositShare: 0.075, FilmUM: [2]float64{60, 160}, BlobUM: [2]float64{90, 240},
		WebUM: [2]float64{80, 160}, MixShare: [3]float64{0.45, 0.35, 0.2}, InletDecay: 0.5,
		AirGrey: 6000, PolymerGrey: 20000, DepositGrey: 29000, HousingGrey: 26000, LiquidGrey: 15000,
		PSFVoxels: 0.8, NoiseGrey: 2200, GaussGrey: 1200, Correlation: 0.5,
		RingGrey: 500, Cupping: 0.06, Drift: 0.015, Coverage: 32,
	}
}

// Imperfect returns o with the defects of a real bundle: oval, eccentric, wavy, tilted, knitted
// fibres of spread diameter, some filled, crushed or missing.
func (o Oxygenator) Imperfect() Oxygenator {
	o.Imperfection = Defects{
		Ovality: 0.1, Eccentricity: 0.1, WaveUM: 190, WaveLengthUM: 5000, TiltDeg: 3,
		ThreadUM: 60, ThreadPitchUM: 2000, FilledShare: 0.05, CrushedShare: 0.02, MissingShare: 0.02,
		DiameterSpread: 0.03,
	}
	return o
}

// Check reports parameters of which no phantom can be made.
func (o Oxygenator) Check() error {
	bad := func(what string) error { return fmt.Errorf("%w: %s", ErrPhantom, what) }
	switch {
	case min(o.N[0], o.N[1], o.N[2]) < 16:
		return bad("fewer than 16 voxels along an axis")
	case !(o.SpacingUM > 0):
		return bad("spacing_um must be positive")
	case !(o.WallUM[0] > 0) || o.WallUM[1] < o.WallUM[0] || 2*o.WallUM[1] >= o.FibreOuterUM:
		return bad("fibre_wall_um must be an ascending range above 0 and below the fibre's radius")
	case o.FibrePitchUM < o.FibreOuterUM || o.MatPitchUM < o.FibreOuterUM:
		return bad("pitches must not be smaller than the fibre's outer diameter")
	case 2*o.HousingUM/o.SpacingUM >= float64(min(o.N[0], o.N[1])):
		return bad("the housing leaves no room")
	case o.DepositShare < 0 || o.DepositShare > 0.5:
		return bad("deposit_share must be 0 to 0.5")
	case o.Correlation < 0 || o.Correlation > maxCorrelation || o.PSFVoxels < 0 || o.Coverage < 1:
		return bad("noise_correlation must be 0 to 0.7, psf_sigma_voxels not negative, coverage_sample_count positive")
	}
	for i, deg := range o.Pose.TurnDeg {
		if !(math.Abs(deg) <= mostTurnDeg) || !(math.Abs(o.Pose.ShiftUM[i]) <= mostShift*o.SpacingUM*float64(min(o.N[0], o.N[1], o.N[2]))) {
			return bad(fmt.Sprintf("a pose must not turn by more than %d° or shift by more than a quarter of the image", mostTurnDeg))
		}
	}
	return (volume.Grid{N: o.N}).Check()
}

// Grid is the calibrated grid of the phantom, its origin the centre of the first voxel.
func (o Oxygenator) Grid() volume.Grid {
	mm := o.SpacingUM / 1000
	return volume.Grid{N: o.N, Spacing: [3]float64{mm, mm, mm},
		Calibration: volume.Calibration{Source: volume.Phantom, Field: "phantom parameter spacing_um", Stated: [3]float64{mm, mm, mm}}}
}

// Make scans the phantom: 16-bit greys, the truth as labels (the material that covers most of a
// voxel) and as exact figures. The result depends on the parameters and the seed alone, not on popt.
// Besides its results it holds five bytes a voxel.
func (o Oxygenator) Make(ctx context.Context, popt parallel.Options, p parallel.Progress) (*volume.Volume[uint16], *volume.Labels, Truth, error) {
	grey, labels, truth, _, err := o.MakeParts(ctx, 1, popt, p)
	return grey, labels, truth, err
}

// MakeParts is Make and gives beside it the volumes in n parts of equal height, from the inlet on; the
// number of slices must be a multiple of n.
func (o Oxygenator) MakeParts(ctx context.Context, n int, popt parallel.Options, p parallel.Progress) (*volume.Volume[uint16], *volume.Labels, Truth, []Volumes, error) {
	if err := o.Check(); err != nil {
		return nil, nil, Truth{}, nil, err
	}
	if n < 1 || o.N[2]%n != 0 {
		return nil, nil, Truth{}, nil, fmt.Errorf("%w: %d slices do not make %d equal parts", ErrPhantom, o.N[2], n)
	}
	s := newFibreScene(o)
	if !o.Unused {
		if err := s.placeDeposits(ctx, popt, stage(p, "place deposits", o.N[2])); err != nil {
			return nil, nil, Truth{}, nil, err
		}
	}
	clean, labels, sums, err := s.cover(ctx, popt, stage(p, "cover voxels", o.N[2]))
	if err != nil {
		return nil, nil, Truth{}, nil, err
	}
	grey, err := o.Scan(ctx, clean, popt, stage(p, "scan", o.N[2]))
	if err != nil {
		return nil, nil, Truth{}, nil, err
	}
	parts := make([]Volumes, n)
	for k := range parts {
		parts[k] = o.volumes(sums[k*len(sums)/n : (k+1)*len(sums)/n])
	}
	return grey, labels, s.truth(sums), parts, nil
}

// stage announces a stage on p, which may be nil.
func stage(p parallel.Progress, name string, total int) parallel.Progress {
	if p == nil {
		p = parallel.Discard{}
	}
	p.Stage(name, total)
	return p
}
