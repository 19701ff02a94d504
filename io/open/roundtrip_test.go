package open

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"explant/io/array"
	"explant/io/imagefile"
	"explant/io/metaimage"
	"explant/io/nifti"
	"explant/io/nrrd"
	"explant/io/ometiff"
	"explant/volume"
	"explant/volume/parallel"
)

// imageWriters are the writers of whole images, by the ends of file names.
var imageWriters = map[string]func(context.Context, io.WriteSeeker, imagefile.Reader) ([]string, error){
	".nrrd": func(ctx context.Context, w io.WriteSeeker, r imagefile.Reader) ([]string, error) {
		return nrrd.WriteImage(ctx, w, r, parallel.Discard{})
	},
	".mha": func(ctx context.Context, w io.WriteSeeker, r imagefile.Reader) ([]string, error) {
		return metaimage.WriteImage(ctx, w, r, parallel.Discard{})
	},
	".nii": func(ctx context.Context, w io.WriteSeeker, r imagefile.Reader) ([]string, error) {
		return nifti.WriteImage(ctx, w, r, false, parallel.Discard{})
	},
	".nii.gz": func(ctx context.Context, w io.WriteSeeker, r imagefile.Reader) ([]string, error) {
		return nifti.WriteImage(ctx, w, r, true, parallel.Discard{})
	},
	".ome.tif": func(ctx context.Context, w io.WriteSeeker, r imagefile.Reader) ([]string, error) {
		return ometiff.WriteImage(ctx, w, r, parallel.Discard{})
	},
}

// made is an image in memory.
type made struct {
	info imagefile.Info
	data []byte
}

func (m made) Info() imagefile.Info { return m.info }
func (m made) Close() error         { return nil }

func (m made) Read(_ context.Context, w imagefile.Window) (imagefile.Block, error) {
	px := m.info.Channels * m.info.Type.Size()
	b := imagefile.Block{N: w.N(), Channels: m.info.Channels, Type: m.info.Type}
	for z := w.Min[2]; z < w.Max[2]; z++ {
		for y := w.Min[1]; y < w.Max[1]; y++ {
			at := m.info.Grid.Offset(w.Min[0], y, z) * px
			b.Data = append(b.Data, m.data[at:at+w.N()[0]*px]...)
		}
	}
	return b, nil
}

// randomImage has samples of every bit pattern, floats without those that are no numbers.
func randomImage(g volume.Grid, t imagefile.Type, channels int, names ...string) made {
	m := made{info: imagefile.Info{Grid: g, Type: t, Channels: channels, ChannelNames: names, Levels: []imagefile.Level{{N: g.N, Downsample: 1}}}}
	m.data = make([]byte, m.info.Bytes())
	rng := rand.New(rand.NewPCG(1, uint64(len(t))))
	for i := range m.data {
		m.data[i] = byte(rng.Uint32())
	}
	size := t.Size()
	if t == imagefile.Float32 || t == imagefile.Float64 {
		for i := size - 1; i < len(m.data); i += size {
			m.data[i] &= 0xbf // the exponent is never all ones
		}
	}
	return m
}

func known(n [3]int, spacing ...float64) volume.Grid {
	g := volume.Grid{N: n, Calibration: volume.Calibration{Source: volume.Typed}}
	copy(g.Spacing[:], spacing)
	return g
}

// oblique is turned by 30 degrees about z and then 20 about x, and mirrored along z.
func oblique(n [3]int) volume.Grid {
	g := known(n, 0.0123, 0.02, 0.0457)
	s, c := math.Sincos(math.Pi / 6)
	v, u := math.Sincos(math.Pi / 9)
	g.Axes = [3][3]float64{{c, s * u, s * v}, {-s, c * u, c * v}, {0, v, -u}}
	g.Origin = [3]float64{-12.25, 1234.5678, 0.001}
	return g
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	cases := map[string]made{
		"volume larger than a tile": randomImage(known([3]int{530, 517, 3}, 0.02, 0.02, 0.05), imagefile.Uint16, 1),
		"colours":                   randomImage(known([3]int{600, 37, 1}, 0.0005, 0.0005), imagefile.Uint8, 3),
		"volume of colours":         randomImage(known([3]int{20, 13, 4}, 0.02, 0.02, 0.02), imagefile.Uint8, 3),
		"grey picture":              randomImage(known([3]int{33, 20, 1}, 0.0005, 0.00025), imagefile.Uint16, 1),
		"nothing known":             randomImage(volume.Grid{N: [3]int{9, 8, 7}}, imagefile.Int16, 1),
		"picture, nothing known":    randomImage(volume.Grid{N: [3]int{9, 8, 1}}, imagefile.Uint8, 3),
		"one voxel":                 randomImage(known([3]int{1, 1, 1}, 0.01, 0.01), imagefile.Uint8, 1),
		"oblique colours":           randomImage(oblique([3]int{7, 6, 5}), imagefile.Uint8, 3),
	}
	for _, typ := range []imagefile.Type{imagefile.Uint8, imagefile.Int8, imagefile.Uint16, imagefile.Int16, imagefile.Uint32, imagefile.Int32, imagefile.Float32, imagefile.Float64} {
		cases["oblique "+string(typ)] = randomImage(oblique([3]int{17, 11, 5}), typ, 1)
	}
	for name, m := range cases {
		for end := range imageWriters {
			t.Run(name+end, func(t *testing.T) {
				i, data, _ := written(t, m, end)
				sameImage(t, i, m.info, end)
				if !bytes.Equal(data, m.data) {
					t.Error("other samples")
				}
			})
		}
	}
}

// written writes m and reads it back.
func written(t *testing.T, m made, end string) (imagefile.Info, []byte, []string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "image"+end)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	lost, err := imageWriters[end](t.Context(), f, m)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := Path(t.Context(), path, Options{InProcess: true})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0))
	if err != nil {
		t.Fatal(err)
	}
	return r.Info(), b.Data, lost
}

// sameImage compares what the formats keep: NIfTI-1 has sizes and places in seven digits, OME-TIFF has sizes
// in twelve and no places.
func sameImage(t *testing.T, got, want imagefile.Info, end string) {
	t.Helper()
	if got.Grid.N != want.Grid.N || got.Type != want.Type || got.Channels != want.Channels || !slices.Equal(got.ChannelNames, want.ChannelNames) {
		t.Errorf("%v %s x%d %q, not %v %s x%d %q", got.Grid.N, got.Type, got.Channels, got.ChannelNames, want.Grid.N, want.Type, want.Channels, want.ChannelNames)
	}
	within := 1e-12
	if strings.HasPrefix(end, ".nii") {
		within = 1e-7
	}
	axes := array.Axes(want.Grid)
	if end == ".ome.tif" {
		axes, want.Grid.Origin = array.Axes(volume.Grid{}), [3]float64{}
	}
	for a := range 3 {
		if d := math.Abs(got.Grid.Spacing[a] - want.Grid.Spacing[a]); d > within*want.Grid.Spacing[a] {
			t.Errorf("spacing %v, not %v (%+v)", got.Grid.Spacing, want.Grid.Spacing, got.Grid.Calibration)
		}
		if d := math.Abs(got.Grid.Origin[a] - want.Grid.Origin[a]); d > within*math.Abs(want.Grid.Origin[a]) {
			t.Errorf("origin %v, not %v", got.Grid.Origin, want.Grid.Origin)
		}
		for k := range 3 {
			if math.Abs(array.Axes(got.Grid)[a][k]-axes[a][k]) > 2*within {
				t.Errorf("axes %v, not %v", got.Grid.Axes, axes)
			}
		}
	}
	if len(got.Grid.Calibration.Warnings) > 0 && want.Grid.Spacing[0] == want.Grid.Spacing[1] {
		t.Errorf("warnings %q", got.Grid.Calibration.Warnings)
	}
}

func TestUnknownDistanceBetweenSlicesStaysUnknown(t *testing.T) {
	m := randomImage(known([3]int{9, 8, 7}, 0.02, 0.02), imagefile.Uint8, 1)
	for end := range imageWriters {
		i, data, lost := written(t, m, end)
		if end == ".mha" { // all or nothing
			if i.Grid.Spacing != [3]float64{} || len(lost) != 2 {
				t.Errorf("%s: %v, %q", end, i.Grid.Spacing, lost)
			}
			continue
		}
		if sameImage(t, i, m.info, end); !bytes.Equal(data, m.data) {
			t.Errorf("%s: other samples", end)
		}
	}
}

func TestChannelsOfMeasurements(t *testing.T) {
	m := randomImage(known([3]int{19, 18, 3}, 0.002, 0.002, 0.004), imagefile.Uint16, 4, "CD41", "<fibrin>", "DAPI", "CD45")
	for end, want := range map[string][]string{
		".ome.tif": m.info.ChannelNames,
		".nrrd":    {"component 1", "component 2", "component 3", "component 4"},
		".mha":     {"component 1", "component 2", "component 3", "component 4"},
	} {
		i, data, lost := written(t, m, end)
		if !bytes.Equal(data, m.data) || !slices.Equal(i.ChannelNames, want) || (len(lost) > 0) != (end != ".ome.tif") {
			t.Errorf("%s: channels %q, lost %q", end, i.ChannelNames, lost)
		}
	}
	if _, err := imageWriters[".nii"](t.Context(), nil, m); err == nil || !strings.Contains(err.Error(), ".ome.tif") {
		t.Errorf("NIfTI of four channels: %v", err)
	}
}

func TestLossesAreTold(t *testing.T) {
	unknown := randomImage(volume.Grid{N: [3]int{4, 3, 2}}, imagefile.Uint8, 1)
	placed := randomImage(oblique([3]int{4, 3, 2}), imagefile.Uint8, 1)
	for end, want := range map[string]string{".mha": "ElementSpacing", ".nii": "pixdim", ".nrrd": "", ".ome.tif": ""} {
		if _, _, lost := written(t, unknown, end); !strings.Contains(strings.Join(lost, " "), want) || want == "" && len(lost) > 0 {
			t.Errorf("%s of an unknown voxel size: %q", end, lost)
		}
		if _, _, lost := written(t, placed, end); (len(lost) > 0) != (end == ".ome.tif") {
			t.Errorf("%s of oblique axes: %q", end, lost)
		}
	}
}

// A side beyond the 16 bits of NIfTI-1, and a slice that is written in bands.
func TestLongSides(t *testing.T) {
	m := randomImage(known([3]int{40000, 3, 2}, 0.01, 0.01, 0.01), imagefile.Uint8, 1)
	i, data, _ := written(t, m, ".nii")
	if sameImage(t, i, m.info, ".mha"); i.Format != "NIfTI-2" || !bytes.Equal(data, m.data) {
		t.Errorf("%s", i.Format)
	}
	m = randomImage(known([3]int{16500, 1400, 1}, 0.01, 0.01), imagefile.Uint8, 3)
	i, data, _ = written(t, m, ".ome.tif")
	if sameImage(t, i, m.info, ".ome.tif"); !bytes.Equal(data, m.data) {
		t.Error("other samples of a picture in bands")
	}
}

func TestWritingStopsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	m := randomImage(known([3]int{9, 8, 7}, 0.02, 0.02, 0.02), imagefile.Uint8, 1)
	for end, write := range imageWriters {
		f, err := os.Create(filepath.Join(t.TempDir(), "image"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := write(ctx, f, m); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", end, err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestValuesOfEveryType(t *testing.T) {
	for typ, c := range map[imagefile.Type]struct {
		bytes []byte
		want  float64
	}{
		imagefile.Uint8: {[]byte{0xfe}, 254}, imagefile.Int8: {[]byte{0xfe}, -2},
		imagefile.Uint16: {[]byte{1, 0x80}, 0x8001}, imagefile.Int16: {[]byte{1, 0x80}, -0x7fff},
		imagefile.Uint32: {[]byte{1, 0, 0, 0x80}, 0x80000001}, imagefile.Int32: {[]byte{1, 0, 0, 0x80}, -0x7fffffff},
		imagefile.Float32: {[]byte{0, 0, 0xc0, 0xbf}, -1.5}, imagefile.Float64: {[]byte{0, 0, 0, 0, 0, 0, 0xf8, 0xbf}, -1.5},
	} {
		if got := imagefile.Values(slices.Concat(c.bytes, c.bytes), typ); !slices.Equal(got, []float64{c.want, c.want}) {
			t.Errorf("%s: %v", typ, got)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	m := randomImage(known([3]int{256, 256, 64}, 0.02, 0.02, 0.02), imagefile.Uint16, 1)
	for i := range m.data { // compressible, as scans are
		m.data[i] = byte(i / 512)
	}
	for _, end := range []string{".mha", ".nii", ".nii.gz", ".nrrd", ".ome.tif"} {
		b.Run(fmt.Sprintf("format=%s", end[1:]), func(b *testing.B) {
			f, err := os.Create(filepath.Join(b.TempDir(), "image"))
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(m.data)))
			for b.Loop() {
				if _, err := f.Seek(0, io.SeekStart); err != nil {
					b.Fatal(err)
				}
				if _, err := imageWriters[end](b.Context(), f, m); err != nil {
					b.Fatal(err)
				}
			}
			if err := f.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}
