package connector

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"explant/analysis/measure"
	"explant/analysis/phantom"
	"explant/analysis/result"
	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/parallel"
)

// smallest is about the least size at which the phantom's walls are thick enough.
const smallest = 112

// sample is the used connector of seed 1 and what was found in it, made once.
var sample = sync.OnceValue(func() (out struct {
	grey  *volume.Volume[uint16]
	truth phantom.ConnectorTruth
	seg   *segment.Segmentation
	model *Model
	err   error
}) {
	ctx := context.Background()
	if out.grey, _, out.truth, out.err = phantom.DefaultConnector(smallest, 1).Make(ctx, parallel.Options{}, nil); out.err == nil {
		out.seg, out.model, out.err = Segment(ctx, out.grey, Params{}, "z", parallel.Options{Workers: 1}, nil)
	}
	return out
})

// found is the segmentation and the measurements of the sample.
func found(t *testing.T, scaleRel *float64) (*segment.Segmentation, result.Findings) {
	t.Helper()
	s := sample()
	if s.err != nil {
		t.Fatal(s.err)
	}
	var f result.Findings
	s.model.Findings(&f, scaleRel, 0)
	return s.seg, f
}

func measured(t *testing.T, v *volume.Volume[uint16], axis string, workers int) (*segment.Segmentation, result.Findings) {
	t.Helper()
	s, m, err := Segment(t.Context(), v, Params{}, axis, parallel.Options{Workers: workers}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var f result.Findings
	m.Findings(&f, nil, 100)
	return s, f
}

func TestWorkersDoNotMatter(t *testing.T) {
	one, f := found(t, nil)
	many, g := measured(t, sample().grey, "z", 8)
	if !slices.Equal(one.Labels.Data, many.Labels.Data) || fmt.Sprint(texts(f)) != fmt.Sprint(texts(g)) {
		t.Error("the number of workers changes the result")
	}
}

func texts(f result.Findings) (out []string) {
	for _, m := range f.Measurements {
		out = append(out, fmt.Sprintf("%s %s %v", m.Metric, m.Part, m.Value))
	}
	return out
}

// turned gives the volume with x, y, z of the old one along y, z, x.
func turned(v *volume.Volume[uint16]) *volume.Volume[uint16] {
	g := v.Grid
	for a := range 3 {
		g.N[(a+1)%3], g.Spacing[(a+1)%3] = v.N[a], v.Spacing[a]
	}
	g.Calibration.Stated = g.Spacing
	out := volume.New[uint16](g)
	for z := range v.N[2] {
		for y := range v.N[1] {
			for x := range v.N[0] {
				out.Data[out.Offset(z, x, y)] = v.At(x, y, z)
			}
		}
	}
	return out
}

func TestAnyAxisGivesTheSame(t *testing.T) {
	_, along := found(t, nil)
	v := sample().grey
	_, across := measured(t, turned(v), "", 0) // the axis is found
	_, against := measured(t, v, "-z", 0)
	for _, row := range [][2]string{{"conn.lar", "max"}, {"conn.dh", ""}, {"conn.clot", "gap: volume"}} {
		a, b, c := value(t, along, row[0], row[1]), value(t, across, row[0], row[1]), value(t, against, row[0], row[1])
		if math.Abs(a-b) > 0.001*a || math.Abs(a-c) > 0.02*a {
			t.Errorf("%v: along z %g, along x %g, against z %g", row, a, b, c)
		}
	}
	tip, exit := value(t, along, "conn.step", "tip: ledge, mean"), value(t, against, "conn.step", "exit: ledge, mean")
	if math.Abs(tip+exit) > 0.05*tip {
		t.Errorf("the ledge is %g along the flow and %g against it", tip, exit)
	}
}

func TestUncalibratedGivesRatiosOnly(t *testing.T) {
	found(t, nil)
	v := *sample().grey
	v.Spacing, v.Calibration = [3]float64{}, volume.Calibration{}
	_, f := measured(t, &v, "z", 0)
	for _, m := range f.Measurements {
		if strings.HasPrefix(m.Unit, "mm") {
			t.Errorf("%s %s is given as %g %s", m.Metric, m.Part, m.Value, m.Unit)
		}
	}
	withheld := slices.ContainsFunc(f.NotMeasured, func(w result.Withheld) bool { return w.Metric == "conn.dh" && w.Reason == uncalibrated })
	if got := value(t, f, "conn.lar", "max"); got < 30 || got > 40 || !withheld {
		t.Errorf("reduced by %g %%, hydraulic diameter withheld: %v", got, withheld)
	}
}

func TestScaleErrorBoundsLengths(t *testing.T) {
	_, bare := found(t, nil)
	_, f := found(t, result.F(0.01))
	for i, row := range f.Measurements {
		switch {
		case strings.HasSuffix(row.Part, ": volume") && row.Value > 0:
			want := math.Hypot(0.06*row.Value, *bare.Measurements[i].UHi-row.Value)
			if math.Abs(*row.UHi-row.Value-want) > 1e-9 {
				t.Errorf("%s: up to %g, want %g more than %g", row.Part, *row.UHi, want, row.Value)
			}
		case row.Unit == "mm3" && row.Value > 0 && math.Abs(*row.UHi/row.Value-1.06) > 1e-9:
			t.Errorf("%s: up to %g", row.Part, *row.UHi)
		case row.Unit == "%" && *row.UHi != *bare.Measurements[i].UHi:
			t.Errorf("%s %s is a ratio of lengths", row.Metric, row.Part)
		}
	}
}

// The count and the occupancy of the border to void must agree: the border to polymer is not weighed.
func TestOccupancyAgreesWithTheCount(t *testing.T) {
	s, _ := found(t, nil)
	f, err := measure.Volume(t.Context(), sample().grey, s, measure.Params{}, measure.Input{Axis: "z"}, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	count, weighed := value(t, f, "dep.vol", ""), value(t, f, "dep.vol", "deposit:occupancy")
	if math.Abs(weighed/count-1) > 0.04 {
		t.Errorf("deposit by count %g, by occupancy %g", count, weighed)
	}
}

func TestWhatIsNoConnectorIsRefused(t *testing.T) {
	bundle, _, _, err := phantom.DefaultOxygenator(96, 1).Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	solid := volume.New[uint16](bundle.Grid)
	for i := range solid.Data {
		solid.Data[i] = uint16(20000 + i%7*1000)
	}
	for name, v := range map[string]*volume.Volume[uint16]{"bundle": bundle, "solid": solid} {
		for _, axis := range []string{"", "x", "z"} {
			_, _, err := Segment(t.Context(), v, Params{}, axis, parallel.Options{}, nil)
			if !errors.Is(err, ErrNoConnector) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s along %q: %v", name, axis, err)
			}
		}
	}
}

func TestChecks(t *testing.T) {
	for what, p := range map[string]Params{"speck_voxels": {SpeckVoxels: -1}, "film_voxels": {FilmVoxels: math.NaN()}} {
		if err := p.Check(); !errors.Is(err, ErrParameter) || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
	found(t, nil)
	if _, _, err := Segment(t.Context(), sample().grey, Params{}, "w", parallel.Options{}, nil); err == nil {
		t.Error("an axis w was taken")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Segment(ctx, sample().grey, Params{}, "z", parallel.Options{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestClotLikeTheConnectorIsFlagged(t *testing.T) {
	c := phantom.DefaultConnector(smallest, 1)
	c.DepositGrey = c.PolymerGrey
	grey, _, _, err := c.Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, m, err := Segment(t.Context(), grey, Params{}, "z", parallel.Options{}, nil)
	if err != nil {
		return // refused is as good
	}
	var f result.Findings
	m.Findings(&f, nil, 100)
	told := slices.ContainsFunc(s.Flags, func(f result.Flag) bool { return f.ID == unsureFlag })
	for _, x := range f.Measurements {
		if !told || !slices.Contains(x.Flags, unsureFlag) {
			t.Fatalf("%s %s stands without the flag %s", x.Metric, x.Part, unsureFlag)
		}
	}
	sure, g := found(t, nil)
	if slices.ContainsFunc(sure.Flags, func(f result.Flag) bool { return f.ID == unsureFlag }) || slices.Contains(g.Measurements[0].Flags, unsureFlag) {
		t.Error("clot that is brighter than the connector is flagged")
	}
}

func TestTooCoarseIsRefused(t *testing.T) {
	grey, _, _, err := phantom.DefaultConnector(80, 1).Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := Segment(t.Context(), grey, Params{}, "z", parallel.Options{}, nil); !errors.Is(err, ErrNoConnector) {
		t.Errorf("walls of 2 voxels: %v", err)
	}
}

// A circle seen on 60 % of the rays, a chord of clot on the others.
func TestEnvelopePrefersTheWall(t *testing.T) {
	wall := circle{0.3, -0.2, 20}
	var p [][2]float64
	for i, dir := range directions {
		r := wall.ray(0, 0, dir[0], dir[1])
		if i < rays*2/5 {
			r = min(r, 12/math.Max(math.Cos(2*math.Pi*(float64(i)-rays/5)/rays), 0.3))
		}
		p = append(p, [2]float64{r * dir[0], r * dir[1]})
	}
	got, share := envelope(p, circle{r: 20}, 1)
	if math.Hypot(got.x-wall.x, got.y-wall.y) > 0.05 || math.Abs(got.r-wall.r) > 0.05 || share < 0.58 {
		t.Errorf("found %+v on %.2f of the rays", got, share)
	}
}

func TestRobustLineIgnoresOutliers(t *testing.T) {
	var s, y []float64
	for i := range 40 {
		s, y = append(s, float64(i)), append(y, 3+0.25*float64(i))
		if i%5 == 0 {
			y[i] -= 8
		}
	}
	if l := robustLine(s, y); math.Abs(l.at-3) > 1e-6 || math.Abs(l.slope-0.25) > 1e-6 {
		t.Errorf("%+v", l)
	}
}

func TestLedgeOfShiftedCircles(t *testing.T) {
	avg, most, at := ledge(circle{0.5, 0, 10}, circle{0, 0, 9})
	// the wider one, shifted by d, is at r(1 - d² sin²/2r²) + d cos: mean 1 - d²/4r, most 1 + d in the direction of the shift
	if math.Abs(avg-(1-0.25/40)) > 1e-3 || math.Abs(most-1.5) > 1e-9 || at != 0 {
		t.Errorf("mean %g, most %g at %g degrees", avg, most, at)
	}
}

func ExampleSegment() {
	made := sample()
	if made.err != nil {
		fmt.Println(made.err)
		return
	}
	_, m, err := Segment(context.Background(), made.grey, Params{}, "z", parallel.Options{}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	var f result.Findings
	m.Findings(&f, nil, 100)
	largest := f.Measurements[0]
	fmt.Printf("%s %s within 3 points of the truth: %v\n", largest.Metric, largest.Part, math.Abs(largest.Value-made.truth.Worst.ReductionPct) < 3)
	// Output: conn.lar max within 3 points of the truth: true
}
