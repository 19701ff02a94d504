package shell

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"explant/app/desktop/annotate"
	"explant/io/geojson"
)

// tool is a button of the tool bar.
type tool struct {
	kind annotate.Kind
	key  string
	icon fyne.Resource
	hint string
}

var toolTable = []tool{
	{annotate.Select, "V", iconSelect, "click to select, drag to move, its dots to reshape; the ground pans, in volumes it moves the cross-hair"},
	{annotate.Brush, "B", iconBrush, "paint; starts on an object of the class, it grows; [ and ] change the size"},
	{annotate.Eraser, "E", iconEraser, "take away from the selected object, or the one under the start"},
	{annotate.Polygon, "P", iconPolygon, "click corners; double click or Enter closes, Backspace drops one"},
	{annotate.Freehand, "F", iconFreehand, "draw an outline; it closes when you let go"},
	{annotate.Rectangle, "R", iconRectangle, "drag from corner to corner; Shift for a square"},
	{annotate.Ellipse, "O", iconEllipse, "drag the box of the ellipse; Shift for a circle"},
	{annotate.Wand, "W", iconWand, "click to take what looks alike in the view, drag for more; [ and ] change how alike"},
	{annotate.Points, ".", iconPoints, "click to count: each click is a point; those of the class and slice in use belong together"},
	{annotate.Ruler, "L", iconRuler, "drag to measure a length"},
	{annotate.Angle, "A", iconAngle, "click the end of a leg, the corner, the end of the other leg"},
}

// toolBar is the row of tools above the stage.
type toolBar struct {
	box     *fyne.Container
	shell   *Shell
	buttons map[annotate.Kind]*widget.Button
	marking *fyne.Container
	opacity *widget.Slider
	label   *widget.Label
}

func newToolBar(s *Shell) *toolBar {
	t := &toolBar{shell: s, buttons: map[annotate.Kind]*widget.Button{}}
	t.marking = container.NewHBox()
	for _, tool := range toolTable {
		b := widget.NewButtonWithIcon(tool.key, tool.icon, func() { t.take(tool.kind) })
		b.Importance = widget.LowImportance
		t.buttons[tool.kind] = b
		t.marking.Add(b)
	}
	t.marking.Add(widget.NewSeparator())
	t.marking.Add(flat(theme.ContentUndoIcon(), s.undo))
	t.marking.Add(flat(theme.ContentRedoIcon(), s.redo))
	t.opacity = widget.NewSlider(0, 1)
	t.opacity.Step = 0.05
	t.opacity.SetValue(s.prefs.FloatWithFallback("opacity", 0.5))
	t.opacity.OnChanged = func(v float64) { s.prefs.SetFloat("opacity", v); s.fade(v) }
	slider := container.NewCenter(container.New(layout.NewGridWrapLayout(fyne.NewSize(110, 28)), t.opacity))
	t.label = widget.NewLabel("overlay (H)")
	right := container.NewHBox(t.label, slider, widget.NewSeparator(),
		flat(theme.ZoomFitIcon(), s.fit), flat(theme.ZoomInIcon(), func() { s.zoom(1.25) }), flat(theme.ZoomOutIcon(), func() { s.zoom(0.8) }))
	open := flat(theme.FolderOpenIcon(), s.openDialog)
	t.box = container.NewVBox(container.NewBorder(nil, nil, container.NewHBox(open, widget.NewSeparator(), t.marking), right), widget.NewSeparator())
	t.marking.Hide()
	t.arrange(s.scale())
	return t
}

// flat is a button with a picture alone.
func flat(icon fyne.Resource, do func()) *widget.Button {
	b := widget.NewButtonWithIcon("", icon, do)
	b.Importance = widget.LowImportance
	return b
}

// arrange leaves the letters away where large text leaves no room for them.
func (t *toolBar) arrange(scale float64) {
	for _, tool := range toolTable {
		text := tool.key
		if scale >= twoLines {
			text = ""
		}
		t.buttons[tool.kind].SetText(text)
	}
	if t.label.Show(); scale >= twoLines {
		t.label.Hide()
	}
}

// show shows the tools.
func (t *toolBar) show() {
	t.marking.Show()
	t.take(t.shell.marker.Kind())
}

// take takes a tool.
func (t *toolBar) take(k annotate.Kind) {
	if t.shell.marker == nil {
		return
	}
	t.shell.marker.SetKind(k)
	for kind, b := range t.buttons {
		b.Importance = widget.LowImportance
		if kind == k {
			b.Importance = widget.HighImportance
		}
		b.Refresh()
	}
	for _, tool := range toolTable {
		if tool.kind == k {
			t.shell.status.say(string(k) + ": " + tool.hint)
		}
	}
}

// pixelLength is the length of a line in pixels.
func pixelLength(line []geojson.Point) (length float64) {
	for i := range len(line) - 1 {
		length += math.Hypot(line[i+1][0]-line[i][0], line[i+1][1]-line[i][1])
	}
	return length
}
