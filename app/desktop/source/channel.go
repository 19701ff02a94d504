package source

import (
	"context"
	"image/color"
	"slices"

	"explant/io/imagefile"
	"explant/volume/render"
)

// Channel says how the samples of one channel are shown.
type Channel struct {
	Name      string
	Shown     bool
	Color     color.NRGBA // of the brightest value
	Low, High float64     // the values shown black and at full colour
}

// NamedColor is a colour that a channel can have.
type NamedColor struct {
	Name  string
	Color color.NRGBA
}

// Palette colours channels that are measurements of their own, in this order; white is for single ones.
var Palette = []NamedColor{
	{"blue", color.NRGBA{0x40, 0x80, 0xFF, 255}}, {"green", color.NRGBA{0x30, 0xE0, 0x50, 255}}, {"red", color.NRGBA{0xFF, 0x40, 0x30, 255}},
	{"magenta", color.NRGBA{0xE0, 0x50, 0xE0, 255}}, {"cyan", color.NRGBA{0x30, 0xD0, 0xE0, 255}}, {"yellow", color.NRGBA{0xF0, 0xE0, 0x40, 255}},
	{"white", color.NRGBA{255, 255, 255, 255}},
}

// Channels proposes how to show an image that is not red, green and blue: the range is that between two
// percentiles of its coarsest level, or of its middle slice.
func (m *Image) Channels(ctx context.Context) ([]Channel, error) {
	all, err := m.glance(ctx)
	if err != nil {
		return nil, err
	}
	n := m.Info.Channels
	out := make([]Channel, n)
	for c := range out {
		out[c] = Channel{Name: "grey", Shown: true, Color: Palette[len(Palette)-1].Color}
		if n > 1 {
			out[c].Color = Palette[c%(len(Palette)-1)].Color
			out[c].Name = "channel"
		}
		if c < len(m.Info.ChannelNames) {
			out[c].Name = m.Info.ChannelNames[c]
		}
		w := Percentile(every(all, c, n), 0.5, 99.8)
		out[c].Low, out[c].High = w.Low, w.High
	}
	return out, nil
}

// glancePixels bounds what is read for a first look.
const glancePixels = 1 << 21

// glance reads the coarsest level, or rows of it where that is still large.
func (m *Image) glance(ctx context.Context) ([]float64, error) {
	level := len(m.Info.Levels) - 1
	n := m.Info.Levels[level].N
	w := imagefile.Window{Level: level, Min: [3]int{0, 0, n[2] / 2}, Max: [3]int{n[0], n[1], n[2]/2 + 1}}
	if rows := max(glancePixels/n[0], 1); rows < n[1] {
		w.Min[1] = (n[1] - rows) / 2
		w.Max[1] = w.Min[1] + rows
	}
	b, err := m.reader.Read(ctx, w)
	if err != nil {
		return nil, err
	}
	return imagefile.Values(b.Data, b.Type), nil
}

// every takes each n-th value from the first on.
func every(all []float64, first, n int) []float64 {
	if n == 1 {
		return all
	}
	out := make([]float64, 0, len(all)/n)
	for i := first; i < len(all); i += n {
		out = append(out, all[i])
	}
	return out
}

// Percentile is the window between two percentiles of values, 0 to 100; one that holds everything where
// the values are all the same.
func Percentile(values []float64, low, high float64) render.Window {
	sorted := slices.DeleteFunc(slices.Clone(values), func(v float64) bool { return v-v != 0 })
	if len(sorted) == 0 {
		return render.Window{High: 1}
	}
	slices.Sort(sorted)
	at := func(p float64) float64 { return sorted[int(p/100*float64(len(sorted)-1)+0.5)] }
	w := render.Window{Low: at(low), High: at(high)}
	if w.High <= w.Low {
		w.Low, w.High = sorted[0], sorted[len(sorted)-1]
	}
	if w.High <= w.Low {
		w.High = w.Low + 1
	}
	return w
}
