package shell

import (
	"context"
	"image"
	"image/color"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"explant/analysis/protocol"
	"explant/app/desktop/histogram"
	"explant/app/desktop/preview"
	"explant/volume/render"
	"explant/volume/threshold"
)

// histogramView counts what is in view, with the thresholds of the rules, which can be dragged.
type histogramView struct {
	box      fyne.CanvasObject
	shell    *Shell
	quantity *widget.Select
	bars     *bars
	told     *widget.Label
	counts   threshold.Histogram
	cancel   context.CancelFunc
	counting sync.WaitGroup
	open     bool
}

func newHistogramView(s *Shell) *histogramView {
	v := &histogramView{shell: s, told: small("", widget.LowImportance), bars: newBars()}
	v.told.Hide()
	v.quantity = widget.NewSelect(nil, func(string) { v.ask() })
	v.bars.moved = v.move
	v.box = container.NewVBox(v.quantity, v.bars, v.told)
	return v
}

// show offers what can be counted for a protocol.
func (v *histogramView) show(p protocol.Protocol) {
	v.quantity.Options = histogram.Quantities(p, v.shell.image.Info)
	v.quantity.Selected = ""
	if len(v.quantity.Options) > 0 {
		v.quantity.Selected = v.quantity.Options[0]
	}
	v.quantity.Refresh()
	v.ask()
}

// ask counts what is in view now, in the background; the newest question alone is answered.
func (v *histogramView) ask() {
	s := v.shell
	form := s.run.rules.form
	if !v.open || s.image == nil || form == nil || v.quantity.Selected == "" {
		return
	}
	if v.cancel != nil {
		v.cancel()
	}
	ctx, cancel := context.WithCancel(context.Background())
	v.cancel = cancel
	count := v.counter(form.Protocol)
	v.counting.Go(func() {
		h, err := count(ctx)
		s.ui(func() {
			if ctx.Err() != nil {
				return
			}
			shown(v.told, err != nil)
			if err != nil {
				v.told.SetText("nothing is counted: " + err.Error())
				return
			}
			v.counts = h
			v.lines()
		})
	})
}

// countedPixels bounds what is read of a picture.
const countedPixels = 1 << 21

// counter is what counts, off the UI thread.
func (v *histogramView) counter(p protocol.Protocol) func(context.Context) (threshold.Histogram, error) {
	s, quantity := v.shell, v.quantity.Selected
	if s.volume != nil && !p.Engine.Planar() {
		stack, z := s.volume.Stack, s.volume.Cross()[2]
		return func(context.Context) (threshold.Histogram, error) {
			if quantity == histogram.Whole {
				return histogram.OfVolume(stack, nil), nil
			}
			return histogram.OfVolume(stack, stack.Plane(render.Z, z)), nil
		}
	}
	r := s.image.Reader()
	w, _ := s.window(p.Engine)
	if n := s.image.Info.Grid.N[2]; n > 1 { // of a stack of planes the middle one
		w.Min[2], w.Max[2] = n/2, n/2+1
	}
	w = preview.Middle(w, countedPixels)
	return func(ctx context.Context) (threshold.Histogram, error) {
		return histogram.OfPicture(ctx, r, w, p, quantity)
	}
}

// lines draws the thresholds as the rules have them now.
func (v *histogramView) lines() {
	form := v.shell.run.rules.form
	if form == nil {
		return
	}
	p, err := form.Now()
	if err != nil {
		p = form.Protocol // rules that cannot be are told in their rows
	}
	var found map[string]float64
	if res := v.shell.results.res; res.Protocol.Name == form.Protocol.Name {
		found = res.Diagnostics
	}
	v.bars.counts, v.bars.unit = v.counts, histogram.Unit(p)
	v.bars.lines = histogram.Lines(p, v.quantity.Selected, v.counts, found)
	v.bars.raster.Refresh()
}

// move takes a dragged threshold.
func (v *histogramView) move(path, typed string) { v.shell.run.rules.set(path, typed) }

// close ends the counting before its image is closed.
func (v *histogramView) close() {
	if v.cancel != nil {
		v.cancel()
	}
	v.counting.Wait()
}

// bars shows a histogram whose lines can be dragged.
type bars struct {
	widget.BaseWidget
	raster *canvas.Raster
	counts threshold.Histogram
	lines  []histogram.Line
	unit   string
	moved  func(path, typed string)
	last   histogram.Picture
	held   string // the path of the line that is dragged
	pixels float32
}

func newBars() *bars {
	b := &bars{pixels: 1}
	b.raster = canvas.NewRaster(b.picture)
	b.ExtendBaseWidget(b)
	return b
}

// picture draws the histogram as large as the widget is.
func (b *bars) picture(w, h int) image.Image {
	if width := b.raster.Size().Width; width > 0 {
		b.pixels = float32(w) / width
	}
	if len(b.counts.Counts) == 0 || w < 1 || h < 1 {
		return image.NewRGBA(image.Rect(0, 0, 1, 1))
	}
	b.last = histogram.Draw(b.counts, b.lines, b.unit, w, h, int(theme.CaptionTextSize()*b.pixels+0.5), histogram.Ink{
		Ground: theme.Color(theme.ColorNameInputBackground), Text: theme.Color(theme.ColorNameForeground), Bars: theme.Color(theme.ColorNameDisabled),
		Class: func(name string) color.NRGBA { return classColor(name) },
	})
	return b.last.Image
}

// CreateRenderer is part of fyne.Widget.
func (b *bars) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(b.raster) }

// MinSize leaves room for bars.
func (b *bars) MinSize() fyne.Size { return fyne.NewSize(160, 96+2*theme.TextSize()) }

// Dragged is part of fyne.Draggable.
func (b *bars) Dragged(e *fyne.DragEvent) {
	if b.held == "" {
		const reach = 8
		l, ok := b.last.Grip(int((e.Position.X-e.Dragged.DX)*b.pixels), int(reach*b.pixels))
		if !ok {
			return
		}
		b.held = l.Path
	}
	b.moved(b.held, b.last.Typed(int(e.Position.X*b.pixels)))
}

// DragEnd is part of fyne.Draggable.
func (b *bars) DragEnd() { b.held = "" }

// Cursor is part of desktop.Cursorable.
func (b *bars) Cursor() desktop.Cursor { return desktop.HResizeCursor }
