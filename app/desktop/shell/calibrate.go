package shell

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"explant/app/desktop/annotate"
	"explant/app/desktop/source"
	"explant/io/calibration"
	"explant/volume"
)

// recalibrated shows a new calibration everywhere.
func (s *Shell) recalibrated() {
	g := s.image.Grid()
	s.status.calibrated(calibrationText(g, s.image.Typed != [3]float64{}), g.Calibrated())
	if s.marker != nil {
		s.marker.SetGrid(g)
		s.marks.refresh()
	}
	if s.slide != nil {
		s.slide.Recalibrated()
	}
	if s.volume != nil {
		s.volume.Recalibrated()
	}
}

// calibrationText says in the status bar how large a pixel is and who says so.
func calibrationText(g volume.Grid, typed bool) string {
	unit := "px"
	if g.N[2] > 1 {
		unit = "voxel"
	}
	if !g.Calibrated() {
		return "uncalibrated: click to state the size of a " + unit
	}
	size := fmt.Sprintf("%.4g", g.Spacing[0]*1000)
	if g.Spacing[1] != g.Spacing[0] || g.N[2] > 1 && g.Spacing[2] != g.Spacing[0] {
		size += fmt.Sprintf(" x %.4g", g.Spacing[1]*1000)
		if g.N[2] > 1 {
			size += fmt.Sprintf(" x %.4g", g.Spacing[2]*1000)
		}
	}
	from := string(g.Calibration.Source)
	if !typed && g.Calibration.Field != "" {
		from += ": " + g.Calibration.Field
	}
	return fmt.Sprintf("%s µm/%s (%s)", size, unit, from)
}

// calibrate asks for the size of a pixel: typed, from a ruler drawn over a scale bar, or the header's.
func (s *Shell) calibrate() {
	if s.image == nil {
		return
	}
	s.marks.barWanted = false
	entry := widget.NewEntry()
	entry.SetPlaceHolder("0.5um, or 20um,20um,40um")
	lines := []fyne.CanvasObject{wrapped(headerText(s.image)), widget.NewLabel("Size of a pixel or voxel, with its unit:"), entry}
	first := entry
	var bar *widget.Entry
	ruler := s.selectedRuler()
	if ruler > 0 {
		bar = widget.NewEntry()
		bar.SetPlaceHolder("100um")
		lines = append(lines, widget.NewLabel(fmt.Sprintf("or the true length of the selected ruler, %.1f px long:", ruler)), bar)
		first = bar
	}
	var d *dialog.CustomDialog
	use := func() {
		mm, text, err := typedSize(entry.Text, bar, ruler)
		if err != nil {
			s.fail("This size cannot be used", err)
			return
		}
		d.Hide()
		s.setSpacing(mm, text)
	}
	entry.OnSubmitted = func(string) { use() }
	if bar != nil {
		bar.OnSubmitted = entry.OnSubmitted
	}
	d = dialog.NewCustomWithoutButtons("Calibrate", container.NewVBox(lines...), s.win)
	ok := widget.NewButton("Use this size", use)
	ok.Importance = widget.HighImportance
	back := "Leave it uncalibrated"
	if s.image.Info.Grid.Calibrated() {
		back = "Believe the header"
	}
	header := widget.NewButton(back, func() { d.Hide(); s.setSpacing([3]float64{}, "") })
	draw := widget.NewButton("Draw over a scale bar", func() { d.Hide(); s.wantBar() })
	d.SetButtons([]fyne.CanvasObject{widget.NewButton("Cancel", d.Hide), header, draw, ok})
	d.Resize(fyne.NewSize(620, 260))
	d.Show()
	s.win.Canvas().Focus(first)
}

// wantBar takes the ruler; the dialog comes back when a line is drawn.
func (s *Shell) wantBar() {
	s.marker.Choose("")
	s.tools.take(annotate.Ruler)
	s.marks.barWanted = true
	s.status.say("draw the ruler over the scale bar, from end to end")
}

// drawnBar opens the dialog of calibration again, with the ruler that was asked for: after the click that
// ended it, which takes the focus.
func (s *Shell) drawnBar() {
	if s.marks.barWanted && s.selectedRuler() > 0 {
		s.marks.barWanted = false
		s.ui(s.calibrate)
	}
}

// headerText tells what the file itself says.
func headerText(m *source.Image) string {
	g := m.Info.Grid
	if g.Calibrated() {
		return "The header states " + calibrationText(g, false) + "."
	}
	if w := g.Calibration.Withheld; w != "" {
		return "No size from the header: " + w + ". Until it is stated, results are in pixels."
	}
	return "The file does not say how large a pixel is. Until it is stated, results are in pixels."
}

// typedSize is the spacing in mm from what was typed, and its text for the settings.
func typedSize(size string, bar *widget.Entry, ruler float64) (mm [3]float64, text string, err error) {
	if bar != nil && bar.Text != "" {
		length, err := calibration.Length(bar.Text)
		if err != nil {
			return mm, "", fmt.Errorf("the length of the ruler: %w", err)
		}
		size = fmt.Sprintf("%.9gum", length*1000/ruler)
	}
	mm, err = calibration.ParseSpacing(size)
	return mm, size, err
}

// setSpacing takes a typed spacing, or with zeros the header's again, and remembers it for this image.
func (s *Shell) setSpacing(mm [3]float64, text string) {
	s.image.Calibrate(mm)
	if key := spacingKey(s.image.Path); key != "" {
		s.prefs.SetString(key, text)
	}
	s.recalibrated()
}

// selectedRuler is the length of the selected line in pixels; 0 for none.
func (s *Shell) selectedRuler() float64 {
	if s.marker == nil {
		return 0
	}
	o := s.marker.Book.Object(s.marker.Selected())
	if o == nil || len(o.Geometry.Lines) != 1 || len(o.Geometry.Lines[0]) != 2 {
		return 0
	}
	return pixelLength(o.Geometry.Lines[0])
}
