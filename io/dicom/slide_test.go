package dicom

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"explant/io/imagefile"
	"explant/volume"
)

// at is the value of a pixel of the slides that are made here.
func at(x, y int) uint16 { return uint16(1000*y + x) }

// tileOf are the samples of tile (tx, ty) of w x h pixels, beyond the matrix too, plus more.
func tileOf(tx, ty, w, h, more int) (out []uint16) {
	for y := range h {
		for x := range w {
			out = append(out, at(tx*w+x, ty*h+y)+uint16(more))
		}
	}
	return out
}

// slideOf is a slide of columns x rows pixels of 16 bits in tiles of 4 x 3, a full matrix for each of the
// planes through the glass, one after the other, whose values differ by 100.
func slideOf(columns, rows, planes int) object {
	var pixels []uint16
	across, down := (columns+3)/4, (rows+2)/3
	for p := range planes {
		for ty := range down {
			for tx := range across {
				pixels = append(pixels, tileOf(tx, ty, 4, 3, 100*p)...)
			}
		}
	}
	shared := item{{0x00289110, "SQ", item{{0x00280030, "DS", "0.0005\\0.00025"}}}}
	return basic(0, pixels...).with(0x00200032, "", nil).with(0x00200037, "", nil).with(0x00280030, "", nil).sized(4, 3).
		with(0x00080008, "CS", "ORIGINAL\\PRIMARY\\VOLUME\\NONE").with(0x00209311, "CS", "TILED_FULL").
		with(0x00280008, "IS", fmt.Sprint(across*down*planes)).with(0x00480006, "UL", uint32(columns)).with(0x00480007, "UL", uint32(rows)).
		with(0x52009229, "SQ", []item{shared})
}

// check compares a level with the formula; more is added to its values.
func check(t *testing.T, name string, r *Reader, l, more int) {
	t.Helper()
	i := r.Info()
	b, err := r.Read(t.Context(), imagefile.Whole(i, l))
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	n := i.Levels[l].N
	for k, v := range imagefile.Values(b.Data, i.Type) {
		if x, y := k%n[0], k/n[0]; v != float64(at(x, y))+float64(more) {
			t.Errorf("%s: %v at %d, %d", name, v, x, y)
			return
		}
	}
}

func TestSlide(t *testing.T) {
	r, err := Open(t.Context(), save(t, slideOf(10, 7, 1).bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	i := r.Info()
	check(t, "one level", r, 0, 0)
	if g := i.Grid; i.Format != "DICOM slide" || g.N != [3]int{10, 7, 1} || g.Spacing != [3]float64{0.00025, 0.0005, 0} || g.Calibration.Source != volume.Header ||
		len(i.Levels) != 1 || i.Levels[0].Tile != [2]int{4, 3} || i.Type != imagefile.Uint16 || i.Channels != 1 || len(i.Warnings) > 0 || r.Compressed() {
		t.Errorf("%+v", i)
	}
	for x := range 10 {
		for y := range 7 {
			w := imagefile.Window{Min: [3]int{x / 2, y / 2, 0}, Max: [3]int{x + 1, y + 1, 1}}
			b, err := r.Read(t.Context(), w)
			if err != nil {
				t.Fatal(err)
			}
			for k, v := range imagefile.Values(b.Data, i.Type) {
				if v != float64(at(x/2+k%w.N()[0], y/2+k/w.N()[0])) {
					t.Fatalf("window %v: %v", w, v)
				}
			}
		}
	}
}

// sparse is a slide whose frames say where they lie; they come from the last to the first, but for one.
func sparse(leaveOut bool) object {
	var groups []item
	var pixels []uint16
	for ty := 2; ty >= 0; ty-- {
		for tx := 2; tx >= 0; tx-- {
			if leaveOut && tx == 1 && ty == 1 {
				continue
			}
			where := item{{0x0048021e, "SL", int32(4*tx + 1)}, {0x0048021f, "SL", int32(3*ty + 1)}}
			groups = append(groups, item{{0x00209113, "SQ", item{{0x00200032, "DS", "1\\2\\3"}}}, {0x0048021a, "SQ", where}})
			pixels = append(pixels, tileOf(tx, ty, 4, 3, 0)...)
		}
	}
	return slideOf(10, 7, 1).with(0x00209311, "CS", "TILED_SPARSE").with(0x00280008, "IS", fmt.Sprint(len(groups))).
		with(0x52009230, "SQ", groups).with(0x7fe00010, "OW", pixels)
}

func TestSparseSlide(t *testing.T) {
	for _, syntax := range []string{explicitLittle, implicitLittle, explicitBig, deflatedLittle} {
		r, err := Open(t.Context(), save(t, sparse(false).as(syntax).bytes()))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if check(t, syntax, r, 0, 0); len(r.Info().Warnings) > 0 {
			t.Errorf("%q", r.Info().Warnings)
		}
	}
	i, got := read(t, sparse(true))
	v := imagefile.Values(got, i.Type)
	if v[3*10+4] != 0 || v[5*10+7] != 0 || v[3*10+3] != 3003 || v[3*10+8] != 3008 || len(i.Warnings) != 1 || !strings.Contains(i.Warnings[0], "1 of 9 tiles") {
		t.Errorf("%v, %q", v, i.Warnings)
	}
}

func TestCompressedSlide(t *testing.T) {
	frames := [][]byte{nil}
	for range 4 {
		frames = append(frames, stream(t, "ls8rgb_line.jls"))
	}
	o := slideOf(4, 3, 1).as(lsLossless).with(0x00280002, "US", uint16(3)).with(0x00280004, "CS", "RGB").sized(packedColumns, packedRows).
		with(0x00280008, "IS", "4").with(0x00280100, "US", uint16(8)).with(0x00280101, "US", uint16(8)).with(0x00280102, "US", uint16(7)).
		with(0x00480006, "UL", uint32(35)).with(0x00480007, "UL", uint32(20)).with(0x7fe00010, "OB", frames)
	r, err := beside(t, "f", map[string]object{"f": o})
	if err != nil {
		t.Fatal(err)
	}
	i := r.Info()
	b, err := r.Read(t.Context(), imagefile.Whole(i, 0))
	if err != nil || i.Channels != 3 || !r.Compressed() {
		t.Fatalf("%+v, %v", i, err)
	}
	for k, v := range b.Data {
		if x, y := k/3%35, k/105; int(v) != rough(8)(x%packedColumns, y%packedRows, k%3) {
			t.Fatalf("%v at %d, %d", v, x, y)
		}
	}
}

func TestSlidesThatAreRefused(t *testing.T) {
	crooked := sparse(false)
	groups := crooked.elements
	for i, f := range groups {
		if f.tag == 0x52009230 {
			items := slices.Clone(f.value.([]item))
			items[0] = item{{0x0048021a, "SQ", item{{0x0048021e, "SL", int32(3)}, {0x0048021f, "SL", int32(1)}}}}
			groups[i].value = items
		}
	}
	for want, o := range map[string]object{
		"12 frames where the tiles are 9":         slideOf(10, 7, 1).with(0x00280008, "IS", "12").with(0x7fe00010, "OW", make([]uint16, 144)),
		"TotalPixelMatrixRows 0 is not":           slideOf(10, 7, 1).with(0x00480007, "", nil),
		"9 frames for 2097152 tiles":              sparse(false).with(0x00480006, "UL", uint32(1<<22)).with(0x00480007, "UL", uint32(6)),
		"edge to edge":                            crooked,
		"tiles are not believable":                slideOf(10, 7, 1).with(0x00480006, "UL", uint32(1<<27)).with(0x00480007, "UL", uint32(1<<27)),
		"NumberOfOpticalPaths 4000 is not":        slideOf(10, 7, 1).with(0x00480302, "UL", uint32(4000)),
		"TotalPixelMatrixFocalPlanes 0 is not":    slideOf(10, 7, 1).with(0x00480303, "UL", uint32(0)),
		"TotalPixelMatrixColumns 4000000000 is n": slideOf(10, 7, 1).with(0x00480006, "UL", uint32(4000000000)),
	} {
		_, err := beside(t, "f", map[string]object{"f": o})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// The outer size serves where PixelSpacing is missing, and is doubted where it contradicts.
func TestSizeOfSlidePixels(t *testing.T) {
	volume := slideOf(10, 7, 1).with(0x00480001, "FL", float32(0.0025)).with(0x00480002, "FL", float32(0.0035))
	i, _ := read(t, volume.with(0x52009229, "", nil))
	if g := i.Grid; g.Spacing[0] < 0.000249 || g.Spacing[0] > 0.000251 || g.Spacing[1] < 0.000499 || g.Spacing[1] > 0.000501 || !strings.Contains(g.Calibration.Field, "ImagedVolume") {
		t.Errorf("%+v", g)
	}
	if i, _ = read(t, volume); len(i.Warnings) > 0 || i.Grid.Spacing[0] != 0.00025 {
		t.Errorf("%+v", i)
	}
	if i, _ = read(t, volume.with(0x00480001, "FL", float32(0.5))); len(i.Warnings) != 1 || !strings.Contains(i.Warnings[0], "ImagedVolumeWidth") {
		t.Errorf("%q", i.Warnings)
	}
	if i, _ = read(t, slideOf(10, 7, 1).with(0x52009229, "", nil)); i.Grid.Calibration.Withheld == "" {
		t.Error("a size from nowhere")
	}
}

// Every beginning of a slide, and every slide with one bad byte, gives an image or an error.
func TestDamagedSlides(t *testing.T) {
	dir := t.TempDir()
	b := sparse(true).bytes()
	for i := 0; i < len(b); i += 7 {
		attempt(t, dir, b[:i])
		attempt(t, dir, slices.Concat(b[:i], []byte{^b[i]}, b[i+1:]))
	}
}
