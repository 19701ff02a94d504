package shell

import (
	"fmt"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"explant/app/desktop/slices"
	"explant/app/desktop/volumeview"
	"explant/io/calibration"
)

// slabModes are what the planes can show of a thick slab; the first one shows single slices.
var slabModes = []string{"off: one slice", "mean", "max: the brightest", "min: the darkest"}

// slab chooses how thick a part the planes show.
func (p *displayPanel) slab() fyne.CanvasObject {
	v := p.shell.volume
	thick := widget.NewEntry()
	thick.SetText(p.shell.prefs.StringWithFallback("slab", "5"))
	mode := widget.NewSelect(slabModes, nil)
	mode.SetSelectedIndex(0)
	if now := v.Slab(); now != (volumeview.Slab{}) {
		mode.SetSelectedIndex(int(now.Mode) + 1)
	}
	set := func() {
		if mode.SelectedIndex() <= 0 {
			v.SetSlab(volumeview.Slab{})
			return
		}
		slab, err := typedSlab(thick.Text, p.shell.image.Grid().Calibrated())
		if err != nil {
			p.shell.status.say(err.Error())
			return
		}
		slab.Mode = slices.Projection(mode.SelectedIndex() - 1)
		p.shell.prefs.SetString("slab", thick.Text)
		v.SetSlab(slab)
	}
	mode.OnChanged = func(string) { set() }
	thick.OnSubmitted = func(string) { set() }
	return container.NewVBox(mode, container.NewGridWithColumns(2, widget.NewLabel("slices, or 0.1mm"), thick))
}

// typedSlab reads a thickness: a number of slices, or a length with its unit.
func typedSlab(text string, calibrated bool) (s volumeview.Slab, err error) {
	text = strings.TrimSpace(text)
	if n, err := strconv.Atoi(text); err == nil && n > 0 {
		return volumeview.Slab{Slices: n}, nil
	}
	mm, err := calibration.Length(text)
	switch {
	case err != nil:
		return s, fmt.Errorf("%q is no thickness: a number of slices is wanted, or a length such as 0.1mm", text)
	case !calibrated:
		return s, fmt.Errorf("a thickness of %s needs a calibrated volume: type a number of slices, or calibrate it (C)", text)
	}
	return volumeview.Slab{MM: mm}, nil
}
