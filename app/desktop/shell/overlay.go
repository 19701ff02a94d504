package shell

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"explant/analysis/result"
	"explant/app/desktop/slices"
	"explant/app/desktop/source"
	"explant/app/pipeline"
)

// overlayState is the map of classes over the image.
type overlayState struct {
	image  *source.Image // of the labels; nil for none
	hidden bool
	held   time.Time // since when the key is down; zero while it is up
}

// showOverlay opens the labels of a run in the background and lays them over the image.
func (s *Shell) showOverlay(out string, classes []result.Class) {
	s.closeOverlay()
	name := pipeline.SlideLabels
	if s.image.Volume() {
		name = pipeline.VolumeLabels
	}
	over, volume := s.image, s.volume
	go func() {
		m, err := source.Open(context.Background(), filepath.Join(out, name))
		var stack *slices.Stack
		var tiles *source.ClassMap
		if err == nil && m.Info.Grid.N != over.Info.Grid.N {
			err = errors.Join(errors.New("the labels have another size than the image: run the protocol again"), m.Close())
		}
		if err == nil && volume != nil {
			stack, err = slices.Open(context.Background(), m, slices.Options{Labels: true}, volume.Redraw)
		} else if err == nil {
			tiles, err = source.NewClassMap(m, classes)
		}
		s.ui(func() {
			switch {
			case err != nil:
				s.status.say("no overlay: " + err.Error())
			case s.image != over: // another image was opened meanwhile
				if stack != nil {
					stack.Close()
				}
				_ = m.Close() // after reading, where nothing can be lost
			default:
				s.overlay.image = m
				if stack != nil {
					s.volume.SetLabels(stack, classes)
				} else {
					s.slide.SetOverlay(tiles)
				}
				s.fade(s.tools.opacity.Value)
			}
		})
	}()
}

// closeOverlay takes the classes away.
func (s *Shell) closeOverlay() {
	if s.overlay.image == nil {
		return
	}
	if s.volume != nil {
		s.volume.SetLabels(nil, nil)
	}
	if s.slide != nil {
		s.slide.SetOverlay(nil)
	}
	_ = s.overlay.image.Close() // after reading, where nothing can be lost
	s.overlay = overlayState{}
}

// fade sets how strongly the classes cover the image.
func (s *Shell) fade(opacity float64) {
	if s.overlay.hidden {
		opacity = 0
	}
	if s.marker != nil {
		s.marker.SetHidden(s.overlay.hidden)
	}
	if s.slide != nil {
		s.slide.SetOpacity(opacity)
	}
	if s.volume != nil {
		s.volume.SetOpacity(opacity)
	}
}

// peekTime is how long the key is held for a peek; a shorter press switches the overlay.
const peekTime = 300 * time.Millisecond

// peek takes the key of the overlay: pressed shortly it switches, held it shows the other state until it
// is let go.
func (s *Shell) peek(down bool) {
	o := &s.overlay
	switch {
	case down && o.held.IsZero():
		o.held = time.Now()
		o.hidden = !o.hidden
	case !down && !o.held.IsZero():
		if time.Since(o.held) > peekTime {
			o.hidden = !o.hidden
		}
		o.held = time.Time{}
	default:
		return
	}
	s.fade(s.tools.opacity.Value)
}
