package shell

import (
	"context"
	"fmt"
	"math"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"explant/app/desktop/places"
)

// objectsView lists the pieces of a class, the largest first.
type objectsView struct {
	box    fyne.CanvasObject
	panel  *resultsPanel
	class  *widget.Select
	list   *widget.List
	told   *widget.Label
	pieces []places.Piece
}

// listedPieces are shown of a class.
const listedPieces = 200

func newObjectsView(p *resultsPanel) *objectsView {
	v := &objectsView{panel: p, told: small("", widget.LowImportance)}
	v.class = widget.NewSelect(nil, func(string) { v.look() })
	v.list = widget.NewList(func() int { return len(v.pieces) }, func() fyne.CanvasObject {
		l := widget.NewLabel("")
		l.Truncation = fyne.TextTruncateEllipsis
		return l
	}, func(i widget.ListItemID, o fyne.CanvasObject) {
		if i < len(v.pieces) {
			o.(*widget.Label).SetText(fmt.Sprintf("%d   %s", i+1, v.size(v.pieces[i])))
		}
	})
	v.list.OnSelected = func(i widget.ListItemID) {
		if i < len(v.pieces) {
			place := v.pieces[i].Place()
			place.Text = fmt.Sprintf("%s, piece %d, %s", v.pieces[i].Class, i+1, v.size(v.pieces[i]))
			p.shell.goTo(place)
		}
	}
	v.box = container.NewBorder(container.NewVBox(v.class, v.told), nil, nil, nil, v.list)
	return v
}

// show offers the classes of the panel's result.
func (v *objectsView) show() {
	v.class.Options = nil
	v.pieces = nil
	for _, c := range v.panel.res.Classes {
		if c.Value != 0 && !strings.HasPrefix(c.Name, "excluded:") && c.Name != "housing" {
			v.class.Options = append(v.class.Options, c.Name)
		}
	}
	first := ""
	for _, name := range v.class.Options {
		if first == "" || name == "deposit" || name == "fibrin" {
			first = name
		}
	}
	v.class.Selected = first
	v.class.Refresh()
	v.told.SetText("")
	v.list.UnselectAll()
	v.list.Refresh()
}

// look looks for the pieces of the chosen class, when they can be seen.
func (v *objectsView) look() {
	class := v.class.Selected
	if class == "" || v.panel.parts.Selected() == nil || v.panel.parts.Selected().Text != "Objects" {
		return
	}
	v.told.SetText("looking …")
	v.panel.placer.ask(func(ctx context.Context, s *places.Scene) func() {
		all, err := s.Map.Pieces(ctx, class, listedPieces)
		return func() {
			v.pieces = all
			switch {
			case err != nil:
				v.told.SetText(err.Error())
			case len(all) == 0:
				v.told.SetText("There is no piece of " + class + ".")
			default:
				v.told.SetText(told(all))
			}
			v.list.UnselectAll()
			v.list.ScrollToTop()
			v.list.Refresh()
		}
	})
}

// told says how the pieces of a list were counted.
func told(all []places.Piece) string {
	text := fmt.Sprintf("%d pieces, the largest first; choose one to see it.", len(all))
	if len(all) == listedPieces {
		text = fmt.Sprintf("The largest %d pieces; choose one to see it.", listedPieces)
	}
	if all[0].Reduced {
		text += " Counted on a reduced copy: sizes are about right, and small pieces may be missing."
	}
	return text
}

// size is the size of a piece with its unit.
func (v *objectsView) size(p places.Piece) string {
	g := v.panel.shell.image.Grid()
	unit, pixel := "px", 1.0
	switch {
	case v.panel.shell.image.Volume() && g.Calibrated():
		mm3 := p.Pixels * g.Spacing[0] * g.Spacing[1] * g.Spacing[2]
		return fmt.Sprintf("%.4g mm³   (as a ball %.3g µm)", mm3, 1000*math.Cbrt(6*mm3/math.Pi))
	case v.panel.shell.image.Volume():
		unit = "voxels"
	case g.Calibrated():
		unit, pixel = "µm²", 1e6*g.Spacing[0]*g.Spacing[1]
	}
	return fmt.Sprintf("%.5g %s", p.Pixels*pixel, unit)
}
