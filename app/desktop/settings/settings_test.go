package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"explant/analysis/protocol"
	"explant/io/imagefile"
	"explant/volume"
)

func form(t *testing.T, name string) *Form {
	t.Helper()
	f, err := New(name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func items(t *testing.T, f *Form) map[string]Item {
	t.Helper()
	all, err := f.Items()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]Item{}
	for _, i := range all {
		if _, twice := out[i.Path]; twice {
			t.Errorf("%s stands twice", i.Path)
		}
		out[i.Path] = i
	}
	return out
}

// TestEveryRuleOfEveryProtocolIsInItsForm walks the rules of each built-in protocol: each has an item with
// its value, words for what it means, and takes its own text back without a change.
func TestEveryRuleOfEveryProtocolIsInItsForm(t *testing.T) {
	for _, l := range All() {
		f := form(t, l.Source)
		all := items(t, f)
		var walk func(path string, v any)
		walk = func(path string, v any) {
			i, ok := all[path]
			switch v := v.(type) {
			case map[string]any:
				if !ok || i.Kind != Group || !i.On {
					t.Errorf("%s: %s is no group: %+v", l.Name, path, i)
				}
				for k, x := range v {
					if x != nil {
						walk(path+"."+k, x)
					}
				}
				return
			case []any:
				if ok && i.Kind == Group {
					return
				}
			}
			if !ok || i.Text != i.Default || i.Changed || i.Title == "" {
				t.Errorf("%s: %s: %+v", l.Name, path, i)
			}
			if err := f.Set(path, i.Text); err != nil {
				t.Errorf("%s: %s: its own text %q: %v", l.Name, path, i.Text, err)
			}
		}
		for _, g := range groups {
			if v, ok := f.base[g]; ok {
				walk(g, v)
			}
		}
		if sets := f.Sets(); len(sets) > 0 || f.Err() != nil {
			t.Errorf("%s: unchanged, and %v, %v", l.Name, sets, f.Err())
		}
	}
}

func TestItemsTellUnitRangeAndDefault(t *testing.T) {
	all := items(t, form(t, "oxygenator-ct"))
	for path, want := range map[string]Item{
		"segment.fibre_outer_diameter_um": {Title: "Fibre outer diameter", Unit: "µm", Range: "above 0, at most 5000", Kind: Number, Text: "380", Default: "380"},
		"segment.speck_voxels":            {Title: "Speck", Unit: "voxels", Range: "1 or more", Kind: Whole, Text: "8", Default: "8"},
		"measure.mats":                    {Title: "Mats", Kind: Switch, Text: "true", Default: "true"},
	} {
		got := all[path]
		if got.Help == "" {
			t.Errorf("%s: no help", path)
		}
		if got.Title != want.Title || got.Unit != want.Unit || got.Range != want.Range || got.Kind != want.Kind || got.Text != want.Text || got.Default != want.Default {
			t.Errorf("%s is %+v, want %+v", path, got, want)
		}
	}
	if p := all["prepare"]; p.On || !p.Switched {
		t.Errorf("prepare: %+v", p)
	}
}

func TestTypedValuesAreChecked(t *testing.T) {
	f := form(t, "oxygenator-ct")
	for _, c := range []struct{ path, typed, want string }{
		{"segment.fibre_outer_diameter_um", "wide", "Fibre outer diameter: \"wide\" is no number: a number above 0, at most 5000 (µm) is wanted"},
		{"segment.fibre_outer_diameter_um", "9000", "too large"},
		{"segment.fibre_outer_diameter_um", "0", "too small"},
		{"segment.fibre_outer_diameter_um", "380,5", "fraction with a point"},
		{"segment.speck_voxels", "1.5", "has a fraction"},
		{"segment.speck_voxels", "NaN", "no number"},
		{"segment.nothing", "1", "no such rule"},
		{"nowhere.x", "1", "no such group"},
	} {
		if err := f.Set(c.path, c.typed); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s=%s: %v, want %q", c.path, c.typed, err, c.want)
		}
	}
	if f.Err() == nil {
		t.Error("a form with a wrong text can be run")
	}
	if i := items(t, f)["segment.speck_voxels"]; i.Text != "NaN" || i.Err == nil {
		t.Errorf("the wrong text is lost: %+v", i)
	}
	f.Reset("segment.speck_voxels")
	f.Reset("segment.fibre_outer_diameter_um")
	if err := f.Err(); err != nil {
		t.Errorf("after reset: %v", err)
	}
	if err := f.Set("segment.fibre_wall_min_um", "200"); err != nil {
		t.Fatal(err)
	}
	if f.Err() == nil {
		t.Error("a wall thicker at least than at most is accepted")
	}
}

// TestChangesAreSetsOfTheCommandLine changes rules of every kind and resolves them as the command line does.
func TestChangesAreSetsOfTheCommandLine(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(*Form) error
		want string
	}{
		{"ct-panel", func(f *Form) error { return f.Set("segment.margin_voxels", "1, 2, 3") }, "segment.margin_voxels=[1,2,3]"},
		{"ct-panel", func(f *Form) error { return f.Set("measure.surface", "false") }, "measure.surface=false"},
		{"ct-panel", func(f *Form) error {
			if err := f.Switch("prepare", true); err != nil {
				return err
			}
			return f.Switch("prepare.denoise", true)
		}, `prepare={"denoise":{"method":"nlm"}}`},
		{"if-net", func(f *Form) error { return f.Switch("segment.nucleus", false) }, "segment.nucleus=null"},
		{"if-net", func(f *Form) error { return f.Set("segment.markers.dna.names", "dapi, blue") }, `segment.markers.dna.names=["dapi","blue"]`},
		{"if-net", func(f *Form) error { return f.Set("segment.markers.dna.min_counts", "40") }, "segment.markers.dna.min_counts=40"},
		{"if-net", func(f *Form) error { return f.Set("segment.nucleus.area_um2", "5, 90") }, "segment.nucleus.area_um2=[5,90]"},
		{"slide-dab", func(f *Form) error { return f.Set("segment.classes.marker:dab.min_od.dab", "0.4") }, "segment.classes.marker:dab.min_od.dab=0.4"},
		{"slide-dab", func(f *Form) error { return f.Set("segment.stain.origin", "laboratory") }, "segment.stain="},
		{"volume-threshold", func(f *Form) error {
			if err := f.Grow("segment.classes"); err != nil {
				return err
			}
			if err := f.Set("segment.classes.0.class", "deposit"); err != nil {
				return err
			}
			return f.Set("segment.classes.0.max_grey", "255")
		}, `segment.classes=[{"class":"deposit","max_grey":255,"min_grey":0}]`},
	} {
		f := form(t, c.name)
		if err := c.do(f); err != nil {
			t.Errorf("%s: %v", c.want, err)
			continue
		}
		sets := f.Sets()
		if len(sets) != 1 || !strings.HasPrefix(sets[0], c.want) {
			t.Errorf("sets are %v, want %s", sets, c.want)
		}
		now, err := f.Now()
		if err != nil {
			t.Errorf("%v: %v", sets, err)
			continue
		}
		a, errA := now.Method()
		b, errB := f.Protocol.Method()
		if errA != nil || errB != nil || a == b {
			t.Errorf("%v: method %s, of the protocol %s", sets, a, b)
		}
		f.ResetAll()
		if len(f.Sets()) > 0 {
			t.Errorf("after reset: %v", f.Sets())
		}
	}
}

func TestListsGrowAndShrink(t *testing.T) {
	f := form(t, "volume-threshold")
	for range 2 {
		if err := f.Grow("segment.classes"); err != nil {
			t.Fatal(err)
		}
	}
	if i := items(t, f)["segment.classes.1"]; i.Title != "Classes 2" || !i.Removable {
		t.Errorf("%+v", i)
	}
	if f.Err() == nil {
		t.Error("two ranges that overlap are accepted")
	}
	f.Shrink("segment.classes.0")
	f.Shrink("segment.classes.7")
	if v, _ := get(f.values, "segment.classes"); len(v.([]any)) != 1 {
		t.Errorf("left: %v", v)
	}
}

// TestSavedFileIsTheProtocol holds the method of a saved file against that of the changes.
func TestSavedFileIsTheProtocol(t *testing.T) {
	f := form(t, "slide-msb")
	if err := f.Set("segment.tissue_min_od", "0.07"); err != nil {
		t.Fatal(err)
	}
	now, err := f.Now()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "mine")
	file := filepath.Join(folder, "our-msb.yaml")
	if err := f.Save(filepath.Join(folder, "our-msb.txt")); err == nil {
		t.Error("a name that is no protocol's was taken")
	}
	if err := f.Save(file); err != nil {
		t.Fatal(err)
	}
	if f.Base != file || len(f.Sets()) > 0 || f.Protocol.Name != "our-msb" {
		t.Errorf("the form goes on from %s with %v", f.Base, f.Sets())
	}
	saved, err := protocol.Resolve(file, os.ReadFile, nil)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := now.Method()
	if b, err := saved.Method(); err != nil || a != b {
		t.Errorf("method %s, of the file %s, %v", a, b, err)
	}
	if left, _ := filepath.Glob(filepath.Join(folder, ".protocol-*")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if err := os.WriteFile(filepath.Join(folder, "broken.yaml"), []byte("extends: nothing\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	all := All(folder)
	if all[0].Name != "broken" || all[0].Err == nil || all[1].Source != file || all[1].Err != nil || len(all) != 2+len(protocol.Builtin()) {
		t.Errorf("%+v", all[:2])
	}
}

func TestProtocolsFitTheirImages(t *testing.T) {
	color := imagefile.Info{Grid: volume.Grid{N: [3]int{9, 9, 1}}, Channels: 3}
	field := imagefile.Info{Grid: volume.Grid{N: [3]int{9, 9, 1}}, Channels: 3, ChannelNames: []string{"a", "b", "c"}}
	scan := imagefile.Info{Grid: volume.Grid{N: [3]int{9, 9, 9}}, Channels: 1}
	for _, c := range []struct {
		e    protocol.Engine
		i    imagefile.Info
		want bool
	}{
		{protocol.Slide, color, true}, {protocol.Slide, field, false}, {protocol.Slide, scan, false},
		{protocol.Fluorescence, field, true}, {protocol.Fluorescence, color, false}, {protocol.Fluorescence, scan, false},
		{protocol.Panel, scan, true}, {protocol.Panel, color, false}, {protocol.Oxygenator, scan, true},
	} {
		if got := Fits(c.e, c.i); got != c.want {
			t.Errorf("%s on %d channels of %v: %v", c.e, c.i.Channels, c.i.Grid.N, got)
		}
	}
}
