package distance

// short is the longest gap, and the farthest site, in voxels, that is searched outwards from each
// voxel; other gaps get an envelope of parabolas, whose time does not grow with the distance.
const short = 32

// lines joins the squared distances of one line of voxels. Sites cut a line into gaps, and what lies
// in one gap bears on no other.
type lines[T square] struct {
	sq squares[T]
	e  *envelope
	// Of one gap: squared distances, and the squared voxels that they are long; the latter are nil on
	// cubic voxels, where they are the same.
	d2, steps []T
}

func newLines[T square](n int, sq squares[T]) lines[T] {
	l := lines[T]{sq: sq, e: newEnvelope(n), d2: make([]T, n)}
	if !sq.whole {
		l.steps = make([]T, n)
	}
	return l
}

// gap finds the next gap of a line from p on, [from, to), and the largest square in it.
func gap[T square](d2 []T, p int) (from, to int, most T) {
	for p < len(d2) && d2[p] == 0 {
		p++
	}
	from = p
	for p < len(d2) && d2[p] != 0 {
		most = max(most, d2[p])
		p++
	}
	return from, p, most
}

// lower writes, for every voxel p of the gap [from, to) of a line along axis, the least of (p-q)² plus
// the square of q.
func (l *lines[T]) lower(d2, steps []T, axis, from, to int, most T) {
	of := l.sq.of[axis]
	near := to-from <= short || most <= of[min(short, len(of)-1)]
	if near && l.steps == nil && from > 0 && to < len(d2) {
		between(l.d2, d2, of, from, to)
		return
	}
	if near {
		l.search(d2, steps, of, from, to)
		return
	}
	l.parabolas(d2, steps, axis, from, to)
}

// between is search for a gap of cubic voxels with sites at both ends: the nearer end stops it before
// the farther one is passed.
func between[T square](out, d2, of []T, from, to int) {
	for p := from; p < to; p++ {
		best := d2[p]
		for d := 1; of[d] < best; d++ {
			best = min(best, min(d2[p-d], d2[p+d])+of[d])
		}
		out[p] = best
	}
}

// search goes outwards from each voxel of the gap until the way alone is too long.
func (l *lines[T]) search(d2, steps, of []T, from, to int) {
	lo, hi := max(from-1, 0), min(to, len(d2)-1)
	for p := from; p < to; p++ {
		best, at := d2[p], p
		for d := 1; of[d] < best; d++ {
			if q := p - d; q >= lo {
				if c := d2[q] + of[d]; c < best {
					best, at = c, q
				}
			}
			if q := p + d; q <= hi {
				if c := d2[q] + of[d]; c < best {
					best, at = c, q
				}
			}
		}
		l.d2[p] = best
		if l.steps != nil {
			l.steps[p] = steps[at] + T((p-at)*(p-at))
		}
	}
}

// parabolas takes the gap and the sites at its ends.
func (l *lines[T]) parabolas(d2, steps []T, axis, from, to int) {
	lo, hi := max(from-1, 0), min(to, len(d2)-1)
	l.e.reset(l.sq.step[axis])
	for q := lo; q <= hi; q++ {
		if h := d2[q]; h < l.sq.none {
			l.e.add(q, float64(h))
		}
	}
	if l.e.n == 0 {
		copy(l.d2[from:to], d2[from:to])
		if l.steps != nil {
			copy(l.steps[from:to], steps[from:to])
		}
		return
	}
	l.e.read(from, to, func(p, q int) {
		d := max(p-q, q-p)
		l.d2[p] = d2[q] + l.sq.of[axis][d]
		if l.steps != nil {
			l.steps[p] = steps[q] + T(d*d)
		}
	})
}
