package study

import (
	"context"
	"fmt"
	"math"
	"strings"

	"explant/analysis/phantom"
	"explant/volume"
	"explant/volume/parallel"
)

// Truth is what a study holds; it marshals to truth.json.
type Truth struct {
	Schema     string        `json:"schema"` // "explant-truth/1"
	Kind       string        `json:"kind"`   // "device"
	Parameters Study         `json:"parameters"`
	Arms       []ArmTruth    `json:"arms"`
	Devices    []DeviceTruth `json:"devices"`
}

// ArmTruth is the burden of an arm: what its devices are drawn from, and what they came to.
type ArmTruth struct {
	Arm           string  `json:"arm"`
	Devices       int     `json:"devices"`
	MedianPct     float64 `json:"burden_median_drawn_from_percent"`
	GeometricPct  float64 `json:"burden_geometric_mean_percent"` // of the devices; 0 for unused ones
	ArithmeticPct float64 `json:"burden_mean_percent"`
}

// DeviceTruth is what one device holds. Volumes are those of the scan, by sub-voxel coverage; those of the
// components are the deposit of each zone times its composition.
type DeviceTruth struct {
	Device       string         `json:"device"`
	Arm          string         `json:"arm"`
	Block        string         `json:"block"`
	RunHours     float64        `json:"run_hours"`
	DrawnPct     float64        `json:"burden_drawn_percent"`
	BurdenPct    float64        `json:"burden_percent"` // of the blood-side space
	DepositMM3   float64        `json:"deposit_mm3"`
	BloodMM3     float64        `json:"blood_side_mm3"`
	ComponentMM3 Composition    `json:"component_mm3"`
	Zones        []ZoneTruth    `json:"zones"`
	Sections     []SectionTruth `json:"sections"`
}

// ZoneTruth is what one zone of a device holds.
type ZoneTruth struct {
	Zone         string      `json:"zone"`
	FromU        float64     `json:"from_u"` // along the flow: 0 at the inlet, 1 at the outlet
	ToU          float64     `json:"to_u"`
	DepositMM3   float64     `json:"deposit_mm3"`
	BloodMM3     float64     `json:"blood_side_mm3"`
	BurdenPct    float64     `json:"burden_percent"`
	Composition  Composition `json:"composition"`
	ComponentMM3 Composition `json:"component_mm3"`
}

// SectionTruth is what one section shows.
type SectionTruth struct {
	Section     string        `json:"section"`
	Zone        string        `json:"zone"`
	FromU       float64       `json:"from_u"`
	ToU         float64       `json:"to_u"`
	Affine      [4][4]float64 `json:"affine_mm"` // from (right, down from the slide's corner, into it, 1) to the scan
	Composition Composition   `json:"composition"`
	Slides      []SlideFact   `json:"slides"`
	Field       *FieldFact    `json:"immunofluorescence,omitempty"`
}

// SlideFact is what one slide of a section shows.
type SlideFact struct {
	Slide     string  `json:"slide"`
	Stain     string  `json:"stain"`
	Seed      uint64  `json:"seed"`
	TissueMM2 float64 `json:"tissue_mm2"`
	Drawn     Shown   `json:"drawn"`    // shares of the tissue that it was to show
	Realised  Shown   `json:"realised"` // and that its pixels show
}

// Shown are the shares of the tissue's area on a slide. Other holds NETs and what is unknown, which no
// bright-field stain tells apart.
type Shown struct {
	Fibrin    float64 `json:"fibrin"`
	Platelet  float64 `json:"platelet"` // on a slide with a marker: of the marker
	RBC       float64 `json:"rbc"`
	Leukocyte float64 `json:"leukocyte"` // nuclei included
	Other     float64 `json:"other"`
}

// MakeScan scans the device and gives its truth without sections.
func (d Device) MakeScan(ctx context.Context, o parallel.Options, p parallel.Progress) (*volume.Volume[uint16], *volume.Labels, phantom.Truth, DeviceTruth, error) {
	grey, labels, scan, parts, err := d.Scan.MakeParts(ctx, len(Zones), o, p)
	if err != nil {
		return nil, nil, phantom.Truth{}, DeviceTruth{}, err
	}
	t := DeviceTruth{Device: d.ID, Arm: d.Arm, Block: d.Block, RunHours: d.RunHours, DrawnPct: 100 * d.Scan.DepositShare,
		BurdenPct: scan.BurdenPct, DepositMM3: scan.VolumeMM3.Deposit, BloodMM3: scan.VolumeMM3.BloodSide, Sections: []SectionTruth{}}
	for k, v := range parts {
		z := ZoneTruth{Zone: Zones[k], FromU: float64(k) / float64(len(Zones)), ToU: float64(k+1) / float64(len(Zones)),
			DepositMM3: v.Deposit, BloodMM3: v.BloodSide, Composition: d.Composition[k], ComponentMM3: d.Composition[k].times(v.Deposit)}
		if v.BloodSide > 0 {
			z.BurdenPct = 100 * v.Deposit / v.BloodSide
		}
		t.ComponentMM3 = t.ComponentMM3.plus(z.ComponentMM3)
		t.Zones = append(t.Zones, z)
	}
	return grey, labels, scan, t, nil
}

// Truth is what the section shows; slides come from Fact.
func (c Section) Truth() SectionTruth {
	return SectionTruth{Section: c.ID, Zone: Zones[c.Zone], FromU: c.FromU, ToU: c.ToU, Affine: c.Affine,
		Composition: c.Composition, Slides: []SlideFact{}}
}

// Fact compares what slide k of the section was to show with the truth of its pixels.
func (c Section) Fact(k int, t phantom.SlideTruth) SlideFact {
	share := func(classes ...string) (sum float64) {
		for _, class := range classes {
			sum += t.Area(class).TissuePercent / 100
		}
		return sum
	}
	m := c.Composition
	f := SlideFact{Slide: c.SlideName(k), Stain: c.Slides[k].Kind, Seed: c.Slides[k].Seed, TissueMM2: t.TissueMM2,
		Realised: Shown{Fibrin: share("fibrin"), Platelet: share("platelet", "marker:dab"), RBC: share("rbc"),
			Leukocyte: share("leukocyte", "nucleus"), Other: share("other", "collagen")}}
	if c.Slides[k].Mix != nil {
		f.Drawn = Shown{Fibrin: m.Fibrin, Platelet: m.Platelet, RBC: m.RBC, Leukocyte: m.Leukocyte, Other: m.NET + m.Unknown}
	}
	return f
}

// SlideName names slide k of the section.
func (c Section) SlideName(k int) string { return c.ID + "-" + c.Slides[k].Kind }

// Truth puts the truth of the study together.
func (s Study) Truth(devices []DeviceTruth) Truth {
	t := Truth{Schema: "explant-truth/1", Kind: "device", Parameters: s, Devices: devices}
	for k := range s.Arms {
		t.Arms = append(t.Arms, armTruth(ArmName(k), 100*s.BurdenShare*math.Pow(s.ArmRatio, float64(k)), devices))
	}
	if s.Unused > 0 {
		t.Arms = append(t.Arms, armTruth(UnusedArm, 0, devices))
	}
	return t
}

// String says the primary value: the burden of each device.
func (t Truth) String() string {
	parts := make([]string, len(t.Devices))
	for i, d := range t.Devices {
		parts[i] = fmt.Sprintf("%s (%s) %.4g", d.Device, d.Arm, d.BurdenPct)
	}
	return "burden in % of the blood-side space: " + strings.Join(parts, ", ")
}

func armTruth(arm string, median float64, devices []DeviceTruth) ArmTruth {
	a := ArmTruth{Arm: arm, MedianPct: median}
	sum, logs := 0.0, 0.0
	for _, d := range devices {
		if d.Arm == arm {
			a.Devices++
			sum += d.BurdenPct
			logs += math.Log(d.BurdenPct)
		}
	}
	if a.Devices > 0 {
		a.ArithmeticPct, a.GeometricPct = sum/float64(a.Devices), math.Exp(logs/float64(a.Devices))
	}
	return a
}
