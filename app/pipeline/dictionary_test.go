package pipeline

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"explant/analysis/measure"
	"explant/analysis/metrics"
	"explant/analysis/phantom"
	"explant/analysis/result"
	"explant/analysis/segment"
	"explant/io/open"
	"explant/volume"
	"explant/volume/parallel"
)

// dictionarySize is the side of the phantoms that test the dictionary. Smaller oxygenators hold too
// few fibres to be like a bundle.
const (
	dictionaryVoxels = 192
	dictionaryPixels = 1024
	connectorVoxels  = 192
	dictionarySeed   = 7
)

// allowed is how near the value of a metric must come to the truth of its phantom, relative to the
// larger of the truth and scale. The numbers are what the protocols reach on this seed, with a margin
// of about one half; they are there to catch a metric that measures something else.
var allowed = map[string]struct{ relative, scale float64 }{
	"dep.vf":          {0.08, 0},
	"dep.vol":         {0.10, 0},
	"dep.net":         {0.08, 0},
	"ref.vol":         {0.03, 1}, // mm³; there is none
	"rate.h":          {0.08, 0},
	"bs.vol":          {0.03, 0},
	"cls.vol":         {0.12, 0.1},
	"cls.vf":          {0.12, 1},
	"dep.n":           {0.5, 30},
	"dep.nd":          {0.5, 1},
	"dep.size":        {0.6, 0.002},
	"dep.max":         {0.25, 0.3},
	"dep.maxfrac":     {0.25, 20},
	"dep.thick":       {0.3, 60},
	"dep.area":        {0.25, 0},
	"dep.contact":     {0.25, 0},
	"dep.sphericity":  {0.25, 0},
	"dep.euler":       {0.5, 60},
	"dep.sv":          {0.25, 0},
	"dep.breadth":     {0.5, 2},
	"dep.radii":       {0.5, 60},
	"prof.axis":       {0.25, 2},
	"prof.zone":       {0.20, 2},
	"prof.wall":       {0.15, 2},
	"prof.radial":     {0.10, 5},
	"prof.angular":    {0.10, 5},
	"frame.layers":    {0, 1},
	"frame.section":   {1e-9, 1},
	"frame.faces":     {0.04, 1}, // 2 voxels; u is far below
	"dist.surf":       {0.3, 1},
	"perf.conn":       {0.05, 1},
	"perf.bottleneck": {0.3, 40},
	"perf.tort":       {0.03, 0},
	"gap.thick":       {0.15, 30},
	"fib.cover":       {0.25, 0},
	"hot.gi":          {0.5, 20}, // counts and places jump where a cell is just hot
	"hot.conc":        {0.1, 0},
	"sp.moran":        {0.2, 0.2},
	"sp.range":        {0.2, 0.1},
	"conn.lar":        {0.04, 20},
	"conn.dh":         {0.02, 0},
	"conn.step":       {0.10, 1},
	"conn.clot":       {0.25, 1},
	"if.pos":          {0.6, 0}, // the thin strands of H3Cit come out too wide
	"h.cells":         {0.1, 0},
	"net.dna":         {0.35, 0},
	"net.area":        {0.35, 0},
	"net.ratio":       {0.2, 0},
	"net.n":           {1, 20},
	"if.vol":          {0.25, 0},
	"if.vol.both":     {0.2, 0},
	"if.nuc":          {0.1, 0},
	"if.nuc.vol":      {0.2, 0},
	"net.dna.vol":     {0.25, 0},
	"net.vol":         {0.2, 0},
	"net.vol.n":       {1e-9, 1},
	"net.vol.ratio":   {0.2, 0},
	"co.manders":      {0.4, 0.5},
	"sem.fd":          {0.10, 0},
	"sem.or":          {0.5, 4}, // its bins are %, its order is below 1
	"sem.por":         {0.15, 0},
	"sem.cover":       {0.25, 0},
	"h.area.c":        {0.20, 0},
	"h.comp":          {0.10, 0},
	"h.area":          {0.20, 0},
	"h.tissue":        {0.12, 0},
	"pin.scale":       {0.05, 0},
	"ser.vol":         {0.20, 0},
	"ser.share":       {0.25, 0},
	"ser.lost":        {0, 1},
	"comp.vol":        {0.30, 0.003}, // one section a zone, which differs from its zone
	"comp.vf":         {0.30, 1},
	"comp.share":      {0.40, 20},
	"comp.section":    {0.30, 5},
}

// leastShare is the share of the blood-side space that a distance bin must hold to be compared: in the
// far corners of small phantoms it is a handful of voxels.
const leastShare = 0.02

// plausible bounds the metrics whose truth no phantom states.
var plausible = map[string][2]float64{
	"dep.floor":       {10, 300},    // µm: half a voxel to a fibre's wall and more
	"perf.kc":         {0.5, 1},     // void is an eighth less, its surface about as large
	"if.int":          {100, 30000}, // counts of the camera
	"net.like":        {0, 30},      // %
	"net.like.n":      {0, 5000},
	"if.both":         {0, 100}, // %
	"if.layer":        {0, 80},  // %
	"co.pearson":      {-0.1, 1},
	"co.manders.both": {0, 1},
	"co.costes":       {0, 1},
	"h.od":            {0.2, 2}, // above the threshold, below what a camera resolves
	"ser.resid":       {0, 10},  // µm or pixels
	"ser.sim":         {0.5, 1},
	"pin.resid":       {0, 30}, // µm: points are off by up to 26
	"pin.move":        {1, 80},
	"pin.info":        {0.05, 4},
	"h.sat":           {0, 5},    // %
	"h.type":          {50, 100}, // %: the larger of two shares
	"h.layer":         {0, 100},  // %
	"h.cover":         {10, 100}, // %
	"h.bridge":        {0, 100},  // %
	"h.section":       {30, 95},  // %: more than the tissue, less than the slide, whose lumens are wide
	"px.sure":         {50, 100}, // %: half of the votes of two classes, or more
}

// TestEveryMetricOfTheDictionaryHasItsPhantom measures the phantoms that the dictionary names. Every
// entry must come out of its phantom near the truth, and nothing may come out that has no entry.
func TestEveryMetricOfTheDictionaryHasItsPhantom(t *testing.T) {
	got := map[string][]result.Measurement{} // by phantom
	truth := map[string]map[[3]string]float64{}
	got["oxygenator"], truth["oxygenator"] = measuredOxygenator(t)
	got["connector"], truth["connector"] = measuredConnector(t)
	got["if"], truth["if"] = measuredFluorescence(t)
	got["if-stack"], truth["if-stack"] = measuredFocal(t)
	got["sem"], truth["sem"] = measuredSEM(t)
	got["dab"], truth["dab"] = measuredSlide(t, "dab", "slide-dab", "marker:dab")
	got["carstairs"], truth["carstairs"] = measuredSlide(t, "carstairs", "slide-carstairs", "rbc", "fibrin", "platelet", "collagen")
	pinned, place := measuredPin(t)
	got["oxygenator"] = append(got["oxygenator"], pinned...)
	maps.Copy(truth["oxygenator"], place)
	got["serial"], truth["serial"] = measuredSerial(t)
	got["device"], truth["device"] = measuredDevice(t)
	classified, certain := measuredClassifier(t)
	got["dab"] = append(got["dab"], classified...)
	maps.Copy(truth["dab"], certain)
	for kind, all := range got {
		for _, m := range all {
			d, ok := metrics.Lookup(m.Metric)
			switch {
			case !ok:
				t.Errorf("%s phantom: %s is not in the dictionary", kind, m.Metric)
			case !d.Allows(m.Unit):
				t.Errorf("%s phantom: %s %s comes in %q, the dictionary says %q", kind, m.Metric, m.Part, m.Unit, d.Unit)
			}
		}
	}
	for _, d := range metrics.All() {
		judge(t, d, got[d.Phantom], truth[d.Phantom])
	}
}

func judge(t *testing.T, d metrics.Metric, got []result.Measurement, truth map[[3]string]float64) {
	seen, compared := 0, 0
	for _, m := range got {
		if m.Metric != d.ID {
			continue
		}
		seen++
		if b, ok := plausible[d.ID]; ok {
			compared++
			if m.Value < b[0] || m.Value > b[1] {
				t.Errorf("%s %s: %g %s is not in %v", m.Metric, m.Part, m.Value, m.Unit, b)
			}
			continue
		}
		want, ok := truth[key(m)]
		if !ok {
			continue // a bin or part that the truth does not have
		}
		if m.Metric == "dist.surf" && m.Denominator != nil && *m.Denominator < leastShare {
			continue
		}
		compared++
		a := allowed[d.ID]
		if off := math.Abs(m.Value-want) / max(math.Abs(want), a.scale); !(off <= a.relative) {
			t.Errorf("%s %q of %q: %g %s, truth %g (off by %.0f %%)", m.Metric, m.Part, m.DenominatorName, m.Value, m.Unit, want, 100*off)
		}
	}
	if seen == 0 || compared == 0 {
		t.Errorf("%s: its phantom %q gives %d values, %d of them with a truth", d.ID, d.Phantom, seen, compared)
	}
}

func key(m result.Measurement) [3]string { return [3]string{m.Metric, m.Part, m.DenominatorName} }

// measuredOxygenator runs oxygenator-ct on the phantom. The truth is the same measurement on the true
// labels, whose arithmetic analysis/measure holds against closed forms; volumes by sub-voxel coverage
// replace the counted ones.
func measuredOxygenator(t *testing.T) ([]result.Measurement, map[[3]string]float64) {
	t.Helper()
	dir := t.TempDir()
	made, err := MakePhantom(t.Context(), "oxygenator", dir, PhantomOptions{Size: dictionaryVoxels, Seed: dictionarySeed}, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	p := rules(t, "oxygenator-ct")
	file := filepath.Join(dir, "frame.yaml") // the inside of the housing, inlet and outlet on its ends
	writeText(t, file, `version: 1
kind: stacked
inlet: [1.91, 1.91, -0.01]
outlet: [1.91, 1.91, 3.83]
axes: [[0, 0, 1], [1, 0, 0], [0, 1, 0]]
width: [3.44, 3.44]
sections:
  - section: S1
    affine_mm: [[1, 0, 0, 0.19], [0, 1, 0, 1.91], [0, 0, 1, 0.95], [0, 0, 0, 1]]
`)
	f, err := LoadFrame(file)
	if err != nil {
		t.Fatal(err)
	}
	unused, err := MakePhantom(t.Context(), "oxygenator", filepath.Join(dir, "unused"), PhantomOptions{Size: dictionaryVoxels, Seed: dictionarySeed, Unused: true}, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	res := analyzed(t, Job{Input: made.Image, Protocol: p, Frame: file, Reference: unused.Image, Device: map[string]string{"run.hours": "24"}, Out: filepath.Join(dir, "result")})
	if in := res.Inputs["reference"]; !strings.HasPrefix(in, "volume.nrrd, sha256 ") {
		t.Errorf("the reference stands among the inputs as %q", in)
	}

	grey := load[uint16](t, made.Image)
	labels := load[uint8](t, filepath.Join(dir, "truth.nrrd"))
	var facts phantom.Truth
	readJSON(t, filepath.Join(dir, "truth.json"), &facts)
	truth := trueValues(t, grey, labels, p.Measure, measure.Input{Axis: "z", Frame: &f})
	for part, v := range map[string]float64{"u": 0.25, "v": 0, "w": 0.5} {
		truth[[3]string{"frame.section", "S1: corner, " + part, ""}] = v
	}
	truth[[3]string{"dep.vol", "", ""}] = facts.VolumeMM3.Deposit
	truth[[3]string{"bs.vol", "", ""}] = facts.VolumeMM3.BloodSide
	truth[[3]string{"dep.vf", "", "blood-side space (mm3)"}] = facts.BurdenPct
	shared := "blood-side space that both scans show (mm3)"
	truth[[3]string{"dep.net", "", shared}], truth[[3]string{"dep.net", "grey difference", shared}] = facts.BurdenPct, facts.BurdenPct
	truth[[3]string{"rate.h", "", "run time (h)"}] = facts.BurdenPct / 24
	truth[[3]string{"ref.vol", "", ""}] = 0
	truth[[3]string{"frame.layers", "", ""}] = float64(len(facts.Mats))
	for i, m := range facts.Mats {
		truth[[3]string{"frame.faces", fmt.Sprintf("mat %d: inlet face", i+1), ""}] = m.FromMM
		truth[[3]string{"frame.faces", fmt.Sprintf("mat %d: outlet face", i+1), ""}] = m.ToMM
	}
	return res.Measurements, truth
}

func trueValues(t *testing.T, grey *volume.Volume[uint16], labels *volume.Labels, p *measure.Params, in measure.Input) map[[3]string]float64 {
	t.Helper()
	s := &segment.Segmentation{Labels: labels, Levels: [segment.ClassCount]float64{6000, 6000, 20000, 26000, 29000}}
	f, err := measure.Volume(t.Context(), grey, s, *p, in, parallel.Options{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	truth := map[[3]string]float64{}
	for _, m := range f.Measurements {
		truth[key(m)] = m.Value
	}
	return truth
}

// measuredConnector runs connector-ct on its phantom, whose truth is closed forms along the axis.
func measuredConnector(t *testing.T) ([]result.Measurement, map[[3]string]float64) {
	t.Helper()
	dir := t.TempDir()
	made, err := MakePhantom(t.Context(), "connector", dir, PhantomOptions{Size: connectorVoxels, Seed: dictionarySeed}, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	file, p := filepath.Join(dir, "frame.yaml"), rules(t, "connector-ct")
	writeText(t, file, "version: 1\nkind: connector\ninlet: [8.15, 8.15, 0]\noutlet: [8.15, 8.15, 16.3]\nwidth: [10, 10]\n")
	f, err := LoadFrame(file)
	if err != nil {
		t.Fatal(err)
	}
	res := analyzed(t, Job{Input: made.Image, Protocol: p, Frame: file, Out: filepath.Join(dir, "result")})
	var facts phantom.ConnectorTruth
	readJSON(t, filepath.Join(dir, "truth.json"), &facts)
	truth := map[[3]string]float64{
		{"conn.lar", "max", "lumen without deposit (mm2)"}: facts.Worst.ReductionPct,
		{"conn.lar", "mean", ""}:                           facts.MeanPct,
		{"conn.dh", "", ""}:                                facts.Worst.HydraulicMM,
		{"dep.vf", "", "blood-side space (mm3)"}:           facts.BurdenPct,
		{"dep.vol", "", ""}:                                facts.VolumeMM3.Deposit,
		{"bs.vol", "", ""}:                                 facts.VolumeMM3.BloodSide,
		{"cls.vol", "polymer", ""}:                         facts.VolumeMM3.Polymer + facts.VolumeMM3.Housing,
	}
	grey, labels := load[uint16](t, made.Image), load[uint8](t, filepath.Join(dir, "truth.nrrd"))
	for k, v := range trueValues(t, grey, labels, p.Measure, measure.Input{Axis: "z", Frame: &f}) {
		if k[0] == "prof.radial" || k[0] == "prof.angular" {
			truth[k] = v
		}
	}
	for _, j := range facts.Junctions {
		truth[[3]string{"conn.step", j.Name + ": place from the tip", ""}] = j.AtMM
		truth[[3]string{"conn.step", j.Name + ": ledge, mean", ""}] = j.Ledge.MeanMM
		truth[[3]string{"conn.step", j.Name + ": ledge, max", ""}] = j.Ledge.MaxMM
		truth[[3]string{"conn.step", j.Name + ": gap", ""}] = j.GapMM
		addClot(truth, j.Name, j.Clot)
	}
	addClot(truth, "away from junctions", facts.Mural[0])
	for _, m := range res.Measurements { // those that other phantoms test too
		if a := allowed[m.Metric]; len(m.Metric) > 3 && (m.Metric[:3] == "dep" || m.Metric == "bs.vol" || m.Metric == "cls.vol") {
			if want, ok := truth[key(m)]; ok && math.Abs(m.Value-want) > a.relative*want {
				t.Errorf("connector: %s %q is %g %s, truth %g", m.Metric, m.Part, m.Value, m.Unit, want)
			}
		}
	}
	return res.Measurements, truth
}

func addClot(truth map[[3]string]float64, name string, c *phantom.ClotTruth) {
	for part, v := range map[string]float64{
		"present": 1, "volume": c.VolumeMM3, "upstream": c.UpstreamMM3, "downstream": c.DownstreamMM3, "axial length": c.LengthMM,
		"angular extent": c.ExtentDeg, "height": c.HeightMM, "protrusion": c.ProtrusionMM, "distance to the tip": c.DistanceMM,
	} {
		truth[[3]string{"conn.clot", name + ": " + part, ""}] = v
	}
}

// measuredSlide runs a protocol on the phantom of its stain.
func measuredSlide(t *testing.T, kind, protocol string, classes ...string) ([]result.Measurement, map[[3]string]float64) {
	t.Helper()
	dir := t.TempDir()
	made, err := MakePhantom(t.Context(), kind, dir, PhantomOptions{Size: dictionaryPixels, Seed: dictionarySeed}, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	res := analyzed(t, Job{Input: made.Image, Protocol: rules(t, protocol), Out: filepath.Join(dir, "result")})
	var facts phantom.SlideTruth
	readJSON(t, filepath.Join(dir, "truth.json"), &facts)
	truth := map[[3]string]float64{
		{"h.tissue", "tissue", "region (mm2)"}: 100 * facts.TissuePX / facts.RegionPX,
		{"h.area", "tissue", ""}:               facts.TissueMM2,
	}
	for _, class := range classes {
		area := facts.Area(class)
		truth[[3]string{"h.area.c", class, "tissue (mm2)"}] = area.TissuePercent
		truth[[3]string{"h.area.c", class, "region (mm2)"}] = area.RegionPercent
		truth[[3]string{"h.comp", class, "tissue (mm2)"}] = area.TissuePercent
		truth[[3]string{"h.area", class, ""}] = area.MM2
	}
	return res.Measurements, truth
}

func load[T volume.Voxel](t *testing.T, path string) *volume.Volume[T] {
	t.Helper()
	r, err := open.Path(t.Context(), path, open.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	loaded, _, err := open.Volume(t.Context(), r, open.Load{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	v, ok := loaded.(*volume.Volume[T])
	if !ok {
		t.Fatalf("%s holds a %T", path, loaded)
	}
	return v
}

func writeText(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readJSON(t *testing.T, path string, v any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, v); err != nil {
		t.Fatal(err)
	}
}
