package fluorescence

import (
	"context"
	"slices"

	"explant/volume/parallel"
)

// lessons are what was learnt of a slide on some parts of it, for use on all.
type lessons struct {
	p          Params // the rules, with lengths for the size of the nuclei
	um         float64
	channels   map[string]learnt
	thresholds map[string]float64
	bleed      map[[2]string]float64
	dna        string
	typical    float64
	taught     limits
	scale      float64 // of nuclei
	nets       bool
	ratios     map[string]float32
	glow       map[string]float32
	order      []string // markers other than DNA, the largest first
}

// learnt is what was learnt of a channel.
type learnt struct {
	plane              [3]float64
	level, noise, haze float64
	sharpNoise         float64
}

// lessons are those of a scene whose markers are where main says.
func (s *scene) lessons(main masks) *lessons {
	l := &lessons{
		p: s.p, um: s.um, channels: map[string]learnt{}, thresholds: s.thresholds, bleed: s.bleed, dna: s.dna, typical: s.typical,
		taught: s.taught, glow: s.glow, nets: s.showsNETs(), ratios: s.ratios, order: s.largestFirst(main),
	}
	if l.ratios == nil {
		l.ratios = map[string]float32{}
	}
	if s.nuclei != nil {
		l.scale = s.nuclei.scale
	}
	for _, m := range s.markers() {
		c := s.channels[m]
		l.channels[m] = learnt{plane: c.plane, level: c.level, noise: c.noise, haze: c.haze, sharpNoise: s.peaks[m].noise}
	}
	return l
}

// largestFirst are the markers of the protocol other than DNA, that with the largest area first.
func (s *scene) largestFirst(m masks) []string {
	order := s.p.plain()
	slices.SortStableFunc(order, func(a, b string) int { return count(m.marker[b]) - count(m.marker[a]) })
	return order
}

// prepare cleans a window of the slide by what was learnt; free is where it is measured.
func (l *lessons) prepare(ctx context.Context, f Field, at spot, free []bool, o parallel.Options) (*prepared, error) {
	k := cleaner{Field: f, p: l.p, um: l.um, o: o, of: []spot{at}}
	done := make([]cleaned, len(f.Channels))
	err := parallel.Each(ctx, len(done), o, nil, func(_ context.Context, i int) error {
		c := &f.Channels[i]
		was := l.channels[c.Marker]
		done[i] = cleaned{Channel: c, light: planes.clone(c.Counts), plane: was.plane, level: was.level, noise: was.noise, haze: was.haze}
		if l.p.BlockUM > 0 {
			done[i].subtract(k.of, f.Grid.N[0], f.area())
			done[i].center()
		}
		if l.p.HazeUM == 0 {
			return nil
		}
		return k.dehaze(&done[i])
	})
	if err != nil {
		return nil, err
	}
	p := &prepared{cleaner: k, channels: map[string]cleaned{}, free: free, thresholds: l.thresholds, source: map[string]string{}, bleed: l.bleed, nets: l.nets, glow: l.glow}
	for _, c := range done {
		p.channels[c.Marker] = c
	}
	return p, nil
}

// scene finds everything in a window by what was learnt.
func (l *lessons) scene(ctx context.Context, p *prepared) (*scene, error) {
	p.unbleed()
	s := &scene{prepared: p, peaks: map[string]peaks{}, dna: l.dna, typical: l.typical, taught: l.taught, ratios: l.ratios}
	names := p.markers()
	all := make([]peaks, len(names))
	err := parallel.Each(ctx, len(names), p.o, nil, func(_ context.Context, i int) (err error) {
		all[i], err = p.peaks(p.channels[names[i]].light, p.p.Markers[names[i]])
		all[i].noise = l.channels[names[i]].sharpNoise
		return err
	})
	if err != nil {
		return nil, err
	}
	for i, m := range names {
		s.peaks[m] = all[i]
	}
	if s.dna == "" || s.p.Nucleus == nil || s.typical == 0 {
		return s, nil
	}
	return s, s.locate(ctx, l.scale)
}

// forget drops what findings are not written from.
func (s *scene) forget() {
	s.peaks = nil
	for i := range s.Channels {
		s.Channels[i].Counts = nil
	}
	if s.nuclei != nil {
		s.nuclei = &nuclear{scale: s.nuclei.scale, plane: s.nuclei.plane}
	}
}

// done puts the memory of a scene back.
func (s *scene) done() {
	for _, m := range s.markers() {
		planes.give(s.channels[m].light, s.peaks[m].smooth)
		if top := s.peaks[m].top; top != nil {
			planes.give(top)
		}
	}
}
