package sem

import (
	"image"
	"slices"

	"explant/analysis/opencv"
)

// What a data bar looks like: rows of one grey level (text lies on it) at the lower or upper end of the picture, all of them
// the same, and the field beside it different. Rows of a frame may lie between.
const (
	flatShare   = 0.35  // of a row that has the level of the bar
	flatGrey    = 0.012 // of all grey levels: what counts as the same
	frameRows   = 6     // that may differ within a bar, fewer than those of a line of text
	leastRows   = 8
	endRows     = 18  // whose level is taken for that of the bar
	mostOfField = 0.4 // of the height
)

// field is the picture without its data bar, in pixels; all of it where there is none.
func field(p opencv.Plane) image.Rectangle {
	all := image.Rect(0, 0, p.W, p.H)
	if n := barRows(p, func(k int) int { return p.H - 1 - k }); n > 0 {
		all.Max.Y -= n
	} else if n := barRows(p, func(k int) int { return k }); n > 0 {
		all.Min.Y += n
	}
	return all
}

// barRows counts the rows of a data bar from one end of the picture, whose rows are row(0), row(1) …
func barRows(p opencv.Plane, row func(k int) int) int {
	var grey []float32
	for k := range min(endRows, p.H) {
		grey = append(grey, p.Pix[row(k)*p.W:][:p.W]...)
	}
	slices.Sort(grey)
	lo, hi := slices.Min(p.Pix), slices.Max(p.Pix)
	near := float32(flatGrey) * (hi - lo)
	level, n := float32(0), 0
	for i, j := 0, 0; i < len(grey); i++ { // the level that most of the end is near to
		for grey[i]-grey[j] > 2*near {
			j++
		}
		if i-j+1 > n {
			level, n = (grey[i]+grey[j])/2, i-j+1
		}
	}
	rows, gap := 0, 0
	for k := 0; k < p.H && gap <= frameRows; k++ {
		same := 0
		for _, v := range p.Pix[row(k)*p.W:][:p.W] {
			if v >= level-near && v <= level+near {
				same++
			}
		}
		if float64(same) >= flatShare*float64(p.W) {
			rows, gap = k+1, 0
		} else {
			gap++
		}
	}
	if rows < leastRows || float64(rows) > mostOfField*float64(p.H) {
		return 0
	}
	for rows < p.H && framed(p, row(rows)) { // a line between bar and field
		rows++
	}
	return rows
}

// framed says whether a row is a bright line.
func framed(p opencv.Plane, y int) bool {
	top, n := slices.Max(p.Pix), 0
	for _, v := range p.Pix[y*p.W:][:p.W] {
		if v > 0.9*top {
			n++
		}
	}
	return float64(n) > 0.95*float64(p.W)
}

// burnt are pixels that tell nothing: at the top of the grey levels in pieces of at least 3 x 3 pixels (burnt-in text and bars,
// saturation), with what surrounds them.
func burnt(p opencv.Plane) ([]bool, error) {
	top := slices.Max(p.Pix)
	low := make([]bool, len(p.Pix))
	for i, v := range p.Pix {
		low[i] = v >= 0.996*top
	}
	deep, err := opencv.Distance(low, p.W, p.H)
	if err != nil {
		return nil, err
	}
	for i, d := range deep {
		low[i] = d < 1.9 // far from the inside of a bright piece
	}
	away, err := opencv.Distance(low, p.W, p.H)
	if err != nil {
		return nil, err
	}
	for i, d := range away {
		low[i] = d < 4.5
	}
	return low, nil
}
