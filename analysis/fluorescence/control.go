package fluorescence

import (
	"context"
	"fmt"
	"math"
	"slices"

	"explant/analysis/result"
	"explant/volume/parallel"
	"explant/volume/rank"
)

// prepared is a field with its channels cleaned and its markers' thresholds known.
type prepared struct {
	cleaner
	channels   map[string]cleaned
	free       []bool             // outside of what shines by itself
	glow       map[string]float32 // light above which a channel may shine by itself; nil until it is learnt
	thresholds map[string]float64
	source     map[string]string // of each threshold: "control", "noise", "protocol"
	bleed      map[[2]string]float64
	flags      []result.Flag
	nets       bool // a control of a field with markers of NETs
}

// prepare cleans all channels, channel by channel at once; of is where parts of a slide are from, given tells of which
// markers the threshold does not come from the noise.
func prepare(ctx context.Context, f Field, of []spot, p Params, o parallel.Options, given func(string) bool) (*prepared, error) {
	if err := f.Check(); err != nil {
		return nil, err
	}
	k := cleaner{Field: f, p: p, um: 1, o: o, of: of, given: given}
	if p.inMicrons() {
		var err error
		if k.um, err = f.pixelUM(); err != nil {
			return nil, err
		}
		scale, err := k.lengthScale(ctx)
		if err != nil {
			return nil, err
		}
		k.p = p.scaled(scale)
	}
	if k.deep() {
		k.p = k.p.inStack()
	}
	done := make([]cleaned, len(f.Channels))
	err := parallel.Each(ctx, len(f.Channels), o, nil, func(_ context.Context, i int) (err error) {
		done[i], err = k.clean(&f.Channels[i])
		return err
	})
	if err != nil {
		return nil, err
	}
	out := &prepared{cleaner: k, channels: map[string]cleaned{}, thresholds: map[string]float64{}, source: map[string]string{}, bleed: map[[2]string]float64{}}
	for _, c := range done {
		out.channels[c.Marker] = c
	}
	return out, nil
}

// markers are the markers that the field shows, in the order of the alphabet.
func (p *prepared) markers() []string {
	return slices.DeleteFunc(p.p.names(), func(m string) bool { _, ok := p.channels[m]; return !ok })
}

// Bleed-through is measured where a channel is brighter than bleedBright noises, on at least bleedPixels. It
// is believed where so many of them show the same ratio that stain, whose amount varies, cannot be why.
const (
	bleedPixels = 500
	bleedBright = 50
	bleedWidth  = 0.012 // of equal ratios
	bleedEqual  = 0.5   // share of them
	leastBleed  = 0.003
	mostBleed   = 0.15
)

// learnBleed measures on a field or a control how much of each channel's light is seen in the others.
// What another one has said before stays.
func (p *prepared) learnBleed(seen *prepared) {
	for _, from := range seen.markers() {
		src := seen.channels[from]
		bright := src.bright(seen.free)
		if len(bright) < bleedPixels {
			continue
		}
		for _, to := range seen.markers() {
			if _, known := p.bleed[[2]string{from, to}]; known || to == from {
				continue
			}
			if r, ok := bleedRatio(src.light, seen.channels[to].light, bright); ok {
				p.bleed[[2]string{from, to}] = r
			}
		}
	}
}

// mostBleeding is about how many bright pixels are compared at most, evenly spread.
const mostBleeding = 1 << 17

// bright are the pixels at which a channel is bright enough to be seen in others.
func (c cleaned) bright(free []bool) (at []int) {
	least := float32(bleedBright * c.noise)
	for i, v := range c.light {
		if v > least && free[i] {
			at = append(at, i)
		}
	}
	step := max(len(at)/mostBleeding, 1)
	for i := range len(at) / step {
		at[i] = at[i*step]
	}
	return at[:len(at)/step]
}

// bleedRatio is the ratio that most of the bright pixels share, if there is one that can be bleed-through.
func bleedRatio(from, to []float32, bright []int) (float64, bool) {
	ratios := make([]float32, len(bright))
	for n, i := range bright {
		ratios[n] = to[i] / from[i]
	}
	m, equal := mode(ratios, modeSample), 0
	for _, r := range ratios {
		if math.Abs(float64(r)-m) < bleedWidth {
			equal++
		}
	}
	return m, m > leastBleed && m < mostBleed && float64(equal) > bleedEqual*float64(len(ratios))
}

// unbleed takes the measured bleed-through off, from the light as it was seen.
func (p *prepared) unbleed() {
	seen := map[string][]float32{}
	for m, c := range p.channels {
		seen[m] = c.light
	}
	for _, to := range p.markers() {
		c := p.channels[to]
		light := planes.clone(c.light)
		for _, from := range p.markers() {
			if share := p.bleed[[2]string{from, to}]; share > 0 {
				for i, v := range seen[from] {
					light[i] -= float32(share) * max(v, 0)
				}
			}
		}
		c.light = light
		p.channels[to] = c
	}
	for _, light := range seen {
		planes.give(light)
	}
}

// controls tells whether control slides set the marker's threshold: DNA is stained in them, too.
func (m Marker) controls() bool { return m.Role != DNA }

// given tells whether the protocol or a control sets the threshold of a marker.
func (p Params) given(marker string, controls []Field) bool {
	rule := p.Markers[marker]
	for _, k := range controls {
		for _, c := range k.Channels {
			if c.Marker == marker && rule.controls() {
				return true
			}
		}
	}
	return rule.MinCounts > 0
}

// learnThresholds sets the threshold of every marker: the protocol's own, that of controls, else that of
// the noise. Of several controls the one with the higher threshold counts. A control that is as bright as
// the field is no control of that marker (DNA is stained in most).
func (p *prepared) learnThresholds(controls []*prepared) {
	for _, m := range p.markers() {
		c, rule := p.channels[m], p.p.Markers[m]
		t, from := p.p.NoiseSD*c.smoothNoise, "noise"
		for _, k := range controls {
			if own, ok := k.channels[m]; ok && rule.controls() {
				if high := p.controlled(own, k.free); from == "noise" || high > t {
					t, from = high, "control"
				}
			}
		}
		if rule.MinCounts > 0 {
			t, from = rule.MinCounts, "protocol"
		}
		p.thresholds[m], p.source[m] = t, from
		if from == "noise" && rule.Role != DNA {
			p.flags = append(p.flags, result.Flag{
				ID:     "no-control:" + m,
				Text:   fmt.Sprintf("No control slide shows %s: its threshold is %.4g counts above the background, %.3g SDs of the noise there, and does not know what unspecific stain looks like.", m, t, p.p.NoiseSD),
				Remedy: "State the isotype or secondary-only slide of the same batch with --control.",
			})
		}
	}
}

// controlled is the threshold that a control sets: mean and SDs, or the percentile, whichever is higher.
func (p *prepared) controlled(c cleaned, free []bool) float64 {
	all := planes.take(len(c.light))
	defer planes.give(all)
	v := all[:0]
	sum, sq := 0.0, 0.0
	for i, x := range c.light {
		if free[i] {
			v = append(v, x)
			sum += float64(x)
			sq += float64(x) * float64(x)
		}
	}
	if len(v) == 0 {
		return 0
	}
	n := float64(len(v))
	high := float64(rank.Places(v, min(int(p.p.ControlPercentile/100*n), len(v)-1))[0])
	return max(high, sum/n+p.p.ControlSD*sqrt(sq/n-sum/n*sum/n))
}
