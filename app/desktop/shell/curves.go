package shell

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"explant/app/desktop/curves"
)

// curvesView draws what was measured bin by bin; a bin leads to its row and its place.
type curvesView struct {
	box    fyne.CanvasObject
	panel  *resultsPanel
	choice *widget.Select
	plot   *plot
	told   *widget.Label
	all    []curves.Curve
}

func newCurvesView(p *resultsPanel) *curvesView {
	v := &curvesView{panel: p, told: wrapped(""), plot: newPlot()}
	v.choice = widget.NewSelect(nil, func(string) { v.draw() })
	v.plot.hit = v.hit
	v.box = container.NewBorder(v.choice, v.told, nil, nil, v.plot)
	return v
}

// show takes the curves of the panel's result.
func (v *curvesView) show() {
	v.all = nil
	if v.panel.out != "" {
		v.all = curves.Of(v.panel.res)
	}
	v.choice.Options = nil
	for _, c := range v.all {
		v.choice.Options = append(v.choice.Options, c.Title)
	}
	v.choice.ClearSelected()
	v.told.SetText("")
	if len(v.all) > 0 {
		v.told.SetText("Click a bin to see its place.")
		v.choice.SetSelectedIndex(0)
	} else if v.panel.out != "" {
		v.told.SetText("This result has no curve.")
	}
	v.draw()
}

func (v *curvesView) draw() {
	v.plot.curve = nil
	if i := v.choice.SelectedIndex(); i >= 0 && i < len(v.all) {
		v.plot.curve = &v.all[i]
	}
	v.plot.marked = -1
	v.plot.raster.Refresh()
}

// hit takes a click on a bin.
func (v *curvesView) hit(b curves.Bin) {
	v.plot.marked = b.Row
	v.plot.raster.Refresh()
	rows := v.panel.values.all
	for _, r := range rows {
		if r.At == b.Row {
			v.told.SetText(r.Name + ": " + r.Value + interval(r.Interval))
		}
	}
	v.panel.placer.bring(v.panel.res.Measurements[b.Row])
}

func interval(text string) string {
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}

// plot shows the drawing of a curve.
type plot struct {
	widget.BaseWidget
	raster *canvas.Raster
	curve  *curves.Curve // nil for none
	marked int
	hit    func(curves.Bin)
	last   curves.Picture
	pixels float32 // of the drawing a unit of length
}

func newPlot() *plot {
	p := &plot{pixels: 1, marked: -1}
	p.raster = canvas.NewRaster(p.picture)
	p.ExtendBaseWidget(p)
	return p
}

// picture draws the curve as large as the widget is.
func (p *plot) picture(w, h int) image.Image {
	if width := p.raster.Size().Width; width > 0 {
		p.pixels = float32(w) / width
	}
	if p.curve == nil || w < 1 || h < 1 {
		return image.NewRGBA(image.Rect(0, 0, 1, 1))
	}
	p.last = curves.Draw(p.curve, w, h, int(theme.CaptionTextSize()*p.pixels+0.5), curves.Ink{
		Ground: theme.Color(theme.ColorNameBackground), Text: theme.Color(theme.ColorNameForeground), Grid: theme.Color(theme.ColorNameInputBackground), Lines: curves.Palette,
	}, p.marked)
	return p.last.Image
}

// CreateRenderer is part of fyne.Widget.
func (p *plot) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(p.raster) }

// MinSize leaves room for numbers.
func (p *plot) MinSize() fyne.Size { return fyne.NewSize(160, 140) }

// Tapped is part of fyne.Tappable.
func (p *plot) Tapped(e *fyne.PointEvent) {
	if b, ok := p.last.Hit(int(e.Position.X*p.pixels), int(e.Position.Y*p.pixels)); ok && p.curve != nil {
		p.hit(b)
	}
}

// Cursor is part of desktop.Cursorable.
func (p *plot) Cursor() desktop.Cursor { return desktop.PointerCursor }
