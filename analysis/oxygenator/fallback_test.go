package oxygenator

import (
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/spatial/r3"

	"explant/analysis/phantom"
	"explant/analysis/result"
	"explant/volume"
	"explant/volume/parallel"
)

// A scan without fibres is labelled by its greys, and the flag few-fibres says so.
func TestScansWithoutFibresSaySo(t *testing.T) {
	o := phantom.DefaultOxygenator(64, 3)
	rng := rand.New(rand.NewPCG(3, 4))
	var bubbles []r3.Vec
	for range 60 {
		bubbles = append(bubbles, r3.Vec{X: 64 * rng.Float64(), Y: 64 * rng.Float64(), Z: 64 * rng.Float64()})
	}
	near := func(p r3.Vec) bool {
		return slices.ContainsFunc(bubbles, func(b r3.Vec) bool { return r3.Norm2(r3.Sub(p, b)) < 36 })
	}
	middle := r3.Vec{X: 32, Y: 32, Z: 32}
	for name, grey := range map[string]func(p r3.Vec) float64{
		"noise": func(r3.Vec) float64 { return o.AirGrey },
		"block": func(p r3.Vec) float64 {
			switch d := r3.Norm(r3.Sub(p, middle)); {
			case d < 8:
				return o.DepositGrey
			case d < 24:
				return o.PolymerGrey
			}
			return o.AirGrey
		},
		"foam": func(p r3.Vec) float64 {
			if near(p) {
				return o.AirGrey
			}
			return o.PolymerGrey
		},
		"balls": func(p r3.Vec) float64 {
			if near(p) {
				return o.DepositGrey
			}
			return o.AirGrey
		},
	} {
		clean := volume.New[float32](o.Grid())
		for i := range clean.Data {
			x, y, z := split(clean.Grid, i)
			clean.Data[i] = float32(grey(r3.Vec{X: float64(x), Y: float64(y), Z: float64(z)}))
		}
		scan, err := o.Scan(t.Context(), clean, parallel.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Segment(t.Context(), scan, Params{}, parallel.Options{}, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !slices.ContainsFunc(s.Flags, func(f result.Flag) bool { return f.ID == "few-fibres" }) {
			t.Errorf("%s: %g fibres, flags %v", name, s.Diagnostics["fibre_count"], s.Flags)
		}
	}
}

// A connector scanned as finely as a bundle has a lumen, but no fibres.
func TestConnectorIsNoBundle(t *testing.T) {
	scan, _, _, err := phantom.DefaultConnector(80, 1).Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Segment(t.Context(), scan, Params{FibreOuterDiameterVoxels: 19}, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(s.Flags, func(f result.Flag) bool { return f.ID == "few-fibres" }) {
		t.Errorf("%g fibres, flags %v", s.Diagnostics["fibre_count"], s.Flags)
	}
}
