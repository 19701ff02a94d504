package shell

import (
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"

	"fyne.io/fyne/v2"
)

// helpTexts say what a tab of the inspector is for.
var helpTexts = map[string]string{
	"Mark":    "Choose a class (1 to 9) and a tool, and draw on the picture. In volumes a mark lies on one slice of one plane. Every step is on the disk before it is on the screen; Ctrl+Z takes it back, also after a restart. Export and Import write and read GeoJSON as QuPath does.",
	"Display": "How samples become colours: nothing here changes a measurement. Volumes: the window of grey values, thick slabs, the view from outside. Slides: single stains, or the channels with their range and colour. S goes through stains or channels.",
	"Run":     "Choose a protocol; its rules can be changed before the run. Ctrl+Enter runs it in the background. The results are the bytes that the command line writes.",
	"Jobs":    "What runs, what waits, and what is done.",
	"Results": "The values of the last run with unit, interval and flags; a line explains itself. Ctrl+R opens the report.",
}

// help explains the open tab and the tool in use.
func (s *Shell) help() {
	name := "Mark"
	if item := s.tabs.Selected(); item != nil {
		name = item.Text
	}
	parts := []fyne.CanvasObject{heading(name), wrapped(helpTexts[name])}
	if s.marker != nil {
		for _, t := range toolTable {
			if t.kind == s.marker.Kind() {
				parts = append(parts, heading("Tool: "+string(t.kind)+" ("+t.key+")"), wrapped(t.hint+"."))
			}
		}
	}
	parts = append(parts, wrapped("? shows all keys; Ctrl+K finds any action by its words."))
	d := dialog.NewCustom("Help", "Close", container.NewVBox(parts...), s.win)
	d.Resize(fyne.NewSize(520, 300))
	d.Show()
}
