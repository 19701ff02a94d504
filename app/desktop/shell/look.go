package shell

import (
	"image/color"
	"slices"

	"fyne.io/fyne/v2/widget"

	"explant/analysis/stain"
	"explant/app/desktop/source"
)

// colors chooses the colour of a channel.
func (p *displayPanel) colors(now color.NRGBA, set func(color.NRGBA)) *widget.Select {
	var names []string
	at := ""
	for _, c := range source.Palette {
		names = append(names, c.Name)
		if c.Color == now {
			at = c.Name
		}
	}
	choice := widget.NewSelect(names, nil)
	choice.SetSelected(at)
	choice.OnChanged = func(name string) {
		for _, c := range source.Palette {
			if c.Name == name {
				set(c.Color)
			}
		}
	}
	return choice
}

// next shows the next stain or channel alone; after the last one, all again.
func (p *displayPanel) next() {
	s := p.shell
	switch {
	case s.slide == nil:
		s.status.say("S goes through the stains or channels of a slide")
	case s.image.Color():
		p.nextStain()
	default:
		p.nextChannel()
	}
}

func (p *displayPanel) nextStain() {
	if p.profile.Selected == asItIs {
		first := p.shell.prefs.StringWithFallback("stains", "he")
		if !slices.Contains(stain.Names(), first) {
			first = stain.Names()[0]
		}
		p.profile.SetSelected(first)
	}
	at := slices.Index(p.single.Options, p.single.Selected)
	at = max(at, 0) + 1 // the first one is all of them
	if at >= len(p.single.Options) {
		p.profile.SetSelected(asItIs)
		p.shell.status.say("colours as they are")
		return
	}
	p.single.SetSelected(p.single.Options[at])
	p.shell.status.say(p.profile.Selected + ": " + p.single.Options[at] + " alone")
}

func (p *displayPanel) nextChannel() {
	look := p.shell.slide.Look()
	look.Channels = append([]source.Channel(nil), look.Channels...)
	at := alone(look.Channels) + 1
	text := "all channels"
	for i := range look.Channels {
		look.Channels[i].Shown = i == at || at == len(look.Channels)
		if i == at {
			text = look.Channels[i].Name + " alone"
		}
	}
	p.shell.slide.SetLook(look)
	p.show()
	p.shell.status.say(text)
}

// alone is the channel that alone is shown of several; -1 for none.
func alone(all []source.Channel) int {
	shown, at := 0, -1
	for i, c := range all {
		if c.Shown {
			shown, at = shown+1, i
		}
	}
	if shown != 1 || len(all) == 1 {
		return -1
	}
	return at
}
