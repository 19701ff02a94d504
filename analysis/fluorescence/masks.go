package fluorescence

import (
	"context"
	"math"
	"slices"
	"sync"

	"explant/volume/parallel"
)

// variant moves the thresholds and the shares at which structures end.
type variant struct{ threshold, share float64 }

// The measurement, and how its uncertainty is judged: thresholds by a fifth, contours by a twentieth of the
// brightest light.
var (
	measured = variant{1, 0}
	variants = []variant{{0.8, 0}, {1.2, 0}, {1, -0.05}, {1, 0.05}}
)

// masks are where everything is, by one variant.
type masks struct {
	marker map[string][]bool
	outDNA []bool // DNA outside of intact nuclei
	net    []bool // of it, what lies near a marker of NETs
	triple []bool // near every marker of NETs
}

// scene is a field with everything found in it.
type scene struct {
	*prepared
	peaks   map[string]peaks
	dna     string   // the marker of DNA, "" where the field has none
	nuclei  *nuclear // nil where none are looked for
	typical float64  // light of a typical nucleus, counts; 0: no DNA
	taught  limits   // what an intact nucleus is
	// ratios of DNA to the markers of NETs that it goes with; found where nil
	ratios map[string]float32

	once          sync.Once
	inNuclei, rim []bool
	rimErr        error
}

func newScene(ctx context.Context, p *prepared, controls []*prepared) (*scene, error) {
	s := &scene{prepared: p, peaks: map[string]peaks{}}
	for _, m := range p.markers() {
		var err error
		if s.peaks[m], err = p.peaks(p.channels[m].light, p.p.Markers[m]); err != nil {
			return nil, err
		}
		if p.p.Markers[m].Role == DNA {
			s.dna = m
		}
	}
	if s.dna == "" || p.p.Nucleus == nil {
		return s, nil
	}
	return s, s.findNuclei(ctx, controls)
}

// findNuclei learns what nuclei look like from the first control that shows DNA, then finds those of the field.
func (s *scene) findNuclei(ctx context.Context, controls []*prepared) (err error) {
	scale := 0.0
	for _, k := range controls {
		dna, ok := k.channels[s.dna]
		if !ok || k.deep() != s.deep() { // areas teach nothing about volumes
			continue
		}
		k.nets = s.showsNETs()
		typical, err := k.typicalLight(dna)
		if err != nil {
			return err
		}
		if typical == 0 {
			continue
		}
		n, err := k.candidates(ctx, dna.light, k.free, typical, 0)
		if err != nil {
			return err
		}
		s.taught, s.typical, scale = s.limits(s.p.Nucleus.scaled(n.scale), typical).learned(n, typical), typical, n.scale
		break
	}
	if s.typical == 0 {
		if s.typical, err = s.typicalLight(s.channels[s.dna]); err != nil || s.typical == 0 {
			return err
		}
	}
	return s.locate(ctx, scale)
}

// locate finds the nuclei. scale is their size over that of the protocol, 0 where neither it nor what an intact one
// is has been learnt.
func (s *scene) locate(ctx context.Context, scale float64) error {
	n, err := s.candidates(ctx, s.channels[s.dna].light, s.free, s.typical, scale)
	if err != nil {
		return err
	}
	if scale == 0 {
		s.taught = s.limits(s.p.Nucleus.scaled(n.scale), s.typical)
	}
	w := s.Grid.N[0]
	n.judge(s.taught, s.typical, s.histones(), w, s.um)
	s.nuclei = n
	s.thresholds[s.dna] = max(s.thresholds[s.dna], s.p.FaintDNA*s.typical)
	dnaMask := s.mask(s.dna, measured)
	if s.deep() {
		s.deepExtend(n, dnaMask, nuclearFringe)
	} else {
		n.extend(dnaMask, w, int(math.Round(nuclearFringe/s.um)))
	}
	return s.uncover(ctx, dnaMask)
}

// uncover looks again for nuclei where DNA is not intact nuclei: over NETs, whose DNA is taken off by what their
// markers show.
func (s *scene) uncover(ctx context.Context, dna []bool) error {
	explained, err := s.explained(dna)
	if err != nil || explained == nil {
		return err
	}
	rim, err := s.grown(ctx, s.nuclei.mask(), nuclearRim)
	if err != nil {
		return err
	}
	in, rest := make([]bool, len(rim)), make([]float32, len(rim))
	for i, v := range s.channels[s.dna].light {
		in[i], rest[i] = s.free[i] && !rim[i], v-explained[i]
	}
	n, err := s.candidates(ctx, rest, in, s.typical, s.nuclei.scale)
	if err != nil {
		return err
	}
	n.judge(s.taught, s.typical, nil, s.Grid.N[0], s.um)
	s.nuclei.take(n)
	return nil
}

// take adds the intact nuclei of m.
func (n *nuclear) take(m *nuclear) {
	as := make([]uint32, len(m.objects))
	for k, o := range m.objects {
		if o.intact {
			n.objects = append(n.objects, o)
			as[k] = uint32(len(n.objects))
		}
	}
	for i, k := range m.number {
		if k > 0 && as[k-1] > 0 {
			n.number[i] = as[k-1]
		}
	}
}

// explained is the light of DNA that goes with the markers of NETs: their light, smoothed, times the median ratio
// to DNA outside of intact nuclei. Histone is asked first, then granules. nil where the field shows none.
func (s *scene) explained(dna []bool) (out []float32, err error) {
	nuclei := s.nuclei.mask()
	names := s.netMarkers()
	slices.SortStableFunc(names, func(a, b string) int {
		return btoi(s.p.Markers[a].Role != Histone) - btoi(s.p.Markers[b].Role != Histone)
	})
	light, err := s.gaussian(s.channels[s.dna].light, topSmooth*s.p.SmoothUM)
	if err != nil {
		return nil, err
	}
	defer planes.give(light)
	given := s.ratios
	if given == nil {
		s.ratios = map[string]float32{}
	}
	for _, m := range names {
		of, err := s.gaussian(s.channels[m].light, topSmooth*s.p.SmoothUM)
		if err != nil {
			return nil, err
		}
		there := s.mask(m, measured)
		if given == nil {
			s.compareLight(m, light, of, func(i int) bool { return there[i] && dna[i] && !nuclei[i] && (out == nil || out[i] == 0) })
		}
		r, known := s.ratios[m]
		if known && out == nil {
			out = make([]float32, len(there))
		}
		for i, in := range there {
			if known && in && out[i] == 0 {
				out[i] = r * of[i]
			}
		}
		planes.give(of)
	}
	return out, nil
}

// compareLight learns the median ratio of the light of DNA to that of a marker.
func (s *scene) compareLight(marker string, dna, of []float32, in func(int) bool) {
	var ratios []float64
	for i, v := range dna {
		if in(i) {
			ratios = append(ratios, float64(v/of[i]))
		}
	}
	if len(ratios) >= fewRatios {
		s.ratios[marker] = float32(median(ratios, nil))
	}
}

// fewRatios is how many pixels of a marker of NETs tell how much DNA goes with it.
const fewRatios = 200

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (s *scene) mask(marker string, v variant) []bool {
	share := s.p.Markers[marker].ContourShare
	if share > 0 {
		share = math.Max(share+v.share, 0.01)
	}
	return s.peaks[marker].mask(v.threshold*s.thresholds[marker], share, s.free)
}

// narrow looks once for what the loosest variant shows of each marker: the masks of all lie in it.
func (s *scene) narrow(ctx context.Context) error {
	loose := measured
	for _, v := range variants {
		loose = variant{min(loose.threshold, v.threshold), min(loose.share, v.share)}
	}
	names := s.markers()
	found := make([]peaks, len(names))
	err := parallel.Each(ctx, len(names), s.o, nil, func(_ context.Context, k int) error {
		found[k] = s.peaks[names[k]].within(s.mask(names[k], loose))
		return nil
	})
	for k, name := range names {
		s.peaks[name] = found[k]
	}
	return err
}

// netMarkers are the markers of the field that make DNA a NET.
func (p *prepared) netMarkers() (all []string) {
	for _, m := range p.markers() {
		if p.p.Markers[m].Role.ofNETs() {
			all = append(all, m)
		}
	}
	return all
}

// showsNETs tells whether nuclei are to be told from NETs: in a field with a marker of them, and in its controls.
func (p *prepared) showsNETs() bool { return p.nets || len(p.netMarkers()) > 0 }

// histones is where citrullinated histone is, nil without such a marker.
func (s *scene) histones() (out []bool) {
	for _, m := range s.netMarkers() {
		if s.p.Markers[m].Role == Histone {
			out = s.mask(m, measured)
		}
	}
	return out
}

// nuclearFringe is how far DNA beyond the part of a nucleus that is half as bright as a typical one belongs to it, µm.
const nuclearFringe = 1.0

// nuclearRim is how far the light of a nucleus reaches beyond its outline, µm.
const nuclearRim = 0.4

// masks finds everything by one variant; nuclei stay as they are.
func (s *scene) masks(ctx context.Context, v variant) (m masks, err error) {
	m.marker = map[string][]bool{}
	for _, name := range s.markers() {
		m.marker[name] = s.mask(name, v)
	}
	if s.nuclei == nil {
		return m, nil
	}
	nuclei, rim, err := s.outlined(ctx)
	if err != nil {
		return m, err
	}
	if s.deep() && !s.showsNETs() { // noise of single planes must not eat what all planes together show
		for i, in := range nuclei {
			m.marker[s.dna][i] = m.marker[s.dna][i] || in
		}
	}
	m.outDNA = make([]bool, len(rim))
	for i, in := range m.marker[s.dna] {
		m.outDNA[i] = in && !rim[i]
	}
	return m, s.nets(ctx, &m)
}

// outlined is where intact nuclei are and how far their light reaches, which is the same in all variants.
func (s *scene) outlined(ctx context.Context) (nuclei, rim []bool, err error) {
	s.once.Do(func() {
		s.inNuclei = s.nuclei.mask()
		s.rim, s.rimErr = s.grown(ctx, s.inNuclei, nuclearRim)
	})
	return s.inNuclei, s.rim, s.rimErr
}

// nets is the DNA outside of nuclei that lies near any and near every marker of NETs.
func (s *scene) nets(ctx context.Context, m *masks) error {
	names := s.netMarkers()
	if len(names) == 0 {
		return nil
	}
	m.net = make([]bool, len(m.outDNA))
	m.triple = make([]bool, len(m.outDNA))
	copy(m.triple, m.outDNA)
	for _, name := range names {
		near, err := s.grown(ctx, m.marker[name], s.p.NETReachUM)
		if err != nil {
			return err
		}
		for i, in := range m.outDNA {
			if !in {
				continue
			}
			m.net[i] = m.net[i] || near[i]
			m.triple[i] = m.triple[i] && near[i]
		}
	}
	return nil
}
