package fluorescence

import (
	"math"
	"testing"
)

func TestInterfaceOfADiscAndOfNothing(t *testing.T) {
	const side, r = 120, 40.0
	mask := make([]bool, side*side)
	for i := range mask {
		mask[i] = math.Hypot(float64(i%side)-60, float64(i/side)-60) < r
	}
	if got := interfaceLength(mask, side, side) / (2 * math.Pi * r); math.Abs(got-1) > 0.04 {
		t.Errorf("%v of the circumference", got)
	}
	if got := interfaceLength(make([]bool, side*side), side, side); got != 0 {
		t.Errorf("%v pixels around nothing", got)
	}
}

// Left of 30 pixels of 0.5 µm is a fibre; a marker lies 5 to 15 µm from it.
func TestLayersBesideAFibre(t *testing.T) {
	const side, wall, from, to = 160, 30, 40, 60
	f := drawn(side, 8, nil)
	p := plain()
	p.LayersUM = []float64{5, 15, 30}
	free, there := make([]bool, side*side), make([]bool, side*side)
	for i := range free {
		free[i], there[i] = i%side >= wall, i%side >= from && i%side < to
	}
	m := masks{marker: map[string][]bool{"mpo": there}, net: there}
	sc := &scene{prepared: &prepared{cleaner: cleaner{Field: f, p: p, um: um}, channels: map[string]cleaned{"mpo": {}}, free: free}, nuclei: &nuclear{}}
	layer, err := sc.layerOf(free, side, side)
	if err != nil {
		t.Fatal(err)
	}
	var a amounts
	a.add(m, []string{"mpo"}, layer)
	sum := &tally{main: a, others: []amounts{a, a, a, a}, outline: interfaceLength(free, side, side), inLayer: countLayers(layer, free)}
	r := &report{scene: sc, tally: sum, um2: um * um, calibrated: true}
	r.byFibres()
	want := map[string]float64{"mpo 0-5 um": 0, "mpo 5-15 um": 100, "mpo 15-30 um": 0, "net 5-15 um": 100, outlinePart: 0.01}
	for _, m := range r.Measurements {
		v, ok := want[m.Part]
		if delete(want, m.Part); ok && math.Abs(m.Value-v) > 0.07*v { // Crofton in four directions: 5 % for a line along the pixels
			t.Errorf("%s: %v %s, want %v", m.Part, m.Value, m.Unit, v)
		}
	}
	if len(want) > 0 {
		t.Errorf("%v are missing", want)
	}
	if l := r.Diagnostics["fibre_outline_mm"]; math.Abs(l-0.08) > 0.0056 {
		t.Errorf("the outline is %v mm, want 0.08", l)
	}
}

func TestMarkersAreCountedTogether(t *testing.T) {
	m := masks{marker: map[string][]bool{
		"a": {true, true, true, false, false, false},
		"b": {false, true, true, true, false, false},
		"c": {false, false, true, true, true, true},
	}}
	got := together(m, []string{"a", "b", "c"})
	for i, want := range []float64{3, 2, 1, 2, 3, 2, 1, 2, 4} {
		if got[i] != want {
			t.Fatalf("%v", got)
		}
	}
}
