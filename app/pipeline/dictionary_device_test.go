package pipeline

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"explant/analysis/composition"
	"explant/analysis/frame"
	"explant/analysis/phantom"
	"explant/analysis/phantom/study"
	"explant/analysis/protocol"
	"explant/analysis/result"
	"explant/volume/parallel"
)

// measuredDevice sums up a small device. The truth of its volumes and shares is that of its zones, which single
// sections only estimate; of its sections, the shares that their pixels show.
func measuredDevice(t *testing.T) ([]result.Measurement, map[[3]string]float64) {
	t.Helper()
	dir := t.TempDir()
	plan := study.Default(dictionarySeed)
	plan.Devices, plan.Unused, plan.Sections, plan.SlidePX, plan.Stains = 1, 0, 3, 380, []string{phantom.SlideCarstairs}
	if _, err := MakePhantom(t.Context(), "device", dir, PhantomOptions{Size: 60, Seed: dictionarySeed, Study: &plan}, Limits{}, parallel.Discard{}); err != nil {
		t.Fatal(err)
	}
	all, err := Summarise(t.Context(), Summary{Study: dir, Out: filepath.Join(dir, "out"), Resolve: builtin}, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 1 || len(all[0].Failed) > 0 {
		t.Fatalf("%d devices, failed %v", len(all), all[0].Failed)
	}
	again, ok := earlier(t.Context(), scanJob(t, dir, all[0]))
	if !ok || again.ID == "" {
		t.Error("the scan would be measured again")
	}
	var facts study.Truth
	readJSON(t, filepath.Join(dir, "truth.json"), &facts)
	return all[0].Result.Measurements, deviceTruth(facts.Devices[0])
}

func builtin(name string) (protocol.Protocol, error) { return protocol.Resolve(name, nil, nil) }

// scanJob is the job of the scan as the summary ran it.
func scanJob(t *testing.T, dir string, d SummedUp) Job {
	t.Helper()
	list, folder, err := loadStudy(dir)
	if err != nil {
		t.Fatal(err)
	}
	entry := list.Devices[0]
	s := Summary{Study: dir, Out: filepath.Join(dir, "out"), Resolve: builtin}
	j, err := s.job(list, folder, &deviceImages{entry: entry, frame: beside(folder, entry.Frame), fields: d.Result.Device}, entry.Samples[0], entry.Samples[0].Images[0])
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func deviceTruth(d study.DeviceTruth) map[[3]string]float64 {
	truth := map[[3]string]float64{}
	add := func(zone string, c study.Composition, deposit, blood float64) {
		for name, v := range map[string]float64{"fibrin": c.Fibrin, "platelet": c.Platelet, "rbc": c.RBC} {
			part := name
			if zone != "" {
				part += ": " + zone
			}
			truth[[3]string{"comp.vol", part, ""}] = v
			truth[[3]string{"comp.vf", part, "blood-side space (mm3)"}] = 100 * v / blood
			truth[[3]string{"comp.share", part, "deposit"}] = 100 * v / deposit
			if zone != "" {
				truth[[3]string{"comp.share", part + ", mean of sections", "deposit"}] = 100 * v / deposit
			}
		}
	}
	add("", d.ComponentMM3, d.DepositMM3, d.BloodMM3)
	for _, z := range d.Zones {
		add(z.Zone, z.ComponentMM3, z.DepositMM3, z.BloodMM3)
	}
	for _, s := range d.Sections {
		for name, v := range map[string]float64{"fibrin": s.Slides[0].Realised.Fibrin, "platelet": s.Slides[0].Realised.Platelet, "rbc": s.Slides[0].Realised.RBC} {
			truth[[3]string{"comp.section", fmt.Sprintf("%s: %s, %s, slide-carstairs h.comp", name, s.Section, s.Zone), "tissue (mm2)"}] = 100 * v
		}
	}
	return truth
}

// A study file that cannot be summed up says why.
func TestStudyFilesAreChecked(t *testing.T) {
	const head = "schema: explant-study/1\ndevices:\n"
	for text, want := range map[string]string{
		"schema: other/1\n":                     "explant-study/1",
		head + "  []\n":                         "no devices",
		head + "  - {device: a/b}\n":            "without slashes",
		head + "  - {device: A}\n":              "one is wanted",
		head + "  - {device: A, nonsense: 1}\n": "nonsense",
		head + "  - {device: A, samples: [{sample: S, kind: piece}]}\n":                                                    "scan or section",
		head + "  - {device: A, samples: [{sample: S, kind: scan, images: [{image: s.nrrd}]}]}\n":                          "protocol",
		head + "  - {device: A, samples: [{sample: S, kind: scan, images: [{image: s, protocol: p, component: glue}]}]}\n": "glue",
	} {
		file := filepath.Join(t.TempDir(), "study.yaml")
		writeText(t, file, text)
		if _, _, err := loadStudy(file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// A section that no one put into a zone lies where the frame file places it.
func TestPinnedSectionsFindTheirZone(t *testing.T) {
	f := &frame.Frame{Inlet: [3]float64{0, 0, 0}, Outlet: [3]float64{0, 0, 2}, Axes: [][3]float64{{0, 0, 1}, {1, 0, 0}, {0, 1, 0}},
		Zones:    []frame.Zone{{Name: "inlet", U: []float64{0, 0.5}}, {Name: "outlet", U: []float64{0.5, 1}}},
		Sections: []frame.Section{{Name: "S1", Affine: [][4]float64{{1, 0, 0, 0.1}, {0, 0, 1, 0.1}, {0, 1, 0, 1.2}, {0, 0, 0, 1}}}}}
	zones := []composition.Zone{{Name: "inlet"}, {Name: "outlet"}}
	for sample, want := range map[*studySample]string{
		{Sample: "S1"}: "outlet", {Sample: "S1", U: []float64{0.1, 0.2}}: "inlet", {Sample: "S1", Zone: "inlet"}: "inlet", {Sample: "S2"}: "", {Sample: "S2", Zone: "nowhere"}: "",
	} {
		if got, err := zoneOf(*sample, f, zones, [2]float64{0.3, 0.2}); got != want || (err != nil) != (want == "") {
			t.Errorf("%+v: %q, %v, want %q", sample, got, err, want)
		}
	}
}
