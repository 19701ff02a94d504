package shell

import (
	"fmt"
	"net/url"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"explant/analysis/result"
	"explant/app/desktop/runner"
	"explant/app/pipeline"
)

// resultsPanel shows what a run found.
type resultsPanel struct {
	box    fyne.CanvasObject
	shell  *Shell
	title  *widget.Label
	table  *widget.Table
	detail *widget.Label
	flags  *widget.Accordion
	report *widget.Button
	folder *widget.Button
	rows   []runner.Row
	out    string
}

var columns = []string{"measurement", "value", "interval", "flags"}

func newResultsPanel(s *Shell) *resultsPanel {
	p := &resultsPanel{shell: s, title: wrapped("No results yet: run a protocol."), detail: wrapped(""), flags: widget.NewAccordion()}
	p.flags.MultiOpen = true
	p.table = widget.NewTableWithHeaders(
		func() (int, int) { return len(p.rows), len(columns) },
		func() fyne.CanvasObject { l := widget.NewLabel(""); l.Truncation = fyne.TextTruncateEllipsis; return l },
		p.cell,
	)
	p.table.ShowHeaderColumn = false
	p.table.UpdateHeader = func(id widget.TableCellID, o fyne.CanvasObject) {
		if id.Col >= 0 {
			o.(*widget.Label).SetText(columns[id.Col])
		}
	}
	for i, w := range []float32{150, 82, 105, 130} {
		p.table.SetColumnWidth(i, w)
	}
	p.table.OnSelected = func(id widget.TableCellID) {
		if id.Row >= 0 && id.Row < len(p.rows) {
			p.detail.SetText(p.rows[id.Row].Detail)
		}
	}
	p.report = widget.NewButtonWithIcon("Open the report", theme.DocumentIcon(), s.openReport)
	p.folder = widget.NewButtonWithIcon("Open the folder", theme.FolderIcon(), func() { p.browse(p.out) })
	p.report.Disable()
	p.folder.Disable()
	lower := container.NewVScroll(container.NewVBox(p.detail, p.flags))
	split := container.NewVSplit(p.table, lower)
	split.SetOffset(0.62)
	p.box = container.NewBorder(p.title, container.NewGridWithColumns(2, p.report, p.folder), nil, nil, split)
	return p
}

func (p *resultsPanel) cell(id widget.TableCellID, o fyne.CanvasObject) {
	if id.Row < 0 || id.Row >= len(p.rows) {
		return
	}
	r := p.rows[id.Row]
	l := o.(*widget.Label)
	l.TextStyle.Bold = r.Primary && id.Col < 2
	l.SetText([]string{r.Name, r.Value, r.Interval, r.Flags}[id.Col])
}

// load shows the results beside the open image, where there are any.
func (p *resultsPanel) load() { p.open(runner.Results(p.shell.image.Path, p.shell.data)) }

// open shows the results in a folder, where there are any.
func (p *resultsPanel) open(out string) {
	if res, err := runner.Load(out); err == nil {
		p.show(res, out)
		return
	}
	p.rows, p.out = nil, ""
	p.title.SetText("No results yet: run a protocol.")
	p.detail.SetText("")
	p.flags.Items = nil
	p.report.Disable()
	p.folder.Disable()
	p.table.Refresh()
	p.flags.Refresh()
}

// show shows a result and lays its labels over the image.
func (p *resultsPanel) show(res result.Result, out string) {
	p.rows, p.out = runner.Rows(res), out
	p.title.SetText(fmt.Sprintf("%s, %s, report %s (%s)", res.Image.Name, res.Protocol.Name, res.ID, res.Status))
	p.detail.SetText("Select a line to read what it means.")
	p.flags.Items = nil
	for _, f := range res.Flags {
		p.flags.Append(widget.NewAccordionItem("flag: "+f.ID, wrapped(f.Text+"\n"+f.Remedy)))
	}
	p.flags.OpenAll()
	p.report.Enable()
	p.folder.Enable()
	p.table.UnselectAll()
	p.table.ScrollToTop()
	p.table.Refresh()
	p.shell.showOverlay(out, res.Classes)
}

func (s *Shell) openReport() {
	if s.results.out != "" {
		s.results.browse(filepath.Join(s.results.out, pipeline.ReportFile))
	}
}

// browse opens a file or a folder with the program that the system has for it.
func (p *resultsPanel) browse(path string) {
	if err := p.shell.app.OpenURL(&url.URL{Scheme: "file", Path: path}); err != nil {
		p.shell.fail("No program opens this", fmt.Errorf("%s: %w", path, err))
	}
}
