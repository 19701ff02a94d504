package serial

import "math"

// warped is a moving level as the fixed one sees it through a map.
type warped struct {
	od    [3][]float32
	seen  []bool // both pictures hold this value
	count int
	mean  [3][2]float64 // of the fixed and of the warped values that are seen
	gain  [3]float64    // that makes the warped values vary as the fixed ones do
	zncc  float64       // correlation, the mean of the colours
}

// warp samples the moving level where the map leads.
func warp(fixed, moving *level, to func([2]float64) [2]float64) *warped {
	w := &warped{seen: make([]bool, fixed.w*fixed.h)}
	for c := range w.od {
		w.od[c] = make([]float32, fixed.w*fixed.h)
	}
	for y := range fixed.h {
		for x := range fixed.w {
			from, fx, fy, ok := moving.sampler(to(fixed.place(x, y)))
			if !ok {
				continue
			}
			i := y*fixed.w + x
			w.seen[i] = true
			w.count++
			for c := range w.od {
				w.od[c][i] = bilinear(moving.od[c], moving.w, from, fx, fy)
			}
		}
	}
	w.compare(fixed)
	return w
}

// compare finds means, gains and the correlation over what both show. Colours of one grey count as unlike.
func (w *warped) compare(fixed *level) {
	n := float64(max(w.count, 1))
	for c := range w.od {
		var sf, sm float64
		for i, ok := range w.seen {
			if ok {
				sf += float64(fixed.od[c][i])
				sm += float64(w.od[c][i])
			}
		}
		mf, mm := sf/n, sm/n
		var ff, fm, mv float64
		for i, ok := range w.seen {
			if ok {
				a, b := float64(fixed.od[c][i])-mf, float64(w.od[c][i])-mm
				ff, fm, mv = ff+a*a, fm+a*b, mv+b*b
			}
		}
		w.mean[c] = [2]float64{mf, mm}
		if ff > 0 && mv > 0 {
			w.gain[c] = math.Sqrt(ff / mv)
			w.zncc += fm / math.Sqrt(ff*mv) / float64(len(w.od))
		}
	}
}

// difference is fixed less warped value, after the warped ones were given the fixed ones' mean and spread.
func (w *warped) difference(fixed *level, c, i int) float64 {
	return float64(fixed.od[c][i]) - w.mean[c][0] - w.gain[c]*(float64(w.od[c][i])-w.mean[c][1])
}

// twin is a fixed level with another one as it is warped.
type twin struct {
	fixed *level
	*warped
}

func (t *twin) at(i int) (e, gx, gy [3]float64, ok bool) {
	if !t.seen[i] {
		return e, gx, gy, false
	}
	for c := range e {
		e[c], gx[c], gy[c] = t.difference(t.fixed, c, i), float64(t.fixed.gx[c][i]), float64(t.fixed.gy[c][i])
	}
	return e, gx, gy, true
}
