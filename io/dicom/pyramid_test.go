package dicom

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"explant/io/imagefile"
)

// beside writes slides into one folder and opens the named one.
func beside(t *testing.T, name string, files map[string]object) (*Reader, error) {
	t.Helper()
	r, err := Open(t.Context(), filepath.Join(folder(t, files), name))
	if err == nil {
		t.Cleanup(func() { r.Close() })
	}
	return r, err
}

// The files of a slide are its levels, whichever is opened, and also when the folder is.
func TestPyramid(t *testing.T) {
	label := slideOf(4, 3, 1).with(0x00080008, "CS", "ORIGINAL\\PRIMARY\\LABEL\\NONE")
	files := map[string]object{
		"a": slideOf(5, 4, 1), "b": slideOf(20, 16, 1), "c": slideOf(10, 8, 1), "label": label,
		"other":    slideOf(40, 32, 1).with(0x0020000e, "UI", "9.9"),
		"odd":      slideOf(9, 2, 1),
		"cut":      slideOf(7, 7, 1).with(0x00280008, "IS", "99"),
		"ct":       basic(0, 1, 2, 3, 4).with(0x0020000e, "UI", "7.7"),
		"overview": slideOf(4, 3, 1).with(0x00080008, "CS", "ORIGINAL\\PRIMARY\\OVERVIEW\\NONE"),
	}
	for _, name := range []string{"a", "b", "c"} {
		r, err := beside(t, name, files)
		if err != nil {
			t.Fatal(err)
		}
		i := r.Info()
		if len(i.Levels) != 3 || i.Levels[1].N != [3]int{10, 8, 1} || i.Levels[2].Downsample != 4 || i.Grid.N != [3]int{20, 16, 1} {
			t.Fatalf("%+v", i.Levels)
		}
		for l := range 3 {
			check(t, fmt.Sprint(name, l), r, l, 0)
		}
		w := strings.Join(i.Warnings, "\n")
		for _, want := range []string{"left out: label (LABEL), overview (OVERVIEW)", "left out as a level: odd, it has another shape", "cannot be read: cut"} {
			if !strings.Contains(w, want) {
				t.Errorf("%q lacks %q", w, want)
			}
		}
		var used []string
		for _, f := range r.Files() {
			used = append(used, filepath.Base(f))
		}
		if !slices.Equal(used, []string{"a", "b", "c"}) {
			t.Errorf("%v", used)
		}
	}
	if r, err := beside(t, "label", files); err != nil || r.Info().Grid.N != [3]int{4, 3, 1} {
		t.Errorf("the picture of the label: %v", err)
	}
	for _, n := range []string{"other", "ct", "cut"} {
		delete(files, n)
	}
	r, err := Open(t.Context(), folder(t, files))
	if err != nil || len(r.Info().Levels) != 3 {
		t.Fatalf("a folder: %v", err)
	}
	defer r.Close()
	check(t, "folder", r, 1, 0)
}

// paths names the optical paths of a slide.
func (o object) paths(names ...string) object {
	var items []item
	for i, n := range names {
		items = append(items, item{{0x00480106, "SH", fmt.Sprint(i + 1)}, {0x00480107, "ST", n}})
	}
	return o.with(0x00480105, "SQ", items).with(0x00480302, "UL", uint32(len(names)))
}

func TestOpticalPaths(t *testing.T) {
	one, err := beside(t, "f", map[string]object{"f": slideOf(10, 7, 2).paths("DAPI", "CD61")})
	if err != nil {
		t.Fatal(err)
	}
	several, err := beside(t, "2", map[string]object{"1": slideOf(10, 7, 1).paths("DAPI"),
		"2": slideOf(10, 7, 1).paths("CD61").with(0x7fe00010, "OW", plus(slideOf(10, 7, 1), 100)), "3": slideOf(10, 7, 1).paths("DAPI")})
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]*Reader{"one file": one, "several files": several} {
		i := r.Info()
		b, err := r.Read(t.Context(), imagefile.Whole(i, 0))
		if err != nil || i.Channels != 2 || !slices.Equal(i.ChannelNames, []string{"DAPI", "CD61"}) {
			t.Errorf("%s: %+v, %v", name, i, err)
			continue
		}
		for k, v := range imagefile.Values(b.Data, i.Type) {
			if x, y := k/2%10, k/20; v != float64(at(x, y))+100*float64(k%2) {
				t.Fatalf("%s: %v at %d, %d", name, v, x, y)
			}
		}
	}
	if w := several.Info().Warnings; len(w) != 1 || !strings.Contains(w[0], "left out: 3, which shows what another file") {
		t.Errorf("%q", w)
	}
}

// Frames name their optical path; those of the second file begin with the other one.
func TestOpticalPathsOfFrames(t *testing.T) {
	part := func(first int, ids ...string) object {
		var groups []item
		var pixels []uint16
		for i, id := range ids {
			where := item{{0x0048021e, "SL", int32(4*(first+i/2) + 1)}, {0x0048021f, "SL", int32(1)}}
			groups = append(groups, item{{0x0048021a, "SQ", where}, {0x00480207, "SQ", item{{0x00480106, "SH", id}}}})
			more := 0
			if id == "2" {
				more = 100
			}
			pixels = append(pixels, tileOf(first+i/2, 0, 4, 3, more)...)
		}
		return slideOf(8, 3, 1).paths("DAPI", "CD61").with(0x00209161, "UI", "5.5").with(0x00209228, "UL", uint32(2*first)).
			with(0x00209311, "CS", "TILED_SPARSE").with(0x00280008, "IS", fmt.Sprint(len(ids))).with(0x52009230, "SQ", groups).with(0x7fe00010, "OW", pixels)
	}
	r, err := beside(t, "a", map[string]object{"a": part(0, "1", "2"), "b": part(1, "2", "1")})
	if err != nil {
		t.Fatal(err)
	}
	i := r.Info()
	b, err := r.Read(t.Context(), imagefile.Whole(i, 0))
	if err != nil || !slices.Equal(i.ChannelNames, []string{"DAPI", "CD61"}) || len(i.Warnings) > 0 {
		t.Fatalf("%+v, %v", i, err)
	}
	for k, v := range imagefile.Values(b.Data, i.Type) {
		if x, y := k/2%8, k/16; v != float64(at(x, y))+100*float64(k%2) {
			t.Fatalf("%v at %d, %d of channel %d", v, x, y, k%2)
		}
	}
}

// Of colours only those of the first optical path are read.
func TestColoursOfTwoOpticalPaths(t *testing.T) {
	o := slideOf(4, 3, 1).with(0x00280002, "US", uint16(3)).with(0x00280004, "CS", "RGB").with(0x00280008, "IS", "2").
		with(0x7fe00010, "OW", make([]uint16, 2*36)).paths("bright", "polarised")
	i, _ := read(t, o)
	if i.Channels != 3 || len(i.ChannelNames) > 0 || len(i.Warnings) != 1 || i.Warnings[0] != "left out: the colours of optical path \"polarised\"" {
		t.Errorf("%+v", i)
	}
}

// plus are the samples of a slide with n added.
func plus(o object, n uint16) []uint16 {
	pixels := slices.Clone(o.elements[len(o.elements)-1].value.([]uint16))
	for i := range pixels {
		pixels[i] += n
	}
	return pixels
}

// Of focal planes the middle one is read.
func TestFocalPlanes(t *testing.T) {
	r, err := beside(t, "f", map[string]object{"f": slideOf(10, 7, 3).with(0x00480303, "UL", uint32(3))})
	if err != nil {
		t.Fatal(err)
	}
	if check(t, "full", r, 0, 100); len(r.Info().Warnings) != 1 || !strings.Contains(r.Info().Warnings[0], "3 focal planes") {
		t.Errorf("%q", r.Info().Warnings)
	}
	var groups []item
	var pixels []uint16
	for _, z := range []int{2, 0, 1} {
		where := item{{0x0040074a, "DS", fmt.Sprint(z)}, {0x0048021e, "SL", int32(1)}, {0x0048021f, "SL", int32(1)}}
		groups = append(groups, item{{0x0048021a, "SQ", where}})
		pixels = append(pixels, tileOf(0, 0, 4, 3, 100*z)...)
	}
	o := slideOf(4, 3, 1).with(0x00209311, "CS", "TILED_SPARSE").with(0x00280008, "IS", "3").with(0x52009230, "SQ", groups).with(0x7fe00010, "OW", pixels)
	if r, err = beside(t, "f", map[string]object{"f": o}); err != nil {
		t.Fatal(err)
	}
	check(t, "sparse", r, 0, 100)
}

// A slide that was cut into files is put together by the numbers of its frames, not by names.
func TestConcatenation(t *testing.T) {
	whole := slideOf(10, 7, 1)
	pixels := whole.elements[len(whole.elements)-1].value.([]uint16)
	part := func(first, last int) object {
		return whole.with(0x00209161, "UI", "5.5").with(0x00209228, "UL", uint32(first)).with(0x00280008, "IS", fmt.Sprint(last-first)).
			with(0x7fe00010, "OW", pixels[12*first:12*last])
	}
	files := map[string]object{"x": part(7, 9), "y": part(0, 4), "z": part(4, 7)}
	r, err := beside(t, "x", files)
	if err != nil {
		t.Fatal(err)
	}
	check(t, "three files", r, 0, 0)
	delete(files, "z")
	if _, err := beside(t, "x", files); err == nil || !strings.Contains(err.Error(), "files of its concatenation are missing") {
		t.Errorf("%v", err)
	}
}
