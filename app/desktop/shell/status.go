package shell

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// statusBar tells where the pointer is, how large a pixel is and who says so, whether all is saved, and
// what runs.
type statusBar struct {
	box           *fyne.Container
	left, right   *fyne.Container
	place, values *widget.Label
	message       *widget.Label
	saved         *widget.Label
	jobs          *widget.Label
	calibration   *widget.Button
}

func newStatusBar(s *Shell) *statusBar {
	b := &statusBar{place: widget.NewLabel(""), values: widget.NewLabel(""), message: widget.NewLabel("ready"),
		saved: widget.NewLabel(""), jobs: widget.NewLabel("")}
	b.message.Truncation = fyne.TextTruncateEllipsis
	b.calibration = widget.NewButton("no image", s.calibrate)
	b.calibration.Importance = widget.LowImportance
	b.left = container.NewHBox(b.place, b.values)
	b.right = container.NewHBox(b.jobs, widget.NewSeparator(), b.saved, widget.NewSeparator(), b.calibration)
	b.box = container.NewVBox()
	b.arrange(s.scale())
	return b
}

// twoLines is the size of text from which the status bar needs two lines on a screen of 1280.
const twoLines = 1.4

// arrange puts the parts into one line, or into two for large text.
func (b *statusBar) arrange(scale float64) {
	b.box.Objects = []fyne.CanvasObject{widget.NewSeparator()}
	if scale < twoLines {
		b.box.Add(container.NewBorder(nil, nil, b.left, b.right, b.message))
	} else {
		b.box.Add(container.NewBorder(nil, nil, b.left, nil, nil))
		b.box.Add(container.NewBorder(nil, nil, nil, b.right, b.message))
	}
	b.box.Refresh()
}

func (b *statusBar) say(text string) { b.message.SetText(text) }

// calibrated tells how large a pixel is; a warning stands out.
func (b *statusBar) calibrated(text string, known bool) {
	b.calibration.SetText(text)
	b.calibration.Importance, b.calibration.Icon = widget.LowImportance, nil
	if !known {
		b.calibration.Importance, b.calibration.Icon = widget.WarningImportance, theme.WarningIcon()
	}
	b.calibration.Refresh()
}
