package micrograph

import (
	"context"
	"fmt"
	"math"
	"slices"

	"explant/volume/parallel"
)

// The channels of the immunofluorescence field, in the order of their wavelengths.
const (
	DNA = iota
	H3Cit
	MPO
	Fibrin
	CD61
	Channels
)

// ChannelNames are the names of the channels in their order.
var ChannelNames = []string{"DNA", "H3Cit", "MPO", "fibrin(ogen)", "CD61"}

// IF is a field of immunofluorescence of a clot beside a hollow fibre that was cut across: intact, touching,
// overlapping and crushed nuclei, NETs, smeared DNA, a fibrin mesh, platelet clusters and red cells, seen
// through optics that blur, mix and displace. Start from [DefaultIF] and override what differs.
type IF struct {
	W           int     `json:"width_px"`
	H           int     `json:"height_px"`
	Seed        uint64  `json:"seed"`
	PixelSizeUM float64 `json:"pixel_size_um"`
	Control     string  `json:"control"` // "" stained, "secondary" or "blank"

	FibreOuterUM float64 `json:"fibre_outer_diameter_um"` // 0: no hollow fibre in the field
	WallUM       float64 `json:"fibre_wall_um"`
	Nuclei       float64 `json:"nuclei_per_mm2"` // intact ones; all densities are per area outside the fibre
	Crushed      float64 `json:"crushed_nuclei_per_mm2"`
	NETs         float64 `json:"nets_per_mm2"`
	Smears       float64 `json:"dna_smears_per_mm2"`
	Mesh         float64 `json:"fibrin_strands_per_mm2"`
	Clusters     float64 `json:"platelet_clusters_per_mm2"`
	RedCells     float64 `json:"red_cells_per_mm2"`

	PSFSigmaUM   float64           `json:"psf_sigma_um"`
	HazeSigmaUM  float64           `json:"haze_sigma_um"` // of the light from out of focus
	HazeShare    float64           `json:"haze_share"`    // of all light, 0 to 1
	BleedThrough float64           `json:"bleed_through"` // share of a channel's light that the next longer wavelength sees
	Shifted      int               `json:"shifted_channel"`
	ShiftPX      [2]float64        `json:"shift_px"`      // of that channel, to the right and down
	BackgroundE  [Channels]float64 `json:"background_e"`  // electrons, mean of the field
	Gradient     float64           `json:"gradient"`      // of the background: from its darkest to its brightest corner, of the mean
	WallE        [Channels]float64 `json:"fibre_wall_e"`  // autofluorescence of the fibre wall
	Exposure     float64           `json:"exposure"`      // factor of all fluorescence
	Gain         float64           `json:"counts_per_e"`  // of the camera
	OffsetCounts float64           `json:"offset_counts"` // of the camera in the dark
	ReadE        float64           `json:"read_noise_e"`
	Noise        bool              `json:"noise"` // false: the expected counts
}

// The controls of a batch.
const (
	Secondary = "secondary" // secondary antibodies only: DNA as stained, the other channels without marker; no NET, crushed or smeared nucleus
	Blank     = "blank"     // nothing stained: background, autofluorescence, camera
)

// DefaultIF is a stained field of w x h pixels of 0.325 µm (20x, 6.5 µm camera).
func DefaultIF(w, h int, seed uint64) IF {
	return IF{
		W: w, H: h, Seed: seed, PixelSizeUM: 0.325,
		FibreOuterUM: 380, WallUM: 70, Nuclei: 1100, Crushed: 60, NETs: 45, Smears: 50, Mesh: 11000, Clusters: 90, RedCells: 900,
		PSFSigmaUM: 0.25, HazeSigmaUM: 3, HazeShare: 0.15, BleedThrough: 0.03, Shifted: MPO, ShiftPX: [2]float64{0.56, 0.42},
		BackgroundE: [Channels]float64{90, 140, 110, 80, 60}, Gradient: 0.4, WallE: [Channels]float64{1100, 700, 350, 220, 120},
		Exposure: 1, Gain: 2.2, OffsetCounts: 400, ReadE: 1.8, Noise: true,
	}
}

// As is the control of the same batch: the same optics, camera, background and fibre, another section.
func (f IF) As(control string) IF {
	f.Control = control
	return f
}

// maxPixels bounds the memory of a field, about 60 bytes a pixel.
const maxPixels = 1 << 26

// Check reports parameters of which no field can be made, wrapping [ErrPhantom].
func (f IF) Check() error {
	var c checks
	c.want(f.W > 0 && f.H > 0 && f.W <= 1<<15 && f.H <= 1<<15 && f.W*f.H <= maxPixels, "%d x %d pixels are not in 1 to %d", f.W, f.H, maxPixels)
	c.want(slices.Contains([]string{"", Secondary, Blank}, f.Control), "control %q is neither %s nor %s", f.Control, Secondary, Blank)
	c.want(within(f.PixelSizeUM, 0.05, 2), "pixel size %v µm is not in 0.05 to 2", f.PixelSizeUM)
	c.want(f.FibreOuterUM == 0 || within(f.FibreOuterUM, 20, 2000), "fibre diameter %v µm is neither 0 nor in 20 to 2000", f.FibreOuterUM)
	c.want(f.FibreOuterUM == 0 || f.WallUM > 0 && f.WallUM < f.FibreOuterUM/2, "fibre wall %v µm does not fit a diameter of %v", f.WallUM, f.FibreOuterUM)
	for name, v := range map[string]float64{"nuclei": f.Nuclei, "crushed nuclei": f.Crushed, "NETs": f.NETs, "smears": f.Smears, "clusters": f.Clusters, "red cells": f.RedCells} {
		c.want(within(v, 0, 4000), "%s: %v per mm² is not in 0 to 4000", name, v)
	}
	mm2 := float64(f.W) * float64(f.H) * f.PixelSizeUM * f.PixelSizeUM / 1e6
	c.want(max(f.Nuclei, f.Crushed, f.NETs, f.Smears, f.Clusters, f.RedCells)*mm2 < 60_000, "more than 60000 objects of a kind in %.3g mm²", mm2)
	c.want(f.Mesh*mm2 < 1e6, "more than a million strands of fibrin in %.3g mm²", mm2)
	c.want(within(f.Mesh, 0, 50_000), "fibrin: %v strands per mm² is not in 0 to 50000", f.Mesh)
	c.want(within(f.PSFSigmaUM, 0, 10*f.PixelSizeUM), "point spread %v µm is not in 0 to 10 pixels", f.PSFSigmaUM)
	c.want(within(f.HazeSigmaUM, f.PixelSizeUM, 100*f.PixelSizeUM), "haze %v µm is not in 1 to 100 pixels", f.HazeSigmaUM)
	c.want(within(f.HazeShare, 0, 0.9) && within(f.BleedThrough, 0, 0.5), "haze share %v, bleed-through %v are not in 0 to 0.9 and 0 to 0.5", f.HazeShare, f.BleedThrough)
	c.want(f.Shifted >= 0 && f.Shifted < Channels && math.Hypot(f.ShiftPX[0], f.ShiftPX[1]) <= 10, "channel %d shifted by %v pixels: there are %d channels, and at most 10 pixels", f.Shifted, f.ShiftPX, Channels)
	c.want(within(f.Gradient, 0, 2) && within(f.Exposure, 0.01, 100) && within(f.Gain, 0.01, 100), "gradient %v, exposure %v, gain %v are not in 0 to 2 and 0.01 to 100", f.Gradient, f.Exposure, f.Gain)
	c.want(within(f.OffsetCounts, 0, 10_000) && within(f.ReadE, 0, 100), "offset %v counts, read noise %v e- are not in 0 to 10000 and 0 to 100", f.OffsetCounts, f.ReadE)
	for ch := range Channels {
		c.want(within(f.BackgroundE[ch], 0, 1e5) && within(f.WallE[ch], 0, 1e5), "%s: background %v, wall %v e- are not in 0 to 100000", ChannelNames[ch], f.BackgroundE[ch], f.WallE[ch])
	}
	return c.err("immunofluorescence")
}

// Planes are channels of one size, row by row.
type Planes struct {
	W, H  int
	Names []string
	Data  [][]uint16
}

// Make draws the field. labels has a plane for each structure, named as in the truth: structures lie over
// each other, so one map of classes cannot hold them, and a plane each can be looked at in any viewer where
// a bit mask cannot. Its values number the objects of the structure from 1; a pixel belongs to a
// structure that covers most of it. prog may be nil.
func (f IF) Make(ctx context.Context, o parallel.Options, prog parallel.Progress) (img, labels *Planes, truth IFTruth, err error) {
	if err := f.Check(); err != nil {
		return nil, nil, IFTruth{}, err
	}
	if prog == nil {
		prog = parallel.Discard{}
	}
	scene := newIFScene(f)
	light := newIFLight(f.W * f.H)
	labels = newPlanes(f.W, f.H, ifNames[:])
	sums, err := scene.paint(ctx, light, labels, o, prog)
	if err == nil {
		img, err = f.photograph(ctx, light, o, prog)
	}
	if err != nil {
		return nil, nil, IFTruth{}, fmt.Errorf("draw immunofluorescence: %w", err)
	}
	return img, labels, scene.truth(sums, labels, img), nil
}

func newPlanes(w, h int, names []string) *Planes {
	p := &Planes{W: w, H: h, Names: slices.Clone(names), Data: make([][]uint16, len(names))}
	for i := range p.Data {
		p.Data[i] = make([]uint16, w*h)
	}
	return p
}

// Plane is the plane of that name, nil when there is none.
func (p *Planes) Plane(name string) []uint16 {
	if i := slices.Index(p.Names, name); i >= 0 {
		return p.Data[i]
	}
	return nil
}
