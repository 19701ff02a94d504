package pipeline

import (
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"explant/analysis/phantom"
	"explant/analysis/phantom/study"
	"explant/analysis/result"
	"explant/volume/parallel"
)

// heldTruth counts the intervals that hold the truth, and sums the squares of what they are held against.
type heldTruth struct {
	zones, covered       int
	squaredError, widths float64
}

// The intervals of fibrin, platelets and NETs (mm³) by zone, through all pictures and protocols: at least 90 % hold
// the truth, and their mean half-width is at most 3 times the RMS error. EXPLANT_DEVICES devices (12) from the seed
// 2001 on are made and measured, each for half a minute.
func TestAccuracyOfDevices(t *testing.T) {
	if os.Getenv("EXPLANT_VALIDATE") != "1" {
		t.Skip("set EXPLANT_VALIDATE=1 to measure 12 devices, or EXPLANT_DEVICES of them, with all their pictures")
	}
	devices := 12
	if n, err := strconv.Atoi(os.Getenv("EXPLANT_DEVICES")); err == nil {
		devices = n
	}
	sums := map[string]*heldTruth{"fibrin": {}, "platelet": {}, "net": {}}
	for seed := uint64(2001); seed < 2001+uint64(devices); seed++ {
		measured, truth := pictured(t, seed)
		for name, h := range sums {
			for _, z := range truth.Zones {
				h.add(t, measured, name+": "+z.Zone, volumeOf(z.ComponentMM3, name))
			}
		}
		for name, h := range sums {
			t.Logf("%d devices: %s: %d of %d", seed-2000, name, h.covered, h.zones)
		}
	}
	for name, h := range sums {
		width := h.widths / float64(h.zones) / math.Sqrt(h.squaredError/float64(h.zones))
		t.Logf("%s: %d of %d intervals hold the truth, half-width %.1f times the RMS error", name, h.covered, h.zones, width)
		if 10*h.covered < 9*h.zones || width > 3 {
			t.Errorf("%s: %d of %d, half-width %.2f times the RMS error", name, h.covered, h.zones, width)
		}
	}
}

// pictured makes a device with six sections in three stains and immunofluorescence and sums it up.
func pictured(t *testing.T, seed uint64) ([]result.Measurement, study.DeviceTruth) {
	t.Helper()
	dir := t.TempDir()
	plan := study.Default(seed)
	plan.Devices, plan.Unused, plan.Sections, plan.IF = 1, 0, 6, true
	plan.Stains = []string{phantom.SlideCarstairs, phantom.SlideMSB, phantom.SlideDAB}
	if _, err := MakePhantom(t.Context(), "device", dir, PhantomOptions{Seed: seed, Study: &plan}, Limits{}, parallel.Discard{}); err != nil {
		t.Fatal(err)
	}
	all, err := Summarise(t.Context(), Summary{Study: dir, Out: filepath.Join(dir, "out"), Resolve: builtin}, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	var facts study.Truth
	readJSON(t, filepath.Join(dir, "truth.json"), &facts)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	return all[0].Result.Measurements, facts.Devices[0]
}

func (h *heldTruth) add(t *testing.T, measured []result.Measurement, part string, truth float64) {
	t.Helper()
	for _, m := range measured {
		if m.Metric != "comp.vol" || m.Part != part {
			continue
		}
		h.zones++
		h.squaredError += (m.Value - truth) * (m.Value - truth)
		if m.ULo == nil || m.UHi == nil {
			t.Errorf("%s has no interval", part)
			return
		}
		h.widths += (*m.UHi - *m.ULo) / 2
		if *m.ULo <= truth && truth <= *m.UHi {
			h.covered++
		}
		return
	}
	t.Errorf("%s was not measured", part)
}

func volumeOf(c study.Composition, name string) float64 {
	switch name {
	case "fibrin":
		return c.Fibrin
	case "platelet":
		return c.Platelet
	}
	return c.NET
}
