package phantom

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"explant/volume"
	"explant/volume/parallel"
)

func makeConnector(t *testing.T, c Connector) (*volume.Volume[uint16], *volume.Labels, ConnectorTruth) {
	t.Helper()
	grey, labels, truth, err := c.Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return grey, labels, truth
}

// Coverage of all voxels adds up to the integral over planes: 0.5 % holds at 0.26 mm voxels, to which
// the crevice of 0.26 mm at its mouth is a single voxel.
func TestConnectorCoverageEqualsItsIntegral(t *testing.T) {
	for seed := range uint64(3) {
		_, _, truth := makeConnector(t, DefaultConnector(64, seed))
		if v := truth.VolumeMM3; math.Abs(v.Deposit/v.Clot-1) > 0.005 {
			t.Errorf("seed %d: %.3f mm³ of deposit by coverage, %.3f by integral", seed, v.Deposit, v.Clot)
		}
		clots := truth.Junctions[0].Clot.VolumeMM3 + truth.Junctions[1].Clot.VolumeMM3 + truth.Mural[0].VolumeMM3
		if math.Abs(clots/truth.VolumeMM3.Clot-1) > 1e-9 { // these do not overlap
			t.Errorf("seed %d: clots add up to %v of %v mm³", seed, clots, truth.VolumeMM3.Clot)
		}
	}
}

// Every voxel by 5 x 5 x 5 points gives the classes their volumes, to 0.3 % or the noise of the points.
func TestConnectorCoverageEqualsSupersampling(t *testing.T) {
	c := DefaultConnector(32, 7)
	_, labels, truth := makeConnector(t, c)
	s, mm := newConnectorScene(c), c.SpacingUM/1000
	var volumes [classCount]float64
	agree := 0
	for i, label := range labels.Data {
		x, y, z := float64(i%32), float64(i/32%32), float64(i/1024)
		var count [classCount]int
		for k := range 125 {
			p := vec{x + float64(k%5-2)/5, y + float64(k/5%5-2)/5, z + float64(k/25-2)/5}
			class, _ := s.at(0, 0, 0, p)
			count[class]++
			volumes[class] += mm * mm * mm / 125
		}
		if count[label] == slices.Max(count[:]) {
			agree++
		}
	}
	v := truth.VolumeMM3
	for class, got := range map[uint8]float64{classVoid: v.Void, classPolymer: v.Polymer, classHousing: v.Housing, classDeposit: v.Deposit, classOutside: v.Outside} {
		if math.Abs(got-volumes[class]) > 0.003*volumes[class]+0.3 {
			t.Errorf("%s: %.2f mm³, by many points %.2f", ConnectorClasses[class], got, volumes[class])
		}
	}
	if share := float64(agree) / float64(len(labels.Data)); share < 0.97 {
		t.Errorf("%.4f of the labels are the class of most points", share)
	}
}

// The areas of planes equal counting on a fine grid: 0.3 % of the lumen.
func TestConnectorPlanesEqualCounting(t *testing.T) {
	c := DefaultConnector(64, 3)
	s := newConnectorScene(c)
	for _, at := range []float64{-6.3, -5.8, -2.5, -1, -0.2, 0.1, 0.9, 2.1, 4.7, 5.3, 5.5, 5.9, 6.05, 6.8} {
		const step = 0.02
		var free, reference float64
		for y := -5.5; y < 5.5; y += step {
			for x := -5.5; x < 5.5; x += step {
				if s.lumen(at).contains(x, y) {
					reference += step * step
					if s.class(x, y, at) == classVoid {
						free += step * step
					}
				}
			}
		}
		p := s.plane(at)
		if math.Abs(p.FreeMM2-free) > 0.003*reference || math.Abs(p.ReferenceMM2-reference) > 0.003*reference {
			t.Errorf("at %v mm: free %.3f of %.3f mm², counted %.3f of %.3f", at, p.FreeMM2, p.ReferenceMM2, free, reference)
		}
	}
}

// bare is a connector without clot and without any shift.
func bare() Connector {
	c := DefaultConnector(32, 1)
	c.Clots, c.CreviceFillMM, c.TubeShiftMM, c.SecondOffMM = nil, 0, 0, 0
	return c
}

func TestConnectorPlanesEqualFormulas(t *testing.T) {
	ring, crescent := bare(), bare()
	ring.Clots = []Clot{{Name: "ring", AtMM: 2, UpMM: 1, DownMM: 1, ProtrusionMM: 0.8}}
	crescent.Clots = []Clot{{Name: "crescent", AtMM: 2, UpMM: 1, DownMM: 1, ProtrusionMM: 1.2, RadiusMM: 6, DirectionDeg: 33}}
	const r = 4.3 // of the bore
	offset := 6 - (r - 1.2)
	for name, c := range map[string]struct {
		of         Connector
		area, rims float64
	}{
		"bare":     {bare(), math.Pi * r * r, 2 * math.Pi * r},
		"ring":     {ring, math.Pi * (r - 0.8) * (r - 0.8), 2 * math.Pi * (r - 0.8)},
		"crescent": {crescent, lens(offset, r, 6), 2*r*math.Acos((offset*offset+r*r-36)/(2*offset*r)) + 12*math.Acos((offset*offset+36-r*r)/(12*offset))},
	} {
		p := newConnectorScene(c.of).plane(2)
		if math.Abs(p.FreeMM2-c.area) > 1e-9 || math.Abs(p.HydraulicMM-4*c.area/c.rims) > 1e-9 || math.Abs(p.ReductionPct-100*(1-c.area/(math.Pi*r*r))) > 1e-9 {
			t.Errorf("%s: %+v, want %v mm² and %v mm", name, p, c.area, c.rims)
		}
	}
}

func TestConnectorLedges(t *testing.T) {
	c := bare()
	j := newConnectorScene(c).tip()
	lift := 0.5 / (0.5 + 1.1) * (4.925 - 4.7625) // the tube widens before the tip
	if want := 4.7625 + lift - 4.3; math.Abs(j.Ledge.MeanMM-want) > 1e-6 || math.Abs(j.Ledge.MaxMM-want) > 1e-6 || math.Abs(j.Edge.MaxMM-want+0.15) > 1e-6 {
		t.Errorf("centred: %+v and %+v, want %v mm", j.Ledge, j.Edge, want)
	}
	c.TubeShiftMM, c.TubeShiftDeg = 0.2, 75
	j = newConnectorScene(c).tip()
	shift := 0.2 * 1.1 / 1.6
	if want := 4.7625 + lift - 4.3 + shift; math.Abs(j.Ledge.MaxMM-want) > 1e-6 || math.Abs(j.Ledge.MinMM-want+2*shift) > 1e-6 || math.Abs(j.Ledge.MaxDeg-75) > 0.1 {
		t.Errorf("shifted: %+v, want at most %v mm at 75°", j.Ledge, want)
	}
	// The crevice is what a widening tube leaves around the cone of the barb, both frusta.
	frustum := func(a, b float64) float64 { return math.Pi / 3 * 1.1 * (a*a + a*b + b*b) }
	if want := frustum(4.7625+lift, 4.925) - frustum(4.55, 4.925); math.Abs(j.CreviceMM3-want) > 1e-5 {
		t.Errorf("crevice of %v mm³, want %v", j.CreviceMM3, want)
	}
}

// The facts of a clot equal what its points say: places 0.02 mm apart, directions 1° apart.
func TestConnectorClotsEqualTheirPoints(t *testing.T) {
	c := DefaultConnector(64, 5)
	c.CreviceFillMM = 0
	s := newConnectorScene(c)
	tube := s.lumen(-3)
	for _, want := range []*ClotTruth{s.tip().Clot, s.gap().Clot} {
		var height, protrusion, extent float64
		for at := want.FromMM + 0.01; at < want.ToMM; at += 0.02 {
			wall, turned := s.lumen(at), 0.0
			for deg := range 360 {
				sin, cos := math.Sincos(float64(deg) * math.Pi / 180)
				for h := 0.001; h < 2.5; h += 0.01 {
					x, y := wall.x+(wall.r-h)*cos, wall.y+(wall.r-h)*sin
					if s.class(x, y, at) != classDeposit {
						break
					}
					if h == 0.001 {
						turned++
					}
					height = max(height, h)
					protrusion = max(protrusion, tube.r-math.Hypot(x-tube.x, y-tube.y))
				}
			}
			extent = max(extent, turned)
		}
		if math.Abs(want.HeightMM-height) > 0.02 || math.Abs(want.ProtrusionMM-protrusion) > 0.02 || math.Abs(want.ExtentDeg-extent) > 4 {
			t.Errorf("%+v, by points height %.3f, protrusion %.3f, extent %.0f", *want, height, protrusion, extent)
		}
	}
}

func TestUnusedConnectorIsTheSameElsewhere(t *testing.T) {
	used := DefaultConnector(48, 9)
	_, _, with := makeConnector(t, used)
	_, labels, without := makeConnector(t, used.Reference())
	if slices.Contains(labels.Data, classDeposit) || without.VolumeMM3.Clot != 0 || without.Worst.ReductionPct != 0 {
		t.Errorf("an unused connector holds %+v", without.VolumeMM3)
	}
	if with.DeviceToScanner == without.DeviceToScanner {
		t.Error("both lie the same in the scanner")
	}
	if a, b := with.Junctions[0], without.Junctions[0]; a.Ledge != b.Ledge || math.Abs(a.CreviceMM3/b.CreviceMM3-1) > 1e-6 {
		t.Errorf("tips differ: %+v and %+v", a, b)
	}
}

func TestPoseIsARotation(t *testing.T) {
	p := DefaultConnector(64, 2).drawPose(0)
	for i, place := range [][3]float64{{0, 0, 0}, {1, 2, 3}, {-4, 0.5, -7}} {
		m := p.matrix()
		var at [3]float64
		for a := range 3 {
			at[a] = m[a][0]*place[0] + m[a][1]*place[1] + m[a][2]*place[2] + m[a][3]
		}
		x, y, s := p.device(at[0], at[1], at[2])
		if math.Abs(x-place[0])+math.Abs(y-place[1])+math.Abs(s-place[2]) > 1e-12 {
			t.Errorf("place %d comes back as %v %v %v", i, x, y, s)
		}
	}
	if tilt := math.Acos(p.rot[2][2]) * 180 / math.Pi; tilt < 1.25 || tilt > 2.5 {
		t.Errorf("tilted by %v°", tilt)
	}
}

func TestConnectorDoesNotDependOnWorkers(t *testing.T) {
	c := DefaultConnector(48, 3)
	want, labels, truth, err := c.Make(t.Context(), parallel.Options{Workers: 1, Depth: 48}, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, again, other, err := c.Make(t.Context(), parallel.Options{Workers: 8, Depth: 3}, nil)
	if err != nil || !slices.Equal(got.Data, want.Data) || !slices.Equal(again.Data, labels.Data) || fmt.Sprint(other.VolumeMM3, other.Worst) != fmt.Sprint(truth.VolumeMM3, truth.Worst) {
		t.Errorf("1 and 8 workers differ, error %v", err)
	}
}

func TestImpossibleConnectors(t *testing.T) {
	for name, spoil := range map[string]func(*Connector){
		"voxels":   func(c *Connector) { c.N[2] = 8 },
		"spacing":  func(c *Connector) { c.SpacingUM = math.NaN() },
		"bore":     func(c *Connector) { c.BoreMM = 9.2 },
		"barbs":    func(c *Connector) { c.BarbsMM[1] = 3 },
		"gap":      func(c *Connector) { c.GapMM = [2]float64{6, 6} },
		"wall":     func(c *Connector) { c.WallMM = 0 },
		"scanner":  func(c *Connector) { c.Scanner.Correlation = 2 },
		"tilt":     func(c *Connector) { c.TiltDeg = 80 },
		"length":   func(c *Connector) { c.Clots[0].UpMM = 0 },
		"plug":     func(c *Connector) { c.Clots[0].ProtrusionMM = 4 },
		"crescent": func(c *Connector) { c.Clots[1].RadiusMM = 3 },
		"nowhere":  func(c *Connector) { c.Clots[1].AtMM = math.Inf(1) },
		"shift":    func(c *Connector) { c.TubeShiftMM = 1 },
		"samples":  func(c *Connector) { c.Coverage = 0 },
		"chamfer":  func(c *Connector) { c.ChamferMM[1] = 5 },
		"two":      func(c *Connector) { c.N[0], c.WallMM = 4, -1 },
		"crevice":  func(c *Connector) { c.CreviceFillMM = -1 },
	} {
		c := DefaultConnector(32, 1)
		spoil(&c)
		if _, _, _, err := c.Make(t.Context(), parallel.Options{}, nil); !errors.Is(err, ErrPhantom) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, _, err := DefaultConnector(32, 1).Make(ctx, parallel.Options{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func ExampleConnector_Make() {
	c := DefaultConnector(32, 1)
	grey, _, truth, err := c.Make(context.Background(), parallel.Options{}, nil)
	fmt.Println(grey.N, truth.Junctions[0].Name, truth.Junctions[1].Name, err)
	fmt.Println(truth)
	// Output:
	// [32 32 32] tip gap <nil>
	// lumen reduced by 36.15 % at most, -0.0025 mm from the tip, 64.56 mm³ of deposit
}

func BenchmarkConnector(b *testing.B) {
	c := DefaultConnector(128, 1)
	b.Run("n=128", func(b *testing.B) {
		b.SetBytes(int64(2 * c.Grid().Len()))
		for b.Loop() {
			if _, _, _, err := c.Make(b.Context(), parallel.Options{}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
