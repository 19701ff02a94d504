package coloc

import "fmt"

// Manders are the coefficients of Manders et al. 1993 (doi:10.1111/j.1365-2818.1993.tb03313.x): the share of
// the light of one channel that lies where the other one is.
type Manders struct {
	M1, M2         float64 // of all light of A (of B) in the mask, the share where B >= its threshold (A >= its)
	Both1, Both2   float64 // of the light of A at or above its threshold, the share where B is too; and of B
	Above1, Above2 int     // pixels of A and of B at or above their thresholds
}

// Manders compares with >=, but with the threshold 0 a pixel counts where it has any light, > 0. Light
// below 0, which the removal of background leaves, is no light.
func (p Pair) Manders(ta, tb float64) (m Manders, err error) {
	if err := p.Check(); err != nil {
		return m, err
	}
	var l lights
	p.each(func(a, b float64) { l.add(a, b, ta, tb) })
	return l.manders()
}

// lights are the sums of the light of both channels: all of it, where a channel reaches its threshold, where the other
// one does, and where both do.
type lights struct {
	allA, allB, overA, overB, hitA, hitB, bothA, bothB float64
	above1, above2                                     int
}

func (l *lights) add(a, b, ta, tb float64) {
	a, b = max(a, 0), max(b, 0)
	isA, isB := reaches(a, ta), reaches(b, tb)
	l.allA += a
	l.allB += b
	if isA {
		l.above1++
		l.overA += a
		l.hitB += b
	}
	if isB {
		l.above2++
		l.overB += b
		l.hitA += a
	}
	if isA && isB {
		l.bothA += a
		l.bothB += b
	}
}

func (l lights) manders() (m Manders, err error) {
	m.Above1, m.Above2 = l.above1, l.above2
	if l.allA == 0 || l.allB == 0 {
		return m, fmt.Errorf("coefficients of Manders of a channel without light: %w", ErrEmpty)
	}
	m.M1, m.M2 = l.hitA/l.allA, l.hitB/l.allB
	m.Both1, m.Both2 = share(l.bothA, l.overA), share(l.bothB, l.overB)
	return m, nil
}

func reaches(v, t float64) bool { return v >= t && v > 0 }

func share(part, all float64) float64 {
	if all == 0 {
		return 0
	}
	return part / all
}
