package distance

// short is the longest gap, and the farthest site, in voxels, that is searched outwards from each
// voxel; other gaps get an envelope of parabolas, whose time does not grow with the distance.
const short = 32

// spot is the squared distance of a voxel from the nearest site that is known, and the squared
// voxels that it is long where voxels are no cubes.
type spot[T square] struct{ d2, steps T }

// lines joins the spots of one line of voxels. Sites cut a line into gaps, and what lies in one gap
// bears on no other.
type lines[T square] struct {
	sq      squares[T]
	in, out [tile][]spot[T]
	e       *envelope
}

func newLines[T square](n int, sq squares[T]) lines[T] {
	l := lines[T]{sq: sq, e: newEnvelope(n)}
	for i := range tile {
		l.in[i], l.out[i] = make([]spot[T], n), make([]spot[T], n)
	}
	return l
}

// lower writes for every voxel p of a line along axis the least of (p-q)² plus the square of q.
func (l *lines[T]) lower(out, in []spot[T], axis int) {
	of := l.sq.of[axis]
	far := of[min(short, len(of)-1)]
	for p := 0; p < len(in); {
		if in[p].d2 == 0 {
			out[p] = spot[T]{}
			p++
			continue
		}
		q, most := p, T(0)
		for q < len(in) && in[q].d2 != 0 {
			most = max(most, in[q].d2)
			q++
		}
		if q-p <= short || most <= far {
			search(out, in, of, p, q)
		} else {
			l.parabolas(out, in, axis, p, q)
		}
		p = q
	}
}

// search goes outwards from each voxel of the gap [from, to) until the way alone is too long.
func search[T square](out, in []spot[T], of []T, from, to int) {
	lo, hi := max(from-1, 0), min(to, len(in)-1)
	for p := from; p < to; p++ {
		best, at := in[p].d2, p
		for d := 1; of[d] < best; d++ {
			if q := p - d; q >= lo {
				if c := in[q].d2 + of[d]; c < best {
					best, at = c, q
				}
			}
			if q := p + d; q <= hi {
				if c := in[q].d2 + of[d]; c < best {
					best, at = c, q
				}
			}
		}
		out[p] = spot[T]{best, in[at].steps + T((p-at)*(p-at))}
	}
}

// parabolas takes the gap [from, to) and the sites at its ends.
func (l *lines[T]) parabolas(out, in []spot[T], axis, from, to int) {
	lo, hi := max(from-1, 0), min(to, len(in)-1)
	l.e.reset(l.sq.step[axis])
	for q := lo; q <= hi; q++ {
		if d2 := in[q].d2; d2 < l.sq.none {
			l.e.add(q, float64(d2))
		}
	}
	if l.e.n == 0 {
		copy(out[from:to], in[from:to])
		return
	}
	l.e.read(from, to, func(p, q int) {
		d := p - q
		if d < 0 {
			d = -d
		}
		out[p] = spot[T]{in[q].d2 + l.sq.of[axis][d], in[q].steps + T(d*d)}
	})
}
