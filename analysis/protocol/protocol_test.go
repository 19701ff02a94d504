package protocol

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"explant/analysis/connector"
	"explant/analysis/oxygenator"
	"explant/analysis/sem"
	"explant/analysis/slide"
)

// files is a Loader of protocol files that stand in the test.
func files(all map[string]string) Loader {
	return func(name string) ([]byte, error) {
		if text, ok := all[name]; ok {
			return []byte(text), nil
		}
		return nil, fmt.Errorf("open %s: %w", name, os.ErrNotExist)
	}
}

func method(t *testing.T, name string, all map[string]string, sets ...string) string {
	t.Helper()
	p, err := Resolve(name, files(all), sets)
	if err != nil {
		t.Fatal(err)
	}
	m, err := p.Method()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestBuiltinProtocolsResolve(t *testing.T) {
	want := []string{"connector-ct", "ct-panel", "if-dna", "if-markers", "if-net", "oxygenator-ct", "sem-fibrin", "slide-carstairs", "slide-dab", "slide-he", "slide-marker", "slide-msb", "slide-psr", "slide-ptah", "volume-threshold"}
	if got := Builtin(); strings.Join(got, " ") != strings.Join(want, " ") {
		t.Fatalf("built in are %v, want %v", got, want)
	}
	for _, name := range want {
		p, err := Resolve(name, nil, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if p.Name != name || p.Title == "" || len(p.Algorithms()) == 0 {
			t.Errorf("%s resolves to %+v", name, p)
		}
	}
}

func TestBuiltinRulesAreTheDefaultsOfTheirEngines(t *testing.T) {
	resolved := func(name string) Protocol {
		p, err := Resolve(name, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if got, want := *resolved("oxygenator-ct").Oxygenator, oxygenator.Defaults(); got != want {
		t.Errorf("oxygenator-ct says %+v, the engine's defaults are %+v", got, want)
	}
	if got, want := *resolved("connector-ct").Connector, connector.Defaults(); got != want {
		t.Errorf("connector-ct says %+v, the engine's defaults are %+v", got, want)
	}
	if got, want := *resolved("sem-fibrin").SEM, sem.Defaults(); got != want {
		t.Errorf("sem-fibrin says %+v, the engine's defaults are %+v", got, want)
	}
	for name, want := range map[string]slide.Params{
		"slide-dab": slide.DAB(), "slide-psr": slide.PSR(), "slide-he": slide.HE(), "slide-msb": slide.MSB(), "slide-carstairs": slide.Carstairs(), "slide-ptah": slide.PTAH(),
	} {
		if got := *resolved(name).Slide; !reflect.DeepEqual(got, want) {
			t.Errorf("%s says %+v, the engine's defaults are %+v", name, got, want)
		}
	}
}

func TestMethodIsMadeFromRulesAlone(t *testing.T) {
	all := map[string]string{
		"same.yaml":   "extends: ct-panel\nname: mine\ntitle: another title\n",
		"other.yaml":  "extends: ct-panel\nsegment: {margin_voxels: [1, 0, 0]}\n",
		"twice.yaml":  "extends: other.yaml\nsegment: {margin_voxels: [0, 0, 0]}\n",
		"vectors.yml": "extends: slide-dab\nsegment: {stain: psr, turn_stains: null, turn_extremes: null, classes: {\"marker:dab\": {amount: sirius-red, min_od: {dab: null, sirius-red: 0.2}}}}\n",
	}
	base := method(t, "ct-panel", nil)
	if got := method(t, "same.yaml", all); got != base {
		t.Error("another name makes another method")
	}
	if got := method(t, "other.yaml", all); got == base {
		t.Error("another rule makes the same method")
	}
	if got := method(t, "twice.yaml", all); got != base {
		t.Error("a rule that was changed back makes another method")
	}
	if got := method(t, "ct-panel", nil, "measure.profile_bins=30"); got == base {
		t.Error("--set makes the same method")
	}
	if method(t, "vectors.yml", all) == method(t, "slide-dab", nil) {
		t.Error("other stain vectors make the same method")
	}
}

func TestResolvedProtocolSpellsEveryRule(t *testing.T) {
	p, err := Resolve("slide-dab", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"min_od", "0.70785", "glass_min_grey"} {
		if !strings.Contains(string(text), key) {
			t.Errorf("%s is not spelt out in %s", key, text)
		}
	}
}

func TestErrorsNameTheFileTheLineAndTheKey(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		sets []string
		want []string
	}{
		"unknown key":        {"extends: ct-panel\nsegment:\n  nonsense: 1\n", nil, []string{"x.yaml, line 3", "segment.nonsense", "no such key"}},
		"wrong type":         {"extends: ct-panel\nmeasure:\n  profile_bins: many\n", nil, []string{"x.yaml, line 3", "measure.profile_bins", "integer"}},
		"out of range":       {"extends: slide-dab\nsegment:\n  tissue_min_od: 9\n", nil, []string{"x.yaml, line 3", "tissue_min_od", "1"}},
		"another engine's":   {"extends: ct-panel\nsegment:\n  smoothness: 2\n", nil, []string{"smoothness"}},
		"no engine":          {"name: a\ntitle: b\nsegment: {}\n", nil, []string{"engine"}},
		"unknown base":       {"extends: nothing\n", nil, []string{"x.yaml, line 1", "nothing", "ct-panel"}},
		"not a mapping":      {"- a\n", nil, []string{"x.yaml", "keys and values"}},
		"not YAML":           {"a: [1\n", nil, []string{"x.yaml"}},
		"empty":              {"", nil, []string{"x.yaml"}},
		"stain, unknown":     {"extends: slide-dab\nsegment:\n  stain: ink\n", nil, []string{"x.yaml, line 3", "ink", "hdab"}},
		"stain, not its own": {"extends: slide-dab\nsegment:\n  classes: {\"marker:dab\": {amount: eosin}}\n", nil, []string{"marker:dab.amount", "eosin"}},
		"ranges overlap": {
			"extends: volume-threshold\nsegment:\n  classes: [{class: deposit, min_grey: 1, max_grey: 5}, {class: void, min_grey: 4, max_grey: 9}]\n",
			nil, []string{"overlap"},
		},
		"set, no such group": {"extends: ct-panel\n", []string{"a.b=1"}, []string{"--set a.b=1", `"a"`}},
		"set, no value":      {"extends: ct-panel\n", []string{"measure"}, []string{"--set measure", "KEY=VALUE"}},
		"set, wrong value":   {"extends: ct-panel\n", []string{"measure.profile_bins=0"}, []string{"--set measure.profile_bins=0", "minimum"}},
		"measure on a slide": {"extends: slide-dab\nmeasure: {profile_bins: 3}\n", nil, []string{"x.yaml, line 2", "measure", "slide"}},
	} {
		_, err := Resolve("x.yaml", files(map[string]string{"x.yaml": c.text}), c.sets)
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		for _, w := range c.want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %q does not name %q", name, err, w)
			}
		}
	}
	if _, err := Resolve("absent.yaml", files(nil), nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("absent file: %v", err)
	}
}

func FuzzResolve(f *testing.F) {
	f.Add("extends: ct-panel\nsegment: {margin_voxels: [1, 2, 3]}\n")
	f.Add("extends: slide-dab\nsegment: {stain: hdab}\n")
	f.Add("engine: ranges\nname: a\ntitle: b\nsegment: {classes: [{class: void}]}\nmeasure: {}\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Resolve("x.yaml", files(map[string]string{"x.yaml": text}), nil)
		if err != nil {
			return
		}
		if _, err := p.Method(); err != nil {
			t.Errorf("%q resolves but has no method: %v", text, err)
		}
	})
}
