package shell

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"explant/analysis/result"
	"explant/app/desktop/annotate"
	"explant/app/desktop/runner"
	"explant/io/geojson"
)

// kept is a result as a run on a scan gives it, small.
var kept = result.Result{
	ID: "0123456789abcdef", Status: "preliminary", Missing: []string{"device.id"},
	Image:    result.Image{Name: "scan.nrrd", Size: [3]int{64, 64, 64}},
	Protocol: result.Protocol{Name: "ct-panel"},
	Measurements: []result.Measurement{
		{Metric: "dep.vf", Value: 7.9, Unit: "%", ULo: result.F(7.4), UHi: result.F(8.2), Flags: []string{"touches-border"}},
		{Metric: "dep.vol", Value: 0.1525, Unit: "mm3"},
		{Metric: "prof.axis", Part: "0..1 mm", Value: 2, Unit: "%"}, {Metric: "prof.axis", Part: "1..2 mm", Value: 4, Unit: "%"},
		{Metric: "prof.axis", Part: "2..3 mm", Value: 3, Unit: "%"}, {Metric: "prof.axis", Part: "3..4 mm", Value: 1, Unit: "%"},
	},
	Flags: []result.Flag{{ID: "touches-border", Text: "2 of 6 pieces touch the border.", Remedy: "Scan more of the device."}},
}

// runsOf are one run of each end, as the list of runs has them.
var runsOf = []runner.Task{
	{ID: 1, Order: runner.Order{Image: "/data/scan.nrrd", Protocol: "ct-panel"}, Stand: runner.Done, State: runner.State{Elapsed: 2500 * time.Millisecond}, Result: kept},
	{ID: 2, Order: runner.Order{Image: "/data/scan.nrrd", Protocol: "oxygenator-ct"}, Stand: runner.Failed, Err: errors.New("there is no fibre")},
	{ID: 3, Order: runner.Order{Image: "/data/slide.svs", Protocol: "slide-he"}, Stand: runner.Running, State: runner.State{Stage: "unmix", Done: 12, Total: 64, PerS: 31, Left: 2 * time.Second, Elapsed: 4 * time.Second}},
	{ID: 4, Order: runner.Order{Image: "/data/slide.svs", Protocol: "slide-msb"}, Stand: runner.Waiting},
	{ID: 5, Order: runner.Order{Image: "/data/slide.svs", Protocol: "slide-dab"}, Stand: runner.Cancelled},
}

// TestPanelsLookAsKept holds the panels, and what is empty or filled in them, against kept pictures of their parts, as
// text: what is where, how large, and in which colour of the theme. Rewritten with the variable EXPLANT_UPDATE set.
func TestPanelsLookAsKept(t *testing.T) {
	s := open(t)
	welcome := map[string]fyne.CanvasObject{"welcome": s.welcome, "list-empty": s.list.box, "marks-none": s.marks.box, "jobs-none": s.jobs.box, "results-none": s.results.box}
	looksAsKept(t, welcome)
	path := slide(t)
	s.Open(path)
	eventually(t, "the image", func() bool { return s.image != nil })
	eventually(t, "its small picture", func() bool { return s.list.small[s.image.Path] != nil })
	s.run.about.SetText("What it does.")
	s.run.rules.open = map[string]bool{} // rules come and go
	s.run.rules.build()
	looksAsKept(t, map[string]fyne.CanvasObject{"marks": s.marks.box, "run": s.run.box, "tools": s.tools.box, "display": s.display.box, "list": s.list.box, "status": s.status.box})
	drawn := []annotate.Object{
		{Class: "fibrin", Color: &[3]uint8{230, 159, 0}, Geometry: geojson.Geometry{Polygons: []geojson.Polygon{{{{10, 10}, {60, 10}, {60, 50}}}}}},
		{Name: "bar", Geometry: geojson.Geometry{Lines: [][]geojson.Point{{{10, 10}, {60, 10}}}}},
	}
	if err := s.marker.Import(drawn); err != nil {
		t.Fatal(err)
	}
	for _, k := range runsOf {
		s.jobs.show(k)
	}
	s.results.title.SetText("scan.nrrd, ct-panel")
	s.results.fill(kept, "out")
	s.status.calibrated("0.5 µm/px (typed in)", true)
	looksAsKept(t, map[string]fyne.CanvasObject{"marks-drawn": s.marks.box, "jobs": s.jobs.box, "results": s.results.box, "flags": s.results.flags, "status-calibrated": s.status.box})
}

// looksAsKept compares parts of the window with the files of their names.
func looksAsKept(t *testing.T, parts map[string]fyne.CanvasObject) {
	t.Helper()
	for name, part := range parts {
		part.Show() // whichever tab is open
		w := test.NewWindow(part)
		w.Resize(fyne.NewSize(400, 700))
		file := filepath.Join("testdata", name+".xml")
		if os.Getenv("EXPLANT_UPDATE") != "" {
			text := test.RenderToMarkup(w.Canvas())
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		test.AssertRendersToMarkup(t, name+".xml", w.Canvas())
		w.Close()
	}
}
