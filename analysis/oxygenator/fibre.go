package oxygenator

import (
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/spatial/r3"

	"explant/volume"
)

const (
	knotStep    = 8.0  // voxels between the knots of a centre line
	straight    = 0.35 // voxels rms off a line below which a fibre is taken for straight
	halfWindow  = 16   // rings on both sides that smooth a knot of a bent fibre
	endRings    = 24   // rings that give the direction of an end
	longestLost = 60.0 // voxels that an end may be prolonged to reach the housing or the image's face
)

// fibre is a fitted hollow fibre. Lengths are in voxels.
type fibre struct {
	knots        []r3.Vec
	side         r3.Vec // stands on the fibre's mean direction; angles are counted from it
	inner, outer float64
	innerShape   outline // of the lumen and of the outer surface
	outerShape   outline
	filled       bool    // its lumen holds liquid or clot
	content      float64 // grey of what the lumen holds, above air
	misfit       float64 // rms of its mean profile about the model, grey
	facing       float64 // share of its surface that faces air
	length       float64 // inside the image and the housing
	profile      *profile
	leans        []lean // of each piece
}

// newFibre lays a centre line through the rings of t.
func newFibre(t track) *fibre {
	f := &fibre{}
	for _, r := range t {
		f.inner += r.radius / float64(len(t))
	}
	if line, ok := straightLine(t); ok {
		f.knots = line
	} else {
		f.knots = bentLine(t)
	}
	f.orient()
	return f
}

func (f *fibre) orient() {
	u, _ := across(r3.Unit(r3.Sub(f.knots[len(f.knots)-1], f.knots[0])))
	f.side = u
}

// straightLine fits a line to the rings of t and returns knots along it.
func straightLine(t track) ([]r3.Vec, bool) {
	mid, dir := lineOf(t)
	sq := 0.0
	for _, r := range t {
		q := r3.Sub(r.at, mid)
		q = along(q, dir, -r3.Dot(q, dir))
		sq += r3.Norm2(q)
	}
	if math.Sqrt(sq/float64(2*len(t))) > straight {
		return nil, false
	}
	a := r3.Dot(r3.Sub(t[0].at, mid), dir)
	b := r3.Dot(r3.Sub(t[len(t)-1].at, mid), dir)
	n := max(int(math.Round(math.Abs(b-a)/knotStep)), 1)
	var knots []r3.Vec
	for i := 0; i <= n; i++ {
		knots = append(knots, along(mid, dir, a+(b-a)*float64(i)/float64(n)))
	}
	return knots, true
}

// lineOf is the least-squares line through the rings, in the sense of the track.
func lineOf(t track) (mid, dir r3.Vec) {
	for _, r := range t {
		mid = along(mid, r.at, 1/float64(len(t)))
	}
	var c [6]float64
	for _, r := range t {
		q := r3.Sub(r.at, mid)
		c[0], c[1], c[2] = c[0]+q.X*q.X, c[1]+q.X*q.Y, c[2]+q.X*q.Z
		c[3], c[4], c[5] = c[3]+q.Y*q.Y, c[4]+q.Y*q.Z, c[5]+q.Z*q.Z
	}
	chord := r3.Sub(t[len(t)-1].at, t[0].at)
	var e mat.EigenSym
	if !e.Factorize(mat.NewSymDense(3, []float64{c[0], c[1], c[2], c[1], c[3], c[4], c[2], c[4], c[5]}), true) {
		return mid, r3.Unit(chord)
	}
	var v mat.Dense
	e.VectorsTo(&v)
	dir = r3.Vec{X: v.At(0, 2), Y: v.At(1, 2), Z: v.At(2, 2)}
	if r3.Dot(dir, chord) < 0 {
		dir = r3.Scale(-1, dir)
	}
	return mid, dir
}

// bentLine smooths the rings by local parabolas over their arc length.
func bentLine(t track) []r3.Vec {
	s := make([]float64, len(t))
	for i := 1; i < len(t); i++ {
		s[i] = s[i-1] + r3.Norm(r3.Sub(t[i].at, t[i-1].at))
	}
	n := max(int(math.Round(s[len(s)-1]/knotStep)), 1)
	knots := make([]r3.Vec, 0, n+1)
	for k := 0; k <= n; k++ {
		at := s[len(s)-1] * float64(k) / float64(n)
		mid := 0
		for mid < len(s)-1 && s[mid] < at {
			mid++
		}
		lo, hi := max(mid-halfWindow, 0), min(mid+halfWindow+1, len(t))
		knots = append(knots, localParabola(t[lo:hi], s[lo:hi], at))
	}
	return knots
}

func localParabola(t track, s []float64, at float64) r3.Vec {
	design := mat.NewDense(len(t), 3, nil)
	values := mat.NewDense(len(t), 3, nil)
	for i, r := range t {
		x := (s[i] - at) / knotStep
		design.SetRow(i, []float64{1, x, x * x})
		values.SetRow(i, []float64{r.at.X, r.at.Y, r.at.Z})
	}
	var c mat.Dense
	if c.Solve(design, values) != nil {
		return t[len(t)/2].at
	}
	return r3.Vec{X: c.At(0, 0), Y: c.At(0, 1), Z: c.At(0, 2)}
}

// prolong carries both ends on until solid says that the device ends there, or leaves an end where
// it is when that is further than a lumen is ever lost for.
func (f *fibre) prolong(ended func(r3.Vec) bool) {
	reach := f.outer + 4
	for range 2 {
		n := len(f.knots)
		back := max(n-1-endRings*int(trackStep)/int(knotStep), 0)
		d := r3.Unit(r3.Sub(f.knots[n-1], f.knots[back]))
		for t := knotStep; t <= longestLost; t += knotStep {
			if p := along(f.knots[n-1], d, t); ended(p) {
				for s := knotStep; s <= t+reach; s += knotStep {
					f.knots = append(f.knots, along(f.knots[n-1], d, s))
				}
				break
			}
		}
		for i, j := 0, len(f.knots)-1; i < j; i, j = i+1, j-1 {
			f.knots[i], f.knots[j] = f.knots[j], f.knots[i]
		}
	}
	f.orient()
}

// piece is one straight segment of a fibre with its frame. Neighbouring pieces meet in the plane that
// halves their angle, so that no voxel falls between them or into both.
type piece struct {
	at, dir, side, up r3.Vec
	length            float64
	from, to          r3.Vec  // normals of the planes where the piece begins and ends
	begin, end        float64 // positions of these planes along their normals
}

func (f *fibre) piece(k int) piece {
	d := r3.Sub(f.knots[k+1], f.knots[k])
	p := piece{at: f.knots[k], length: r3.Norm(d)}
	p.dir = r3.Scale(1/p.length, d)
	p.side = r3.Unit(along(f.side, p.dir, -r3.Dot(f.side, p.dir)))
	p.up = r3.Cross(p.dir, p.side)
	p.from, p.to = p.dir, p.dir
	if k > 0 {
		p.from = r3.Add(p.dir, r3.Unit(r3.Sub(f.knots[k], f.knots[k-1])))
	}
	if k+2 < len(f.knots) {
		p.to = r3.Add(p.dir, r3.Unit(r3.Sub(f.knots[k+2], f.knots[k+1])))
	}
	p.begin, p.end = r3.Dot(f.knots[k], p.from), r3.Dot(f.knots[k+1], p.to)
	return p
}

// box holds all voxels within reach of the piece, as [lo, hi).
func (p *piece) box(g volume.Grid, reach float64) (lo, hi [3]int) {
	e := along(p.at, p.dir, p.length)
	from, to := [3]float64{p.at.X, p.at.Y, p.at.Z}, [3]float64{e.X, e.Y, e.Z}
	for a := range 3 {
		lo[a] = max(int(math.Ceil(min(from[a], to[a])-reach)), 0)
		hi[a] = min(int(math.Floor(max(from[a], to[a])+reach))+1, g.N[a])
	}
	return lo, hi
}

// each visits the voxels of slices [z0, z1) that belong to the piece and lie within reach of its
// axis: offset, and position along side and up.
func (p *piece) each(g volume.Grid, reach float64, z0, z1 int, visit func(at int, a, b float64)) {
	lo, hi := p.box(g, reach)
	for z := max(lo[2], z0); z < min(hi[2], z1); z++ {
		for y := lo[1]; y < hi[1]; y++ {
			p.eachInRow(g, reach, lo[0], hi[0], y, z, visit)
		}
	}
}

func (p *piece) eachInRow(g volume.Grid, reach float64, x0, x1, y, z int, visit func(at int, a, b float64)) {
	q := r3.Vec{X: float64(x0) - p.at.X, Y: float64(y) - p.at.Y, Z: float64(z) - p.at.Z}
	// Both planes are tested by the same arithmetic, so that neighbours agree to the last bit.
	s, t := p.from.Y*float64(y)+p.from.Z*float64(z)-p.begin, p.to.Y*float64(y)+p.to.Z*float64(z)-p.end
	a, b := r3.Dot(q, p.side), r3.Dot(q, p.up)
	i := g.Offset(x0, y, z)
	for x := x0; x < x1; x++ {
		if p.from.X*float64(x)+s >= 0 && p.to.X*float64(x)+t < 0 && a*a+b*b < reach*reach {
			visit(i, a, b)
		}
		a, b, i = a+p.side.X, b+p.up.X, i+1
	}
}
