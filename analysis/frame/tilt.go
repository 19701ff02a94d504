package frame

import "math"

// Limits of the search for the tilt of mats.
const (
	steepestMat = 0.18 // slope against the plane across the flow: 10°
	evenBins    = 2    // bins by which the columns at the edge move from one trial to the next
)

// tilt is the slope of the mats along v and along w: that under which the share of fibre varies most along
// the flow. It is searched along v with the columns of each row across v apart, so that a slope along w does
// not blur them, then along w, then along both in finer and finer steps.
func (c *Columns) tilt() [2]float64 {
	var found [2]float64
	var step [2]float64
	for axis := range 2 {
		reach := c.reach(axis)
		if !(reach > 0) {
			continue
		}
		step[axis] = evenBins * c.Step / reach
		found[axis] = c.best(func(slope float64) float64 { return c.contrastOfRows(axis, slope) }, 0, steepestMat, step[axis])
	}
	for range 4 {
		for axis := range 2 {
			if step[axis] == 0 {
				continue
			}
			found[axis] = c.best(func(slope float64) float64 {
				trial := found
				trial[axis] = slope
				share, _ := c.straighten(trial, nil)
				return variance(share)
			}, found[axis], 2*step[axis], step[axis]/2)
		}
		step[0], step[1] = step[0]/2, step[1]/2
	}
	return found
}

// reach is the distance of the farthest column from the axis along v or w.
func (c *Columns) reach(axis int) float64 {
	far := 0.0
	for _, at := range c.At {
		far = max(far, math.Abs(at[axis]))
	}
	return far
}

// best tries slopes around middle and returns the one of the largest score, the least steep of equal ones.
func (c *Columns) best(score func(slope float64) float64, middle, far, step float64) float64 {
	found, most := middle, score(middle)
	for k := 1; float64(k)*step <= far; k++ {
		for _, slope := range [2]float64{middle + float64(k)*step, middle - float64(k)*step} {
			if s := score(slope); s > most*(1+1e-9) {
				found, most = slope, s
			}
		}
	}
	return found
}

// contrastOfRows adds the variances of the rows of columns that lie side by side along an axis.
func (c *Columns) contrastOfRows(axis int, slope float64) float64 {
	var tilt [2]float64
	tilt[axis] = slope
	sum := 0.0
	for _, row := range c.rows(1 - axis) {
		part := Columns{Step: c.Step, Bins: c.Bins}
		for _, i := range row {
			part.At = append(part.At, c.At[i])
			part.Fibre, part.Inside = append(part.Fibre, c.Fibre[i]), append(part.Inside, c.Inside[i])
		}
		share, _ := part.straighten(tilt, nil)
		sum += variance(share)
	}
	return sum
}

// rows lists the columns by their place along an axis, in rising order.
func (c *Columns) rows(axis int) (rows [][]int) {
	number := map[float64]int{}
	for i, at := range c.At {
		k, known := number[at[axis]]
		if !known {
			k = len(rows)
			number[at[axis]] = k
			rows = append(rows, nil)
		}
		rows[k] = append(rows[k], i)
	}
	return rows
}
