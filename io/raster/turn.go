package raster

import "explant/io/scanline"

// turns says what is done for an EXIF orientation.
var turns = [9]string{
	2: "mirrored left to right", 3: "turned by 180 degrees", 4: "mirrored top to bottom", 5: "transposed",
	6: "turned by 90 degrees clockwise", 7: "transposed across the other diagonal", 8: "turned by 90 degrees counterclockwise",
}

// mirrored gives rows with left and right exchanged: EXIF orientation 2.
type mirrored struct{ rows }

// Rows decodes the next rows.
func (m mirrored) Rows(dst []byte) error {
	if err := m.rows.Rows(dst); err != nil {
		return err
	}
	f := m.Form()
	pixel := f.Channels * f.Bytes
	for ; len(dst) > 0; dst = dst[f.RowBytes():] {
		for a, b := 0, f.RowBytes()-pixel; a < b; a, b = a+pixel, b-pixel {
			for k := range pixel {
				dst[a+k], dst[b+k] = dst[b+k], dst[a+k]
			}
		}
	}
	return nil
}

// turned gives a picture as EXIF orientations 3 to 8 want it shown, all at once.
type turned struct {
	rows
	orientation int
}

// Form is that of the turned picture.
func (t turned) Form() scanline.Form {
	f := t.rows.Form()
	if f.Whole = true; t.orientation >= 5 {
		f.Width, f.Height = f.Height, f.Width
	}
	return f
}

// Rows decodes the picture and puts each pixel where it belongs.
func (t turned) Rows(dst []byte) error {
	f := t.rows.Form()
	pixel := f.Channels * f.Bytes
	row := make([]byte, f.RowBytes())
	for y := range f.Height {
		if err := t.rows.Rows(row); err != nil {
			return err
		}
		first, step := t.line(f, y)
		for x := range f.Width {
			copy(dst[(first+x*step)*pixel:][:pixel], row[x*pixel:])
		}
	}
	return nil
}

// line is where the pixels of stored row y go: the first one, and the way from one to the next.
func (t turned) line(f scanline.Form, y int) (first, step int) {
	w, h := f.Width, f.Height
	switch t.orientation {
	case 3:
		return (h-y)*w - 1, -1
	case 4:
		return (h - 1 - y) * w, 1
	case 5:
		return y, h
	case 6:
		return h - 1 - y, h
	case 7:
		return w*h - 1 - y, -h
	}
	return (w-1)*h + y, -h
}
