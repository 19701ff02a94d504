package pipeline

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"explant/analysis/protocol"
	"explant/analysis/result"
	"explant/volume/parallel"
)

// sample is the path of a file of the sample data, or skips the test where they are absent.
func sample(t *testing.T, name string) string {
	t.Helper()
	root := os.Getenv("EXPLANT_SAMPLES")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	path := filepath.Join(root, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no sample data: %s is absent; set EXPLANT_SAMPLES", path)
	}
	return path
}

func rules(t *testing.T, name string, sets ...string) protocol.Protocol {
	t.Helper()
	p, err := protocol.Resolve(name, nil, sets)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func analyzed(t *testing.T, job Job) result.Result {
	t.Helper()
	if job.Out == "" {
		job.Out = t.TempDir()
	}
	res, err := Analyze(t.Context(), job, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// value is the only measurement of the metric and part whose denominator's name begins with of.
func value(t *testing.T, res result.Result, metric, part, of string) float64 {
	t.Helper()
	var found []float64
	for _, m := range res.Measurements {
		if m.Metric == metric && m.Part == part && strings.HasPrefix(m.DenominatorName, of) {
			found = append(found, m.Value)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d measurements of %s %s of %s", len(found), metric, part, of)
	}
	return found[0]
}

// TestReferenceValues holds the program against values that others published or counted for the
// same files; how each is made is said in docs/methods/reference-values.md.
func TestReferenceValues(t *testing.T) {
	const exact = 5e-9 // %, the digits of the reference
	for _, c := range []struct {
		file, protocol   string
		sets             []string
		metric, part, of string
		want, tolerance  float64 // %
	}{
		{"microct/fiberform_100.tif", "volume-threshold", []string{"segment.classes=[{class: deposit, min_grey: 90, max_grey: 255}]"}, "cls.vf", "deposit", "", 16.714, exact},
		{"microct/polymer_slice_float32.tif", "volume-threshold", nil, "cls.vf", "void", "", 84.5488888889, exact},
		{"microct/hollow_tubes_nt_128.tif", "volume-threshold", nil, "cls.vf", "deposit", "", 63.140, 5e-4},
		{"histology/hdab_ecm_alex_pan_06.jpg", "slide-dab", nil, "h.area.c", "marker:dab", "region", 47.96, 2},
		{"histology/hdab_ecm_native_trop_02.jpg", "slide-dab", nil, "h.area.c", "marker:dab", "region", 7.29, 2},
		{"histology/psr_liver_tile02.jpg", "slide-psr", nil, "h.area.c", "collagen", "region", 17.57, 2},
	} {
		t.Run(filepath.Base(c.file), func(t *testing.T) {
			res := analyzed(t, Job{Input: sample(t, c.file), Protocol: rules(t, c.protocol, c.sets...), Axis: "z"})
			got := value(t, res, c.metric, c.part, c.of)
			t.Logf("%s by %s: %.10f %%, reference %.10g %%", c.file, c.protocol, got, c.want)
			if math.Abs(got-c.want) > c.tolerance {
				t.Errorf("%.10f %%, want %.10g within %g", got, c.want, c.tolerance)
			}
		})
	}
}
