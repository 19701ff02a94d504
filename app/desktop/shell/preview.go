package shell

import (
	"context"
	"fmt"
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"explant/analysis/protocol"
	"explant/analysis/result"
	"explant/app/desktop/preview"
	"explant/app/desktop/slices"
	"explant/app/desktop/source"
	"explant/io/imagefile"
)

// previewView shows what the rules make of the part of the image that is in view, under a badge that says
// that it is no result.
type previewView struct {
	shell *Shell
	maker *preview.Previewer
	on    *widget.Check
	told  *widget.Label
	badge *fyne.Container // over the stage
	text  *canvas.Text
}

// Colours of the badge: they stand out from pictures, light and dark.
var badgeGround, badgeInk = color.NRGBA{0xF5, 0xA6, 0x23, 240}, color.NRGBA{0x20, 0x16, 0x04, 255}

func newPreviewView(s *Shell) *previewView {
	v := &previewView{shell: s, told: small("", widget.LowImportance)}
	v.maker = preview.New(func(made preview.Shown, err error) { s.ui(func() { v.show(made, err) }) })
	v.on = widget.NewCheck("Preview what is in view  (Ctrl+P)", v.set)
	v.told.Hide()
	v.text = canvas.NewText("", badgeInk)
	v.text.TextStyle.Bold = true
	v.text.Alignment = fyne.TextAlignCenter
	ground := canvas.NewRectangle(badgeGround)
	ground.CornerRadius = 5
	v.badge = container.NewVBox(gap(1), container.NewCenter(container.NewStack(ground, container.NewPadded(v.text))))
	v.badge.Hide()
	return v
}

// set switches the preview on or off.
func (v *previewView) set(on bool) {
	s := v.shell
	v.maker.Cancel()
	v.badge.Hide()
	shown(v.told, on)
	if s.image == nil {
		return
	}
	s.closeOverlay()
	if on {
		v.ask()
	} else if s.results.out != "" {
		s.showOverlay(s.results.out, s.results.res.Classes)
	}
}

// off ends the preview without showing anything else: a result comes.
func (v *previewView) off() {
	v.maker.Cancel()
	v.badge.Hide()
	v.told.Hide()
	if v.on.Checked {
		v.on.Checked = false
		v.on.Refresh()
	}
}

// close ends the preview before its image is closed.
func (v *previewView) close() {
	v.off()
	v.maker.Stop()
}

// ask wants a preview of what is in view now.
func (v *previewView) ask() {
	s := v.shell
	if !v.on.Checked || s.image == nil {
		return
	}
	o, err := s.run.order()
	if err != nil {
		v.say("no preview: " + err.Error())
		return
	}
	v.say("previewing …")
	w, step := s.window(s.run.inputs.rules.Engine)
	v.maker.Ask(preview.Wish{Job: o.Job, Image: s.image.Reader(), Window: w, Step: step, Limits: s.limits()})
}

func (v *previewView) say(text string) { v.told.SetText(text) }

// window is the part of the image that is in view, and how many pixels along x and y make one of the screen.
func (s *Shell) window(e protocol.Engine) (w imagefile.Window, step int) {
	if s.volume != nil {
		lo, hi := s.volume.Visible()
		return preview.Box(s.image.Info, lo, hi, s.volume.Cross(), e), 1
	}
	return preview.Flat(s.image.Info, s.slide.View(), e)
}

// show lays a finished preview over the image.
func (v *previewView) show(made preview.Shown, err error) {
	s := v.shell
	if !v.on.Checked || s.image == nil {
		return
	}
	if err != nil {
		v.say("no preview: " + err.Error())
		return
	}
	if err := v.lay(made); err != nil {
		v.say("no preview: " + err.Error())
		return
	}
	text := made.Text(s.image.Info)
	v.text.Text = strings.ToUpper(text[:7]) + text[7:] + ", no result"
	v.badge.Show()
	v.badge.Refresh()
	told := fmt.Sprintf("Made in %.2g s. The whole image has levels of its own and may come out a little otherwise.", made.Took.Seconds())
	if len(made.Flags) > 0 {
		told += " Flags: " + flagNames(made.Flags) + "."
	}
	v.say(told)
}

func flagNames(flags []result.Flag) string {
	names := make([]string, len(flags))
	for i, f := range flags {
		names[i] = f.ID
	}
	return strings.Join(names, ", ")
}

// patchVoxels of a preview are kept reduced; planes are made in full when they are shown.
const patchVoxels = 1 << 22

// lay puts the labels of a preview in the place of the overlay.
func (v *previewView) lay(made preview.Shown) error {
	s := v.shell
	s.closeOverlay()
	m := source.Of("preview", preview.NewPatch(s.image.Info, made.Preview))
	if s.volume != nil {
		stack, err := slices.Open(context.Background(), m, slices.Options{Labels: true, Voxels: patchVoxels}, s.volume.Redraw)
		if err != nil {
			return err
		}
		s.volume.SetLabels(stack, made.Classes)
	} else {
		tiles, err := source.NewClassMap(m, made.Classes)
		if err != nil {
			return err
		}
		s.slide.SetOverlay(tiles)
	}
	s.overlay.image = m
	s.fade(s.tools.opacity.Value)
	return nil
}
