package pipeline

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"explant/analysis/phantom/study"
	"explant/analysis/result"
	"explant/io/nrrd"
	"explant/volume"
	"explant/volume/parallel"
)

// smallScan makes an oxygenator phantom of 48 voxels of 20 µm in a folder of its own.
func smallScan(t *testing.T) (image, dir string) {
	t.Helper()
	dir = t.TempDir()
	made, err := MakePhantom(t.Context(), "oxygenator", dir, PhantomOptions{Size: 48, Seed: 1}, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	return made.Image, dir
}

// smallFrame is a frame of smallScan.
const smallFrame = "version: 1\nkind: cuboid\ninlet: [0.47, 0.47, -0.01]\noutlet: [0.47, 0.47, 0.95]\n"

// thirds writes a zone map of smallScan, one value a third along z, on a grid of its own.
func thirds(t *testing.T, file string, scale float32) {
	t.Helper()
	v := volume.New[float32](volume.Grid{N: [3]int{2, 2, 3}, Spacing: [3]float64{0.48, 0.48, 0.32}, Origin: [3]float64{0.23, 0.23, 0.15}})
	for i := range v.Data {
		v.Data[i] = scale * float32(i/4+1)
	}
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if err := nrrd.Write(t.Context(), f, v, nil); err != nil {
		t.Fatal(err)
	}
}

func part(res result.Result, metric, part string) (float64, bool) {
	for _, m := range res.Measurements {
		if m.Metric == metric && m.Part == part {
			return m.Value, true
		}
	}
	return 0, false
}

func TestFramesAndZonesAreInputs(t *testing.T) {
	image, dir := smallScan(t)
	file, zones := filepath.Join(dir, "frame.yaml"), filepath.Join(dir, "zones.nrrd")
	thirds(t, zones, 1)
	writeText(t, file, smallFrame+"zone_map: zones.nrrd\nzones: [{zone: inlet, value: 1}]\n")
	p := rules(t, "ct-panel")
	plain := analyzed(t, Job{Input: image, Protocol: p, Axis: "z", Views: -1})
	framed := analyzed(t, Job{Input: image, Protocol: p, Frame: file, Views: -1})
	points := analyzed(t, Job{Input: image, Protocol: p, Axis: "0.47,0.47,-0.01:0.47,0.47,0.95", Zones: zones, Views: -1})
	if framed.Protocol.Method != plain.Protocol.Method || framed.ID == plain.ID {
		t.Error("a frame is input: it changes the result and not the method")
	}
	if in := framed.Inputs; in["axis"] != "" || !strings.HasPrefix(in["frame"], "frame.yaml, sha256 ") || !strings.HasPrefix(in["zones"], "zones.nrrd, sha256 ") {
		t.Errorf("inputs %v", in)
	}
	if points.Inputs["axis"] != "0.47,0.47,-0.01:0.47,0.47,0.95" || points.Inputs["zones"] != framed.Inputs["zones"] {
		t.Errorf("inputs %v", points.Inputs)
	}
	inlet, ok := part(framed, "prof.zone", "inlet")
	same, also := part(points, "prof.zone", "zone 1")
	if !ok || !also || inlet != same {
		t.Errorf("inlet %g, zone 1 %g", inlet, same)
	}
	for _, id := range []string{"prof.wall", "prof.zone"} {
		if !has(framed, id) || has(plain, id) {
			t.Errorf("%s with the frame, or without", id)
		}
	}
	a, _ := part(framed, "prof.axis", "centroid")
	b, _ := part(plain, "prof.axis", "centroid")
	if math.Abs(a-b) > 1e-6 { // occupancy is counted in 65536ths of a voxel
		t.Errorf("the centroid is %g in the frame and %g along the axis", a, b)
	}
	if patent, ok := part(framed, "perf.conn", ""); ok != has(plain, "perf.conn") {
		t.Errorf("patency %g", patent)
	}
}

func TestFramesThatDoNotFitAreErrors(t *testing.T) {
	image, dir := smallScan(t)
	at := func(name string) string { return filepath.Join(dir, name) }
	thirds(t, at("zones.nrrd"), 1)
	thirds(t, at("halves.nrrd"), 0.5)
	writeText(t, at("good.yaml"), smallFrame)
	writeText(t, at("typo.yaml"), smallFrame+"zonemap: zones.nrrd\n")
	writeText(t, at("map.yaml"), smallFrame+"zone_map: zones.nrrd\n")
	writeText(t, at("values.yaml"), smallFrame+"zones: [{zone: a, value: 1}]\n")
	writeText(t, at("nine.yaml"), smallFrame+"zone_map: zones.nrrd\nzones: [{zone: a, value: 9}]\n")
	writeText(t, at("far.yaml"), "version: 1\nkind: cuboid\ninlet: [0, 0, 7]\noutlet: [0, 0, 9]\n")
	panel := rules(t, "ct-panel")
	for name, c := range map[string]struct {
		job  Job
		want []string
	}{
		"unknown key":     {Job{Frame: at("typo.yaml")}, []string{"typo.yaml", "zonemap", "line 5"}},
		"absent":          {Job{Frame: at("none.yaml")}, []string{"none.yaml", "no such file"}},
		"with axis":       {Job{Frame: at("good.yaml"), Axis: "z"}, []string{"--axis", "--frame"}},
		"another scan":    {Job{Frame: at("far.yaml")}, []string{"frame of this scan"}},
		"two maps":        {Job{Frame: at("map.yaml"), Zones: at("zones.nrrd")}, []string{"--zones", "zone_map"}},
		"no map":          {Job{Frame: at("values.yaml")}, []string{"--zones", "values.yaml"}},
		"absent value":    {Job{Frame: at("nine.yaml")}, []string{"zones.nrrd", "value 9"}},
		"no labels":       {Job{Zones: at("halves.nrrd")}, []string{"halves.nrrd", "0.5", "whole numbers"}},
		"points":          {Job{Axis: "0,0,0:0,0"}, []string{"--axis", "x0,y0,z0:x1,y1,z1"}},
		"a misspelt axis": {Job{Axis: "q"}, []string{"--axis", "x, y, z"}},
		"slide":           {Job{Frame: at("good.yaml"), Protocol: rules(t, "slide-dab")}, []string{"slide-dab", "volumes"}},
	} {
		job := c.job
		if job.Input, job.Out = image, t.TempDir(); job.Protocol.Name == "" {
			job.Protocol = panel
		}
		_, err := Analyze(t.Context(), job, Limits{}, parallel.Discard{})
		for _, w := range c.want {
			if err == nil || !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %v does not speak of %q", name, err, w)
			}
		}
	}
}

// The device phantom's own frame gives the burden of its zones.
func TestDevicePhantomIsMeasuredInItsFrame(t *testing.T) {
	plan := study.Default(1)
	plan.Devices, plan.Unused, plan.Sections = 1, 0, 1
	dir := t.TempDir()
	if _, err := MakePhantom(t.Context(), "device", dir, PhantomOptions{Size: 120, Seed: 3, Study: &plan}, Limits{}, parallel.Discard{}); err != nil {
		t.Fatal(err)
	}
	var truth study.Truth
	readJSON(t, filepath.Join(dir, "truth.json"), &truth)
	res := analyzed(t, Job{Input: filepath.Join(dir, "D01", "D01-scan.nrrd"), Protocol: rules(t, "oxygenator-ct", "measure.thickness=false"),
		Frame: filepath.Join(dir, "D01", "frame.yaml"), Views: -1})
	for _, z := range truth.Devices[0].Zones {
		if got, ok := part(res, "prof.zone", z.Zone); !ok || math.Abs(got-z.BurdenPct) > 0.08*z.BurdenPct+0.2 {
			t.Errorf("%s: %g %%, truth %g", z.Zone, got, z.BurdenPct)
		}
	}
	s := truth.Devices[0].Sections[0]
	if u, ok := part(res, "frame.section", s.Section+": corner, u"); !ok || math.Abs(u-s.FromU) > 1e-9 {
		t.Errorf("the section's corner lies at u = %g, truth %g", u, s.FromU)
	}
	if n, ok := part(res, "frame.layers", ""); !ok || n != 5 {
		t.Errorf("%g mats of 5", n)
	}
}

func TestShardsOfAFrameAreTheSingleRun(t *testing.T) {
	image, dir := smallScan(t)
	file, zones := filepath.Join(dir, "frame.yaml"), filepath.Join(dir, "zones.nrrd")
	thirds(t, zones, 1)
	writeText(t, file, strings.Replace(smallFrame, "cuboid", "wound", 1)+"layers: [[0.1, 0.4], [0.5, 0.8]]\n")
	job := Job{Input: image, Protocol: rules(t, "ct-panel"), Frame: file, Zones: zones, Out: t.TempDir(), Views: -1}
	res := analyzed(t, job)
	if !has(res, "prof.radial") || !has(res, "prof.zone") {
		t.Error("a wound device without a radius or zones")
	}
	out := t.TempDir()
	if _, err := Gather(t.Context(), Gathering{Dirs: sharded(t, job, 2, Limits{}), Out: out}, Limits{}, parallel.Discard{}); err != nil {
		t.Fatal(err)
	}
	equalRuns(t, "wound, in 2 shards", job.Out, out)
}
