package tiff

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"testing"

	"explant/io/imagefile"
)

func TestPagesAreSlices(t *testing.T) {
	i, got := readAll(t, build(t, littleEndian, []built{grey(2, 1, 1, 2), grey(2, 1, 3, 4), grey(2, 1, 5, 6)}, nil))
	if i.Grid.N != [3]int{2, 1, 3} || i.Format != "TIFF stack" || !bytes.Equal(got, ramp(1, 6)) || len(i.Warnings) > 0 {
		t.Errorf("%+v %v", i, got)
	}
}

func TestPagesThatDiffer(t *testing.T) {
	big, small := grey(4, 4, ramp(0, 16)...), grey(3, 1, 1, 2, 3)
	thumb := small
	thumb.subfile = 1
	half := grey(2, 2, 1, 2, 3, 4)
	for name, c := range map[string]struct {
		pages   []built
		n       [3]int
		levels  int
		warning string
		err     string
	}{
		"another size in a stack": {[]built{big, big, small}, [3]int{}, 0, "", "page 3 is 3 x 1"},
		"a larger one":            {[]built{small, big}, [3]int{}, 0, "", "page 2 is 4 x 4"},
		"a smaller one":           {[]built{big, small}, [3]int{4, 4, 1}, 1, "1 further pages", ""},
		"a marked thumbnail":      {[]built{big, thumb}, [3]int{4, 4, 1}, 1, "1 reduced", ""},
		"a pyramid":               {[]built{big, half, grey(1, 1, 9)}, [3]int{4, 4, 1}, 3, "", ""},
	} {
		r, err := Open(t.Context(), build(t, littleEndian, c.pages, nil))
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: error %v", name, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		i := r.Info()
		if i.Grid.N != c.n || len(i.Levels) != c.levels || !strings.Contains(strings.Join(i.Warnings, ";"), c.warning) || c.warning == "" && len(i.Warnings) > 0 {
			t.Errorf("%s: %+v", name, i)
		}
	}
}

func TestSubIFDsAreLevels(t *testing.T) {
	p := grey(4, 4, ramp(0, 16)...)
	p.subs = []built{grey(2, 2, 50, 51, 52, 53), grey(1, 1, 60)}
	r, err := Open(t.Context(), build(t, littleEndian, []built{p}, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	i := r.Info()
	if len(i.Levels) != 3 || i.Levels[1].N != [3]int{2, 2, 1} || i.Levels[2].Downsample != 4 {
		t.Fatalf("%+v", i.Levels)
	}
	b, err := r.Read(t.Context(), imagefile.Whole(i, 1))
	if err != nil || !bytes.Equal(b.Data, []byte{50, 51, 52, 53}) {
		t.Errorf("%v %v", b, err)
	}
}

func TestMixedWhiteIsReadAsStored(t *testing.T) {
	white := grey(1, 1, 200)
	white.photometric = minIsWhite
	i, got := readAll(t, build(t, littleEndian, []built{grey(1, 1, 200), white}, nil))
	if !bytes.Equal(got, []byte{200, 200}) || len(i.Warnings) != 1 || !strings.Contains(i.Warnings[0], "call 0 white") {
		t.Errorf("%v %q", got, i.Warnings)
	}
	if _, got := readAll(t, build(t, littleEndian, []built{white, white}, nil)); !bytes.Equal(got, []byte{55, 55}) {
		t.Errorf("%v", got)
	}
}

func TestImageJStackWithOneDirectory(t *testing.T) {
	for _, o := range []binary.AppendByteOrder{littleEndian, bigEndianOrder} {
		var px []byte
		for v := range 2 * 2 * 3 {
			px = o.AppendUint16(px, uint16(1000+v))
		}
		p := built{w: 2, h: 2, bits: 16, samples: 1, photometric: 1, chunks: [][]byte{px[:8]}, unit: 1, perUnit: 1,
			text: "ImageJ=1.53t\nimages=3\nslices=3\nunit=um\nspacing=2.5\n"}
		path := build(t, o, []built{p}, px[8:])
		i, got := readAll(t, path)
		if i.Grid.N != [3]int{2, 2, 3} || len(i.Warnings) > 0 || math.Abs(i.Grid.Spacing[2]-0.0025) > 1e-15 {
			t.Fatalf("%+v", i)
		}
		for v := range 12 {
			if x := binary.LittleEndian.Uint16(got[2*v:]); int(x) != 1000+v {
				t.Errorf("voxel %d is %d", v, x)
			}
		}
		r, err := Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		b, err := r.Read(t.Context(), imagefile.Window{Min: [3]int{1, 0, 1}, Max: [3]int{2, 2, 3}})
		if want := []uint16{1005, 1007, 1009, 1011}; err != nil || !slices.Equal(samples16(b.Data), want) {
			t.Errorf("%v %v", b.Data, err)
		}
		cut, _ := readAll(t, build(t, o, []built{p}, px[8:18]))
		if cut.Grid.N[2] != 2 || len(cut.Warnings) != 1 || !strings.Contains(cut.Warnings[0], "announces 3 slices, the file holds 2") {
			t.Errorf("%+v", cut)
		}
	}
}

func samples16(b []byte) (out []uint16) {
	for i := 0; i < len(b); i += 2 {
		out = append(out, binary.LittleEndian.Uint16(b[i:]))
	}
	return out
}

func TestChannels(t *testing.T) {
	const ome = `<?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image><Pixels SizeC="2" SizeZ="2" SizeT="1" DimensionOrder="XYZCT" PhysicalSizeX="0.5" PhysicalSizeY="0.5" PhysicalSizeZ="2" PhysicalSizeZUnit="&#181;m"><Channel Name="DNA"/><Channel Name="CD61"/></Pixels></Image></OME>`
	pages := []built{grey(1, 1, 10), grey(1, 1, 11), grey(1, 1, 20), grey(1, 1, 21)}
	for name, c := range map[string]struct {
		text  string
		want  []byte // channel after channel, slice after slice
		names []string
	}{
		"OME, z first":    {ome, []byte{10, 20, 11, 21}, []string{"DNA", "CD61"}},
		"ImageJ, c first": {"ImageJ=1.53t\nimages=4\nchannels=2\nslices=2\n", []byte{10, 11, 20, 21}, []string{"channel 1", "channel 2"}},
		"ImageJ, frames":  {"ImageJ=1.53t\nimages=4\nframes=4\n", []byte{10, 11, 20, 21}, nil},
	} {
		p := slices.Clone(pages)
		p[0].text = c.text
		i, got := readAll(t, build(t, littleEndian, p, nil))
		if !bytes.Equal(got, c.want) || !slices.Equal(i.ChannelNames, c.names) {
			t.Errorf("%s: %v %+v", name, got, i)
		}
		if name == "OME, z first" && i.Grid.Spacing != [3]float64{0.0005, 0.0005, 0.002} {
			t.Errorf("spacing %v, %q", i.Grid.Spacing, i.Grid.Calibration.Withheld)
		}
	}
}

func TestBrokenChainIsSaid(t *testing.T) {
	path := build(t, littleEndian, []built{grey(1, 1, 1), grey(1, 1, 2), {w: 1, h: 1, bits: 8, samples: 1, photometric: 77, chunks: [][]byte{{3}}}}, nil)
	i, _ := readAll(t, path)
	if i.Grid.N[2] != 2 || len(i.Warnings) != 1 || !strings.Contains(i.Warnings[0], "breaks after page 2") {
		t.Errorf("%+v", i)
	}
}

func TestTintsAreNotColours(t *testing.T) {
	red := make([]int, 768)
	for i := range 256 {
		red[i] = i * 257
	}
	p := grey(3, 1, 0, 7, 255)
	p.photometric, p.palette = indexed, red
	i, got := readAll(t, build(t, littleEndian, []built{p}, nil))
	if i.Channels != 1 || !bytes.Equal(got, []byte{0, 7, 255}) || len(i.Warnings) != 1 {
		t.Errorf("%+v %v", i, got)
	}
}

func TestConcurrentReads(t *testing.T) {
	var pages []built
	for z := range 40 {
		pages = append(pages, grey(2, 2, ramp(z, 4)...))
	}
	r, err := Open(t.Context(), build(t, littleEndian, pages, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	done := make(chan bool)
	for z := range 40 {
		go func() {
			b, err := r.Read(t.Context(), imagefile.Window{Min: [3]int{0, 0, z}, Max: [3]int{2, 2, z + 1}})
			done <- err == nil && bytes.Equal(b.Data, ramp(z, 4))
		}()
	}
	for range 40 {
		if !<-done {
			t.Error("a slice is wrong")
		}
	}
}

// Mutations of a valid file: whatever happens, it is an error or pixels of the size that was promised.
// The bytes that change come from a fixed sequence.
func TestMutations(t *testing.T) {
	valid := build(t, littleEndian, []built{tiled(), tiled()}, nil)
	mutate(t, valid, 600)
}

func BenchmarkRead(b *testing.B) {
	const n, depth = 512, 16
	var pages []built
	for z := range depth {
		pages = append(pages, built{w: n, h: n, bits: 16, samples: 1, photometric: 1, chunks: [][]byte{ramp(z, 2*n*n)}})
	}
	r, err := Open(b.Context(), build(b, littleEndian, pages, nil))
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	w := imagefile.Whole(r.Info(), 0)
	dst := make([]byte, imagefile.Bytes(r.Info(), w))
	b.SetBytes(int64(len(dst)))
	for b.Loop() {
		if err := r.ReadInto(b.Context(), w, dst); err != nil {
			b.Fatal(err)
		}
	}
}
