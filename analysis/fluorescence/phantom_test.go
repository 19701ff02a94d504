package fluorescence_test

import (
	"math"
	"os"
	"slices"
	"testing"

	"explant/analysis/fluorescence"
	"explant/analysis/phantom/micrograph"
	"explant/analysis/protocol"
	"explant/analysis/result"
	"explant/volume"
	"explant/volume/parallel"
)

// markers are the names of the phantom's channels in the protocol.
var markers = []string{"dna", "h3cit", "mpo", "fibrin", "cd61"}

func field(p *micrograph.Planes, um float64) fluorescence.Field {
	f := fluorescence.Field{Grid: volume.Grid{N: [3]int{p.W, p.H, 1}, Spacing: [3]float64{um / 1000, um / 1000, 0}}}
	f.Grid.Calibration.Source = volume.Source("typed in")
	for i, m := range markers {
		c := fluorescence.Channel{Marker: m, Name: p.Names[i], Counts: make([]float32, p.W*p.H), Full: math.MaxUint16}
		for j, v := range p.Data[i] {
			c.Counts[j] = float32(v)
		}
		f.Channels = append(f.Channels, c)
	}
	return f
}

func rules(t testing.TB, name string) fluorescence.Params {
	t.Helper()
	p, err := protocol.Resolve(name, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return *p.Fluorescence
}

// scene is a phantom, its secondary-only control, its truth and its findings.
type scene struct {
	field    fluorescence.Field
	controls []fluorescence.Field
	truth    micrograph.IFTruth
	planes   *micrograph.Planes
	result.Findings
	labels []uint8
}

func analysed(t testing.TB, side int, seed uint64) scene {
	t.Helper()
	spec := micrograph.DefaultIF(side, side, seed)
	img, planes, truth, err := spec.Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	control, _, _, err := spec.As(micrograph.Secondary).Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := scene{field: field(img, spec.PixelSizeUM), controls: []fluorescence.Field{field(control, spec.PixelSizeUM)}, truth: truth, planes: planes}
	s.Findings, s.labels, err = fluorescence.Analyze(t.Context(), s.field, s.controls, rules(t, "if-net"), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s scene) find(t testing.TB, metric, part string) result.Measurement {
	t.Helper()
	for _, m := range s.Measurements {
		if m.Metric == metric && m.Part == part {
			return m
		}
	}
	t.Fatalf("no %s %q; not measured: %v", metric, part, s.NotMeasured)
	return result.Measurement{}
}

// dice compares the labelled class, and all that is painted over it, with a structure of the truth.
func (s scene) dice(class, structure string) float64 {
	i := slices.IndexFunc(s.Classes, func(c result.Class) bool { return c.Name == class })
	truth := s.planes.Plane(structure)
	both, sum := 0, 0
	for k, v := range s.labels {
		in, is := v == s.Classes[i].Value, truth[k] > 0
		if in {
			sum++
		}
		if is {
			sum++
		}
		if in && is {
			both++
		}
	}
	return 2 * float64(both) / float64(sum)
}

// What the defaults reach on phantoms: thin strands come out too wide, touching nuclei as one.
const (
	leastNucleus = 0.8
	mostNET      = 0.2
	mostNuclei   = 0.1
)

func TestAccuracyOnPhantoms(t *testing.T) {
	side, seeds := 768, 1
	if os.Getenv("EXPLANT_VALIDATE") != "" {
		side, seeds = 1024, 10
	}
	var net, nuclei float64
	for seed := range seeds {
		s := analysed(t, side, uint64(seed+1))
		area := s.find(t, fluorescence.MetricNET, "area")
		n := *s.find(t, fluorescence.MetricNuclei, "").NObject
		a, b := area.Value*1e6/s.truth.NETs.VisibleUM2-1, float64(n)/float64(s.truth.Nuclei.Intact)-1
		net += a / float64(seeds)
		nuclei += b / float64(seeds)
		t.Logf("seed %d: NETs %+.1f %% (interval ±%.1f %%), nuclei %d of %d (%+.1f %%), Dice net %.3f, nucleus %.3f, platelet %.3f", seed+1, 100*a,
			100*(*area.UHi-area.Value)/area.Value, n, s.truth.Nuclei.Intact, 100*b, s.dice("net", "net"), s.dice("nucleus", "nucleus"), s.dice("platelet", "platelet"))
		for _, m := range markers[1:] {
			structure := map[string]string{"h3cit": "marker:h3cit", "mpo": "marker:mpo", "fibrin": "fibrin", "cd61": "platelet"}[m]
			v := s.find(t, fluorescence.MetricPositive, m)
			t.Logf("  %s: %.3f %% of the field, truth %.3f %%", m, v.Value, 100*s.truth.Structure(structure).Share)
		}
		if b := s.Diagnostics["bleed_dna_into_h3cit_share"]; b < 0.02 || b > 0.05 {
			t.Errorf("seed %d: %.3f of the DNA's light is seen in H3Cit, want 0.03", seed+1, b)
		}
		if d := s.dice("nucleus", "nucleus"); d < leastNucleus {
			t.Errorf("seed %d: Dice of nuclei %.3f", seed+1, d)
		}
	}
	t.Logf("mean: NETs %+.1f %%, nuclei %+.1f %%", 100*net, 100*nuclei)
	if math.Abs(net) > mostNET || math.Abs(nuclei) > mostNuclei {
		t.Errorf("NETs are off by %+.1f %%, nuclei by %+.1f %%", 100*net, 100*nuclei)
	}
}
