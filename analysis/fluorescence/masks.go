package fluorescence

import (
	"context"
	"math"
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

// findNuclei learns what nuclei look like from the controls that show DNA, then finds those of the field.
func (s *scene) findNuclei(ctx context.Context, controls []*prepared) error {
	rule := s.p.Nucleus
	var taught *limits
	for _, k := range controls {
		dna, ok := k.channels[s.dna]
		if !ok {
			continue
		}
		typical, err := k.typicalLight(dna)
		if err != nil {
			return err
		}
		if typical == 0 {
			continue
		}
		n, err := k.candidates(ctx, dna, typical)
		if err != nil {
			return err
		}
		l := rule.given(typical, s.showsNETs()).learned(n)
		taught, s.typical = &l, typical
		break
	}
	if taught == nil {
		var err error
		if s.typical, err = s.typicalLight(s.channels[s.dna]); err != nil || s.typical == 0 {
			return err
		}
		l := rule.given(s.typical, s.showsNETs())
		taught = &l
	}
	n, err := s.candidates(ctx, s.channels[s.dna], s.typical)
	if err != nil {
		return err
	}
	n.judge(*taught, s.histones())
	s.nuclei = n
	s.thresholds[s.dna] = max(s.thresholds[s.dna], s.p.FaintDNA*s.typical)
	n.extend(s.mask(s.dna, measured), s.Grid.N[0], int(math.Round(nuclearFringe/s.um)))
	return nil
}

func (s *scene) mask(marker string, v variant) []bool {
	share := s.p.Markers[marker].ContourShare
	if share > 0 {
		share = math.Max(share+v.share, 0.01)
	}
	return s.peaks[marker].mask(v.threshold*s.thresholds[marker], share, s.free)
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

func (p *prepared) showsNETs() bool { return len(p.netMarkers()) > 0 }

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
const nuclearRim = 0.3

// masks finds everything by one variant; nuclei stay as they are.
func (s *scene) masks(ctx context.Context, v variant) (m masks, err error) {
	m.marker = map[string][]bool{}
	for _, name := range s.markers() {
		m.marker[name] = s.mask(name, v)
	}
	if s.nuclei == nil {
		return m, nil
	}
	rim, err := s.grown(ctx, s.nuclei.mask(), nuclearRim)
	if err != nil {
		return m, err
	}
	m.outDNA = make([]bool, len(rim))
	for i, in := range m.marker[s.dna] {
		m.outDNA[i] = in && !rim[i]
	}
	return m, s.nets(ctx, &m)
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
			m.net[i] = m.net[i] || in && near[i]
			m.triple[i] = m.triple[i] && near[i]
		}
	}
	return nil
}
