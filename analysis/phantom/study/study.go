package study

import (
	"slices"

	"explant/analysis/phantom"
)

// Zones are the thirds of a device along the flow.
var Zones = [3]string{"inlet", "middle", "outlet"}

// Study says how a study is made. Start from [Default] and override what differs.
type Study struct {
	Seed     uint64   `json:"seed"`
	Arms     int      `json:"arms"`            // of used devices
	Devices  int      `json:"devices_per_arm"` // each with a block that it shares with one device of every other arm
	Unused   int      `json:"unused_devices"`  // an arm of their own, without deposit and without block
	Sections int      `json:"sections_per_device"`
	Stains   []string `json:"stains"` // of each section: kinds of phantom.Slide

	IF bool `json:"immunofluorescence"` // a field of each section too

	ScanVoxels  int     `json:"scan_voxels"` // along each side; a multiple of 3
	SlidePX     int     `json:"slide_px"`    // along each side
	PixelSizeUM float64 `json:"pixel_size_um"`
	FieldPX     int     `json:"field_px"` // immunofluorescence, along each side

	BurdenShare float64    `json:"burden_median_share"`   // of the first arm: deposit in the blood-side space
	ArmRatio    float64    `json:"burden_ratio_next_arm"` // of each arm's median to that of the arm before it
	DeviceSD    float64    `json:"burden_sd_log_device"`  // between devices, of the logarithm
	BlockSD     float64    `json:"burden_sd_log_block"`   // between blocks, of the logarithm
	Decay       [2]float64 `json:"inlet_decay_length"`    // uniform, as a share of the height
	HoursRun    [2]float64 `json:"run_hours"`             // uniform, one value a block

	Composition  [3]Composition `json:"composition"`              // mean of each zone over devices
	DeviceDraws  float64        `json:"concentration_of_devices"` // Dirichlet; larger means less variance
	SectionDraws float64        `json:"concentration_of_sections"`
}

// Default is a study of three used devices and an unused one, each with four sections in Martius scarlet
// blue. Burden is log-normal, composition Dirichlet; fibrin and platelets prevail at the inlet, red cells
// at the outlet.
func Default(seed uint64) Study {
	return Study{
		Seed: seed, Arms: 1, Devices: 3, Unused: 1, Sections: 4, Stains: []string{phantom.SlideMSB},
		ScanVoxels: 120, SlidePX: 640, PixelSizeUM: 1, FieldPX: 1024,
		BurdenShare: 0.06, ArmRatio: 0.6, DeviceSD: 0.3, BlockSD: 0.2, Decay: [2]float64{0.4, 0.9}, HoursRun: [2]float64{60, 300},
		Composition: [3]Composition{
			{Fibrin: 0.44, Platelet: 0.21, RBC: 0.15, Leukocyte: 0.04, NET: 0.05, Unknown: 0.11},
			{Fibrin: 0.40, Platelet: 0.15, RBC: 0.25, Leukocyte: 0.04, NET: 0.05, Unknown: 0.11},
			{Fibrin: 0.36, Platelet: 0.11, RBC: 0.33, Leukocyte: 0.04, NET: 0.05, Unknown: 0.11},
		},
		DeviceDraws: 80, SectionDraws: 60,
	}
}

// Check reports a study that cannot be made, wrapping phantom.ErrPhantom.
func (s Study) Check() error {
	var p phantom.Problems
	within := func(v, lo, hi float64) bool { return v >= lo && v <= hi }
	p.Want(s.Arms >= 1 && s.Arms <= 6, "%d arms are not in 1 to 6", s.Arms)
	p.Want(s.Devices >= 1 && s.Devices <= 99 && s.Unused >= 0 && s.Unused <= 99, "%d devices an arm or %d unused ones are not in 1 to 99, 0 to 99", s.Devices, s.Unused)
	p.Want(s.Sections >= 0 && s.Sections <= 999, "%d sections a device are not in 0 to 999", s.Sections)
	p.Want(s.ScanVoxels%len(Zones) == 0, "%d scan voxels do not make %d equal zones: take a multiple of %d", s.ScanVoxels, len(Zones), len(Zones))
	for i, stain := range s.Stains {
		p.Want(slices.Contains(phantom.SlideKinds, stain) && !slices.Contains(s.Stains[:i], stain), "stain %q is unknown or stands twice; there are %v", stain, phantom.SlideKinds)
	}
	p.Want(within(s.BurdenShare, 0.001, 0.3) && within(s.ArmRatio, 0.01, 100), "burden share %v or ratio %v of arms is not in 0.001 to 0.3, 0.01 to 100", s.BurdenShare, s.ArmRatio)
	p.Want(within(s.DeviceSD, 0, 2) && within(s.BlockSD, 0, 2), "standard deviations %v and %v of the logarithm are not in 0 to 2", s.DeviceSD, s.BlockSD)
	p.Want(within(s.Decay[0], 0.05, s.Decay[1]) && s.Decay[1] <= 100, "inlet decay %v is no ascending range in 0.05 to 100", s.Decay)
	p.Want(within(s.HoursRun[0], 0, s.HoursRun[1]) && s.HoursRun[1] <= 1e5, "run hours %v are no ascending range in 0 to 100000", s.HoursRun)
	p.Want(within(s.DeviceDraws, 1, 1e9) && within(s.SectionDraws, 1, 1e9), "concentrations %v and %v are not in 1 to 1e9", s.DeviceDraws, s.SectionDraws)
	for i, c := range s.Composition {
		for _, share := range c.parts() {
			p.Want(within(*share, 0, 1), "share %v in the composition of the %s is not in 0 to 1", *share, Zones[i])
		}
		p.Want(within(c.Sum(), 1-1e-6, 1+1e-6), "composition of the %s adds up to %v, not 1", Zones[i], c.Sum())
		p.Note(c.mix().Check())
	}
	scan := s.scan(0)
	p.Note(scan.Check())
	for _, stain := range s.Stains {
		if slices.Contains(phantom.SlideKinds, stain) {
			p.Note(s.slide(stain, 0).Check())
			break // the others have the same size
		}
	}
	if s.IF {
		p.Note(s.field(s.Composition[0], 0).Check())
	}
	side, zone, room := s.slideMM(), s.heightMM()/float64(len(Zones)), s.heightMM()-2*scan.HousingUM/1000
	p.Want(side <= zone && side <= room, "slides of %.3g mm do not fit a zone of %.3g mm in a housing of %.3g mm: take a larger scan or fewer pixels", side, zone, room)
	return p.Of("study")
}

// scan is the scan of a device before its burden is known.
func (s Study) scan(seed uint64) phantom.Oxygenator {
	return phantom.DefaultOxygenator(s.ScanVoxels, seed)
}

// slide is a slide before its mix is known. It is free of folds, bubbles and ink.
func (s Study) slide(stain string, seed uint64) phantom.Slide {
	p := phantom.DefaultSlide(stain, s.SlidePX, s.SlidePX, seed)
	p.PixelSizeUM, p.Clean = s.PixelSizeUM, true
	return p
}

func (s Study) slideMM() float64 { return float64(s.SlidePX) * s.PixelSizeUM / 1000 }

func (s Study) heightMM() float64 { return float64(s.ScanVoxels) * s.scan(0).SpacingUM / 1000 }
