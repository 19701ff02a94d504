package measure

import (
	"context"
	"fmt"
	"math"

	"explant/analysis/result"
	"explant/analysis/spatial"
)

// Correlation is looked at up to a quarter of the shortest side of the box; a correlation length is given up
// to an eighth of it.
const (
	farthestPair   = 1.0 / 4
	farthestLength = 1.0 / 8
)

// alike gives sp.range, the distance at which the two-point covariance of the deposit within the blood-side
// space falls to 1/e of its variance, and the curve: means of the directions along the axes of the image.
// It returns the length, +Inf where it is not known.
func (j *job) alike(ctx context.Context, l *spatial.Lattice) (float64, error) {
	found, side := math.Inf(1), math.Inf(1)
	for a, n := range l.N {
		if n > 1 {
			side = min(side, float64(n)*l.Step[a])
		}
	}
	curves, err := spatial.Covariance(ctx, l, farthestPair*side, j.opt)
	if err != nil {
		return found, err
	}
	mean := spatial.Mean(curves[:]...)
	if len(mean) == 0 {
		j.withhold("sp.range", "", "the volume is too small to see pairs of places apart")
		return found, nil
	}
	for a, c := range append([][]spatial.Lag{mean}, curves[:]...) {
		part := [4]string{"", "along x", "along y", "along z"}[a]
		length, ok := spatial.Reach(c, 1/math.E)
		switch {
		case len(c) == 0:
		case !ok || length > farthestLength*side:
			j.withhold("sp.range", part, fmt.Sprintf("deposit is alike over more than an eighth of the shortest side of the volume, %s mm", number(side)))
		default:
			if a == 0 {
				found = length
			}
			j.give(result.Measurement{Metric: "sp.range", Part: part, Value: length, Unit: "mm"})
		}
	}
	j.curve(mean)
	return found, nil
}

// curve gives the correlation at the lags, each in a bin of its own.
func (j *job) curve(c []spatial.Lag) {
	from := 0.0
	for k, lag := range c {
		to := lag.Distance + (lag.Distance-from)/2
		if k+1 < len(c) {
			to = (lag.Distance + c[k+1].Distance) / 2
		}
		j.give(result.Measurement{Metric: "sp.range", Part: span(micrometres(from), micrometres(to), "um"), Value: lag.Correlation, Unit: "1"})
		from = to
	}
}

func micrometres(mm float64) float64 { return math.Round(mm*1e4) / 10 }
