package shell

import (
	"context"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"explant/app/pipeline"
	"explant/volume/parallel"
)

// demos are the phantoms that a first start offers: small enough to be made in seconds.
var demos = []struct {
	kind, name, file string
	size             int
}{
	{"oxygenator", "Micro-CT scan of a fibre mat with clot", "volume.nrrd", 160},
	{"dab", "Section with platelets in DAB", "slide.png", 1024},
	{"msb", "Section in Martius scarlet blue", "slide.png", 1024},
}

// newWelcome is what the stage shows before an image is open.
func newWelcome(s *Shell) fyne.CanvasObject {
	title := canvas.NewText("explant", theme.Color(theme.ColorNameForeground))
	title.TextSize = 34
	title.Alignment = fyne.TextAlignCenter
	open := widget.NewButtonWithIcon("Open an image…  (Ctrl+O)", theme.FileImageIcon(), s.openDialog)
	open.Importance = widget.HighImportance
	folder := widget.NewButtonWithIcon("Open a folder…  (Ctrl+Shift+O)", theme.FolderOpenIcon(), s.folderDialog)
	hint := widget.NewLabelWithStyle("or drop a slide, a scan or a folder here", fyne.TextAlignCenter, fyne.TextStyle{})
	box := container.NewVBox(title, widget.NewLabelWithStyle("what circuit blood leaves on explanted devices", fyne.TextAlignCenter, fyne.TextStyle{}),
		open, folder, hint, widget.NewSeparator(),
		widget.NewLabelWithStyle("To try it, phantoms with known truth:", fyne.TextAlignCenter, fyne.TextStyle{}))
	for i, d := range demos {
		box.Add(widget.NewButton(d.name, func() { s.openDemo(i) }))
	}
	return container.NewStack(canvas.NewRectangle(theme.Color(theme.ColorNameBackground)), container.NewScroll(container.NewCenter(box)))
}

// openDemo makes a phantom, unless it is there already, and opens it.
func (s *Shell) openDemo(i int) {
	d := demos[i]
	folder := filepath.Join(s.data, "demo", d.kind)
	path := filepath.Join(folder, d.file)
	if exists(path) {
		s.Open(path)
		return
	}
	s.status.say("making the phantom: " + d.name + " …")
	go func() {
		made, err := pipeline.MakePhantom(context.Background(), d.kind, folder, pipeline.PhantomOptions{Size: d.size, Seed: 1}, pipeline.Limits{}, parallel.Discard{})
		s.ui(func() {
			if err != nil {
				s.fail("The phantom cannot be made", err)
				return
			}
			s.Open(made.Image)
		})
	}()
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
