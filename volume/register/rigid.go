package register

import "math"

// Rigid takes a point p of the fixed volume, in mm of its scanner's frame, to the same point of the
// device in the moving volume: Turn(p - Centre) + To.
type Rigid struct {
	Turn   [3][3]float64 // a rotation, rows
	Centre [3]float64    // mm, the middle of the fixed volume
	To     [3]float64    // mm, where it is in the moving volume
}

// Map gives the point of the moving volume that p of the fixed one is, mm.
func (r *Rigid) Map(p [3]float64) [3]float64 {
	m := matrix(r.Turn)
	return m.apply(vec(p).minus(r.Centre)).plus(r.To)
}

// Unmap is the inverse of Map.
func (r *Rigid) Unmap(q [3]float64) [3]float64 {
	m := matrix(r.Turn)
	m = m.transposed()
	return m.apply(vec(q).minus(r.To)).plus(r.Centre)
}

// TurnDeg are the angles about x, then y, then z that make up the rotation, in degrees.
func (r *Rigid) TurnDeg() [3]float64 {
	m, deg := r.Turn, 180/math.Pi
	return [3]float64{
		deg * math.Atan2(m[2][1], m[2][2]),
		deg * math.Atan2(-m[2][0], math.Hypot(m[2][1], m[2][2])),
		deg * math.Atan2(m[1][0], m[0][0]),
	}
}

// AngleDeg is the angle of the whole rotation, 0 to 180 degrees.
func (r *Rigid) AngleDeg() float64 {
	trace := r.Turn[0][0] + r.Turn[1][1] + r.Turn[2][2]
	return 180 / math.Pi * math.Acos(min(max((trace-1)/2, -1), 1))
}

// Shift is how far the middle of the fixed volume moves, mm.
func (r *Rigid) Shift() [3]float64 { return vec(r.To).minus(r.Centre) }

// after is r with a small step of the fixed volume's points undone first: w is a rotation vector about
// the centre and t a shift.
func (r Rigid) after(w, t vec) Rigid {
	step, turn := turned(w), matrix(r.Turn)
	back := step.transposed()
	turn = turn.by(&back)
	r.To = vec(r.To).minus(turn.apply(t))
	r.Turn = turn
	return r
}
