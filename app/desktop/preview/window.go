// Package preview labels the part of an image that is in view while rules are tuned: in the background, the
// newest wish alone. It knows no window.
package preview

import (
	"explant/analysis/protocol"
	"explant/app/desktop/viewport"
	"explant/io/imagefile"
)

// most is how many pixels a preview takes, so that it comes in seconds.
func most(e protocol.Engine) int {
	switch {
	case e.Planar():
		return 1 << 20
	case e == protocol.Panel || e == protocol.Ranges:
		return 1 << 23
	}
	return 1 << 20
}

// Flat is the window of a picture that a view shows, at the level that is fine enough for its zoom, and how many
// pixels along x and y make one of the screen; its middle where that is too large.
func Flat(info imagefile.Info, v viewport.View, e protocol.Engine) (w imagefile.Window, step int) {
	fx, _ := v.Factor()
	level := 0
	for k, l := range info.Levels {
		if l.Downsample*fx <= 1.01 {
			level = k
		}
	}
	full, n := info.Levels[0].N, info.Levels[level].N
	x0, y0, x1, y1 := v.Bounds()
	step = max(int(1.01/(fx*info.Levels[level].Downsample)), 1)
	w = imagefile.Window{Level: level, Max: n}
	for a, b := range [2][2]float64{{x0, x1}, {y0, y1}} {
		s := float64(n[a]) / float64(full[a])
		w.Min[a], w.Max[a] = max(int(b[0]*s), 0), min(int(b[1]*s+0.999), n[a])
		if w.Max[a] <= w.Min[a] {
			w.Min[a], w.Max[a] = 0, n[a]
		}
	}
	return Middle(w, most(e)*step*step), step
}

// Middle is the middle of a window of a picture, of at most so many pixels.
func Middle(w imagefile.Window, most int) imagefile.Window {
	return shrink(w, [3]int{(w.Min[0] + w.Max[0]) / 2, (w.Min[1] + w.Max[1]) / 2, 0}, most, 2)
}

// Box is the window of a volume between two corners; what is around a voxel where that is too large.
func Box(info imagefile.Info, lo, hi, at [3]int, e protocol.Engine) imagefile.Window {
	w := imagefile.Window{Min: lo, Max: hi}
	axes := 3
	if e.Planar() { // planes are projected
		w.Min[2], w.Max[2] = 0, info.Grid.N[2]
		axes = 2
	}
	return shrink(w, at, most(e), axes)
}

// shrink cuts the longest of the first axes until few enough pixels are left, with a place in the middle
// where that can be.
func shrink(w imagefile.Window, at [3]int, most, axes int) imagefile.Window {
	for {
		n := w.N()
		if n[0]*n[1]*n[2] <= most {
			return w
		}
		a := 0
		for b := range axes {
			if n[b] > n[a] {
				a = b
			}
		}
		if n[a] < 2 {
			return w
		}
		size := n[a] - max(n[a]/8, 1)
		lo := min(max(at[a]-size/2, w.Min[a]), w.Max[a]-size)
		w.Min[a], w.Max[a] = lo, lo+size
	}
}
