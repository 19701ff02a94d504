package report

import (
	"fmt"
	"strings"
	"testing"

	"explant/analysis/result"
)

// zoned is a result with a flow profile, two mats and three zones.
func zoned() result.Result {
	r := result.Result{}
	for i := range 4 {
		r.Measurements = append(r.Measurements, result.Measurement{Metric: "prof.axis", Part: fmt.Sprintf("%d..%d mm", i, i+1), Value: float64(4 - i), Unit: "%"})
	}
	for i, at := range [][2]float64{{0.5, 1.5}, {2, 3}} {
		for k, face := range []string{"inlet", "outlet"} {
			part := fmt.Sprintf("mat %d: %s face", i+1, face)
			r.Measurements = append(r.Measurements, result.Measurement{Metric: "frame.faces", Part: part, Value: at[k], Unit: "mm"},
				result.Measurement{Metric: "frame.faces", Part: part + ", u", Value: at[k] / 4, Unit: "1"})
		}
	}
	for i, zone := range []string{"inlet chamber", "mat 1", "a <b>"} {
		r.Measurements = append(r.Measurements, result.Measurement{Metric: "prof.zone", Part: zone, Value: float64(i), Unit: "%"})
	}
	return r
}

func TestMatsAreBandsUnderTheFlowProfile(t *testing.T) {
	r := zoned()
	found, _ := curves(r.Measurements)
	layered(found, r.Measurements)
	if len(found) != 1 || fmt.Sprint(found[0].mats) != "[[0.5 1.5] [2 3]]" {
		t.Fatalf("%+v", found)
	}
	p, err := found[0].plotted(nil)
	if err != nil || strings.Count(string(p.Wide), "var(--wash)") != 2 || !strings.Contains(p.Note, "2 mats") {
		t.Errorf("%v: %d bands, note %q", err, strings.Count(string(p.Wide), "var(--wash)"), p.Note)
	}
}

func TestZonesAreBars(t *testing.T) {
	r := zoned()
	p, ok, err := zones(r.Measurements)
	if err != nil || !ok || len(p.Rows) != 3 || p.Rows[0].Bin != "inlet chamber" {
		t.Fatalf("%v, %v: %+v", ok, err, p.Rows)
	}
	svg := string(p.Wide)
	if strings.Count(svg, "var(--accent)") != 3 || !strings.Contains(svg, "inlet chamber") || strings.Contains(svg, "<b>") {
		t.Errorf("%d bars in %s", strings.Count(svg, "var(--accent)"), svg)
	}
	if _, ok, _ := zones(r.Measurements[:12]); ok {
		t.Error("bars without zones")
	}
	for i := range r.Measurements {
		r.Measurements[i].Value = 0
	}
	if _, ok, err := zones(r.Measurements); !ok || err != nil {
		t.Errorf("zones without deposit: %v, %v", ok, err)
	}
}
