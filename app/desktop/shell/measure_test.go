package shell

import (
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"explant/app/config"
	"explant/app/desktop/histogram"
	"explant/app/desktop/runner"
	"explant/app/pipeline"
	"explant/volume/parallel"
)

// openPhantom opens a new phantom in a new window.
func openPhantom(t *testing.T, kind string, size int) *Shell {
	t.Helper()
	made, err := pipeline.MakePhantom(t.Context(), kind, t.TempDir(), pipeline.PhantomOptions{Size: size, Seed: 1}, pipeline.Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	s := open(t)
	s.Configure(config.Config{Protocols: t.TempDir()})
	s.Open(made.Image)
	eventually(t, "the image", func() bool { return s.image != nil })
	s.stage.picture(600, 500)
	return s
}

// TestResultsLeadToTheirPlaces runs a protocol on a volume, and goes to a row, a bin and a piece.
func TestResultsLeadToTheirPlaces(t *testing.T) {
	s := openPhantom(t, "oxygenator", 48)
	s.run.protocol.SetSelected("volume-threshold")
	s.analyse()
	eventually(t, "the places", func() bool { return s.results.placer.scene != nil && s.overlay.image != nil })
	at := s.volume.Cross()
	goes := func(what string, do func()) {
		s.volume.MoveTo(at)
		s.status.say("")
		do()
		eventually(t, "the place of "+what, func() bool { return strings.HasPrefix(s.status.message.Text, "here: ") })
		if s.volume.Cross() == at {
			t.Errorf("%s: the cross-hair did not move", what)
		}
	}
	goes("a row", func() {
		for i, r := range s.results.values.rows {
			if strings.HasPrefix(r.Name, "Deposit volume") {
				s.results.values.choose(i)
				return
			}
		}
		t.Fatal("there is no row of the volume")
	})
	goes("a bin", func() {
		c := s.results.curves
		if c.plot.picture(400, 300); c.plot.curve == nil {
			t.Fatal("no curve is drawn")
		}
		c.plot.Tapped(&fyne.PointEvent{Position: fyne.NewPos(380, 200)})
	})
	s.results.parts.SelectIndex(2)
	eventually(t, "the pieces", func() bool { return len(s.results.objects.pieces) > 0 })
	goes("a piece", func() { s.results.objects.list.Select(len(s.results.objects.pieces) - 1) })
	if !strings.Contains(s.status.message.Text, "mm³") {
		t.Errorf("a piece has no size: %q", s.status.message.Text)
	}
}

// TestFlagsOfferRemedies opens the dialog of calibration from the flag of an image without one.
func TestFlagsOfferRemedies(t *testing.T) {
	s := open(t)
	s.Open(slide(t))
	eventually(t, "the image", func() bool { return s.image != nil })
	name, do := s.remedy("uncalibrated")
	if do == nil || name != "Calibrate…" {
		t.Fatal("there is no remedy for a missing calibration")
	}
	do()
	if s.win.Canvas().Overlays().Top() == nil {
		t.Error("the remedy opens nothing")
	}
	if _, do = s.remedy("frame-too-short"); do == nil {
		t.Fatal("there is no remedy for a short frame")
	}
	if do(); s.tabs.Selected() != s.runTab {
		t.Error("the remedy does not lead to the frame")
	}
}

// TestPreviewIsNeverAResult switches the preview on: labels and a badge come, and no file and no row; a
// changed rule makes another one; off, both are gone.
func TestPreviewIsNeverAResult(t *testing.T) {
	s := openPhantom(t, "dab", 200)
	s.run.protocol.SetSelected("slide-dab")
	s.preview.on.SetChecked(true)
	eventually(t, "the preview", func() bool { return s.preview.badge.Visible() })
	if s.preview.text.Text != "PREVIEW of 200 x 200 px, no result" || s.overlay.image == nil || len(s.results.values.rows) > 0 {
		t.Errorf("badge %q, %d rows", s.preview.text.Text, len(s.results.values.rows))
	}
	if _, err := os.Stat(runner.Results(s.image.Path, s.data)); err == nil {
		t.Error("a preview wrote results")
	}
	before := s.overlay.image
	s.run.rules.set("segment.tissue_min_od", "0.2")
	eventually(t, "another preview", func() bool { return s.overlay.image != before && s.overlay.image != nil })
	before = s.overlay.image
	s.slide.ZoomMiddle(3)
	eventually(t, "a preview of the zoomed view", func() bool { return s.overlay.image != before && s.overlay.image != nil })
	if s.preview.text.Text == "PREVIEW of 200 x 200 px, no result" {
		t.Error("the preview does not follow the view")
	}
	s.run.rules.set("segment.tissue_min_od", "99")
	eventually(t, "the reason", func() bool { return strings.HasPrefix(s.preview.told.Text, "no preview: ") })
	s.preview.on.SetChecked(false)
	if s.preview.badge.Visible() || s.overlay.image != nil {
		t.Error("the preview stays")
	}
}

// TestThresholdsAreDragged opens the histogram of a stain and drags its threshold: the rule changes.
func TestThresholdsAreDragged(t *testing.T) {
	s := openPhantom(t, "dab", 128)
	s.run.protocol.SetSelected("slide-dab")
	s.histogram.open = true
	s.histogram.ask()
	eventually(t, "the counts", func() bool { return len(s.histogram.bars.counts.Counts) > 0 })
	b := s.histogram.bars
	b.Resize(fyne.NewSize(300, 120))
	b.picture(300, 120)
	line := b.lines[0]
	x := float32(gripOf(b.last, line.Path)) + 0.5
	b.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos((x+30)/b.pixels, 60)}, Dragged: fyne.NewDelta(30/b.pixels, 0)})
	b.DragEnd()
	if sets := s.run.rules.form.Sets(); len(sets) != 1 || !strings.HasPrefix(sets[0], line.Path+"=") {
		t.Errorf("the drag set %v", sets)
	}
	if b.lines[0].Value <= line.Value {
		t.Errorf("the line went from %v to %v", line.Value, b.lines[0].Value)
	}
	s.run.rules.resetAll()
	if sets := s.run.rules.form.Sets(); len(sets) != 0 {
		t.Errorf("after reset: %v", sets)
	}
}

// gripOf is where a line of a picture can be taken hold of.
func gripOf(p histogram.Picture, path string) int {
	for x := range 2000 {
		if l, ok := p.Grip(x, 0); ok && l.Path == path {
			return x
		}
	}
	return -1
}

// TestOwnProtocolIsSavedAndRuns saves changed rules: the list has the file, and the order names it.
func TestOwnProtocolIsSavedAndRuns(t *testing.T) {
	s := openPhantom(t, "dab", 128)
	s.run.protocol.SetSelected("slide-dab")
	s.run.rules.set("segment.tissue_min_od", "0.06")
	file := filepath.Join(s.protocolFolder(), "ours.yaml")
	if err := s.run.rules.form.Save(file); err != nil {
		t.Fatal(err)
	}
	s.run.list(file)
	if s.run.protocol.Selected != "ours  (own)" {
		t.Errorf("chosen is %q", s.run.protocol.Selected)
	}
	o, err := s.run.order()
	if err != nil || o.Protocol != file || len(o.Sets) > 0 {
		t.Errorf("%+v, %v", o, err)
	}
	if err := checkName("../x"); err == nil {
		t.Error("a name with a folder was taken")
	}
}

// TestWrongInputsKeepFromRunning types what cannot be: it is told, and no run begins.
func TestWrongInputsKeepFromRunning(t *testing.T) {
	s := openPhantom(t, "oxygenator", 32)
	for flag, text := range map[string]string{"scale-error": "0.2", "memory": "much", "frame": "/none.yaml", "device": "/none.yaml"} {
		s.run.inputs.entries[flag].SetText(text)
		if !s.run.wrong.Visible() || s.run.wrong.Text == "" {
			t.Errorf("%s %s: nothing is said", flag, text)
		}
		s.analyse()
		s.run.inputs.entries[flag].SetText("")
	}
	if n := len(s.runner.Tasks()); n > 0 || s.run.wrong.Visible() {
		t.Errorf("%d runs; %q", n, s.run.wrong.Text)
	}
}

// TestFailedRunTellsWhatAndWhere runs what cannot be done: the card says why, its details have the command.
func TestFailedRunTellsWhatAndWhere(t *testing.T) {
	s := openPhantom(t, "oxygenator", 32)
	s.run.protocol.SetSelected("oxygenator-ct")
	s.run.inputs.entries["memory"].SetText("1MiB")
	s.analyse()
	eventually(t, "the failure", func() bool { return s.runner.Tasks()[0].Stand == runner.Failed && s.jobs.cards[1].cancel.Hidden })
	c := s.jobs.cards[1]
	if !strings.Contains(c.text.Text, "allowed are") || !strings.Contains(c.details.Text, "explant analyze") || !strings.Contains(c.details.Text, "--memory 1MiB") {
		t.Errorf("%q\n%q", c.text.Text, c.details.Text)
	}
}

// TestTextIsNotCutOffWithResults holds the window to a small screen when all panels have something to show.
func TestTextIsNotCutOffWithResults(t *testing.T) {
	s := openPhantom(t, "oxygenator", 32)
	s.run.protocol.SetSelected("volume-threshold")
	s.analyse()
	eventually(t, "the results", func() bool { return len(s.results.values.rows) > 0 })
	s.setLooks(s.variant(), 2)
	for i := range s.tabs.Items {
		s.tabs.SelectIndex(i)
		if least := s.win.Content().MinSize(); least.Width > 1280 || least.Height > 760 {
			t.Errorf("%s: the window needs %v", s.tabs.Items[i].Text, least)
		}
	}
	if p := newPlot(); p.picture(10, 10).Bounds() != image.Rect(0, 0, 1, 1) {
		t.Error("a plot without a curve draws something")
	}
}
