package scanline

// Form is what the rows of a picture will be like.
type Form struct {
	Width, Height int
	Channels      int   // 1 grey, 3 red green blue
	Bytes         int   // of a sample: 1, or 2 with the low byte first
	Whole         bool  // rows come only all at once: an interlaced PNG
	Ink           bool  // it was made from cyan, magenta, yellow and black (JPEG)
	Held          int64 // bytes of coefficients held until the last row; 0 where rows are enough (JPEG)
}

// RowBytes is the size of one row.
func (f Form) RowBytes() int { return f.Width * f.Channels * f.Bytes }

// clean keeps a message of a library on one line whatever a file smuggles into it.
func clean(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c < 0x20 || c >= 0x7f {
			b[i] = '?'
		}
	}
	switch s = string(b); s {
	case "Premature end of JPEG file", "Read Error":
		return "the file is cut short"
	}
	return s
}
