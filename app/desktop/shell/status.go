package shell

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"
)

// statusBar tells where the pointer is, how large a pixel is, and what runs.
type statusBar struct {
	box           fyne.CanvasObject
	place, values *widget.Label
	message       *widget.Label
	calibration   *widget.Button
}

func newStatusBar() *statusBar {
	b := &statusBar{place: widget.NewLabel(""), values: widget.NewLabel(""), message: widget.NewLabel("")}
	b.message.Truncation = fyne.TextTruncateEllipsis
	b.calibration = widget.NewButton("", nil)
	b.calibration.Importance = widget.LowImportance
	left := container.NewHBox(b.place, b.values, layout.NewSpacer())
	b.box = container.NewBorder(widget.NewSeparator(), nil, left, b.calibration, b.message)
	return b
}

func (b *statusBar) say(text string) { b.message.SetText(text) }
