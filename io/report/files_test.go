package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"explant/analysis/result"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with a file in testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		fatal(t, os.MkdirAll("testdata", 0o755))
		fatal(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	fatal(t, err)
	if !bytes.Equal(want, got) {
		t.Errorf("%s differs from %s; read the difference, then go test -update", name, path)
	}
}

func TestCSVHeader(t *testing.T) {
	const header = "image,device,sample,metric,part,value,unit,numerator,denominator,denominator_name,u_lo,u_hi,coverage,dominant,n_device,n_section,n_field,n_object,floor,flags,method\r\n"
	var b buffer
	fatal(t, WriteCSV(&b, nil))
	if b.String() != header {
		t.Errorf("header %q, want %q", b.String(), header)
	}
}

// The columns are the JSON fields of a measurement, in the same order.
func TestCSVColumnsAreTheJSONFields(t *testing.T) {
	data, err := json.Marshal(result.Measurement{})
	fatal(t, err)
	d := json.NewDecoder(bytes.NewReader(data))
	var fields []string
	for d.More() || len(fields) == 0 {
		token, err := d.Token()
		if err != nil {
			break
		}
		if name, ok := token.(string); ok && slices.Contains(Columns, name) {
			fields = append(fields, name)
		}
	}
	if !slices.Equal(fields, Columns) {
		t.Errorf("fields %v, columns %v", fields, Columns)
	}
}

func TestCSVGolden(t *testing.T) {
	all := demoVolumeResult(0.06).Measurements
	all[0].Sample = `mat 3, "inlet"` + "\nside"
	var b buffer
	fatal(t, WriteCSV(&b, all))
	golden(t, "measurements.csv", b.Bytes())
}

func TestValuesThatAreNotFiniteAreRefused(t *testing.T) {
	for name, m := range map[string]result.Measurement{
		"value": {Metric: "dep.vf", Value: math.NaN()}, "u_hi": {Metric: "dep.vf", UHi: f(math.Inf(1))},
	} {
		var b buffer
		if err := WriteCSV(&b, []result.Measurement{m}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: CSV error %v", name, err)
		}
		if err := WriteHTML(&b, result.Result{Measurements: []result.Measurement{m}}, Pictures{}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: HTML error %v", name, err)
		}
	}
}

func TestJSONGolden(t *testing.T) {
	r := demoVolumeResult(0.06)
	r.Measurements = r.Measurements[:3]
	var b buffer
	fatal(t, WriteJSON(&b, finished(r)))
	golden(t, "result.json", b.Bytes())
}

func TestIDFollowsTheContent(t *testing.T) {
	r := demoVolumeResult(0.06)
	a, err := ID(r)
	fatal(t, err)
	if a != r.ID || len(a) != idDigits {
		t.Errorf("id %q, in the result %q", a, r.ID)
	}
	r.Measurements[0].Value += 1e-9
	if b, _ := ID(r); a == b {
		t.Error("another value, the same id")
	}
	r.Measurements[0].Value = math.NaN()
	if _, err := ID(r); err == nil {
		t.Error("not-a-number: no error")
	}
}

func TestMissingFields(t *testing.T) {
	want := []string{"study.id", "device.id", "device.lot", "device.coating", "run.block", "run.hours", "handling.contrast", "sample.region"}
	if got := MissingFields(nil); !slices.Equal(got, want) {
		t.Errorf("nothing stated: %v, want %v", got, want)
	}
	device := map[string]string{}
	for _, k := range want {
		device[k] = "stated"
	}
	device["run.hours"] = "  "
	if got := MissingFields(device); !slices.Equal(got, []string{"run.hours"}) {
		t.Errorf("run time blank: %v", got)
	}
}

func TestMissingCountsWhatTheAnalysisMustKnow(t *testing.T) {
	r := demoVolumeResult(0)
	for _, k := range MissingFields(nil) {
		r.Device[k] = "stated"
	}
	r.Measurements[0].ULo, r.Measurements[0].Floor = nil, nil
	if got := Missing(r); !slices.Equal(got, []string{"imaging.pixel_size", "result.interval", "result.floor"}) {
		t.Errorf("uncalibrated, without interval and floor: %v", got)
	}
	r.Image.SpacingMM, r.Measurements = [3]float64{1, 1, 1}, []result.Measurement{measure("dep.vf", "", 5, 1, "%")}
	r.Measurements[0].Floor = f(0.1)
	if got := Missing(r); len(got) > 0 {
		t.Errorf("all stated: %v", got)
	}
}
