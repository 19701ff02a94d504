package sem

import (
	"errors"
	"fmt"
	"image"
	"math"
	"slices"

	"explant/analysis/opencv"
)

// Bar is a scale bar that is burnt into a picture: a line, or a row of ticks.
type Bar struct {
	X0, X1 float64 // columns of its ends: the middles of its caps or of the first and last tick; the ends of a line without
	Y      int     // a row that it lies in
	Ticks  int     // 0 for a line
	U      float64 // standard uncertainty of its length, px: what half of the thickness of its ends leaves open
	box    image.Rectangle
}

// PX is its length in pixels.
func (b Bar) PX() float64 { return b.X1 - b.X0 }

// String says where it is.
func (b Bar) String() string {
	what := "line"
	if b.Ticks > 0 {
		what = fmt.Sprintf("row of %d ticks", b.Ticks)
	}
	return fmt.Sprintf("%s of %.4g pixels, columns %.5g to %.5g in row %d", what, b.PX(), b.X0, b.X1, b.Y)
}

// ErrNoBar says that no scale bar was found.
var ErrNoBar = errors.New("no burnt-in scale bar was found")

// What a scale bar looks like, in shares of the picture's width and of its brightest level.
const (
	barBright   = 0.94
	leastBar    = 0.025
	mostBar     = 0.75
	thickest    = 0.008
	fewestTicks = 6
	mostBright  = 0.15 // of the picture
	unevenPitch = 1.5  // px between the pitches of ticks
)

// FindBar finds the scale bar of a picture. Of several lines the one with caps is taken, else there must be one alone; a row of
// ticks is looked for where no line is. Errors wrap [ErrNoBar].
func FindBar(f Field) (Bar, error) {
	if err := f.Check(); err != nil {
		return Bar{}, err
	}
	p := opencv.Plane{W: f.Grid.N[0], H: f.Grid.N[1], Pix: f.Grey}
	b := newBright(p)
	if b.share() > mostBright {
		return Bar{}, fmt.Errorf("%w: %.2g %% of the picture is as bright as one would be", ErrNoBar, 100*b.share())
	}
	lines := b.lines()
	capped := slices.DeleteFunc(slices.Clone(lines), func(l Bar) bool { return l.U == flatEnd })
	switch {
	case len(capped) == 1:
		return capped[0], nil
	case len(capped) == 0 && len(lines) == 1:
		return lines[0], nil
	case len(lines) > 1:
		return Bar{}, fmt.Errorf("%w: %d lines could be one, the first two are a %v and a %v", ErrNoBar, len(lines), lines[0], lines[1])
	}
	if t, ok := b.ticks(); ok {
		return t, nil
	}
	return Bar{}, fmt.Errorf("%w: neither a bright line nor a row of ticks is %.3g to %.3g pixels long", ErrNoBar, leastBar*float64(p.W), mostBar*float64(p.W))
}

// flatEnd is the uncertainty of the length of a line without caps, px: two ends of a pixel each.
var flatEnd = 1 / math.Sqrt(6)

// bright are the pixels at the top of the grey levels.
type bright struct {
	w, h  int
	on    []bool
	thick int // of a line at most, px
}

func newBright(p opencv.Plane) bright {
	top := slices.Max(p.Pix)
	b := bright{w: p.W, h: p.H, on: make([]bool, len(p.Pix)), thick: max(int(thickest*float64(p.W)), 4)}
	for i, v := range p.Pix {
		b.on[i] = v >= barBright*top
	}
	return b
}

// share is the share of the picture that is bright.
func (b bright) share() float64 {
	n := 0
	for _, on := range b.on {
		if on {
			n++
		}
	}
	return float64(n) / float64(len(b.on))
}

func (b bright) at(x, y int) bool { return x >= 0 && y >= 0 && x < b.w && y < b.h && b.on[y*b.w+x] }

// runs are the bright runs of a row, from and to (not included).
func (b bright) runs(y int) (all [][2]int) {
	for x := 0; x < b.w; x++ {
		if !b.at(x, y) {
			continue
		}
		from := x
		for b.at(x, y) {
			x++
		}
		all = append(all, [2]int{from, x})
	}
	return all
}

// lines are the thin straight bright lines of the length of a bar.
func (b bright) lines() (all []Bar) {
	for y := 0; y < b.h; y++ {
		for _, r := range b.runs(y) {
			n := float64(r[1] - r[0])
			if n < leastBar*float64(b.w) || n > mostBar*float64(b.w) {
				continue
			}
			if b.bright(r, y-1) > 0.6 { // not its first row
				continue
			}
			t := 1
			for t <= b.thick && b.bright(r, y+t) > 0.9 {
				t++
			}
			if t > b.thick || b.bright(r, y-2) > 0.3 || b.bright(r, y+t+1) > 0.3 {
				continue
			}
			all = append(all, b.ended(r, y, t))
		}
	}
	return all
}

// bright is the share of a run that is bright in a row.
func (b bright) bright(r [2]int, y int) float64 {
	n := 0
	for x := r[0]; x < r[1]; x++ {
		if b.at(x, y) {
			n++
		}
	}
	return float64(n) / float64(r[1]-r[0])
}

// ended finds the caps of a line of t rows from y.
func (b bright) ended(r [2]int, y, t int) Bar {
	bar := Bar{X0: float64(r[0]), X1: float64(r[1]), Y: y + t/2, U: flatEnd, box: image.Rect(r[0], y, r[1], y+t)}
	tall := func(x int) (up, down int) {
		for b.at(x, y-1-up) {
			up++
		}
		for b.at(x, y+t+down) {
			down++
		}
		return up, down
	}
	width := func(from, step int) (n, reach int) {
		for {
			up, down := tall(from + n*step)
			if up < 2 || down < 2 || n > 3*b.thick {
				return n, reach
			}
			reach = max(reach, up, down)
			n++
		}
	}
	left, reachL := width(r[0], 1)
	right, reachR := width(r[1]-1, -1)
	if left > 0 && right > 0 && left <= 2*b.thick && right <= 2*b.thick {
		bar.X0 += float64(left) / 2
		bar.X1 -= float64(right) / 2
		bar.U = math.Hypot(float64(left), float64(right)) / 2 / math.Sqrt(12) * 1.2
		reach := max(reachL, reachR)
		bar.box = image.Rect(r[0], y-reach, r[1], y+t+reach)
	}
	return bar
}

// ticks finds the widest row of equally spaced short upright strokes.
func (b bright) ticks() (best Bar, ok bool) {
	for y := 2; y < b.h-2; y++ {
		var middles []float64
		wide := 0
		for _, r := range b.runs(y) {
			if r[1]-r[0] <= 2*b.thick && b.at((r[0]+r[1])/2, y-1) && b.at((r[0]+r[1])/2, y+1) {
				middles = append(middles, float64(r[0]+r[1]-1)/2)
				wide = max(wide, r[1]-r[0])
			}
		}
		first, n := evenly(middles)
		if n < fewestTicks {
			continue
		}
		t := Bar{X0: middles[first], X1: middles[first+n-1], Y: y, Ticks: n, U: flatEnd}
		t.box = image.Rect(int(t.X0)-wide, y-3*b.thick, int(t.X1)+wide+1, y+3*b.thick)
		if t.PX() >= leastBar*float64(b.w) && (n > best.Ticks || n == best.Ticks && t.PX() > best.PX()) {
			best, ok = t, true
		}
	}
	return best, ok
}

// evenly is the longest row of places at one distance from each other, more than 6 px, and where it begins.
func evenly(x []float64) (first, n int) {
	for i := 0; i+1 < len(x); i++ {
		pitch := x[i+1] - x[i]
		if pitch < 6 {
			continue
		}
		k := i + 1
		for k+1 < len(x) && math.Abs(x[k+1]-x[k]-pitch) <= unevenPitch {
			k++
		}
		if k-i+1 > n {
			first, n = i, k-i+1
		}
	}
	return first, n
}
