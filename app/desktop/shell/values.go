package shell

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"explant/app/desktop/runner"
)

// valuesView is the table of measurements, and what the chosen line means.
type valuesView struct {
	box    fyne.CanvasObject
	panel  *resultsPanel
	table  *widget.Table
	detail *widget.Label
	flags  *fyne.Container
	find   *entry
	all    []runner.Row
	rows   []runner.Row // those with the words that are looked for
}

var columns = []string{"measurement", "value", "interval", "flags"}

func newValuesView(p *resultsPanel) *valuesView {
	v := &valuesView{panel: p, detail: wrapped(""), flags: container.NewVBox(), find: p.shell.newEntry()}
	v.find.SetPlaceHolder("find a measurement")
	v.find.OnChanged = func(string) { v.filter() }
	v.table = widget.NewTableWithHeaders(
		func() (int, int) { return len(v.rows), len(columns) },
		func() fyne.CanvasObject { l := widget.NewLabel(""); l.Truncation = fyne.TextTruncateEllipsis; return l },
		v.cell,
	)
	v.table.ShowHeaderColumn = false
	v.table.UpdateHeader = func(id widget.TableCellID, o fyne.CanvasObject) {
		if id.Col >= 0 {
			o.(*widget.Label).SetText(columns[id.Col])
		}
	}
	v.table.OnSelected = func(id widget.TableCellID) { v.choose(id.Row) }
	v.detail.Selectable = true
	split := container.NewVSplit(v.table, container.NewVScroll(container.NewVBox(v.detail, v.flags)))
	split.SetOffset(0.62)
	v.box = container.NewBorder(v.find, nil, nil, nil, split)
	v.widths()
	return v
}

// widths fit the columns to the size of text.
func (v *valuesView) widths() {
	unit := theme.TextSize() / 13
	for i, w := range []float32{196, 92, 118, 130} {
		v.table.SetColumnWidth(i, w*unit)
	}
}

func (v *valuesView) cell(id widget.TableCellID, o fyne.CanvasObject) {
	if id.Row < 0 || id.Row >= len(v.rows) {
		return
	}
	r := v.rows[id.Row]
	l := o.(*widget.Label)
	l.TextStyle.Bold = r.Primary && id.Col < 2
	l.SetText([]string{r.Name, r.Value, r.Interval, r.Flags}[id.Col])
}

// show takes the rows of the panel's result.
func (v *valuesView) show() {
	v.all = nil
	v.detail.SetText("")
	v.flags.Objects = nil
	if v.panel.out != "" {
		v.all = runner.Rows(v.panel.res)
		v.detail.SetText("Choose a line to read what it means and to see its place.")
	}
	v.filter()
	v.table.ScrollToTop()
}

// filter keeps the rows with all words that are looked for.
func (v *valuesView) filter() {
	v.rows = nil
	words := strings.Fields(strings.ToLower(v.find.Text))
	for _, r := range v.all {
		text := strings.ToLower(r.Name + " " + r.Flags)
		fits := true
		for _, w := range words {
			fits = fits && strings.Contains(text, w)
		}
		if fits {
			v.rows = append(v.rows, r)
		}
	}
	v.table.UnselectAll()
	v.table.Refresh()
}

// choose explains a row, with its flags, and brings the view to its place.
func (v *valuesView) choose(row int) {
	if row < 0 || row >= len(v.rows) {
		return
	}
	r := v.rows[row]
	v.detail.SetText(r.Detail)
	v.flags.Objects = nil
	if r.At >= 0 {
		m := v.panel.res.Measurements[r.At]
		for _, f := range runner.Flags(v.panel.res, m) {
			v.flags.Add(v.panel.flag(f))
		}
		v.panel.placer.bring(m)
	}
	v.flags.Refresh()
}
