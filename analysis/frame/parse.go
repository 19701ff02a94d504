package frame

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Tolerances of a typed frame: as far as people round.
const (
	unitError  = 1e-3 // of the length of an axis, and of the cosine between two
	alongError = 0.02 // sine of the angle between the first axis and the way from inlet to outlet: 1.1°
)

// mostListed bounds the lists of a frame: no device has so many mats, zones or sections.
const mostListed = 10_000

// Parse reads frame.yaml. Unknown keys, and values that make no frame, are errors that say what is
// wanted. Where axes are absent they are completed: v is the next image axis, in the order x, y, z, x,
// after the one along which the flow runs most.
func Parse(text []byte) (Frame, error) {
	var f Frame
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	switch err := d.Decode(&f); {
	case errors.Is(err, io.EOF):
		return f, errors.New("the file is empty: version, kind, inlet and outlet are wanted")
	case err != nil:
		return f, err
	}
	if err := d.Decode(new(any)); !errors.Is(err, io.EOF) {
		return f, errors.New("there is more than one document: one frame a file is wanted")
	}
	if err := f.check(); err != nil {
		return f, err
	}
	f.complete()
	return f, nil
}

func (f Frame) check() error {
	switch {
	case f.Version != 1:
		return fmt.Errorf("version: %d is not known, 1 is", f.Version)
	case !slices.Contains(Kinds, f.Kind):
		return fmt.Errorf("kind: %q is not one of %s", f.Kind, words(Kinds))
	}
	if err := f.checkAxis(); err != nil {
		return err
	}
	if f.Width != nil && (len(f.Width) != 2 || !(f.Width[0] > 0) || !(f.Width[1] > 0) || !finite(f.Width...)) {
		return fmt.Errorf("width: %v is not two lengths in mm, along v and along w", f.Width)
	}
	if n := max(len(f.Layers), len(f.Zones), len(f.Sections)); n > mostListed {
		return fmt.Errorf("a list has %d entries, at most %d are read", n, mostListed)
	}
	for i, l := range f.Layers {
		if !stretch(l[:]) || i > 0 && l[0] < f.Layers[i-1][1] {
			return fmt.Errorf("layers: %v is not a rising interval of u in [0, 1] behind the one before", l)
		}
	}
	if err := f.checkZones(); err != nil {
		return err
	}
	return f.checkSections()
}

func (f Frame) checkAxis() error {
	if !finite(f.Inlet[:]...) || !finite(f.Outlet[:]...) || !(f.Length() > 0) {
		return fmt.Errorf("inlet %v and outlet %v: two different points in mm are wanted", f.Inlet, f.Outlet)
	}
	if f.Axes == nil {
		return nil
	}
	if len(f.Axes) != 3 {
		return fmt.Errorf("axes: %d vectors, three are wanted, of u, v and w", len(f.Axes))
	}
	for i, a := range f.Axes {
		if !finite(a[:]...) || math.Abs(norm(a)-1) > unitError {
			return fmt.Errorf("axes: %v has the length %.4g, a unit vector is wanted", a, norm(a))
		}
		if b := f.Axes[(i+1)%3]; math.Abs(dot(a, b)) > unitError {
			return fmt.Errorf("axes: %v and %v are not at right angles", a, b)
		}
	}
	way := times(1/f.Length(), minus(f.Outlet, f.Inlet))
	if dot(way, f.Axes[0]) < 0 || norm(cross(way, f.Axes[0])) > alongError {
		deg := math.Acos(max(-1, min(1, dot(way, f.Axes[0])))) * 180 / math.Pi
		return fmt.Errorf("axes: the first one, u, points %.3g° away from the way from inlet to outlet", deg)
	}
	return nil
}

func (f Frame) checkZones() error {
	seen, values := map[string]bool{}, map[int]bool{}
	for _, z := range f.Zones {
		switch {
		case z.Name == "":
			return errors.New("zones: an entry has no name under the key zone")
		case seen[z.Name]:
			return fmt.Errorf("zones: %q stands twice", z.Name)
		case (z.U == nil) == (z.Value == nil):
			return fmt.Errorf("zones: %q wants either u, from and to, or value, a number of the zone map", z.Name)
		case (z.Value != nil) != (f.Zones[0].Value != nil):
			return errors.New("zones: some have u and some have value; all must be of one kind")
		case z.U != nil && (f.ZoneMap != "" || !stretch(z.U)):
			return fmt.Errorf("zones: u %v of %q is not a rising interval in [0, 1], or a zone_map is named beside it", z.U, z.Name)
		case z.Value != nil && (*z.Value < 1 || *z.Value > 255 || values[*z.Value]):
			return fmt.Errorf("zones: value %d of %q is not from 1 to 255, or stands twice", *z.Value, z.Name)
		}
		seen[z.Name] = true
		if z.Value != nil {
			values[*z.Value] = true
		}
	}
	return f.checkStretches()
}

// checkStretches refuses zones along the flow that overlap: deposit would count twice.
func (f Frame) checkStretches() error {
	all := slices.DeleteFunc(slices.Clone(f.Zones), func(z Zone) bool { return z.U == nil })
	slices.SortStableFunc(all, func(a, b Zone) int {
		if a.U[0] < b.U[0] {
			return -1
		}
		return 1
	})
	for i := 1; i < len(all); i++ {
		if all[i].U[0] < all[i-1].U[1]-1e-9 {
			return fmt.Errorf("zones: %q and %q overlap along u", all[i-1].Name, all[i].Name)
		}
	}
	return nil
}

func (f Frame) checkSections() error {
	seen := map[string]bool{}
	for _, s := range f.Sections {
		if s.Name == "" || seen[s.Name] {
			return fmt.Errorf("sections: %q has no name of its own under the key section", s.Name)
		}
		seen[s.Name] = true
		if len(s.Affine) != 4 || s.Affine[3] != [4]float64{0, 0, 0, 1} {
			return fmt.Errorf("sections: affine_mm of %q is not a 4x4 matrix whose last row is 0, 0, 0, 1", s.Name)
		}
		for c := range 3 {
			col := [3]float64{s.Affine[0][c], s.Affine[1][c], s.Affine[2][c]}
			if !finite(col[:]...) || !finite(s.Affine[c][3]) || math.Abs(norm(col)-1) > 0.2 {
				return fmt.Errorf("sections: affine_mm of %q stretches a mm by %.3g; it leads from mm to mm", s.Name, norm(col))
			}
		}
	}
	return nil
}

// complete fills in axes that nobody stated, and straightens those that somebody rounded.
func (f *Frame) complete() {
	u := times(1/f.Length(), minus(f.Outlet, f.Inlet))
	var v [3]float64
	if f.Axes != nil {
		v = f.Axes[1]
	} else {
		v[(most(u)+1)%3] = 1
	}
	v = minus(v, times(dot(v, u), u))
	v = times(1/norm(v), v)
	w := cross(u, v)
	if f.Axes != nil && dot(w, f.Axes[2]) < 0 {
		w = times(-1, w)
	}
	f.Axes = [][3]float64{u, v, w}
}

// most is the image axis along which a vector is longest, the first of equal ones.
func most(a [3]float64) int {
	best := 0
	for i := range a {
		if math.Abs(a[i]) > math.Abs(a[best]) {
			best = i
		}
	}
	return best
}

// stretch reports a rising interval in [0, 1].
func stretch(u []float64) bool {
	return len(u) == 2 && u[0] >= 0 && u[0] < u[1] && u[1] <= 1
}

func finite(all ...float64) bool {
	for _, v := range all {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

func words(kinds []Kind) string {
	var b []byte
	for i, k := range kinds {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(b, k...)
	}
	return string(b)
}
