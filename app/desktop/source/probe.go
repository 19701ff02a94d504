package source

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"explant/analysis/stain"
)

// Probe reads the values under the pointer in a goroutine of its own; while it reads, only the newest
// place is kept.
type Probe struct {
	img    *Image
	tell   func(at [3]int, values string)
	ask    chan [3]int
	cancel context.CancelFunc
	done   sync.WaitGroup
}

// NewProbe starts a probe; tell is called from its goroutine.
func NewProbe(m *Image, tell func(at [3]int, values string)) *Probe {
	ctx, cancel := context.WithCancel(context.Background())
	p := &Probe{img: m, tell: tell, ask: make(chan [3]int, 1), cancel: cancel}
	p.done.Go(func() { p.run(ctx) })
	return p
}

// Close ends the probe.
func (p *Probe) Close() {
	p.cancel()
	p.done.Wait()
}

// Ask wants the values of a pixel of level 0, which must lie in the image. One goroutine may ask.
func (p *Probe) Ask(at [3]int) {
	select {
	case <-p.ask: // an older question
	default:
	}
	p.ask <- at
}

func (p *Probe) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case at := <-p.ask:
			values, err := p.img.Values(ctx, at[0], at[1], at[2])
			switch {
			case ctx.Err() != nil:
				return
			case err != nil:
				p.tell(at, "unreadable here")
			default:
				p.tell(at, p.img.valueText(values))
			}
		}
	}
}

// valueText writes the values of a pixel: of colours with their optical density, too.
func (m *Image) valueText(values []float64) string {
	if m.Color() && m.Info.Type.Size() == 1 {
		od := func(c int) float64 { return max(stain.Density(values[c], glass), 0) }
		return fmt.Sprintf("RGB %.0f %.0f %.0f   OD %.2f %.2f %.2f", values[0], values[1], values[2], od(0), od(1), od(2))
	}
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = fmt.Sprintf("%.6g", v)
	}
	if m.Color() {
		return "RGB " + strings.Join(parts, " ")
	}
	return "grey " + strings.Join(parts, "  ")
}

// PlaceText writes a place of the image, in pixels from its corner, in µm or as uncalibrated pixels.
func (m *Image) PlaceText(at ...float64) string {
	var parts []string
	calibrated := m.Grid().Calibrated()
	for a, v := range at {
		name := "xyz"[a : a+1]
		if calibrated {
			parts = append(parts, fmt.Sprintf("%s %.1f µm", name, v*m.Grid().Spacing[a]*1000))
		} else {
			parts = append(parts, fmt.Sprintf("%s %d px", name, int(v)))
		}
	}
	text := strings.Join(parts, "  ")
	if !calibrated {
		text += "  (uncalibrated)"
	}
	return text
}
