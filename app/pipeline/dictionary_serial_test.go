package pipeline

import (
	"path/filepath"
	"slices"
	"testing"

	"explant/analysis/phantom/serial"
	"explant/analysis/result"
	"explant/volume"
	"explant/volume/parallel"
)

// measuredSerial stacks the sections of a block, one of which is lost.
func measuredSerial(t *testing.T) ([]result.Measurement, map[[3]string]float64) {
	t.Helper()
	dir := t.TempDir()
	if _, err := MakePhantom(t.Context(), "serial", dir, PhantomOptions{Size: 320, Seed: dictionarySeed, Sections: 7}, Limits{}, parallel.Discard{}); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	done, err := Stack(t.Context(), Stacking{Inputs: []string{filepath.Join(dir, "sections")}, Out: out, Protocol: rules(t, "slide-msb"), Between: 0.005}, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	var facts serial.Truth
	readJSON(t, filepath.Join(dir, "truth.json"), &facts)
	clot := facts.VolumeMM3[1] + facts.VolumeMM3[2] + facts.VolumeMM3[3] + facts.VolumeMM3[4]
	truth := map[[3]string]float64{{"ser.lost", "", ""}: 1}
	for _, class := range []string{"fibrin", "rbc"} {
		truth[[3]string{"ser.vol", class, ""}] = facts.Volume(class)
		truth[[3]string{"ser.share", class, "tissue of the stack (mm3)"}] = 100 * facts.Volume(class) / clot
	}
	labels := load[uint8](t, filepath.Join(out, VolumeLabels))
	if labels.N[2] != 7 || done.Slices != 7 || len(done.Lost) != 1 || !facts.Sections[done.Lost[0]-1].Lost {
		t.Errorf("%d slices, lost %v", labels.N[2], done.Lost)
	}
	checkLost(t, labels, done.Lost[0]-1)
	return done.Measurements, truth
}

// checkLost finds the slice of a lost section empty, and no other one.
func checkLost(t *testing.T, labels *volume.Labels, lost int) {
	t.Helper()
	for z := range labels.N[2] {
		empty := !slices.ContainsFunc(labels.Data[labels.Offset(0, 0, z):labels.Offset(0, 0, z+1)], func(v uint8) bool { return v != 255 })
		if empty != (z == lost) {
			t.Errorf("slice %d is empty: %v", z+1, empty)
		}
	}
}

func TestSectionsKeepTheirOrder(t *testing.T) {
	for name, c := range map[string]struct {
		files   []string
		numbers []int
		steps   []float64
	}{
		"numbered":      {[]string{"a_1.tif", "a_2.tif", "a_4.tif"}, []int{1, 2, 4}, []float64{1, 2}},
		"every fifth":   {[]string{"a_5.tif", "a_10.tif", "a_20.tif"}, []int{5, 10, 20}, []float64{1, 2}},
		"odd distances": {[]string{"a_5.tif", "a_7.tif", "a_10.tif"}, []int{5, 7, 10}, []float64{2, 3}},
		"no numbers":    {[]string{"a.tif", "b.tif"}, nil, []float64{1}},
		"falling":       {[]string{"s9.tif", "s8.tif"}, nil, []float64{1}},
	} {
		files, numbers, err := sectionFiles(c.files)
		if err != nil || !slices.Equal(files, c.files) || !slices.Equal(numbers, c.numbers) || !slices.Equal(stepsOf(len(files), numbers), c.steps) {
			t.Errorf("%s: %v %v %v %v", name, files, numbers, stepsOf(len(files), numbers), err)
		}
	}
	if _, _, err := sectionFiles([]string{"one.tif"}); err == nil {
		t.Error("one section was stacked")
	}
}
