package pipeline

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"go.yaml.in/yaml/v3"

	"explant/analysis/phantom"
	"explant/analysis/phantom/study"
	"explant/io/report"
)

// smallStudy is a used and an unused device with one section each.
func smallStudy() PhantomOptions {
	s := study.Default(1)
	s.Devices, s.Sections, s.SlidePX, s.Stains = 1, 1, 300, []string{phantom.SlideMSB, phantom.SlideDAB}
	s.IF, s.FieldPX = true, 128
	return PhantomOptions{Size: 48, Seed: 5, Study: &s}
}

func TestStudyListsWhatItHolds(t *testing.T) {
	out := filepath.Join(t.TempDir(), "study")
	made, err := MakePhantom(t.Context(), "device", out, smallStudy(), Limits{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(made.Image)
	if err != nil {
		t.Fatal(err)
	}
	var list studyFile
	if err := yaml.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	var truth study.Truth
	readJSON(t, filepath.Join(out, "truth.json"), &truth)
	if len(list.Devices) != 2 || len(truth.Devices) != 2 || list.Arms[1].Arm != study.UnusedArm || !list.Arms[1].Reference || list.Primary != "dep.vf" {
		t.Fatalf("%d devices listed, %d in the truth, arms %+v", len(list.Devices), len(truth.Devices), list.Arms)
	}
	if _, err := os.Stat(filepath.Join(out, list.Control)); err != nil || list.Control == "" {
		t.Errorf("control %q: %v", list.Control, err)
	}
	for i, d := range list.Devices {
		fields, err := LoadDevice(filepath.Join(out, d.Fields))
		if err != nil || len(report.MissingFields(fields)) != 0 {
			t.Errorf("%s: error %v, missing %v", d.Fields, err, report.MissingFields(fields))
		}
		f, err := LoadFrame(filepath.Join(out, d.Frame))
		if err != nil || len(f.Zones) != 3 || len(f.Sections) != 1 || len(f.Sections[0].Affine) != 4 {
			t.Errorf("%s: error %v, %+v", d.Frame, err, f)
		}
		images := 0
		for _, s := range d.Samples {
			for _, image := range s.Images {
				images++
				if _, err := os.Stat(filepath.Join(out, image.Image)); err != nil {
					t.Error(err)
				}
			}
		}
		var scan phantom.Truth
		readJSON(t, filepath.Join(out, d.Device, "truth", d.Device+"-scan.json"), &scan)
		if images != 4 || scan.VolumeMM3.Deposit != truth.Devices[i].DepositMM3 || len(truth.Devices[i].Sections[0].Slides) != 2 || truth.Devices[i].Sections[0].Field == nil {
			t.Errorf("%s: %d images, %v mm³ of deposit in the scan and %v in the study", d.Device, images, scan.VolumeMM3.Deposit, truth.Devices[i].DepositMM3)
		}
	}
}

// stopAt cancels when a stage begins.
type stopAt struct {
	stage  string
	cancel context.CancelFunc
}

func (s stopAt) Stage(name string, _ int) {
	if name == s.stage {
		s.cancel()
	}
}

func (stopAt) Add(int) {}

func TestCancelledStudyLeavesNothing(t *testing.T) {
	out := filepath.Join(t.TempDir(), "study")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := MakePhantom(ctx, "device", out, smallStudy(), Limits{}, stopAt{"D02: cover voxels", cancel})
	left, _ := os.ReadDir(out)
	if !errors.Is(err, context.Canceled) || len(left) != 0 {
		t.Errorf("error %v, %d files left", err, len(left))
	}
}

func TestImpossibleStudyIsAnError(t *testing.T) {
	o := smallStudy()
	o.Size = 50
	if _, err := MakePhantom(t.Context(), "device", t.TempDir(), o, Limits{}, nil); !errors.Is(err, phantom.ErrPhantom) {
		t.Error(err)
	}
}

func TestConnectorPhantomUsedAndUnused(t *testing.T) {
	for _, unused := range []bool{false, true} {
		out := t.TempDir()
		made, err := MakePhantom(t.Context(), "connector", out, PhantomOptions{Size: 32, Seed: 2, Unused: unused}, Limits{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		var truth phantom.ConnectorTruth
		readJSON(t, filepath.Join(out, "truth.json"), &truth)
		if truth.Parameters.Unused != unused || (truth.VolumeMM3.Clot == 0) != unused || (made.Truth == "no deposit") != unused {
			t.Errorf("unused %v: %v mm³ of clot, %q", unused, truth.VolumeMM3.Clot, made.Truth)
		}
	}
}
