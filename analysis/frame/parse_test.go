package frame

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"explant/volume"
)

const whole = `version: 1
kind: stacked
inlet: [1.19, 1.19, -0.01]
outlet: [1.19, 1.19, 2.39]
axes: [[0, 0, 1], [1, 0, 0], [0, 1, 0]]
width: [2, 2]
layers: [[0.1, 0.2], [0.2, 0.35]]
zones:
  - zone: inlet
    u: [0, 0.5]
  - zone: outlet
    u: [0.5, 1]
sections:
  - section: S01
    affine_mm: [[1, 0, 0, 0.3], [0, 0, 1, 0.4], [0, 1, 0, 0.5], [0, 0, 0, 1]]
`

func TestFrameFilesAreReadAndWritten(t *testing.T) {
	f, err := Parse([]byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	text, err := yaml.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse(text)
	if err != nil || fmt.Sprintf("%+v", f.Axes) != fmt.Sprintf("%+v", again.Axes) || again.Zones[1].Name != "outlet" || again.Sections[0].Affine[1][3] != 0.4 {
		t.Errorf("%v: %+v", err, again)
	}
	if s, v, w := f.Along([3]float64{1.29, 1.69, 1.19}); math.Abs(s-1.2) > 1e-12 || math.Abs(v-0.1) > 1e-12 || math.Abs(w-0.5) > 1e-12 {
		t.Errorf("%g along, %g and %g across", s, v, w)
	}
}

// Each line replaces a line of a good file, and the error must name what is wrong with it.
func TestBadFramesAreErrorsInPlainWords(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"version: 1", "version: 2", "version"},
		{"version: 1", "", "version"},
		{"kind: stacked", "kind: box", "stacked, wound, cuboid, connector"},
		{"kind: stacked", "kind: stacked\nflow: z", "flow"},
		{"inlet: [1.19, 1.19, -0.01]", "inlet: [1.19, 1.19]", "array"},
		{"inlet: [1.19, 1.19, -0.01]", "inlet: [1.19, .nan, -0.01]", "two different points"},
		{"inlet: [1.19, 1.19, -0.01]", "inlet: [1.19, 1.19, 2.39]", "two different points"},
		{"axes: [[0, 0, 1], [1, 0, 0], [0, 1, 0]]", "axes: [[0, 0, 1], [1, 0, 0]]", "three are wanted"},
		{"axes: [[0, 0, 1], [1, 0, 0], [0, 1, 0]]", "axes: [[0, 0, 2], [1, 0, 0], [0, 1, 0]]", "unit vector"},
		{"axes: [[0, 0, 1], [1, 0, 0], [0, 1, 0]]", "axes: [[0, 0, 1], [1, 0, 0], [0.6, 0.8, 0]]", "right angles"},
		{"axes: [[0, 0, 1], [1, 0, 0], [0, 1, 0]]", "axes: [[0, 0, -1], [1, 0, 0], [0, 1, 0]]", "180° away"},
		{"width: [2, 2]", "width: [2]", "width"},
		{"width: [2, 2]", "width: [2, -1]", "width"},
		{"layers: [[0.1, 0.2], [0.2, 0.35]]", "layers: [[0.1, 0.3], [0.2, 0.35]]", "layers"},
		{"layers: [[0.1, 0.2], [0.2, 0.35]]", "layers: [[0.1, 1.3]]", "layers"},
		{"    u: [0, 0.5]", "    u: [0, 0.6]", "overlap"},
		{"    u: [0, 0.5]", "    value: 3", "one kind"},
		{"    u: [0, 0.5]", "    u: [0.5, 0]", "rising"},
		{"    u: [0, 0.5]", "", "either u"},
		{"  - zone: inlet", "  - zone: outlet", "twice"},
		{"kind: stacked", "kind: stacked\nzone_map: z.nrrd", "zone_map"},
		{"[0, 1, 0, 0.5], [0, 0, 0, 1]", "[0, 1, 0, 0.5]", "4x4"},
		{"[[1, 0, 0, 0.3]", "[[1000, 0, 0, 0.3]", "mm to mm"},
		{"  - section: S01", "  - section: ''", "name"},
		{"version: 1", "version: 1\n---\nversion: 1", "document"},
	} {
		if !strings.Contains(whole, c.old) {
			t.Fatalf("%q is not in the good file", c.old)
		}
		_, err := Parse([]byte(strings.Replace(whole, c.old, c.new, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q for %q: %v does not speak of %q", c.new, c.old, err, c.want)
		}
	}
	if _, err := Parse(nil); err == nil || !strings.Contains(err.Error(), "empty") {
		t.Error(err)
	}
}

func TestAxesAreCompletedAndStraightened(t *testing.T) {
	f, err := Parse([]byte("version: 1\nkind: wound\ninlet: [0, 0, 0]\noutlet: [0.1, 0, -5]\n"))
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range f.Axes {
		for k, b := range f.Axes {
			want := 0.0
			if i == k {
				want = 1
			}
			if math.Abs(dot(a, b)-want) > 1e-12 {
				t.Errorf("axes %v and %v", a, b)
			}
		}
	}
	if f.Axes[1][0] < 0.99 || f.Axes[2][1] > -0.99 {
		t.Errorf("across the flow: %v and %v, want x and -y", f.Axes[1], f.Axes[2])
	}
}

func TestAxesAndPointsOfTheCommandLine(t *testing.T) {
	g := volume.Grid{N: [3]int{10, 20, 40}, Spacing: [3]float64{0.1, 0.1, 0.05}, Origin: [3]float64{3, 4, 5}}
	f, err := Straight(g, [3]int{}, g.N, "-z")
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(f.Length()-2) > 1e-12 || math.Abs(f.Inlet[2]-6.975) > 1e-12 || math.Abs(f.Inlet[1]-4.95) > 1e-12 || f.ImageAxis(g) != "-z" {
		t.Errorf("%+v along %s", f, f.ImageAxis(g))
	}
	g.Axes = [3][3]float64{{0, 1, 0}, {0, 0, 1}, {1, 0, 0}} // z of the image is x of the scanner
	if f, err = Straight(g, [3]int{}, g.N, "z"); err != nil || f.Axes[0] != [3]float64{1, 0, 0} || f.ImageAxis(g) != "z" {
		t.Errorf("%v: %+v", err, f)
	}
	for _, bad := range []string{"", "q", "zz", "none"} {
		if _, err := Straight(g, [3]int{}, g.N, bad); err == nil {
			t.Errorf("axis %q was taken", bad)
		}
	}
	if f, err = Between("0,0,0: 0,3,4"); err != nil || f.Length() != 5 || f.ImageAxis(volume.Grid{}) != "none" {
		t.Errorf("%v: %+v along %s", err, f, f.ImageAxis(volume.Grid{}))
	}
	for _, bad := range []string{"0,0,0", "0,0,0:0,0,0", "0,0:1,1,1", "0,0,0:1,1,x", "0,0,0:1,1,NaN", "::"} {
		if _, err := Between(bad); err == nil {
			t.Errorf("points %q were taken", bad)
		}
	}
}

func TestFramesOfAnotherScanAreTold(t *testing.T) {
	f, err := Parse([]byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	g := volume.Grid{N: [3]int{120, 120, 120}, Spacing: [3]float64{0.02, 0.02, 0.02}}
	if err := f.Meets(g); err != nil {
		t.Error(err)
	}
	g.Origin[2] = 2.5
	if err := f.Meets(g); err == nil {
		t.Error("a volume behind the outlet was taken")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte("version: 1\nkind: connector\ninlet: [0, 0, 0]\noutlet: [0, 0, 1]\nzones: [{zone: a, value: 3}]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := Parse(text)
		if err == nil && (len(got.Axes) != 3 || math.Abs(dot(got.Axes[1], got.Axes[2])) > 1e-9) {
			t.Errorf("axes %v", got.Axes)
		}
	})
}

func ExampleParse() {
	f, err := Parse([]byte("version: 1\nkind: cuboid\ninlet: [5, 5, 0]\noutlet: [5, 5, 20]\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	s, v, w := f.Along([3]float64{6, 5, 4})
	fmt.Printf("u = %.2f, %g and %g mm from the axis\n", s/f.Length(), v, w)
	// Output:
	// u = 0.20, 1 and 0 mm from the axis
}
