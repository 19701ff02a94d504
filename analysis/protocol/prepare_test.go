package protocol

import (
	"strings"
	"testing"
)

// TestPrepareIsAPartOfTheMethod: what is asked for changes the method.
func TestPrepareIsAPartOfTheMethod(t *testing.T) {
	plain := method(t, "ct-panel", nil)
	nlm := method(t, "ct-panel", nil, "prepare={denoise: {method: nlm}}")
	strong := method(t, "ct-panel", nil, "prepare={denoise: {method: nlm, strength: 1.5}}")
	rings := method(t, "oxygenator-ct", nil, "prepare={rings: {}}")
	if plain == nlm || nlm == strong || rings == method(t, "oxygenator-ct", nil) {
		t.Error("a step that is asked for is no part of the method")
	}
	p, err := Resolve("ct-panel", nil, []string{"prepare={rings: {find_within_voxels: 5}, gain: {along: all}, isotropic: {}, denoise: {method: median, radius_voxels: 2}}"})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"prepare.rings", "prepare.gain", "prepare.isotropic", "prepare.median"} {
		if p.Algorithms()[name] == "" {
			t.Errorf("%s has no version", name)
		}
	}
}

func TestPrepareIsChecked(t *testing.T) {
	for set, want := range map[string]string{
		"prepare={rings: {width: 3}}":                                     "prepare.rings.width: no such key",
		"prepare={denoise: {}}":                                           "prepare.denoise: missing property",
		"prepare={denoise: {method: nlm, radius_voxels: 6}}":              "radius_voxels is 6",
		"prepare={denoise: {method: median, strength: 1}}":                "strength are of method nlm",
		"prepare={rings: {center_voxels: [1, 2], find_within_voxels: 3}}": "exclude each other",
		"prepare={gain: {classes: 1}}":                                    "1 classes",
	} {
		_, err := Resolve("ct-panel", nil, []string{set})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", set, err, want)
		}
	}
	if _, err := Resolve("slide-he", nil, []string{"prepare={rings: {}}"}); err == nil || !strings.Contains(err.Error(), "no such group") {
		t.Errorf("a slide prepared as a volume: %v", err)
	}
}
