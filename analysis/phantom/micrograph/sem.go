package micrograph

import (
	"context"
	"fmt"
	"image"
	"math"

	"explant/volume/parallel"
)

// SEM is a field of a fibre network as a scanning electron microscope shows it: layers of fibres over each
// other, darker with depth, with bright edges; charging, shot noise, a data bar. Start from [DefaultSEM]
// and override what differs.
type SEM struct {
	W           int     `json:"width_px"`
	H           int     `json:"height_px"` // with the data bar
	Seed        uint64  `json:"seed"`
	PixelSizeNM float64 `json:"pixel_size_nm"`

	DiameterPX float64 `json:"fibre_diameter_px"`    // mean of the log-normal distribution that fibres are drawn from
	SpreadPX   float64 `json:"fibre_diameter_sd_px"` // its sd
	Layers     int     `json:"layers"`
	Cover      float64 `json:"cover_of_a_layer"`  // expected share of the field that the fibres of a layer cover
	Alignment  float64 `json:"alignment"`         // 0: all directions alike; 1: all along DirectionDeg
	Direction  float64 `json:"direction_deg"`     // counterclockwise from the right
	Waviness   float64 `json:"waviness_deg"`      // sd of the change of direction over 100 px
	Branches   float64 `json:"branches"`          // share of fibres that begin on another one
	Platelets  float64 `json:"platelet_cover"`    // share of the field that is aimed at
	RedCells   float64 `json:"red_cell_cover"`    // same
	Film       float64 `json:"fibrin_film_cover"` // same: sheets of fibrin between the fibres
	BlurPX     float64 `json:"blur_sigma_px"`     // of the beam
	Black      float64 `json:"black_grey"`        // grey level without signal
	Contrast   float64 `json:"contrast_grey"`     // grey levels for the signal of a flat surface in the top layer, times 0.6
	DoseE      float64 `json:"dose_e"`            // electrons that make a signal of 1; fewer are noisier
	Charging   float64 `json:"charging"`          // 0: none; 1: as usual
	DataBar    bool    `json:"data_bar"`
	Noise      bool    `json:"noise"`
}

// DefaultSEM is a field of w x h pixels of 10 nm with fibres of 140 nm, 14 pixels.
func DefaultSEM(w, h int, seed uint64) SEM {
	return SEM{
		W: w, H: h, Seed: seed, PixelSizeNM: 10, DiameterPX: 14, SpreadPX: 3, Layers: 4, Cover: 0.34, Alignment: 0.2, Direction: 30,
		Waviness: 7, Branches: 0.3, BlurPX: 0.7, Black: 16, Contrast: 150, DoseE: 260, Charging: 1, DataBar: true, Noise: true,
	}
}

// WithDeposits is the field at a lower magnification, 25 nm a pixel, with platelets, red cells and sheets
// of fibrin on a network of fibres of 200 nm, 8 pixels.
func (s SEM) WithDeposits() SEM {
	s.PixelSizeNM, s.DiameterPX, s.SpreadPX = 25, 8, 1.6
	s.Platelets, s.RedCells, s.Film = 0.12, 0.10, 0.08
	return s
}

// Check reports parameters of which no field can be made, wrapping [ErrPhantom].
func (s SEM) Check() error {
	var c checks
	c.want(s.W >= minBarWidth && s.H >= minBarWidth && s.W <= 1<<14 && s.H <= 1<<14 && s.W*s.H <= maxPixels, "%d x %d pixels are not in %d x %d to %d in all", s.W, s.H, minBarWidth, minBarWidth, maxPixels)
	c.want(within(s.PixelSizeNM, 0.5, 500), "pixel size %v nm is not in 0.5 to 500", s.PixelSizeNM)
	c.want(within(s.DiameterPX, 3, 60), "fibre diameter %v px is not in 3 to 60", s.DiameterPX)
	c.want(within(s.SpreadPX, 0, s.DiameterPX/2), "spread %v px is not in 0 to half the mean", s.SpreadPX)
	c.want(s.Layers >= 1 && s.Layers <= 12 && within(s.Cover, 0, 0.8), "%d layers, each with a cover of %v: not in 1 to 12 and 0 to 0.8", s.Layers, s.Cover)
	c.want(within(s.Alignment, 0, 1) && within(s.Direction, -360, 360), "alignment %v, direction %v are not in 0 to 1 and -360 to 360 degrees", s.Alignment, s.Direction)
	c.want(within(s.Waviness, 0, 45) && within(s.Branches, 0, 1), "waviness %v degrees, branches %v are not in 0 to 45 and 0 to 1", s.Waviness, s.Branches)
	c.want(within(s.Platelets, 0, 0.4) && within(s.RedCells, 0, 0.4) && within(s.Film, 0, 0.4), "covers %v, %v, %v of deposits are not in 0 to 0.4", s.Platelets, s.RedCells, s.Film)
	c.want(within(s.BlurPX, 0, 10), "blur %v px is not in 0 to 10", s.BlurPX)
	c.want(within(s.Black, 0, 100) && within(s.Contrast, 10, 1000), "black %v, contrast %v grey levels are not in 0 to 100 and 10 to 1000", s.Black, s.Contrast)
	c.want(within(s.DoseE, 1, 1e6) && within(s.Charging, 0, 5), "dose %v, charging %v are not in 1 to a million electrons and 0 to 5", s.DoseE, s.Charging)
	return c.err("electron micrograph")
}

// FieldH is the number of rows above the data bar.
func (s SEM) FieldH() int {
	if !s.DataBar {
		return s.H
	}
	return s.H - s.barRows()
}

// Make draws the field. labels holds the class that covers most of each pixel, as an index into the
// truth's classes. prog may be nil.
func (s SEM) Make(ctx context.Context, o parallel.Options, prog parallel.Progress) (*image.Gray, []uint8, SEMTruth, error) {
	if err := s.Check(); err != nil {
		return nil, nil, SEMTruth{}, err
	}
	if prog == nil {
		prog = parallel.Discard{}
	}
	scene := newSEMScene(s)
	relief, sums, err := scene.paint(ctx, o, prog)
	if err != nil {
		return nil, nil, SEMTruth{}, fmt.Errorf("draw electron micrograph: %w", err)
	}
	img, err := s.detect(ctx, relief, o, prog)
	if err != nil {
		return nil, nil, SEMTruth{}, fmt.Errorf("draw electron micrograph: %w", err)
	}
	truth := scene.truth(relief, sums)
	if s.DataBar {
		truth.ScaleBar = s.burn(img)
		for i := s.FieldH() * s.W; i < len(relief.labels); i++ {
			relief.labels[i] = semBar
		}
	}
	return img, relief.labels, truth, nil
}

// relief is what the beam sees: for each pixel of the field the mean signal of its samples, the mean height
// of the surface, the class with most samples, and the fibre under the pixel's middle, numbered from 1.
type relief struct {
	signal, height []float32
	labels         []uint8
	fibre          []uint16
}

// The classes of the labels.
const (
	semVoid uint8 = iota
	semFibre
	semPlatelet
	semRBC
	semFilm
	semBar
	semClasses
)

var semNames = [semClasses]string{"void", "fibrin", "platelet", "rbc", "fibrin:film", "excluded:databar"}

// edge is the signal of secondary electrons of a surface whose tilt has that sine: it grows like the
// inverse cosine, as the electrons leave through a shorter way, and is 0.6 on flat ground.
//
// Source: Seiler, J. Appl. Phys. 54(11):R1-R18, 1983, doi:10.1063/1.332840.
func edge(sine float64) float64 {
	return 0.6 + 0.45*(1/math.Sqrt(1-0.92*min(sine*sine, 1))-1)
}
