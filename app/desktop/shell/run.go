package shell

import (
	"runtime"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"explant/analysis/protocol"
	"explant/analysis/result"
	"explant/app/desktop/runner"
	"explant/app/pipeline"
)

// runPanel chooses a protocol and runs it.
type runPanel struct {
	box      fyne.CanvasObject
	shell    *Shell
	protocol *widget.Select
	about    *widget.Label
	axis     *widget.Select
	axisRow  *fyne.Container
	sample   *widget.Entry
	out      *widget.Entry
	sets     *widget.Entry
	start    *widget.Button
	cancel   *widget.Button
	bar      *widget.ProgressBar
	endless  *widget.ProgressBarInfinite
	text     *widget.Label
}

func newRunPanel(s *Shell) *runPanel {
	p := &runPanel{shell: s, about: wrapped(""), text: wrapped("Open an image first.")}
	p.protocol = widget.NewSelect(nil, p.explain)
	p.axis = widget.NewSelect(pipeline.Axes, nil)
	p.axis.SetSelected("z")
	p.axisRow = container.NewBorder(nil, nil, widget.NewLabel("flow axis"), nil, p.axis)
	p.sample, p.out, p.sets = widget.NewEntry(), widget.NewEntry(), widget.NewMultiLineEntry()
	p.sample.SetPlaceHolder("for the tables")
	p.sets.SetPlaceHolder("segment.threshold=90")
	p.sets.SetMinRowsVisible(2)
	p.start = widget.NewButtonWithIcon("Run  (Ctrl+Enter)", theme.MediaPlayIcon(), s.analyse)
	p.start.Importance = widget.HighImportance
	p.cancel = widget.NewButtonWithIcon("Cancel", theme.CancelIcon(), func() { s.runner.Cancel() })
	p.bar, p.endless = widget.NewProgressBar(), widget.NewProgressBarInfinite()
	p.endless.Stop()
	p.endless.Hide()
	p.bar.Hide()
	p.cancel.Disable()
	p.start.Disable()
	p.box = container.NewVScroll(container.NewVBox(
		heading("Protocol"), p.protocol, p.about, p.axisRow,
		widget.NewLabel("Sample"), p.sample, widget.NewLabel("Folder for the results"), p.out,
		widget.NewLabel("Rules to change, one a line"), p.sets,
		container.NewGridWithColumns(2, p.start, p.cancel), p.bar, p.endless, p.text,
	))
	return p
}

// show offers the protocols for the open image.
func (p *runPanel) show() {
	m := p.shell.image
	var fitting []string
	for _, name := range protocol.Builtin() {
		rules, err := protocol.Resolve(name, nil, nil)
		if err == nil && (rules.Engine == protocol.Slide) != m.Volume() {
			fitting = append(fitting, name)
		}
	}
	p.protocol.Options = fitting
	preferred := p.shell.prefs.StringWithFallback("protocol."+kindOf(m.Volume()), map[bool]string{true: "oxygenator-ct", false: "slide-he"}[m.Volume()])
	p.protocol.SetSelected(preferred)
	p.axisRow.Hide()
	if m.Volume() {
		p.axisRow.Show()
	}
	p.out.SetText(runner.Results(m.Path, p.shell.data))
	p.text.SetText("")
	p.start.Enable()
}

func kindOf(volume bool) string {
	if volume {
		return "volume"
	}
	return "slide"
}

// explain tells what a protocol does.
func (p *runPanel) explain(name string) {
	rules, err := protocol.Resolve(name, nil, nil)
	if err != nil {
		p.about.SetText(err.Error())
		return
	}
	p.about.SetText(strings.TrimSpace(rules.Title))
	p.shell.prefs.SetString("protocol."+kindOf(rules.Engine != protocol.Slide), name)
}

// analyse runs the chosen protocol on the open image.
func (s *Shell) analyse() {
	if s.image == nil {
		return
	}
	o := runner.Order{
		Image: s.image.Path, Out: s.run.out.Text, Protocol: s.run.protocol.Selected, Spacing: s.image.Typed,
		Axis: s.run.axis.Selected, Sample: s.run.sample.Text,
	}
	for _, line := range strings.Split(s.run.sets.Text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			o.Sets = append(o.Sets, line)
		}
	}
	// One core is left to the window, so that it stays quick.
	limits := pipeline.Limits{Workers: max(runtime.GOMAXPROCS(0)-1, 1)}
	err := s.runner.Start(o, limits, func(res result.Result, err error) { s.ui(func() { s.analysed(o, res, err) }) })
	if err != nil {
		s.fail("This run cannot begin", err)
		return
	}
	s.tabs.SelectIndex(2)
	s.run.start.Disable()
	s.run.cancel.Enable()
}

// progress shows how far the run is.
func (p *runPanel) progress(st runner.State) {
	if !st.Running {
		return
	}
	p.text.SetText(st.String())
	p.shell.status.jobs.SetText("1 run: " + st.Stage)
	if share := st.Share(); share >= 0 {
		p.endless.Stop()
		p.endless.Hide()
		p.bar.Show()
		p.bar.SetValue(share)
		return
	}
	p.bar.Hide()
	p.endless.Show()
	p.endless.Start()
}

// analysed shows how a run ended.
func (s *Shell) analysed(o runner.Order, res result.Result, err error) {
	p := s.run
	p.endless.Stop()
	p.endless.Hide()
	p.bar.Hide()
	p.cancel.Disable()
	p.start.Enable()
	s.status.jobs.SetText("")
	switch {
	case isCancelled(err):
		p.text.SetText("cancelled; nothing was written")
		return
	case err != nil:
		p.text.SetText("the run failed")
		s.fail("The run failed", err)
		return
	}
	p.text.SetText("done: " + o.Out)
	s.list.restate(o.Image)
	if s.image != nil && s.image.Path == o.Image {
		s.results.show(res, o.Out)
		s.tabs.SelectIndex(3)
	}
}
