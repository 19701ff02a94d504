package gain

import (
	"math"

	"explant/volume/threshold"
)

// mixture is normal distributions of grey, the same in all cells but for the gain.
type mixture struct {
	level, spread []float64
	center        []float64 // of the bins
}

// mixtureOf begins with the classes of Otsu's criterion over all cells.
func mixtureOf(cells []cell, classes int) (*mixture, error) {
	all := cells[0].greys
	all.Counts = make([]int64, len(all.Counts))
	for _, c := range cells {
		all.Add(c.greys)
	}
	t, err := threshold.OtsuClasses(all, classes)
	if err != nil {
		return nil, err
	}
	m := &mixture{level: make([]float64, classes), spread: make([]float64, classes)}
	n := make([]float64, classes)
	for i, count := range all.Counts {
		g := all.Center(i)
		m.center = append(m.center, g)
		k := 0
		for k < len(t) && g > t[k] {
			k++
		}
		n[k] += float64(count)
		m.level[k] += g * float64(count)
		m.spread[k] += g * g * float64(count)
	}
	for k := range n {
		m.level[k] /= n[k]
		m.spread[k] = math.Sqrt(math.Max(m.spread[k]/n[k]-m.level[k]*m.level[k], 0)) + m.least()
	}
	return m, nil
}

// least is the least spread that the bins can tell.
func (m *mixture) least() float64 {
	if len(m.center) < 2 {
		return 1
	}
	return (m.center[1] - m.center[0]) / 2
}

// shares writes how much of a grey at the gain belongs to each class, given the classes' shares of the
// cell, and returns the density.
func (m *mixture) shares(dst []float64, grey, gain float64, of []float64) float64 {
	sum := 0.0
	for k, level := range m.level {
		d := (grey/gain - level) / m.spread[k]
		dst[k] = of[k] / m.spread[k] * math.Exp(-d*d/2)
		sum += dst[k]
	}
	if sum > 0 {
		for k := range dst {
			dst[k] /= sum
		}
	}
	return sum
}

// steps is the number of times that shares and gain of a cell are found from each other.
const steps = 6

// gainOf finds the shares and the gain of a cell, from the gain that it has.
func (m *mixture) gainOf(c *cell) {
	classes := len(m.level)
	of, next, part := make([]float64, classes), make([]float64, classes), make([]float64, classes)
	for k := range of {
		of[k] = 1 / float64(classes)
	}
	gain := math.Exp(c.log)
	for range steps {
		clear(next)
		var up, down float64
		for i, n := range c.greys.Counts {
			if n == 0 || m.shares(part, m.center[i], gain, of) == 0 {
				continue
			}
			for k, share := range part {
				w := share * float64(n)
				next[k] += w
				w *= m.level[k] / (m.spread[k] * m.spread[k])
				up += w * m.center[i]
				down += w * m.level[k]
			}
		}
		if !(down > 0) || !(up > 0) {
			c.weight = 0
			return
		}
		gain = math.Min(math.Max(up/down, 0.5), 2)
		total := 0.0
		for _, n := range next {
			total += n
		}
		for k := range of {
			of[k] = next[k] / total
		}
		c.weight = down
	}
	c.log = math.Log(gain)
}

// refine finds levels and spreads from all cells at their gains.
func (m *mixture) refine(cells []cell) {
	classes := len(m.level)
	n, sum, squares := make([]float64, classes), make([]float64, classes), make([]float64, classes)
	of, part := make([]float64, classes), make([]float64, classes)
	for _, c := range cells {
		for k := range of {
			of[k] = 1 / float64(classes)
		}
		gain := math.Exp(c.log)
		for last := range 3 { // the shares of the cell first
			next := make([]float64, classes)
			for i, count := range c.greys.Counts {
				if count == 0 || m.shares(part, m.center[i], gain, of) == 0 {
					continue
				}
				for k, share := range part {
					w := share * float64(count)
					next[k] += w
					if last == 2 {
						g := m.center[i] / gain
						n[k] += w
						sum[k] += w * g
						squares[k] += w * g * g
					}
				}
			}
			total := 0.0
			for _, w := range next {
				total += w
			}
			for k := range of {
				of[k] = next[k] / math.Max(total, 1)
			}
		}
	}
	for k := range n {
		if n[k] > 0 {
			m.level[k] = sum[k] / n[k]
			m.spread[k] = math.Sqrt(math.Max(squares[k]/n[k]-m.level[k]*m.level[k], 0)) + m.least()
		}
	}
}
