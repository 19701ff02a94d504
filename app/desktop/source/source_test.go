package source

import (
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"explant/analysis/result"
	"explant/app/desktop/tiles"
	"explant/io/imagefile"
	"explant/volume"
)

// openFile opens a file written by the test.
func openFile(t *testing.T, name string, data []byte) *Image {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	m, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return m
}

// colors is a picture of 1200 x 900 pixels whose red is x/8 and whose green is y/8.
func colors(t *testing.T) *Image {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 1200, 900))
	for y := range 900 {
		for x := range 1200 {
			img.SetRGBA(x, y, color.RGBA{uint8(x / 8), uint8(y / 8), 77, 255})
		}
	}
	path := filepath.Join(t.TempDir(), "c.png")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	m, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return m
}

// TestPyramidAveragesLevelsThatTheFileLacks holds every pixel of each level against the ramp.
func TestPyramidAveragesLevelsThatTheFileLacks(t *testing.T) {
	p := NewPyramid(colors(t), Look{})
	levels := p.Levels()
	if len(levels) != 3 || levels[2].W != 300 || levels[2].H != 225 || levels[2].Downsample != 4 {
		t.Fatalf("levels %v", levels)
	}
	for l, level := range levels {
		d := level.Downsample
		for ty := 0; ty*tiles.Side < level.H; ty++ {
			for tx := 0; tx*tiles.Side < level.W; tx++ {
				img, err := p.Tile(t.Context(), tiles.Key{Level: l, X: tx, Y: ty})
				if err != nil {
					t.Fatal(err)
				}
				for y := range img.Rect.Dy() {
					for x := range img.Rect.Dx() {
						wantR, wantG := (float64(tx*tiles.Side+x)+0.5)*d/8-0.5, (float64(ty*tiles.Side+y)+0.5)*d/8-0.5
						if c := img.RGBAAt(x, y); math.Abs(float64(c.R)-wantR) > 1 || math.Abs(float64(c.G)-wantG) > 1 || c.B != 77 || c.A != 255 {
							t.Fatalf("level %d, tile %d %d, (%d, %d): %v, want %.1f %.1f", l, tx, ty, x, y, c, wantR, wantG)
						}
					}
				}
			}
		}
	}
}

func TestChannelsAreAddedInTheirRange(t *testing.T) {
	out := image.NewRGBA(image.Rect(0, 0, 3, 1))
	block := imagefile.Block{N: [3]int{3, 1, 1}, Channels: 2, Type: imagefile.Uint8, Data: []byte{0, 100, 50, 100, 200, 255}}
	channels := []Channel{{Shown: true, Color: color.NRGBA{255, 0, 0, 255}, High: 100}, {Shown: true, Color: color.NRGBA{0, 200, 0, 255}, Low: 100, High: 255}}
	paintChannels(out, block, channels)
	for x, want := range []color.RGBA{{0, 0, 0, 255}, {128, 0, 0, 255}, {255, 200, 0, 255}} {
		if got := out.RGBAAt(x, 0); got != want {
			t.Errorf("pixel %d is %v, want %v", x, got, want)
		}
	}
	channels[0].Shown = false
	paintChannels(out, block, channels)
	if got := out.RGBAAt(2, 0); got != (color.RGBA{0, 200, 0, 255}) {
		t.Errorf("a hidden channel is shown: %v", got)
	}
}

// TestStainAloneKeepsItsOwnColour makes pixels of one stain: alone they stay, and without it they are glass.
func TestStainAloneKeepsItsOwnColour(t *testing.T) {
	all, err := Stains("hdab")
	if err != nil || len(all) < 2 {
		t.Fatal(all, err)
	}
	pixel := func(s Stain) (px [4]uint8) {
		for c := range 3 {
			px[c] = uint8(glass*math.Pow(10, -0.6*s.direction[c]) - 0.5)
		}
		px[3] = 255
		return px
	}
	const near = 4 // grey levels: the offset of stain.Density and rounding
	for i := range all {
		for k := range all {
			img := image.NewRGBA(image.Rect(0, 0, 1, 1))
			px := pixel(all[i])
			copy(img.Pix, px[:])
			all[k].paint(img)
			for c := range 3 {
				want := float64(px[c])
				if i != k {
					want = glass
				}
				if math.Abs(float64(img.Pix[c])-want) > near {
					t.Errorf("%s seen through %s: %v, want %v in channel %d", all[i].Name, all[k].Name, img.Pix, want, c)
				}
			}
		}
	}
}

func TestClassMapIsClearWhereNothingIs(t *testing.T) {
	head := "NRRD0004\ntype: uint8\ndimension: 2\nsizes: 300 2\nencoding: raw\n\n"
	data := append([]byte(head), make([]byte, 600)...)
	data[len(head)+299] = 2
	m, err := NewClassMap(openFile(t, "l.nrrd", data), []result.Class{{Value: 2, Name: "fibrin", Color: "#102030"}})
	if err != nil {
		t.Fatal(err)
	}
	if img, err := m.Tile(t.Context(), tiles.Key{}); img != nil || err != nil {
		t.Errorf("an empty tile is %v, %v", img, err)
	}
	img, err := m.Tile(t.Context(), tiles.Key{X: 1})
	if err != nil || img.RGBAAt(43, 0) != (color.RGBA{0x10, 0x20, 0x30, 255}) || img.RGBAAt(42, 0).A != 0 {
		t.Errorf("%v, %v", img, err)
	}
}

func TestPlacesCarryTheirUnit(t *testing.T) {
	m := &Image{Info: imagefile.Info{Grid: volume.Grid{N: [3]int{100, 100, 1}}}}
	m.Calibrate([3]float64{})
	if got := m.PlaceText(12.7, 3); got != "x 12 px  y 3 px  (uncalibrated)" {
		t.Errorf("%q", got)
	}
	m.Calibrate([3]float64{0.0005, 0.0005, 0.0005})
	if got := m.PlaceText(12, 3); got != "x 6.0 µm  y 1.5 µm" || m.Typed[2] != 0 {
		t.Errorf("%q, typed %v", got, m.Typed)
	}
}

func TestProbeTellsTheNewestPlace(t *testing.T) {
	data := []byte("NRRD0004\ntype: uint16\ndimension: 3\nsizes: 4 1 2\nendian: little\nencoding: raw\n\n")
	for v := range 8 {
		data = binary.LittleEndian.AppendUint16(data, uint16(1000+v))
	}
	told := make(chan string, 64)
	p := NewProbe(openFile(t, "v.nrrd", data), func(_ [3]int, values string) { told <- values })
	defer p.Close()
	for x := range 4 {
		p.Ask([3]int{x, 0, 1})
	}
	for end := time.After(20 * time.Second); ; {
		select {
		case text := <-told:
			if text == "grey 1007" {
				return
			}
		case <-end:
			t.Fatal("the last place was not told")
		}
	}
}
