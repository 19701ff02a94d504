package shell

import (
	"fmt"
	"net/url"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"explant/analysis/result"
	"explant/app/desktop/runner"
	"explant/app/pipeline"
)

// resultsPanel shows what a run found: values, curves, pieces and flags, each of them a place in the image.
type resultsPanel struct {
	box     fyne.CanvasObject
	shell   *Shell
	title   *widget.Label
	parts   *container.AppTabs
	values  *valuesView
	curves  *curvesView
	objects *objectsView
	flags   *fyne.Container
	report  *widget.Button
	folder  *widget.Button
	export  *widget.Button
	res     result.Result
	out     string // the folder of the run; "" without one
	placer  *placer
}

func newResultsPanel(s *Shell) *resultsPanel {
	p := &resultsPanel{shell: s, title: small(noResults, widget.MediumImportance), flags: container.NewVBox(), placer: &placer{shell: s}}
	p.values, p.curves, p.objects = newValuesView(p), newCurvesView(p), newObjectsView(p)
	p.parts = container.NewAppTabs(
		container.NewTabItem("Values", p.values.box), container.NewTabItem("Curves", p.curves.box),
		container.NewTabItem("Objects", p.objects.box), container.NewTabItem("Flags", container.NewVScroll(p.flags)),
	)
	p.parts.OnSelected = func(t *container.TabItem) {
		if t.Text == "Objects" {
			p.objects.look()
		}
	}
	p.report = widget.NewButtonWithIcon("Report", theme.DocumentIcon(), s.openReport)
	p.folder = widget.NewButtonWithIcon("Folder", theme.FolderIcon(), s.openFolder)
	p.export = widget.NewButtonWithIcon("Export…", theme.UploadIcon(), s.exportRun)
	p.box = container.NewBorder(p.title, spread(p.report, p.folder, p.export), nil, nil, p.parts)
	p.clear()
	return p
}

const noResults = "No results yet: run a protocol (Ctrl+Enter). Its values, curves and flags come here, and each of them leads to its place in the image."

// load shows the results beside the open image, where there are any.
func (p *resultsPanel) load() { p.open(runner.Results(p.shell.image.Path, p.shell.data)) }

// open shows the results in a folder, where there are any.
func (p *resultsPanel) open(out string) {
	if res, err := runner.Load(out); err == nil {
		p.show(res, out)
		return
	}
	p.clear()
}

// clear shows that there are none.
func (p *resultsPanel) clear() {
	p.placer.close()
	p.title.SetText(noResults)
	p.fill(result.Result{}, "")
}

// fill puts a result into all parts.
func (p *resultsPanel) fill(res result.Result, out string) {
	p.res, p.out = res, out
	for _, b := range []*widget.Button{p.report, p.folder, p.export} {
		b.Enable()
		if out == "" {
			b.Disable()
		}
	}
	p.values.show()
	p.curves.show()
	p.objects.show()
	p.showFlags()
}

// show shows a result and lays its labels over the image.
func (p *resultsPanel) show(res result.Result, out string) {
	p.title.SetText(fmt.Sprintf("%s, %s, report %s (%s)", res.Image.Name, res.Protocol.Name, res.ID, res.Status))
	p.fill(res, out)
	p.shell.preview.off()
	p.shell.showOverlay(out, res.Classes)
	p.placer.read(res, out, runner.FrameOf(res, p.shell.run.inputs.entries["frame"].Text, filepath.Join(filepath.Dir(p.shell.image.Path), "frame.yaml")))
}

// showFlags lists the flags with what to do about them.
func (p *resultsPanel) showFlags() {
	p.flags.Objects = nil
	if p.out != "" && len(p.res.Flags) == 0 {
		p.flags.Add(wrapped("No flags: nothing speaks against these results."))
	}
	for _, f := range p.res.Flags {
		p.flags.Add(p.flag(f))
	}
	if len(p.res.Missing) > 0 {
		p.flags.Add(heading("Preliminary"))
		p.flags.Add(small(fmt.Sprintf("%d report fields are missing: %s …", len(p.res.Missing), p.res.Missing[0]), widget.MediumImportance))
		p.flags.Add(widget.NewButton("State the device…", func() { p.shell.askFor("device") }))
	}
	p.flags.Refresh()
}

// flag explains one flag and offers what can be done about it here.
func (p *resultsPanel) flag(f result.Flag) fyne.CanvasObject {
	box := container.NewVBox(heading(f.ID), small(f.Text, widget.MediumImportance), small(f.Remedy, widget.LowImportance))
	if name, do := p.shell.remedy(f.ID); do != nil {
		box.Add(container.NewHBox(widget.NewButton(name, do)))
	}
	box.Add(widget.NewSeparator())
	return box
}

// remedies are what the window can do about flags, by their names: what asks for an input opens it.
var remedies = map[string][2]string{
	"touches-border": {"Choose a wider scan…", "open"}, "reference-spacing": {"Choose the unused device…", "reference"},
	"reference-refused": {"Choose the unused device…", "reference"}, "reference-greys": {"Choose the unused device…", "reference"},
	"frame-partly-scanned": {"Choose the frame…", "frame"}, "frame-too-short": {"Choose the frame…", "frame"}, "zones-elsewhere": {"Choose the zones…", "zones"},
	"sections-elsewhere": {"Choose the frame…", "frame"}, "mats-cut": {"Choose the frame…", "frame"},
}

// remedy is what can be done here about a flag; do is nil where nothing can.
func (s *Shell) remedy(id string) (name string, do func()) {
	if id == "uncalibrated" {
		return "Calibrate…", s.calibrate
	}
	r, ok := remedies[id]
	switch {
	case !ok:
		if s.run.rules.form != nil {
			return "Look at the rules", func() { s.tabs.Select(s.runTab) }
		}
		return "", nil
	case r[1] == "open":
		return r[0], s.openDialog
	}
	return r[0], func() { s.askFor(r[1]) }
}

// askFor opens the entry of an input of the command line.
func (s *Shell) askFor(flag string) {
	s.tabs.Select(s.runTab)
	s.run.beside.set(true)
	if e := s.run.inputs.entries[flag]; e != nil {
		s.win.Canvas().Focus(e)
	}
}

func (s *Shell) openReport() {
	if s.results.out != "" {
		s.results.browse(filepath.Join(s.results.out, pipeline.ReportFile))
	}
}

func (s *Shell) openFolder() {
	if s.results.out != "" {
		s.results.browse(s.results.out)
	}
}

// exportRun copies all files of the run into a folder that a person chooses.
func (s *Shell) exportRun() {
	out := s.results.out
	if out == "" {
		return
	}
	d := dialog.NewFolderOpen(func(u fyne.ListableURI, err error) {
		if err != nil {
			s.fail("The folder dialog failed", err)
		}
		if err != nil || u == nil {
			return
		}
		s.status.say("exporting …")
		go func() {
			folder, err := runner.Export(out, u.Path())
			s.ui(func() {
				if err != nil {
					s.fail("The run is not exported", err)
					return
				}
				s.status.say("exported to " + folder)
			})
		}()
	}, s.win)
	if at := s.home(); at != nil {
		d.SetLocation(at)
	}
	d.Resize(fyne.NewSize(900, 600))
	d.Show()
}

// browse opens a file or a folder with the program that the system has for it.
func (p *resultsPanel) browse(path string) {
	if err := p.shell.app.OpenURL(&url.URL{Scheme: "file", Path: path}); err != nil {
		p.shell.fail("No program opens this", fmt.Errorf("%s: %w", path, err))
	}
}
