package phantom

import (
	"fmt"
	"math"
)

// ConnectorTruth is what the phantom holds; it marshals to truth.json. Lengths and areas along the axis are
// closed forms on planes across it; volumes of clots are their integral; the volumes of the classes, which
// end at the faces of the image, come from sub-voxel coverage. Places are in mm from the tip.
type ConnectorTruth struct {
	Schema     string           `json:"schema"` // "explant-truth/1"
	Kind       string           `json:"kind"`   // "connector"
	Parameters Connector        `json:"parameters"`
	Classes    []string         `json:"classes"` // names in the order of the label values
	VolumeMM3  ConnectorVolumes `json:"volume_mm3"`
	BurdenPct  float64          `json:"deposit_percent_of_blood_side"`

	DeviceToScanner [4][4]float64 `json:"device_to_scanner_mm"` // from (across x, across y, from the tip along the flow, 1)
	InletMM         [3]float64    `json:"inlet_mm"`             // first and last point of the axis on Planes, in the scanner
	OutletMM        [3]float64    `json:"outlet_mm"`

	Planes    []ConnectorPlane `json:"planes"` // a voxel apart, across the flow axis, wholly inside the image
	Worst     ConnectorPlane   `json:"worst"`  // the plane of the largest reduction
	Narrowest ConnectorPlane   `json:"narrowest"`
	MeanPct   float64          `json:"lumen_area_reduction_mean_percent"` // over the planes

	Junctions []Junction   `json:"junctions"`
	Mural     []*ClotTruth `json:"clots_away_from_junctions"`
}

// ConnectorVolumes holds one volume a class within the image, in mm³, and the clot as integrated.
type ConnectorVolumes struct {
	Void      float64 `json:"void"`
	Polymer   float64 `json:"polymer"`
	Housing   float64 `json:"housing"` // the tube
	Deposit   float64 `json:"deposit"`
	Outside   float64 `json:"outside"`
	BloodSide float64 `json:"blood_side"`       // void and deposit, crevice and gap included
	Clot      float64 `json:"deposit_analytic"` // all deposit, also beyond the image
}

// ConnectorPlane is the lumen on one plane across the axis. The lumen is the way through the middle: the
// tube, the bore, and in the gap all of the recess; the crevice beside the bore is not in it.
type ConnectorPlane struct {
	AtMM         float64 `json:"at_mm"`
	ReferenceMM2 float64 `json:"reference_area_mm2"`
	FreeMM2      float64 `json:"free_area_mm2"`
	PerimeterMM  float64 `json:"free_perimeter_mm"`
	HydraulicMM  float64 `json:"hydraulic_diameter_mm"` // 4 area/perimeter
	ReductionPct float64 `json:"lumen_area_reduction_percent"`
}

// Ledge is the jump of the radius where two outlines meet, seen from the connector's axis, over all
// directions; positive where the way narrows.
type Ledge struct {
	MeanMM float64 `json:"mean_mm"`
	MinMM  float64 `json:"min_mm"`
	MaxMM  float64 `json:"max_mm"`
	MaxDeg float64 `json:"max_direction_deg"`
}

// Junction is a place where two parts meet.
type Junction struct {
	Name       string     `json:"name"`
	AtMM       float64    `json:"at_mm"`
	Ledge      Ledge      `json:"ledge"`      // to the bore
	Edge       Ledge      `json:"edge_ledge"` // to the edge of the chamfer; as Ledge where there is none
	GapMM      float64    `json:"gap_mm"`     // axial; 0 where the parts touch
	CreviceMM3 float64    `json:"crevice_mm3"`
	Clot       *ClotTruth `json:"clot"` // null for none
}

// ClotTruth is the clot of one junction, or one clot away from them. Heights are taken every degree on
// planes 0.02 mm apart.
type ClotTruth struct {
	Present       bool    `json:"present"`
	VolumeMM3     float64 `json:"volume_mm3"` // CreviceMM3 included
	UpstreamMM3   float64 `json:"upstream_mm3"`
	DownstreamMM3 float64 `json:"downstream_mm3"`
	CreviceMM3    float64 `json:"crevice_mm3"`
	FromMM        float64 `json:"from_mm"`
	ToMM          float64 `json:"to_mm"`
	LengthMM      float64 `json:"axial_length_mm"`
	ExtentDeg     float64 `json:"angular_extent_deg"` // most on any plane, about the middle of the lumen there
	HeightMM      float64 `json:"height_max_mm"`      // over the wall of that plane
	ProtrusionMM  float64 `json:"protrusion_mm"`      // beyond the tube's wall line
	DistanceMM    float64 `json:"distance_to_tip_mm"` // along the axis; 0 for a clot over the tip
}

// ConnectorClasses are the names of the label values.
var ConnectorClasses = []string{"void", "lumen", "polymer", "housing", "deposit", "excluded:outside"}

func (c *connectorScene) truth(sums []sliceSum) ConnectorTruth {
	t := ConnectorTruth{Schema: "explant-truth/1", Kind: "connector", Parameters: c.Connector, Classes: ConnectorClasses,
		DeviceToScanner: c.pose.matrix(), VolumeMM3: c.volumes(sums), Mural: []*ClotTruth{}}
	if v := t.VolumeMM3; v.BloodSide > 0 {
		t.BurdenPct = 100 * v.Deposit / v.BloodSide
	}
	c.addPlanes(&t)
	t.Junctions = []Junction{c.tip(), c.gap()}
	for i := range c.clots {
		if mine := &c.clots[i]; mine.Junction == NoJunction {
			t.Mural = append(t.Mural, c.clotFacts(func(k *anchored) bool { return k == mine }, 0, false))
		}
	}
	return t
}

func (c *connectorScene) volumes(sums []sliceSum) (v ConnectorVolumes) {
	mm := c.SpacingUM / 1000
	var all sliceSum
	for _, sum := range sums {
		for class, n := range sum {
			all[class] += n * mm * mm * mm
		}
	}
	v = ConnectorVolumes{Void: all[classVoid], Polymer: all[classPolymer], Housing: all[classHousing],
		Deposit: all[classDeposit], Outside: all[classOutside], BloodSide: all[classVoid] + all[classDeposit]}
	if t := c.clotFacts(anyClot, 0, true); t != nil {
		v.Clot = t.VolumeMM3
	}
	return v
}

func (c *connectorScene) plane(s float64) ConnectorPlane {
	wall, free := c.lumen(s), c.free(s, anyClot)
	p := ConnectorPlane{AtMM: s, ReferenceMM2: math.Pi * wall.r * wall.r, FreeMM2: free.area, PerimeterMM: free.perimeter}
	p.ReductionPct = 100 * (1 - p.FreeMM2/p.ReferenceMM2)
	if p.PerimeterMM > 0 {
		p.HydraulicMM = 4 * p.FreeMM2 / p.PerimeterMM
	}
	return p
}

// addPlanes lists the planes of the image and finds the worst ones between them too.
func (c *connectorScene) addPlanes(t *ConnectorTruth) {
	from, to := c.imaged()
	mm := c.SpacingUM / 1000
	for k := math.Ceil(from / mm); k*mm <= to; k++ {
		p := c.plane(k * mm)
		t.Planes = append(t.Planes, p)
		t.MeanPct += p.ReductionPct
	}
	if len(t.Planes) == 0 {
		return
	}
	t.MeanPct /= float64(len(t.Planes))
	t.Worst, t.Narrowest = t.Planes[0], t.Planes[0]
	c.planes(from, to, func(s, _ float64) {
		p := c.plane(s)
		if p.ReductionPct > t.Worst.ReductionPct {
			t.Worst = p
		}
		if p.FreeMM2 < t.Narrowest.FreeMM2 {
			t.Narrowest = p
		}
	})
	t.InletMM, t.OutletMM = c.pose.scanner(t.Planes[0].AtMM), c.pose.scanner(t.Planes[len(t.Planes)-1].AtMM)
}

// scanner is the place in the scanner of the axis at s.
func (p *pose) scanner(s float64) (at [3]float64) {
	for i := range at {
		at[i] = p.tip[i] + s*p.rot[i][2]
	}
	return at
}

// imaged is the stretch of the axis whose planes cross the lumen wholly inside the image.
func (c *connectorScene) imaged() (from, to float64) {
	mm, lean := c.SpacingUM/1000, c.pose.rot[2][2]
	reach := c.BarbMM / 2 * math.Sqrt(1-lean*lean)
	low, high := -mm/2, (float64(c.N[2])-0.5)*mm
	return (low + reach - c.pose.tip[2]) / lean, (high - reach - c.pose.tip[2]) / lean
}

func (c *connectorScene) tip() Junction {
	j := Junction{Name: JunctionTip, Ledge: ledge(c.lumen(-1e-9), c.lumen(c.ChamferMM[1]+1e-9)), Edge: ledge(c.lumen(-1e-9), c.lumen(1e-9))}
	c.planes(0, c.BarbsMM[0], func(s, ds float64) { j.CreviceMM3 += c.crevice(s) * ds })
	j.Clot = c.clotFacts(func(k *anchored) bool { return k.Junction == JunctionTip }, 0, true)
	return j
}

func (c *connectorScene) gap() Junction {
	g := c.GapMM
	j := Junction{Name: JunctionGap, AtMM: (g[0] + g[1]) / 2, GapMM: g[1] - g[0]}
	j.Ledge = ledge(c.lumen(g[0]-1e-9), c.lumen(g[1]+1e-9))
	j.Edge = j.Ledge
	j.Clot = c.clotFacts(func(k *anchored) bool { return k.Junction == JunctionGap }, j.AtMM, false)
	return j
}

// String says the primary value: the largest reduction of the lumen.
func (t ConnectorTruth) String() string {
	if t.VolumeMM3.Clot == 0 {
		return "no deposit"
	}
	return fmt.Sprintf("lumen reduced by %.4g %% at most, %.3g mm from the tip, %.4g mm³ of deposit", t.Worst.ReductionPct, t.Worst.AtMM, t.VolumeMM3.Clot)
}
