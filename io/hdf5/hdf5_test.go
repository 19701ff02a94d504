//go:build hdf5

package hdf5

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"explant/io/imagefile"
	"explant/volume"
)

// The files are made by testdata/make.py: sample i of a data set, in C order, is i*7 + 3, cut to its type.

func whole(t testing.TB, path string) (imagefile.Info, []float64) {
	t.Helper()
	r, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0))
	if err != nil {
		t.Fatal(err)
	}
	return r.Info(), imagefile.Values(b.Data, b.Type)
}

// ramp are n samples of the files, cut to that many values.
func ramp(n, values int) (out []float64) {
	for i := range n {
		out = append(out, float64((i*7+3)%values))
	}
	return out
}

func TestFilesOfPrograms(t *testing.T) {
	channels := func(n int) (out []float64) { // the second channel is one more
		for i := range n {
			v := (i*7 + 3) % 256
			out = append(out, float64(v), float64((v+1)%256))
		}
		return out
	}
	var turned []float64 // stored as x, y, z, c
	for z := range 4 {
		for y := range 5 {
			for x := range 6 {
				for c := range 2 {
					turned = append(turned, float64((((x*5+y)*4+z)*2+c)*7+3))
				}
			}
		}
	}
	for name, c := range map[string]struct {
		n        [3]int
		typ      imagefile.Type
		values   []float64
		um       [3]float64
		names    []string
		warnings string
	}{
		"nexus.h5":    {[3]int{9, 7, 5}, imagefile.Float32, ramp(9*7*5, 1<<20), [3]float64{}, nil, "size [5 7 9] was taken as z, y, x"},
		"exchange.h5": {[3]int{8, 6, 5}, imagefile.Uint16, ramp(8*6*5, 1<<16), [3]float64{}, nil, "these are 5 projections at angles"},
		"fiji.h5":     {[3]int{6, 5, 4}, imagefile.Uint8, channels(120), [3]float64{1.25, 1.5, 3}, []string{"channel 1", "channel 2"}, "z, y, x"},
		"ilastik.h5":  {[3]int{6, 5, 4}, imagefile.Uint16, turned, [3]float64{}, []string{"channel 1", "channel 2"}, ""},
	} {
		i, got := whole(t, filepath.Join("testdata", name))
		if i.Grid.N != c.n || i.Type != c.typ || !slices.Equal(got, c.values) || !slices.Equal(i.ChannelNames, c.names) {
			t.Errorf("%s: %+v, the same samples: %v", name, i, slices.Equal(got, c.values))
		}
		if (len(i.Warnings) == 0) != (c.warnings == "") || !strings.Contains(strings.Join(i.Warnings, "\n"), c.warnings) {
			t.Errorf("%s: %q", name, i.Warnings)
		}
		for a, um := range c.um {
			if d := 1000*i.Grid.Spacing[a] - um; d > 1e-9 || d < -1e-9 || (um > 0) != (i.Grid.Calibration.Source == volume.Header) {
				t.Errorf("%s: %+v", name, i.Grid)
			}
		}
	}
}

func TestImaris(t *testing.T) {
	r, err := Open(t.Context(), filepath.Join("testdata", "imaris.ims"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	i := r.Info()
	if i.Grid.N != [3]int{10, 7, 5} || len(i.Levels) != 2 || i.Levels[1].N != [3]int{5, 4, 3} || i.Levels[1].Downsample != 2 || i.Levels[0].Tile != [2]int{8, 4} {
		t.Errorf("%+v", i)
	}
	if !slices.Equal(i.ChannelNames, []string{"CD41", "fibrin"}) || i.Grid.Spacing != [3]float64{.0005, .001, .002} || len(i.Warnings) > 0 {
		t.Errorf("%q, %v, %q", i.ChannelNames, i.Grid.Spacing, i.Warnings)
	}
	for level, padded := range [][3]int{{16, 8, 8}, {8, 4, 4}} {
		w := imagefile.Window{Level: level, Min: [3]int{1, 2, 1}, Max: [3]int{5, 4, 3}}
		b, err := r.Read(t.Context(), w)
		if err != nil {
			t.Fatal(err)
		}
		var want []byte
		for z := 1; z < 3; z++ {
			for y := 2; y < 4; y++ {
				for x := 1; x < 5; x++ {
					v := byte(((z*padded[1]+y)*padded[0]+x)*7 + 3)
					want = append(want, v, v+1)
				}
			}
		}
		if !bytes.Equal(b.Data, want) {
			t.Errorf("level %d: % x", level, b.Data)
		}
	}
}

func TestDataSetsByName(t *testing.T) {
	file := filepath.Join("testdata", "several.h5")
	signed := func(n, minus int) (out []float64) {
		for i := range n {
			out = append(out, float64(i*7+3-minus))
		}
		return out
	}
	for name, c := range map[string]struct {
		n    [3]int
		typ  imagefile.Type
		want []float64
	}{
		"/a/first":  {[3]int{4, 3, 1}, imagefile.Uint8, ramp(12, 256)},
		"/b":        {[3]int{5, 4, 3}, imagefile.Int16, ramp(60, 1<<15)},
		"/c/int64":  {[3]int{4, 3, 1}, imagefile.Float64, signed(12, 20)},
		"/c/half":   {[3]int{4, 3, 1}, imagefile.Float32, ramp(12, 256)},
		"/c/signed": {[3]int{4, 3, 1}, imagefile.Int8, ramp(12, 256)},
		"/c/big":    {[3]int{4, 3, 1}, imagefile.Float64, ramp(12, 256)},
	} {
		if i, got := whole(t, file+":"+name); i.Grid.N != c.n || i.Type != c.typ || !slices.Equal(got, c.want) || i.Grid.Calibration.Withheld == "" {
			t.Errorf("%s: %+v, %v", name, i, got)
		}
	}
	for path, part := range map[string]string{
		file:                                 "it holds 7 data sets (/a/first [3 4], /b [3 4 5], /c/big [3 4], /c/five [2 3 2 3 5], /c/half [3 4], /c/int64 [3 4], /c/signed [3 4]): name one behind the file, such as FILE:/a/first",
		file + ":/nothing":                   "data set /nothing: ",
		file + ":/c":                         "data set /c: ",
		file + ":/text":                      "no numbers",
		file + ":/c/line":                    "is no picture",
		file + ":/c/complex":                 "no numbers",
		file + ":/c/five":                    "without names of its axes",
		file + ":/c/empty":                   "it claims 10000000000 bytes of samples in 0 bytes",
		file + ":/c/beside":                  "lie in other files",
		filepath.Join("testdata", "no.h5"):   "no.h5: ",
		filepath.Join("testdata", "make.py"): "make.py: ",
	} {
		if _, err := Open(t.Context(), path); err == nil || !strings.Contains(err.Error(), part) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestReadersAtOnce(t *testing.T) {
	r, err := Open(t.Context(), filepath.Join("testdata", "nexus.h5"))
	if err != nil {
		t.Fatal(err)
	}
	_, want := whole(t, filepath.Join("testdata", "nexus.h5"))
	done := make(chan error)
	for z := range 5 {
		go func() {
			b, err := r.Read(t.Context(), imagefile.Window{Min: [3]int{0, 0, z}, Max: [3]int{9, 7, z + 1}})
			if err == nil && !slices.Equal(imagefile.Values(b.Data, b.Type), want[z*63:(z+1)*63]) {
				err = fmt.Errorf("slice %d differs", z)
			}
			done <- err
		}()
	}
	for range 5 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if _, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0)); err == nil {
		t.Error("read after closing")
	}
}

func ExampleOpen() {
	r, err := Open(context.Background(), "testdata/imaris.ims")
	if err != nil {
		panic(err)
	}
	defer r.Close()
	i := r.Info()
	fmt.Println(i.Format, i.Grid.N, i.Type, i.ChannelNames, i.Grid.Spacing)
	// Output: Imaris [10 7 5] uint8 [CD41 fibrin] [0.0005 0.001 0.002]
}

func BenchmarkSlices(b *testing.B) {
	r, err := Open(b.Context(), filepath.Join("testdata", "nexus.h5"))
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	dst := make([]byte, 4*9*7)
	b.SetBytes(int64(5 * len(dst)))
	for b.Loop() {
		for z := range 5 {
			if err := imagefile.ReadInto(b.Context(), r, imagefile.Window{Min: [3]int{0, 0, z}, Max: [3]int{9, 7, z + 1}}, dst); err != nil {
				b.Fatal(err)
			}
		}
	}
}
