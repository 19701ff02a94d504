package shell

import (
	"fmt"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"

	"explant/app/desktop/annotate"
	"explant/app/pipeline"
	"explant/volume/render"
)

// table lists everything that the program does on command.
func (s *Shell) table() []action {
	all := []action{
		{"File", "Open an image…", "Ctrl+O", s.openDialog},
		{"File", "Open a folder…", "Ctrl+Shift+O", s.folderDialog},
		{"File", "Images opened last", "", func() { s.list.recent() }},
		{"File", "Import objects (GeoJSON)…", "Ctrl+I", s.importDialog},
		{"File", "Export objects (GeoJSON)…", "Ctrl+E", s.exportDialog},
		{"File", "Quit", "Ctrl+Q", s.quit},
		{"Edit", "Undo", "Ctrl+Z", s.stepBack},
		{"Edit", "Redo", "Ctrl+Shift+Z, Ctrl+Y", s.stepAgain},
		{"Edit", "Delete the selected object", "Delete", s.do((*annotate.Marker).Delete)},
		{"Edit", "Find an action", "Ctrl+K", s.search},
		{"View", "Whole image", "0", s.fit},
		{"View", "Zoom in", "+, =", func() { s.zoom(1.25) }},
		{"View", "Zoom out", "-", func() { s.zoom(0.8) }},
		{"View", "Overlay on or off", "H", nil},
		{"View", "Next stain or channel alone", "S", func() { s.display.next() }},
		{"View", "Make the 3D view", "D", s.showSpace},
		{"View", "Next new image", "N", func() { s.nextNew(1) }},
		{"View", "Previous new image", "Shift+N", func() { s.nextNew(-1) }},
		{"View", "List of images", "F9", s.foldLeft},
		{"View", "Inspector", "F10", s.foldRight},
		{"View", "Dark", "", func() { s.setLooks(int(theme.VariantDark), s.scale()) }},
		{"View", "Light", "", func() { s.setLooks(int(theme.VariantLight), s.scale()) }},
		{"View", "Dark or light as the system", "", func() { s.setLooks(-1, s.scale()) }},
		{"View", "Larger text", "", func() { s.setLooks(s.variant(), min(s.scale()+0.25, 2)) }},
		{"View", "Smaller text", "", func() { s.setLooks(s.variant(), max(s.scale()-0.25, 1)) }},
		{"Tools", "Calibrate…", "C", s.calibrate},
		{"Tools", "Smaller brush, or stricter wand", "[", s.do(func(m *annotate.Marker) { s.status.say(m.Grow(0.8)) })},
		{"Tools", "Larger brush, or bolder wand", "]", s.do(func(m *annotate.Marker) { s.status.say(m.Grow(1.25)) })},
		{"Tools", "Finish the polygon or the angle", "Enter", s.do((*annotate.Marker).Finish)},
		{"Tools", "Cancel what is half drawn", "Esc", s.do((*annotate.Marker).Cancel)},
		{"Analyse", "Run the protocol", "Ctrl+Enter", s.analyse},
		{"Analyse", "Preview what is in view, on or off", "Ctrl+P", func() { s.preview.on.SetChecked(!s.preview.on.Checked) }},
		{"Analyse", "Cancel all runs", "", s.cancelRuns},
		{"Analyse", "Save the rules as a protocol of your own…", "", s.saveProtocol},
		{"Analyse", "Give back the rules of the protocol", "", func() { s.run.rules.resetAll() }},
		{"Analyse", "Copy the command line of this run", "", s.copyCommand},
		{"Analyse", "Show the rules", "", func() { s.tabs.Select(s.runTab) }},
		{"Analyse", "Show the runs", "", func() { s.tabs.Select(s.jobsTab) }},
		{"Report", "Open the folder of the results", "", s.openFolder},
		{"Report", "Export all files of the run…", "", s.exportRun},
		{"Report", "Show the results", "", func() { s.tabs.Select(s.resultsTab) }},
		{"Report", "Open the report", "Ctrl+R", s.openReport},
		{"Help", "Keys", "?", s.sheet},
		{"Help", "Help for what is open", "F1", s.help},
		{"Help", "About explant", "", s.about},
	}
	for i := range all {
		if all[i].do == nil {
			all[i].do = func() { s.peek(true); s.peek(false) }
		}
	}
	for _, t := range toolTable {
		all = append(all, action{"Tools", string(t.kind), t.key, func() { s.tools.take(t.kind) }})
	}
	for i, name := range classNames {
		all = append(all, action{"Tools", "Class " + name, strconv.Itoa(i + 1), func() { s.marks.setClass(i) }})
	}
	for i := range demos {
		all = append(all, action{"Help", "Demo: " + demos[i].name, "", func() { s.openDemo(i) }})
	}
	return all
}

func (s *Shell) fit() {
	if s.slide != nil {
		s.slide.Fit()
	}
	if s.volume != nil {
		s.volume.Fit()
	}
}

func (s *Shell) zoom(factor float64) {
	if s.slide != nil {
		s.slide.ZoomMiddle(factor)
	}
	if s.volume != nil {
		s.volume.Zoom(factor)
	}
}

func (s *Shell) showSpace() {
	if s.volume != nil {
		s.volume.ShowSpace()
	}
}

func (s *Shell) about() {
	dialog.ShowInformation("explant "+pipeline.Version,
		"Measures clot deposits on explanted oxygenators and connectors\nfrom micro-CT volumes and stained slides.\n\nPress ? for all keys and Ctrl+K to find any action.", s.win)
}

// typedKey takes keys that type no character.
func (s *Shell) typedKey(e *fyne.KeyEvent) {
	if s.closeDialog(e.Name) {
		return
	}
	for name, key := range named {
		if key != e.Name {
			continue
		}
		for i := range s.actions {
			if s.actions[i].keys == name && name != "0" {
				s.actions[i].do()
				return
			}
		}
	}
	if e.Name == fyne.KeyBackspace && s.marker != nil && !s.marker.DropCorner() {
		s.marker.Delete()
	}
	if s.volume != nil {
		s.sliceKey(e.Name)
	}
	if s.slide != nil {
		s.panKey(e.Name)
	}
}

// panKey moves a slide by a part of the screen.
func (s *Shell) panKey(name fyne.KeyName) {
	const step = 80
	switch name {
	case fyne.KeyLeft:
		s.slide.Pan(step, 0)
	case fyne.KeyRight:
		s.slide.Pan(-step, 0)
	case fyne.KeyUp:
		s.slide.Pan(0, step)
	case fyne.KeyDown:
		s.slide.Pan(0, -step)
	}
}

// sliceKey goes through the slices across z.
func (s *Shell) sliceKey(name fyne.KeyName) {
	steps := map[fyne.KeyName]int{fyne.KeyUp: 1, fyne.KeyRight: 1, fyne.KeyDown: -1, fyne.KeyLeft: -1, fyne.KeyPageUp: 10, fyne.KeyPageDown: -10}
	if by := steps[name]; by != 0 {
		s.volume.Step(render.Z, by)
	}
}

// heldKey takes keys that do something while they are held.
func (s *Shell) heldKey(name fyne.KeyName, down bool) {
	switch name {
	case fyne.KeyH:
		s.peek(down)
	case fyne.KeySpace:
		if s.slide != nil {
			s.slide.HoldHand(down)
		}
		if s.volume != nil {
			s.volume.HoldHand(down)
		}
	}
}

func (s *Shell) variant() int {
	return s.prefs.IntWithFallback("looks.variant", int(theme.VariantDark))
}

func (s *Shell) scale() float64 { return s.prefs.FloatWithFallback("looks.scale", 1) }

// setLooks changes light or dark and the size of text, and remembers it.
func (s *Shell) setLooks(variant int, scale float64) {
	s.prefs.SetInt("looks.variant", variant)
	s.prefs.SetFloat("looks.scale", scale)
	s.restyle()
	s.status.say(fmt.Sprintf("text at %.0f %%", 100*scale))
}

// restyle applies the looks in the settings.
func (s *Shell) restyle() {
	s.app.Settings().SetTheme(looks{variant: s.variant(), scale: float32(s.scale())})
	if s.tools != nil {
		s.tools.arrange(s.scale())
		s.status.arrange(s.scale())
		s.stage.enlarge(s.scale())
	}
}
