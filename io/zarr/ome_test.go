package zarr

import (
	"bytes"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"explant/io/imagefile"
	"explant/volume"
)

// axesOf makes axes of letters; those of space have the unit.
func axesOf(letters, unit string) (out []object) {
	for _, l := range letters {
		a := object{"name": string(l), "type": map[rune]string{'t': "time", 'c': "channel"}[l]}
		if a["type"] == "" {
			a["type"] = "space"
			if unit != "" {
				a["unit"] = unit
			}
		}
		out = append(out, a)
	}
	return out
}

// group writes the attributes of a group.
func group(t testing.TB, dir string, version int, attrs object) {
	t.Helper()
	if version == 3 {
		putJSON(t, filepath.Join(dir, "zarr.json"), object{"zarr_format": 3, "node_type": "group", "attributes": object{"ome": attrs}})
		return
	}
	putJSON(t, filepath.Join(dir, ".zgroup"), object{"zarr_format": 2})
	putJSON(t, filepath.Join(dir, ".zattrs"), attrs)
}

// ome describes one image with its levels, each with a scale and a translation.
func ome(axes []object, levels ...object) object {
	return object{"version": "0.4", "multiscales": []object{{"version": "0.4", "axes": axes, "datasets": levels}}}
}

func level(path string, scale, translation []float64) object {
	l := []object{}
	if scale != nil {
		l = append(l, object{"type": "scale", "scale": scale})
	}
	if translation != nil {
		l = append(l, object{"type": "translation", "translation": translation})
	}
	return object{"path": path, "coordinateTransformations": l}
}

func bytesOf(shape ...int) built {
	b := built{version: 2, shape: shape, dtype: "u1", size: 1, data: random(total(shape), 4)}
	for _, n := range shape {
		b.chunk = append(b.chunk, (n+1)/2)
	}
	return b
}

// The axes of an image in any order, with channels and a time.
func TestAxesInAnyOrder(t *testing.T) {
	sizes := map[rune]int{'t': 2, 'c': 3, 'z': 4, 'y': 5, 'x': 6}
	for _, letters := range []string{"tczyx", "czyx", "zcyx", "zyxc", "xyz", "xyzct", "yx", "yxc", "tyx", "cyx"} {
		for _, version := range []int{2, 3} {
			var shape []int
			scale := []float64{}
			for _, l := range letters {
				shape = append(shape, sizes[l])
				scale = append(scale, map[rune]float64{'t': 1, 'c': 1, 'z': 5, 'y': 2, 'x': 2.5}[l])
			}
			b := bytesOf(shape...)
			if b.version = version; version == 3 {
				b.dtype = "uint8"
			}
			dir := t.TempDir()
			b.write(t, filepath.Join(dir, "0"))
			group(t, dir, version, ome(axesOf(letters, "micrometer"), level("0", scale, nil)))
			i, got := whole(t, dir)
			if !bytes.Equal(got, reordered(b, letters)) {
				t.Errorf("%s: other samples", letters)
			}
			want := [3]float64{0.0025, 0.002, 0}
			if strings.Contains(letters, "z") {
				want[2] = 0.005
			}
			if !near(i.Grid.Spacing, want) || i.Grid.Calibration.Source != volume.Header {
				t.Errorf("%s: %+v", letters, i.Grid)
			}
			if told := len(i.Warnings) > 0 && strings.Contains(i.Warnings[0], `the axis "t" has 2 indexes; the first is read`); told != strings.Contains(letters, "t") {
				t.Errorf("%s: %q", letters, i.Warnings)
			}
		}
	}
}

// reordered are the samples of the first time as z, y, x, c.
func reordered(b built, letters string) (out []byte) {
	n := map[byte]int{'c': 1, 'z': 1, 'y': 1, 'x': 1}
	for i := range letters {
		n[letters[i]] = b.shape[i]
	}
	for z := range n['z'] {
		for y := range n['y'] {
			for x := range n['x'] {
				for c := range n['c'] {
					at := 0
					for i := range letters {
						at = at*b.shape[i] + map[byte]int{'c': c, 'z': z, 'y': y, 'x': x}[letters[i]]
					}
					out = append(out, b.data[at])
				}
			}
		}
	}
	return out
}

func near(got, want [3]float64) bool {
	for a := range got {
		if math.Abs(got[a]-want[a]) > 1e-12 {
			return false
		}
	}
	return true
}

// Smaller copies are levels; one that does not fit ends the pyramid with a warning.
func TestLevels(t *testing.T) {
	dir := t.TempDir()
	bytesOf(3, 8, 20, 30).write(t, filepath.Join(dir, "s/0"))
	small := bytesOf(3, 8, 10, 15)
	small.write(t, filepath.Join(dir, "s/1"))
	bytesOf(2, 8, 5, 7).write(t, filepath.Join(dir, "s/2"))
	scale := []float64{1, 3, 2, 2}
	attrs := ome(axesOf("czyx", "micrometer"), level("s/0", scale, nil), level("s/1", []float64{1, 3, 4, 4}, []float64{0, 0, 1, 1}), level("s/2", scale, nil))
	attrs["omero"] = object{"channels": []object{{"label": "DAPI", "color": "0000FF"}, {"label": "CD41"}, {"label": "DAPI"}}}
	group(t, dir, 2, attrs)
	r, err := Open(dir)
	check(t, err)
	defer r.Close()
	i := r.Info()
	if len(i.Levels) != 2 || i.Levels[1].N != [3]int{15, 10, 8} || i.Levels[1].Downsample != 2 || i.Levels[0].Tile != [2]int{15, 10} {
		t.Errorf("%+v", i.Levels)
	}
	if !slices.Equal(i.ChannelNames, []string{"DAPI", "CD41", "channel 3"}) || len(i.Warnings) != 1 || !strings.Contains(i.Warnings[0], "level 2 is left out: its type or its channels") {
		t.Errorf("%q %q", i.ChannelNames, i.Warnings)
	}
	b, err := r.Read(t.Context(), imagefile.Whole(i, 1))
	if err != nil || !bytes.Equal(b.Data, reordered(small, "czyx")) {
		t.Errorf("level 1: %v", err)
	}
	// The folder of a level alone has the size and the names that the image above gives it.
	alone, data := whole(t, filepath.Join(dir, "s", "1"))
	if !near(alone.Grid.Spacing, [3]float64{.004, .004, .003}) || !near(alone.Grid.Origin, [3]float64{.001, .001, 0}) || alone.ChannelNames[0] != "DAPI" || !bytes.Equal(data, b.Data) {
		t.Errorf("%+v", alone)
	}
	files, err := Files(filepath.Join(dir, "s", "1"))
	check(t, err)
	if n := len(files); filepath.Base(files[0]) != ".zarray" || filepath.Base(files[n-1]) != ".zattrs" || filepath.Dir(files[n-1]) != dir {
		t.Errorf("%q", files)
	}
}

func TestColours(t *testing.T) {
	for name, c := range map[string]struct {
		channels []object
		colours  bool
	}{
		"nothing said":     {nil, true},
		"red, green, blue": {[]object{{"label": "Channel 0", "color": "ff0000"}, {"label": "1", "color": "00FF00"}, {"label": "Blue", "color": "0000FF"}}, true},
		"measurements":     {[]object{{"label": "DAPI", "color": "FF0000"}, {"color": "00FF00"}, {"color": "0000FF"}}, false},
		"other colours":    {[]object{{"label": "0", "color": "0000FF"}, {"label": "1", "color": "00FF00"}, {"label": "2", "color": "FF0000"}}, false},
	} {
		dir := t.TempDir()
		bytesOf(3, 5, 6).write(t, filepath.Join(dir, "0"))
		attrs := ome(axesOf("cyx", "micrometer"), level("0", []float64{1, .5, .5}, nil))
		attrs["omero"] = object{"channels": c.channels}
		group(t, dir, 2, attrs)
		if i, _ := whole(t, dir); (len(i.ChannelNames) == 0) != c.colours || (len(i.Warnings) > 0) != c.colours {
			t.Errorf("%s: %q, %q", name, i.ChannelNames, i.Warnings)
		}
	}
}

// Versions before 0.4 name axes alone, or none, and no sizes.
func TestOldVersions(t *testing.T) {
	for version, axes := range map[string]any{"0.1": nil, "0.3": []string{"t", "c", "z", "y", "x"}} {
		dir := t.TempDir()
		bytesOf(1, 2, 3, 4, 5).write(t, filepath.Join(dir, "0"))
		m := object{"version": version, "datasets": []object{{"path": "0"}}}
		if axes != nil {
			m["axes"] = axes
		}
		group(t, dir, 2, object{"multiscales": []object{m}})
		i, _ := whole(t, dir)
		if i.Grid.N != [3]int{5, 4, 3} || i.Channels != 2 || i.Format != "OME-Zarr "+version || i.Grid.Calibration.Withheld != "the file states no voxel size" {
			t.Errorf("%s: %+v", version, i)
		}
	}
}

// What leads to an image: series, plates, wells, groups of arrays; and what is told about the others.
func TestGroupsThatLeadToAnImage(t *testing.T) {
	picture := func(dir string, n int) {
		bytesOf(n, n).write(t, filepath.Join(dir, "0"))
		group(t, dir, 2, ome(axesOf("yx", "micrometer"), level("0", []float64{.5, .5}, nil)))
	}
	named := bytesOf(4, 5, 6)
	named.more = object{"attributes": object{}, "dimension_names": []string{"x", "y", "z"}}
	named.version, named.dtype = 3, "uint8"
	for name, c := range map[string]struct {
		build   func(dir string)
		n       [3]int
		warning string
	}{
		"series": {func(dir string) {
			group(t, dir, 2, object{"bioformats2raw.layout": 3})
			picture(filepath.Join(dir, "0"), 4)
			picture(filepath.Join(dir, "1"), 5)
			group(t, filepath.Join(dir, "OME"), 2, object{"series": []string{"0", "1"}})
		}, [3]int{4, 4, 1}, "the store holds 2 images: only series 0 is read"},
		"plate": {func(dir string) {
			group(t, dir, 2, object{"plate": object{"wells": []object{{"path": "B/3"}, {"path": "B/4"}}}})
			group(t, filepath.Join(dir, "B/3"), 2, object{"well": object{"images": []object{{"path": "1"}, {"path": "0"}}}})
			picture(filepath.Join(dir, "B/3/1"), 6)
		}, [3]int{6, 6, 1}, "a plate of 2 wells: only well B/3 is read"},
		"arrays": {func(dir string) {
			putJSON(t, filepath.Join(dir, ".zgroup"), object{"zarr_format": 2})
			bytesOf(4, 5).write(t, filepath.Join(dir, "a"))
			bytesOf(4, 5, 6).write(t, filepath.Join(dir, "b", "c"))
		}, [3]int{6, 5, 4}, "a group of 2 arrays (a, b/c) without multiscales: b/c, the largest, is read"},
		"labels": {func(dir string) {
			picture(dir, 4)
			group(t, filepath.Join(dir, "labels"), 2, object{"labels": []string{"cells"}})
		}, [3]int{4, 4, 1}, "label images lie beside it and are not read: cells;"},
		"two images": {func(dir string) {
			picture(dir, 4)
			m := ome(axesOf("yx", ""), level("0", nil, nil))["multiscales"].([]object)[0]
			group(t, dir, 2, object{"multiscales": []object{m, m}})
		}, [3]int{4, 4, 1}, "the group holds 2 images; the first is read"},
		"an array":                {func(dir string) { bytesOf(4, 5, 6).write(t, dir) }, [3]int{6, 5, 4}, "the axes have no names; shape [4 5 6] was taken as z, y, x"},
		"colours":                 {func(dir string) { bytesOf(7, 8, 3).write(t, dir) }, [3]int{8, 7, 1}, "was taken as y, x, c"},
		"an array that names its": {func(dir string) { named.write(t, dir) }, [3]int{4, 5, 6}, ""},
		"numbers that are none": {func(dir string) {
			picture(dir, 4)
			b := read1(t, filepath.Join(dir, ".zattrs"))
			put(t, filepath.Join(dir, ".zattrs"), append([]byte(`{"a": [NaN, -Infinity], "b\"NaN": "NaN",`), b[1:]...))
		}, [3]int{4, 4, 1}, ""},
	} {
		dir := t.TempDir()
		c.build(dir)
		i, _ := whole(t, dir)
		if i.Grid.N != c.n || (len(i.Warnings) == 0) != (c.warning == "") || !strings.Contains(strings.Join(i.Warnings, "\n"), c.warning) {
			t.Errorf("%s: %v, %q", name, i.Grid.N, i.Warnings)
		}
	}
}

func TestWhatHoldsNoImage(t *testing.T) {
	leads := func(path string) object { return ome(axesOf("yx", ""), level(path, nil, nil)) }
	for name, c := range map[string]struct {
		attrs object
		part  string
	}{
		"an empty group":      {object{}, "the store holds no image"},
		"no levels":           {object{"multiscales": []object{}}, "names no data"},
		"a path out of it":    {leads("../../etc"), "leads out of the store"},
		"an absolute path":    {leads("/etc"), "leads out of the store"},
		"a missing level":     {leads("9"), "9: no Zarr array or group"},
		"a level of no array": {leads("."), "the store is no array"},
		"wrong axes":          {ome(axesOf("zyx", ""), level("0", nil, nil)), "3 axes are named for an array of shape [4 5]"},
		"no x":                {ome(axesOf("tc", ""), level("0", nil, nil)), "x and y are not among them"},
		"no wells":            {object{"plate": object{}}, "the plate names no well"},
		"a well out of it":    {object{"plate": object{"wells": []object{{"path": "../.."}}}}, "leads out of the store"},
		"a circle":            {object{"well": object{"images": []object{{"path": "."}}}}, "without an image"},
		"axes of numbers":     {object{"multiscales": []object{{"axes": 3}}}, "attribute multiscales of the store"},
	} {
		dir := t.TempDir()
		group(t, dir, 2, c.attrs)
		if name != "an empty group" {
			bytesOf(4, 5).write(t, filepath.Join(dir, "0"))
		}
		if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), c.part) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
