// Package histogram counts the values that a protocol parts by thresholds, of what is in view, and says where
// the thresholds and the levels of classes lie among them. It knows no window.
package histogram

import (
	"context"
	"fmt"
	"math"
	"slices"

	"explant/analysis/protocol"
	"explant/analysis/slide"
	"explant/analysis/stain"
	desk "explant/app/desktop/slices"
	"explant/io/imagefile"
	"explant/volume/threshold"
)

// bins are drawn at most.
const bins = 256

// Quantities of volumes.
const (
	Slice = "grey, slice in view"
	Whole = "grey, whole volume"
)

// meanOD is the mean optical density of red, green and blue.
const meanOD = "mean"

// Quantities are what can be counted for a protocol on an image, the most telling first.
func Quantities(p protocol.Protocol, info imagefile.Info) []string {
	switch {
	case !p.Engine.Planar():
		return []string{Slice, Whole}
	case p.Slide != nil:
		return stains(*p.Slide)
	}
	var all []string
	for c := range info.Channels {
		all = append(all, channelName(info, c))
	}
	return all
}

// Unit is what the values of a protocol are.
func Unit(p protocol.Protocol) string {
	switch {
	case p.Slide != nil:
		return "optical density"
	case p.Fluorescence != nil:
		return "counts"
	}
	return "grey"
}

func channelName(info imagefile.Info, c int) string {
	if c < len(info.ChannelNames) {
		return info.ChannelNames[c]
	}
	if info.Channels == 1 {
		return "grey"
	}
	return fmt.Sprintf("channel %d", c+1)
}

// stains are the quantities of a slide that rules have thresholds of, those that measure classes first.
func stains(p slide.Params) []string {
	all := []string{}
	add := func(name string) {
		if (name == meanOD || p.Stain.Index(name) >= 0) && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	for _, class := range classes(p) {
		add(p.Rules[class].Amount)
	}
	for _, s := range p.Stain.Stains {
		add(s.Name)
	}
	add(meanOD)
	return all
}

// OfVolume counts the greys of a plane, or with nil those of the volume as far as it has been read.
func OfVolume(s *desk.Stack, p *desk.Plane) threshold.Histogram {
	counts := s.Count(p)
	lo, hi := 0, len(counts)-1
	for lo < hi && counts[lo] == 0 {
		lo++
	}
	for hi > lo && counts[hi] == 0 {
		hi--
	}
	wide := (hi - lo + bins) / bins // samples a bin: whole ones, so that none has more values than another
	step := s.Value(1) - s.Value(0)
	h := threshold.Histogram{Lo: s.Value(uint16(lo)) - step/2, Width: float64(wide) * step, Counts: make([]int64, (hi-lo)/wide+1)}
	for v := lo; v <= hi; v++ {
		h.Counts[(v-lo)/wide] += counts[v]
	}
	return h
}

// glass is the level taken for clear glass; a run estimates it from the slide.
const glass = 245

// OfPicture counts a quantity in a window of a picture.
func OfPicture(ctx context.Context, r imagefile.Reader, w imagefile.Window, p protocol.Protocol, quantity string) (threshold.Histogram, error) {
	b, err := r.Read(ctx, w)
	if err != nil {
		return threshold.Histogram{}, err
	}
	values := imagefile.Values(b.Data, b.Type)
	n := b.Channels
	if p.Slide != nil {
		return densities(values, n, p.Slide.Stain, quantity, b.Type.Size())
	}
	info, c := r.Info(), 0
	for k := range info.Channels {
		if channelName(info, k) == quantity {
			c = k
		}
	}
	var one []float64
	for i := c; i < len(values); i += n {
		one = append(one, values[i])
	}
	return binned(one, b.Type != imagefile.Float32 && b.Type != imagefile.Float64), nil
}

// densities counts the amount of a stain, or the mean density. Values of 16 bits are taken as 256 times those
// of 8.
func densities(values []float64, channels int, p stain.Profile, quantity string, bytes int) (h threshold.Histogram, err error) {
	if channels != 3 {
		return h, fmt.Errorf("%d channels: a stain wants red, green and blue", channels)
	}
	unmix, err := p.Unmixing()
	if err != nil {
		return h, err
	}
	row, scale := p.Index(quantity), 1.0
	if bytes > 1 {
		scale = 1.0 / 256
	}
	all := make([]float64, 0, len(values)/3)
	for i := 0; i+2 < len(values); i += 3 {
		var od [3]float64
		for c := range od {
			od[c] = stain.Density(values[i+c]*scale, glass)
		}
		v := (od[0] + od[1] + od[2]) / 3
		if row >= 0 {
			v = unmix.Amounts(od)[row]
		}
		all = append(all, min(max(v, -0.2), 2))
	}
	return binned(all, false), nil
}

// binned counts values between the smallest and the largest; whole numbers get bins of whole width.
func binned(values []float64, whole bool) threshold.Histogram {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if v-v == 0 {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	switch {
	case lo > hi:
		return threshold.Histogram{Width: 1, Counts: make([]int64, 1)}
	case lo == hi:
		hi = lo + 1
	}
	h := threshold.Histogram{Lo: lo, Width: (hi - lo) / bins}
	if whole {
		h.Lo, h.Width = lo-0.5, math.Ceil((hi-lo+1)/bins)
	}
	h.Counts = make([]int64, int((hi-h.Lo)/h.Width)+1)
	for _, v := range values {
		if v-v == 0 {
			h.Counts[int((v-h.Lo)/h.Width)]++
		}
	}
	return h
}
