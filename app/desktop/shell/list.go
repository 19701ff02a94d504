package shell

import (
	"context"
	"image"
	"path/filepath"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"explant/app/desktop/library"
)

// listPanel lists the images of a folder, or those opened last, with small pictures and state.
type listPanel struct {
	box    *fyne.Container
	shell  *Shell
	title  *widget.Label
	list   *widget.List
	items  []library.Item
	small  map[string]image.Image // nil for one that cannot be made
	guided bool

	ask    chan string
	cancel context.CancelFunc
	done   sync.WaitGroup
}

func newListPanel(s *Shell) *listPanel {
	p := &listPanel{shell: s, title: heading("Opened last"), small: map[string]image.Image{}, ask: make(chan string, 4096)}
	p.title.Truncation = fyne.TextTruncateEllipsis
	p.list = widget.NewList(func() int { return len(p.items) }, imageRow, p.fill)
	p.list.OnSelected = func(id widget.ListItemID) {
		if !p.guided {
			s.Open(p.items[id].Path)
		}
	}
	p.box = container.NewBorder(p.title, widget.NewButton("Open a folder…", s.folderDialog), nil, nil, p.list)
	ctx, cancel := context.WithCancel(context.Background())
	p.cancel = cancel
	p.done.Go(func() { p.make(ctx) })
	return p
}

func (p *listPanel) close() {
	p.cancel()
	p.done.Wait()
}

func imageRow() fyne.CanvasObject {
	picture := canvas.NewImageFromImage(nil)
	picture.FillMode = canvas.ImageFillContain
	picture.SetMinSize(fyne.NewSize(52, 44))
	name := widget.NewLabel("")
	name.Truncation = fyne.TextTruncateEllipsis
	state := widget.NewLabel("")
	state.SizeName = "helperText"
	return container.NewBorder(nil, nil, picture, nil, container.NewVBox(name, state))
}

func (p *listPanel) fill(id widget.ListItemID, row fyne.CanvasObject) {
	if id >= len(p.items) {
		return
	}
	item := p.items[id]
	parts := row.(*fyne.Container).Objects
	text := parts[0].(*fyne.Container).Objects
	text[0].(*widget.Label).SetText(item.Name)
	text[1].(*widget.Label).SetText(string(item.State))
	picture := parts[1].(*canvas.Image)
	if img := p.small[item.Path]; picture.Image != img {
		picture.Image = img
		picture.Refresh()
	}
}

// recent lists the images opened last.
func (p *listPanel) recent() {
	var items []library.Item
	for _, path := range p.shell.prefs.StringList("recent") {
		items = append(items, library.Item{Path: path, Name: filepath.Base(path), State: library.StateOf(path, p.shell.data)})
	}
	p.show(items, "Opened last")
}

// show lists images and asks for their small pictures.
func (p *listPanel) show(items []library.Item, title string) {
	p.items = items
	p.title.SetText(filepath.Base(title))
	for _, item := range items {
		if _, there := p.small[item.Path]; there {
			continue
		}
		select {
		case p.ask <- item.Path:
		default: // more than anybody scrolls through
		}
	}
	p.list.UnselectAll()
	p.list.Refresh()
}

// opened marks the open image; one that is not listed comes on top.
func (p *listPanel) opened(path string) {
	p.guided = true
	defer func() { p.guided = false }()
	for i, item := range p.items {
		if item.Path == path {
			p.list.Select(i)
			return
		}
	}
	item := library.Item{Path: path, Name: filepath.Base(path), State: library.StateOf(path, p.shell.data)}
	p.show(append([]library.Item{item}, p.items...), p.title.Text)
	p.list.Select(0)
}

// nextNew opens the next image of the list that is still new, downwards or upwards from the open one.
func (s *Shell) nextNew(by int) {
	items := s.list.items
	at := -1
	for i, item := range items {
		if s.image != nil && item.Path == s.image.Path {
			at = i
		}
	}
	if at < 0 && by < 0 {
		at = len(items)
	}
	for i := at + by; i >= 0 && i < len(items); i += by {
		if items[i].State == library.Fresh {
			s.Open(items[i].Path)
			return
		}
	}
	s.status.say("no other new image in this direction of the list")
}

// annotated marks a new image as one with marks.
func (p *listPanel) annotated(path string) {
	for i := range p.items {
		if p.items[i].Path == path && p.items[i].State == library.Fresh {
			p.items[i].State = library.Annotated
			p.list.RefreshItem(i)
		}
	}
}

// restate looks at the state of an image again.
func (p *listPanel) restate(path string) {
	for i := range p.items {
		if p.items[i].Path == path {
			p.items[i].State = library.StateOf(path, p.shell.data)
		}
	}
	p.list.Refresh()
}

// make makes small pictures, one after the other, off the UI thread.
func (p *listPanel) make(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case path := <-p.ask:
			small, err := library.Thumbnail(ctx, path)
			if ctx.Err() != nil {
				return
			}
			p.shell.ui(func() {
				p.small[path] = nil
				if err == nil {
					p.small[path] = small
				}
				p.list.Refresh()
			})
		}
	}
}
