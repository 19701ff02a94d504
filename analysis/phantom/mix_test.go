package phantom

import (
	"errors"
	"math"
	"testing"

	"explant/volume/parallel"
)

// The slide shows the mix: 1 % of the tissue covers the points from which the levels are taken and the
// pixels that two components share.
func TestSlideShowsItsMix(t *testing.T) {
	const tolerance = 1.0
	for name, c := range map[string]struct {
		kind string
		mix  Mix
	}{
		"mixed":          {SlideMSB, Mix{Fibrin: 0.4, Platelet: 0.15, RBC: 0.2, Leukocyte: 0.06}},
		"red":            {SlideMSB, Mix{Fibrin: 0.3, Platelet: 0.05, RBC: 0.45, Leukocyte: 0.02}},
		"marker":         {SlideDAB, Mix{Fibrin: 0.2, Platelet: 0.5, RBC: 0.05, Leukocyte: 0.12}},
		"fibrin alone":   {SlideMSB, Mix{Fibrin: 1}},
		"reddest":        {SlideMSB, Mix{RBC: 0.53, Leukocyte: 0.02, Platelet: 0.09}},
		"nothing known":  {SlideMSB, Mix{}},
		"many platelets": {SlidePSR, Mix{Platelet: 0.8}},
	} {
		s := DefaultSlide(c.kind, 400, 400, 11)
		s.Mix, s.Clean = &c.mix, true
		_, _, truth, err := s.Make(t.Context(), parallel.Options{}, nil)
		if err != nil {
			t.Fatal(name, err)
		}
		marker, share := "platelet", func(class string) float64 { return truth.Area(class).TissuePercent }
		if c.kind == SlideDAB {
			marker = "marker:dab"
		}
		for class, d := range map[string]float64{
			"fibrin": share("fibrin") - 100*c.mix.Fibrin, "rbc": share("rbc") - 100*c.mix.RBC,
			"platelet": share(marker) - 100*c.mix.Platelet, "leukocyte": share("leukocyte") + share("nucleus") - 100*c.mix.Leukocyte,
			"collagen": share("collagen"),
		} {
			if math.Abs(d) > tolerance {
				t.Errorf("%s: %s off by %+.2f %% of the tissue", name, class, d)
			}
		}
	}
}

func TestEmptySlideHasNoTissue(t *testing.T) {
	s := DefaultSlide(SlideMSB, 300, 300, 4)
	s.Cover, s.Clean, s.Mix = -2, true, &Mix{Fibrin: 0.5}
	_, _, truth, err := s.Make(t.Context(), parallel.Options{}, nil)
	if err != nil || truth.TissuePX != 0 {
		t.Errorf("%v px of tissue, error %v", truth.TissuePX, err)
	}
}

func TestImpossibleMixes(t *testing.T) {
	for name, m := range map[string]Mix{
		"negative": {Fibrin: -0.1}, "not a number": {RBC: math.NaN()}, "sum": {Fibrin: 0.7, Platelet: 0.4},
		"cells": {Leukocyte: 0.3}, "red": {RBC: 0.65},
	} {
		s := DefaultSlide(SlideMSB, 16, 16, 1)
		s.Mix = &m
		if _, _, _, err := s.Make(t.Context(), parallel.Options{}, nil); !errors.Is(err, ErrPhantom) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
