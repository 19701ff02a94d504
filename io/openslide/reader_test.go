package openslide

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"explant/io/imagefile"
	"explant/volume"
)

// made are the slides that the tests write, with what must be read from them.
type made struct {
	path, format string
	um           [2]float64 // of a pixel
	pixels       func(level int) []byte
	personal     []string
}

func allMade(t testing.TB) []made {
	return []made{
		{writeMirax(t, t.TempDir(), asItIs), "MIRAX slide, objective 20x", [2]float64{0.25, 0.26}, miraxLevelPixels, []string{"mirax.GENERAL.SLIDE_NAME", "label image"}},
		{writeNDPI(t), "Hamamatsu slide, objective 40x", [2]float64{0.25, 0.25}, ndpiPixels, []string{"hamamatsu.Reference", "macro image"}},
		{writeVMS(t, t.TempDir()), "Hamamatsu slide, objective 20x", [2]float64{0.46, 0.46}, ndpiPixels, []string{"hamamatsu.Reference"}},
	}
}

func TestMadeSlides(t *testing.T) {
	for _, m := range allMade(t) {
		t.Run(filepath.Base(m.path), func(t *testing.T) {
			r := opened(t, m.path, Open)
			defer r.Close()
			i := r.Info()
			if i.Format != m.format || i.Type != imagefile.Uint8 || i.Channels != 3 || !slices.Equal(i.Identifiers, m.personal) {
				t.Errorf("%+v", i)
			}
			if g := i.Grid; g.Spacing != [3]float64{m.um[0] * 1e-3, m.um[1] * 1e-3, 0} || g.Calibration.Source != volume.Header {
				t.Errorf("calibration %+v", g)
			}
			if s := fmt.Sprintf("%+v", i); strings.Contains(s, "Doe") {
				t.Errorf("%s tells a name", s)
			}
			for level := range 2 {
				if l := i.Levels[level]; l.Downsample != float64(int(1)<<level) {
					t.Errorf("level %d: %+v", level, l)
				}
				if got, want := whole(t, r, level), m.pixels(level); !bytes.Equal(got, want) {
					t.Errorf("level %d: %s", level, differences(want, got))
				}
			}
		})
	}
}

// A pixel is the same through every window, also of levels that do not shrink by a whole number, and from many
// goroutines.
func TestWindows(t *testing.T) {
	paths := []string{writeUneven(t)}
	for _, m := range allMade(t) {
		paths = append(paths, m.path)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			r := opened(t, path, Open)
			defer r.Close()
			i := r.Info()
			for level, l := range i.Levels {
				all := whole(t, r, level)
				rng := rand.New(rand.NewPCG(uint64(level), 1))
				var wg sync.WaitGroup
				for range 20 {
					w := randomWindow(rng, l.N)
					w.Level = level
					wg.Go(func() {
						b, err := r.Read(t.Context(), w)
						if want := cut(all, l.N[0], w); err != nil || !bytes.Equal(b.Data, want) {
							t.Errorf("%+v: %v, %s", w, err, differences(want, b.Data))
						}
					})
				}
				wg.Wait()
			}
		})
	}
}

// writeUneven makes a slide of 2100 x 64 pixels whose second level is 641 pixels wide: 3.2 instead of 3.276.
func writeUneven(t testing.TB) string {
	size := func(w, h int, more ...field) page {
		data, starts := flat{w: w, h: h, restart: w / 8, colour: func(x, y int) [3]byte { return [3]byte{byte(x), byte(x >> 8), byte(y)} }}.encode()
		return page{places: 273, counts: 279, chunks: [][]byte{data}, fields: append([]field{long(256, w), long(257, h), long(259, 7), long(278, h),
			long(65420, 1), float(65421, 20), signed(65424, 0), long(65426, starts...)}, more...)}
	}
	return writeTIFF(t, "uneven.ndpi", size(2080, 64), size(648, 24))
}

func randomWindow(rng *rand.Rand, n [3]int) imagefile.Window {
	x, y := rng.IntN(n[0]), rng.IntN(n[1])
	return imagefile.Window{Min: [3]int{x, y, 0}, Max: [3]int{x + 1 + rng.IntN(n[0]-x), y + 1 + rng.IntN(n[1]-y), 1}}
}

// cut takes a window out of a level of some width.
func cut(all []byte, width int, w imagefile.Window) (out []byte) {
	for y := w.Min[1]; y < w.Max[1]; y++ {
		out = append(out, all[3*(y*width+w.Min[0]):3*(y*width+w.Max[0])]...)
	}
	return out
}

// Damage in one place is an error there and nowhere else, though OpenSlide gives no more pixels after an error.
func TestDamageStaysWhereItIs(t *testing.T) {
	path := writeMirax(t, t.TempDir(), asItIs)
	data := filepath.Join(strings.TrimSuffix(path, ".mrxs"), "Data0000.dat")
	b, err := os.ReadFile(data)
	if err != nil {
		t.Fatal(err)
	}
	clear(b[:200]) // the first image
	if err := os.WriteFile(data, b, 0o600); err != nil {
		t.Fatal(err)
	}
	r := opened(t, path, Open)
	defer r.Close()
	bad := imagefile.Window{Min: [3]int{10, 10, 0}, Max: [3]int{20, 20, 1}}
	good := imagefile.Window{Min: [3]int{70, 0, 0}, Max: [3]int{250, 60, 1}}
	want := cut(miraxLevelPixels(0), miraxAcross*miraxSide, good)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := r.Read(t.Context(), bad); err == nil || !strings.Contains(err.Error(), "made.mrxs: level 0 at 10, 10: it is damaged") {
				t.Errorf("error %v", err)
			}
		})
		wg.Go(func() {
			if got, err := r.Read(t.Context(), good); err != nil || !bytes.Equal(got.Data, want) {
				t.Errorf("%v, %s", err, differences(want, got.Data))
			}
		})
	}
	wg.Wait()
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if _, err := r.Read(t.Context(), good); err == nil {
		t.Error("a closed reader reads")
	}
}

// What a slide says about its pixels is believed or withheld, never made into another size.
func TestPixelSize(t *testing.T) {
	for _, c := range []struct {
		x, y     string
		want     [2]float64 // µm; 0 where it is withheld
		withheld string
	}{
		{"0.5", "0.25", [2]float64{0.5, 0.25}, ""},
		{"1e300", "1e300", [2]float64{}, "not a voxel size"},
		{"-0.5", "0.5", [2]float64{}, "not a length"},
		{"NaN", "NaN", [2]float64{}, "not a length"},
		{"inf", "0.5", [2]float64{}, "not a length"},
		{"0", "0", [2]float64{}, "no voxel size"},
		{"0.5", "0", [2]float64{}, "incomplete"},
		{"1e-12", "1e-12", [2]float64{}, "not a voxel size"},
		{"80", "80", [2]float64{}, "too large"},
	} {
		t.Run(c.x+","+c.y, func(t *testing.T) {
			r := opened(t, writeMirax(t, t.TempDir(), func(ini string) string {
				ini = strings.ReplaceAll(ini, "PIXEL_X = 0.25", "PIXEL_X = "+c.x)
				return strings.ReplaceAll(ini, "PIXEL_Y = 0.26", "PIXEL_Y = "+c.y)
			}), Open)
			defer r.Close()
			g := r.Info().Grid
			if g.Spacing != [3]float64{c.want[0] * 1e-3, c.want[1] * 1e-3, 0} || !strings.Contains(g.Calibration.Withheld, c.withheld) || c.withheld == "" && g.Calibration.Withheld != "" {
				t.Errorf("%+v", g)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	write := func(name, content string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	mirax := writeMirax(t, t.TempDir(), asItIs)
	capital := strings.TrimSuffix(mirax, "mrxs") + "MRXS"
	if err := os.Rename(mirax, capital); err != nil {
		t.Fatal(err)
	}
	without := func(name string) string {
		path := writeMirax(t, t.TempDir(), asItIs)
		if err := os.RemoveAll(filepath.Join(filepath.Dir(path), filepath.FromSlash(name))); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct{ path, want string }{
		{filepath.Join(t.TempDir(), "none.mrxs"), "none.mrxs: no such file"},
		{without("made"), "made.mrxs: its folder made, which holds the pixels, is missing: copy it"},
		{without("made/Slidedat.ini"), "made.mrxs: Slidedat.ini in its folder made: no such file"},
		{without("made/Index.dat"), "made.mrxs: Index.dat is missing in made: copy"},
		{without("made/Data0000.dat"), "made.mrxs: Data0000.dat is missing in made: copy"},
		{writeMirax(t, t.TempDir(), func(s string) string { return strings.Replace(s, "Data0000.dat", "../../secret", 1) }), "in another folder"},
		{write("alone.vms", vmsIni), "jpg is missing in"},
		{capital, ".mrxs in small letters"},
		{write("new.czi", "ZISRAWFILE"), "new.czi: OpenSlide "},
		{write("odd.svslide", "SQLite format 3\x00"), "does not know it"},
		{write("bomb.ndpi", ""), "does not know it"},
	} {
		_, err := Open(t.Context(), c.path)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "read slide "+filepath.Base(c.path)) || strings.Contains(err.Error(), "\n") {
			t.Errorf("error %q without %q", err, c.want)
		}
	}
}
