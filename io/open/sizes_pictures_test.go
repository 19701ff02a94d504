package open

import (
	"math"
	"testing"
)

func pngSizes(t *testing.T) map[string]sized {
	row := func(x, y uint32, unit byte, mm [3]float64, why string) sized {
		return sized{"a.png", pngOf(t, x, y, unit), mm, why, ""}
	}
	return map[string]sized{
		"metre":        row(2e6, 2e6, 1, half, ""),
		"missing":      {"a.png", encoded(t, "png"), none, "states no voxel size", ""},
		"unit 0":       row(2e6, 2e6, 0, none, "states no voxel size"),
		"unit 7":       row(2e6, 2e6, 7, none, "states no voxel size"),
		"aspect 2:1":   row(2, 1, 0, none, "states no voxel size"),
		"72 dpi":       row(2835, 2835, 1, none, "72 dots per inch"),
		"96 dpi":       row(3780, 3780, 1, none, "96 dots per inch"),
		"300 dpi":      row(11811, 11811, 1, none, "300 dots per inch"),
		"600 dpi":      row(23622, 23622, 1, none, "600 dots per inch"),
		"zero":         row(0, 0, 1, none, "states no voxel size"),
		"one axis":     row(2e6, 0, 1, none, "states no voxel size"),
		"not square":   {"a.png", pngOf(t, 2e6, 1e6, 1), [3]float64{0.0005, 0.001, 0}, "", "not square"},
		"a metre":      row(1, 1, 1, none, "not a voxel size"),
		"1 mm":         row(1000, 1000, 1, none, "exactly 1 mm"),
		"above 2^31":   row(1<<31+1, 1<<31+1, 1, none, "states no voxel size"),
		"50 µm, slide": row(20000, 20000, 1, [3]float64{0.05, 0.05, 0}, ""),
		"59 µm, slide": row(17000, 17000, 1, none, "too large for a slide"),
	}
}

func jpegSizes(t *testing.T) map[string]sized {
	jfif := func(unit byte, x, y uint16, mm [3]float64, why string) sized {
		return sized{"a.jpg", jfifOf(t, unit, x, y), mm, why, ""}
	}
	exif := func(unit uint16, n, d uint32, mm [3]float64, why string) sized {
		return sized{"a.jpg", exifOf(t, unit, [2]uint32{n, d}, [2]uint32{n, d}), mm, why, ""}
	}
	return map[string]sized{
		"missing":              {"a.jpg", encoded(t, "jpeg"), none, "states no voxel size", ""},
		"JFIF centimetre":      jfif(2, 20000, 20000, half, ""),
		"JFIF inch":            jfif(1, 50800, 50800, half, ""),
		"JFIF unit 0":          jfif(0, 20000, 20000, none, "states no voxel size"),
		"JFIF unit 3":          jfif(3, 20000, 20000, none, "states no voxel size"),
		"JFIF aspect":          jfif(0, 2, 1, none, "states no voxel size"),
		"JFIF 72 dpi":          jfif(1, 72, 72, none, "72 dots per inch"),
		"JFIF 96 dpi":          jfif(1, 96, 96, none, "96 dots per inch"),
		"JFIF 300 dpi":         jfif(1, 300, 300, none, "300 dots per inch"),
		"JFIF 600 dpi":         jfif(1, 600, 600, none, "600 dots per inch"),
		"JFIF 28 per cm":       jfif(2, 28, 28, none, "72 dots per inch"),
		"JFIF zero":            jfif(1, 0, 0, none, "states no voxel size"),
		"JFIF one axis":        jfif(1, 50800, 0, none, "states no voxel size"),
		"JFIF not square":      {"a.jpg", jfifOf(t, 2, 20000, 10000), [3]float64{0.0005, 0.001, 0}, "", "not square"},
		"JFIF 1 per inch":      jfif(1, 1, 1, none, "not a voxel size"),
		"EXIF centimetre":      exif(3, 20000, 1, half, ""),
		"EXIF inch":            exif(2, 50800, 1, half, ""),
		"EXIF without a unit":  exif(0, 50800, 1, half, ""), // inch is the default of the standard
		"EXIF unit 1":          exif(1, 20000, 1, none, "no unit"),
		"EXIF 72 dpi":          exif(2, 72, 1, none, "72 dots per inch"),
		"EXIF 720000/10000":    exif(2, 720000, 10000, none, "72 dots per inch"),
		"EXIF by zero":         exif(2, 72, 0, none, "states no voxel size"),
		"EXIF zero":            exif(2, 0, 1, none, "states no voxel size"),
		"EXIF, a part of 1 nm": exif(3, math.MaxUint32, 1, none, "not a voxel size"),
	}
}

func bmpSizes(t *testing.T) map[string]sized {
	row := func(x, y int32, mm [3]float64, why string) sized { return sized{"a.bmp", bmpOf(t, x, y), mm, why, ""} }
	return map[string]sized{
		"metre":    row(2e6, 2e6, half, ""),
		"zero":     row(0, 0, none, "states no voxel size"),
		"negative": row(-2e6, -2e6, none, "states no voxel size"),
		"72 dpi":   row(2835, 2835, none, "72 dots per inch"),
		"96 dpi":   row(3780, 3780, none, "96 dots per inch"),
		"1 mm":     row(1000, 1000, none, "exactly 1 mm"),
	}
}
