package fluorescence_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"explant/analysis/fluorescence"
	"explant/analysis/result"
	"explant/volume"
	"explant/volume/parallel"
)

// blot is a disc of light with a soft edge.
type blot struct{ x, y, radius, light float64 }

// drawn is a channel of blots on a background with noise.
func drawn(marker string, w, h int, seed uint64, all []blot) fluorescence.Channel {
	r := rand.New(rand.NewPCG(seed, 9))
	c := fluorescence.Channel{Marker: marker, Name: marker, Counts: make([]float32, w*h), Full: math.MaxUint16}
	for i := range c.Counts {
		v := 200 + 5*r.NormFloat64()
		for _, b := range all {
			v += b.light / (1 + math.Exp(2*(math.Hypot(float64(i%w)-b.x, float64(i/w)-b.y)-b.radius)))
		}
		c.Counts[i] = float32(math.Round(v))
	}
	return c
}

// spilled is a field of nuclei, some of them of dead cells, and of clouds of DNA: with the dye that enters no living
// cell, or with that of all DNA alone.
func spilled(two bool) (f fluorescence.Field, clouds int) {
	const w, h = 400, 300
	var nuclei, dead, cloud []blot
	for k := range 12 {
		n := blot{float64(30 + 60*(k%6)), float64(30 + 40*(k/6)), 9, 2000}
		nuclei = append(nuclei, n)
		if k%3 == 0 {
			dead = append(dead, n)
		}
	}
	for k, light := range []float64{600, 900, 500, 700} {
		cloud = append(cloud, blot{float64(60 + 90*k), 200, 20 + float64(k), light})
	}
	cloud = append(cloud, blot{60, 244, 20, 800}) // touches the first one
	f = fluorescence.Field{Grid: volume.Grid{N: [3]int{w, h, 1}, Spacing: [3]float64{0.0003, 0.0003, 0}}}
	f.Channels = []fluorescence.Channel{drawn("dna", w, h, 1, append(slices.Clone(nuclei), cloud...))}
	if two {
		f.Channels[0] = drawn("dna", w, h, 1, nuclei)
		f.Channels = append(f.Channels, drawn("sytox", w, h, 2, append(dead, cloud...)))
	}
	return f, len(cloud)
}

func TestCloudsOfDNALookLikeNETs(t *testing.T) {
	for _, two := range []bool{true, false} {
		f, clouds := spilled(two)
		found, _, err := fluorescence.Analyze(t.Context(), f, nil, rules(t, "if-dna"), parallel.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if n := stackNumber(t, found, "net.like.n", ""); n != float64(clouds) {
			t.Errorf("two dyes %v: %g objects look like NETs, drawn are %d", two, n, clouds)
		}
		if !slices.ContainsFunc(found.Flags, flagged("dna-alone")) {
			t.Errorf("no flag says that DNA alone makes no NET: %v", found.Flags)
		}
		for _, m := range found.Measurements {
			if m.Metric == "net.n" || m.Metric == "net.area" {
				t.Errorf("%s comes out without a marker of NETs", m.Metric)
			}
		}
	}
}

// Nuclei alone, living and dead, do not look like NETs, and a field with a marker of NETs is not asked.
func TestNucleiDoNotLookLikeNETs(t *testing.T) {
	f, _ := spilled(true)
	f.Channels[1].Counts = slices.Clone(f.Channels[0].Counts) // every cell is dead
	found, _, err := fluorescence.Analyze(t.Context(), f, nil, rules(t, "if-dna"), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if n := stackNumber(t, found, "net.like.n", ""); n != 0 {
		t.Errorf("%g of the nuclei look like NETs", n)
	}
	f.Channels[1].Marker = "h3cit"
	if found, _, err = fluorescence.Analyze(t.Context(), f, nil, rules(t, "if-dna"), parallel.Options{}, nil); err != nil {
		t.Fatal(err)
	}
	for _, m := range found.Measurements {
		if m.Metric == "net.like" || m.Metric == "net.like.n" {
			t.Errorf("%s comes out beside a marker of NETs", m.Metric)
		}
	}
}

func flagged(id string) func(result.Flag) bool { return func(f result.Flag) bool { return f.ID == id } }
