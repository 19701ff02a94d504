package shell

import (
	"context"
	"fmt"
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"explant/analysis/stain"
	"explant/app/desktop/source"
	"explant/volume/render"
)

// displayPanel says how samples become colours: it never changes a sample.
type displayPanel struct {
	box       *fyne.Container
	shell     *Shell
	low, high *widget.Entry
	profile   *widget.Select     // of colours: the stains of which
	single    *widget.RadioGroup // the one of them that is shown
}

func newDisplayPanel(s *Shell) *displayPanel {
	p := &displayPanel{shell: s}
	p.box = container.NewVBox(wrapped("Open an image to choose how it is shown."))
	return p
}

// show builds the panel for the open image.
func (p *displayPanel) show() {
	p.box.RemoveAll()
	switch m := p.shell.image; {
	case m.Volume():
		p.volume()
	case m.Color():
		p.stains()
	default:
		p.channels()
	}
	p.box.Add(widget.NewSeparator())
	p.box.Add(wrapped("What is shown here changes the picture alone, never a measurement."))
	p.box.Refresh()
}

// volume shows the window of grey values and its presets.
func (p *displayPanel) volume() {
	v := p.shell.volume
	p.low, p.high = widget.NewEntry(), widget.NewEntry()
	set := func(string) {
		low, errLow := strconv.ParseFloat(p.low.Text, 64)
		high, errHigh := strconv.ParseFloat(p.high.Text, 64)
		if errLow == nil && errHigh == nil && high > low {
			v.SetWindow(render.Window{Low: low, High: high})
		} else {
			p.shell.status.say("the window of grey values wants two numbers, black below white")
		}
	}
	p.low.OnSubmitted, p.high.OnSubmitted = set, set
	preset := func(name string, low, high float64) *widget.Button {
		return widget.NewButton(name, func() { v.Preset(low, high); p.window(v.Window()) })
	}
	p.box.Add(heading("Window of grey values"))
	p.box.Add(container.NewGridWithColumns(2, widget.NewLabel("black at"), p.low, widget.NewLabel("white at"), p.high))
	p.box.Add(container.NewGridWithColumns(2, preset("Usual", 0.5, 99.5), preset("All values", 0, 100), preset("Strong contrast", 5, 95), preset("Bright parts", 50, 100)))
	p.box.Add(wrapped("Drag with the right button on a slice: sideways for contrast, up and down for brightness."))
	p.box.Add(widget.NewSeparator())
	p.box.Add(heading("Thick slab"))
	p.box.Add(p.slab())
	p.box.Add(widget.NewSeparator())
	p.box.Add(heading("3D view"))
	p.box.Add(widget.NewButton("Make it (D)", v.ShowSpace))
	p.box.Add(wrapped("Shows the classes of the overlay, or else what is brighter than the middle of the window."))
	p.window(v.Window())
}

// window shows the window of grey values.
func (p *displayPanel) window(w render.Window) {
	if p.low != nil {
		p.low.SetText(fmt.Sprintf("%.6g", w.Low))
		p.high.SetText(fmt.Sprintf("%.6g", w.High))
	}
}

// asItIs is the choice of colours as they are.
const asItIs = "as they are"

// stains offers the stains of a profile one by one.
func (p *displayPanel) stains() {
	single := widget.NewRadioGroup(nil, nil)
	var known []source.Stain
	profile := widget.NewSelect(append([]string{asItIs}, stain.Names()...), func(name string) {
		known = nil
		single.Options = nil
		if name != asItIs {
			var err error
			if known, err = source.Stains(name); err != nil {
				p.shell.fail("This stain profile cannot be used", err)
				return
			}
			single.Options = append(single.Options, "all")
			for _, st := range known {
				single.Options = append(single.Options, st.Name)
			}
		}
		single.SetSelected("")
		single.Refresh()
		p.shell.slide.SetLook(source.Look{})
		if name != asItIs {
			p.shell.prefs.SetString("stains", name)
		}
	})
	single.OnChanged = func(name string) {
		look := source.Look{}
		for i := range known {
			if known[i].Name == name {
				look.Stain = &known[i]
			}
		}
		p.shell.slide.SetLook(look)
	}
	profile.SetSelected(asItIs)
	p.profile, p.single = profile, single
	p.box.Add(heading("Colours"))
	p.box.Add(container.NewBorder(nil, nil, widget.NewLabel("stains"), nil, profile))
	p.box.Add(single)
	p.box.Add(wrapped("S goes through the stains of the profile, one alone each, and back to the colours."))
}

// channels lets each channel be shown or not, in a range.
func (p *displayPanel) channels() {
	look := p.shell.slide.Look()
	p.box.Add(heading("Channels"))
	for i := range look.Channels {
		p.box.Add(p.channel(i, look.Channels[i]))
	}
	p.box.Add(wrapped("S shows one channel alone after the other, and then all again."))
	p.box.Add(widget.NewButton("Ranges anew", func() {
		m, slide := p.shell.image, p.shell.slide
		go func() {
			channels, err := m.Channels(context.Background())
			p.shell.ui(func() {
				if err == nil && p.shell.slide == slide {
					slide.SetLook(source.Look{Channels: channels})
					p.show()
				}
			})
		}()
	}))
}

func (p *displayPanel) channel(i int, c source.Channel) fyne.CanvasObject {
	set := func(fn func(*source.Channel)) {
		look := p.shell.slide.Look()
		look.Channels = append([]source.Channel(nil), look.Channels...)
		fn(&look.Channels[i])
		p.shell.slide.SetLook(look)
	}
	shown := widget.NewCheck(c.Name, nil)
	shown.SetChecked(c.Shown)
	shown.OnChanged = func(on bool) { set(func(c *source.Channel) { c.Shown = on }) }
	low, high := widget.NewEntry(), widget.NewEntry()
	low.SetText(fmt.Sprintf("%.5g", c.Low))
	high.SetText(fmt.Sprintf("%.5g", c.High))
	low.OnSubmitted = func(text string) { p.number(text, func(v float64) { set(func(c *source.Channel) { c.Low = v }) }) }
	high.OnSubmitted = func(text string) { p.number(text, func(v float64) { set(func(c *source.Channel) { c.High = v }) }) }
	swatch := canvas.NewRectangle(color.Color(c.Color))
	swatch.SetMinSize(fyne.NewSize(10, 10))
	colors := p.colors(c.Color, func(to color.NRGBA) {
		swatch.FillColor = to
		swatch.Refresh()
		set(func(c *source.Channel) { c.Color = to })
	})
	return container.NewVBox(container.NewBorder(nil, nil, swatch, colors, shown),
		container.NewGridWithColumns(4, widget.NewLabel("black at"), low, widget.NewLabel("full at"), high))
}

func (p *displayPanel) number(text string, use func(float64)) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		p.shell.status.say(fmt.Sprintf("%q is no number", text))
		return
	}
	use(v)
}
