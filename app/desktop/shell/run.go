package shell

import (
	"errors"
	"path/filepath"
	"runtime"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"explant/app/config"
	"explant/app/desktop/runner"
	"explant/app/desktop/settings"
	"explant/app/pipeline"
)

// runPanel chooses a protocol, its rules and what goes in beside them, and runs it.
type runPanel struct {
	box      fyne.CanvasObject
	shell    *Shell
	listed   []settings.Listed
	protocol *widget.Select
	about    *widget.Label // in one line
	purpose  *widget.Label // at length
	rules    *rulesView
	inputs   *inputsView
	beside   *foldable // of the inputs
	out      *entry

	chosen      string   // the source of the protocol, to come back to
	classifier  string   // the file of the one that decides; "" for a protocol
	classifiers []string // that were chosen, with the mark
	wrong       *widget.Label
	start       *widget.Button
	save        *widget.Button
	reset       *widget.Button
	copy        *widget.Button
}

func newRunPanel(s *Shell) *runPanel {
	p := &runPanel{shell: s, about: small("Open an image first.", widget.MediumImportance), purpose: small("", widget.MediumImportance), wrong: small("", widget.DangerImportance), out: s.newEntry()}
	p.protocol = widget.NewSelect(nil, p.choose)
	p.rules = newRulesView(s, p.changed)
	p.inputs = newInputsView(s, p.changed)
	p.save = widget.NewButtonWithIcon("Save as…", theme.DocumentSaveIcon(), s.saveProtocol)
	p.reset = widget.NewButtonWithIcon("Reset", theme.ContentUndoIcon(), p.rules.resetAll)
	p.copy = widget.NewButtonWithIcon("", theme.ContentCopyIcon(), s.copyCommand)
	p.start = widget.NewButtonWithIcon("Run  (Ctrl+Enter)", theme.MediaPlayIcon(), s.analyse)
	p.start.Importance = widget.HighImportance
	for _, b := range []*widget.Button{p.save, p.reset, p.copy, p.start} {
		b.Disable()
	}
	p.wrong.Hide()
	p.beside = newFold("Device, calibration, sample", false, nil, func() fyne.CanvasObject { return p.inputs.box })
	counts := newFold("Histogram", false, nil, func() fyne.CanvasObject { return s.histogram.box })
	counts.opened = func(open bool) {
		s.histogram.open = open
		s.histogram.ask()
	}
	purpose := newFold("About the protocol", false, nil, func() fyne.CanvasObject { return p.purpose })
	where := newFold("Folder for the results", false, nil, func() fyne.CanvasObject { return p.out })
	parts := container.NewVBox(purpose.box, counts.box, p.rules.box, p.beside.box, where.box)
	top := container.NewVBox(p.protocol, p.about, spread(p.save, p.reset))
	bottom := container.NewVBox(s.preview.told, s.preview.on, p.wrong, container.NewBorder(nil, nil, nil, p.copy, p.start))
	p.box = container.NewBorder(top, bottom, nil, nil, container.NewVScroll(container.NewBorder(nil, nil, nil, gap(8), parts)))
	return p
}

// protocolFolder is where a person's own protocols lie: the folder of the settings, else one of the
// program's own.
func (s *Shell) protocolFolder() string {
	if s.config.Protocols != "" {
		return s.config.Protocols
	}
	return filepath.Join(s.data, "protocols")
}

// Configure takes the settings of the command line's file and environment.
func (s *Shell) Configure(c config.Config) { s.config = c }

// show offers the protocols for the open image.
func (p *runPanel) show() {
	m := p.shell.image
	p.out.SetText(runner.Results(m.Path, p.shell.data))
	for _, b := range []*widget.Button{p.save, p.reset, p.copy, p.start} {
		b.Enable()
	}
	p.list(p.shell.prefs.String(p.preferred()))
}

// preferred names the setting of the protocol chosen last for images of this kind.
func (p *runPanel) preferred() string {
	m := p.shell.image
	switch {
	case m.Volume():
		return "protocol.volume"
	case m.Color():
		return "protocol.slide"
	case m.Info.Channels > 1:
		return "protocol.channels"
	}
	return "protocol.grey"
}

// firstChoice are the protocols that are chosen where none was before.
var firstChoice = map[string]string{"protocol.volume": "oxygenator-ct", "protocol.slide": "slide-he", "protocol.channels": "if-net", "protocol.grey": "sem-fibrin"}

// list offers the protocols that fit, and chooses one by its source.
func (p *runPanel) list(source string) {
	p.listed, p.protocol.Options = nil, nil
	at, other := -1, 0
	if strings.HasPrefix(source, classifierMark) {
		p.classifiers = addOnce(p.classifiers, source)
	}
	for _, l := range settings.All(p.shell.protocolFolder()) {
		if l.Err == nil && !settings.Fits(l.Engine, p.shell.image.Info) {
			continue
		}
		name := l.Name
		if l.Source != l.Name {
			name += "  (own)"
		}
		switch l.Source {
		case source:
			at = len(p.listed)
		case firstChoice[p.preferred()]:
			other = len(p.listed)
		}
		p.listed = append(p.listed, l)
		p.protocol.Options = append(p.protocol.Options, name)
	}
	for _, c := range p.classifiers {
		if c == source {
			at = len(p.listed)
		}
		p.listed = append(p.listed, settings.Listed{Name: filepath.Base(c), Source: c})
		p.protocol.Options = append(p.protocol.Options, filepath.Base(c)+"  (classifier)")
	}
	p.protocol.Options = append(p.protocol.Options, chooseClassifier)
	if at < 0 {
		at = other
	}
	p.protocol.ClearSelected()
	p.protocol.SetSelectedIndex(at)
}

// choose takes a protocol.
func (p *runPanel) choose(name string) {
	i := p.protocol.SelectedIndex()
	if name == chooseClassifier {
		p.pickClassifier()
		return
	}
	if i < 0 || i >= len(p.listed) {
		return
	}
	l := p.listed[i]
	p.chosen = l.Source
	if file, ok := strings.CutPrefix(l.Source, classifierMark); ok {
		p.chooseClassifier(file)
		return
	}
	p.classifier = ""
	form, err := settings.New(l.Source)
	if err != nil {
		p.rules.show(nil)
		p.about.SetText(err.Error())
		p.changed()
		return
	}
	p.about.SetText(strings.TrimSpace(form.Protocol.Title))
	p.purpose.SetText(strings.TrimSpace(form.Protocol.Description))
	p.shell.prefs.SetString(p.preferred(), l.Source)
	p.inputs.show(form.Protocol)
	p.rules.show(form)
	p.shell.histogram.show(form.Protocol)
	p.changed()
}

// changed shows what keeps the protocol from being run.
func (p *runPanel) changed() {
	if p.shell.image == nil {
		return
	}
	_, err := p.order()
	p.wrong.SetText("")
	if err != nil {
		p.wrong.SetText(err.Error())
	}
	shown(p.wrong, err != nil)
	p.shell.histogram.lines()
	p.shell.renew()
}

// order is what the panel asks for.
func (p *runPanel) order() (runner.Order, error) {
	o := runner.Order{Image: p.shell.image.Path, Out: strings.TrimSpace(p.out.Text), Spacing: p.shell.image.Typed}
	form := p.rules.form
	switch {
	case p.classifier != "":
		o.Classifier = p.classifier
	case form == nil:
		return o, errors.New("no protocol: choose one that can be read")
	case form.Err() != nil:
		return o, form.Err()
	default:
		o.Protocol, o.Sets = form.Base, form.Sets()
	}
	if err := p.inputs.put(&o); err != nil {
		return o, err
	}
	if o.Classifier != "" {
		return o, nil // it is large: it is read when it runs
	}
	_, err := o.Job()
	return o, err
}

// limits leave one core to the window, so that it stays quick.
func (s *Shell) limits() pipeline.Limits {
	return pipeline.Limits{Workers: max(min(s.config.Workers(), runtime.GOMAXPROCS(0)-1), 1), Memory: int64(s.config.Memory), Scratch: s.config.Scratch}
}

// analyse runs the chosen protocol on the open image, or puts it behind what runs.
func (s *Shell) analyse() {
	if s.image == nil {
		return
	}
	o, err := s.run.order()
	if err == nil {
		var t runner.Task
		if t, err = s.runner.Start(o, s.limits()); err == nil {
			s.jobs.show(t)
			s.tabs.Select(s.jobsTab)
			return
		}
	}
	s.fail("This run cannot begin", err)
}

// saveProtocol saves the rules as a protocol of one's own, which is then the one that runs.
func (s *Shell) saveProtocol() {
	if s.image != nil {
		s.run.rules.saveDialog(s.protocolFolder(), func() {
			s.status.say("saved: " + s.run.rules.form.Base)
			s.run.list(s.run.rules.form.Base)
		})
	}
}

// copyCommand copies the line that does the same without the window.
func (s *Shell) copyCommand() {
	if s.image == nil {
		return
	}
	o, err := s.run.order()
	if err != nil {
		s.fail("There is no command line for this", err)
		return
	}
	s.app.Clipboard().SetContent(o.Command())
	s.status.say("copied: " + o.Command())
}

// cancelRuns stops what runs and what waits.
func (s *Shell) cancelRuns() {
	for _, t := range s.runner.Tasks() {
		s.runner.Cancel(t.ID)
	}
}

// told shows how a run goes on.
func (s *Shell) told(t runner.Task) {
	s.jobs.show(t)
	if t.Stand == runner.Failed {
		s.status.say("the run failed: " + t.Err.Error())
	}
	if t.Stand != runner.Done {
		return
	}
	s.list.restate(t.Order.Image)
	if s.image != nil && s.image.Path == t.Order.Image {
		s.results.show(t.Result, t.Order.Out)
		if s.tabs.Selected() == s.jobsTab { // else the person is busy with something else
			s.tabs.Select(s.resultsTab)
		}
	}
}

// openResults shows what a run gave, with its image.
func (s *Shell) openResults(o runner.Order) {
	if s.image != nil && s.image.Path == o.Image {
		s.results.open(o.Out)
		s.tabs.Select(s.resultsTab)
		return
	}
	s.Open(o.Image)
}

// rulesName names what decides in an order: a protocol, of a file its base name, or a classifier.
func rulesName(o runner.Order) string {
	if o.Classifier != "" {
		return filepath.Base(o.Classifier)
	}
	return strings.TrimSuffix(filepath.Base(o.Protocol), ".yaml")
}
