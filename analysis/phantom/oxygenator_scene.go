package phantom

import (
	"context"
	"math"
	"math/rand/v2"

	"explant/volume"
	"explant/volume/parallel"
)

// block is the edge of the cells, in voxels, that list the solids near them.
const block = 8

// fibreScene is the geometry of an oxygenator, with the solids listed by cell.
type fibreScene struct {
	Oxygenator
	tubes    []tube
	deposits []deposit
	counts   [3]int     // films, blobs, webs
	filmArea float64    // voxel faces
	inner    [4]float64 // inner box of the housing: x0, x1, y0, y1
	pad      int        // cells around the image, for what a posed device shows beyond it
	cells    [3]int
	near     []cell
	place    placement
	rng      *rand.Rand
}

type cell struct {
	tubes    []*tube
	deposits []deposit
}

func newFibreScene(o Oxygenator) *fibreScene {
	s := &fibreScene{Oxygenator: o, rng: rand.New(rand.NewPCG(o.Seed, 0x6f78796765))}
	w := o.HousingUM / o.SpacingUM
	s.inner = [4]float64{w - 0.5, float64(o.N[0]) - 0.5 - w, w - 0.5, float64(o.N[1]) - 0.5 - w}
	s.place, s.pad = o.placement(), int(math.Ceil(o.reach()/block))
	for i, n := range o.N {
		s.cells[i] = (n+block-1)/block + 2*s.pad
	}
	s.near = make([]cell, s.cells[0]*s.cells[1]*s.cells[2])
	s.tubes = o.fibres(s.rng)
	for i := range s.tubes {
		s.listTube(&s.tubes[i])
	}
	return s
}

// listTube walks along t and enters it in every cell it may reach.
func (s *fibreScene) listTube(t *tube) {
	half := math.Hypot(math.Hypot(float64(s.N[0]), float64(s.N[1])), float64(s.N[2])) + float64(2*block*s.pad)
	reach := t.outer*(1+t.squeeze) + block/4 + 1
	for at := -half; at <= half; at += block / 2 {
		p := t.point(at, 0, 0)
		lo, hi := around([]vec{p}, reach)
		s.eachCell(lo, hi, func(c *cell) {
			if n := len(c.tubes); n == 0 || c.tubes[n-1] != t {
				c.tubes = append(c.tubes, t)
			}
		})
	}
}

func (s *fibreScene) listDeposit(d deposit) {
	lo, hi := d.bounds()
	s.eachCell(lo, hi, func(c *cell) { c.deposits = append(c.deposits, d) })
	s.deposits = append(s.deposits, d)
}

// eachCell visits the cells of a box, one voxel wider, inside the image and its padding.
func (s *fibreScene) eachCell(lo, hi vec, visit func(*cell)) {
	var a, b [3]int
	for i, l := range [3]float64{lo.x, lo.y, lo.z} {
		a[i] = max(int(math.Floor((l-1)/block))+s.pad, 0)
		b[i] = min(int(math.Floor(([3]float64{hi.x, hi.y, hi.z}[i]+1)/block))+s.pad, s.cells[i]-1)
	}
	for z := a[2]; z <= b[2]; z++ {
		for y := a[1]; y <= b[1]; y++ {
			for x := a[0]; x <= b[0]; x++ {
				visit(&s.near[x+s.cells[0]*(y+s.cells[1]*z)])
			}
		}
	}
}

func (s *fibreScene) cellOf(x, y, z int) *cell {
	return &s.near[x/block+s.pad+s.cells[0]*(y/block+s.pad+s.cells[1]*(z/block+s.pad))]
}

// boxed reports whether p lies inside the housing.
func (s *fibreScene) boxed(p vec) bool {
	if s.HousingRound {
		x, y := p.x-(s.inner[0]+s.inner[1])/2, p.y-(s.inner[2]+s.inner[3])/2
		r := min(s.inner[1]-s.inner[0], s.inner[3]-s.inner[2]) / 2
		return x*x+y*y < r*r
	}
	return p.x > s.inner[0] && p.x < s.inner[1] && p.y > s.inner[2] && p.y < s.inner[3]
}

// at is sample at what the scanner sees at p, in voxel (x, y, z).
func (s *fibreScene) at(x, y, z int, p vec) (uint8, float64) {
	if s.Pose == (Pose{}) {
		return s.sample(s.cellOf(x, y, z), p)
	}
	p = s.place.device(p)
	i := [3]int{int(math.Floor(p.x/block)) + s.pad, int(math.Floor(p.y/block)) + s.pad, int(math.Floor(p.z/block)) + s.pad}
	for k := range i {
		i[k] = min(max(i[k], 0), s.cells[k]-1)
	}
	return s.sample(&s.near[i[0]+s.cells[0]*(i[1]+s.cells[1]*i[2])], p)
}

// cover turns the scene into voxels.
func (s *fibreScene) cover(ctx context.Context, o parallel.Options, p parallel.Progress) (*volume.Volume[float32], *volume.Labels, []sliceSum, error) {
	return raster{s.Grid(), s, lattice(s.Coverage)}.cover(ctx, o, p)
}

// sample gives the class at p and its grey before the scanner.
func (s *fibreScene) sample(c *cell, p vec) (uint8, float64) {
	if !s.boxed(p) {
		return classHousing, s.HousingGrey
	}
	polymer := false
	for _, t := range c.tubes {
		switch t.class(p) {
		case classLumen:
			return classLumen, [...]float64{s.AirGrey, s.LiquidGrey, s.DepositGrey}[t.fill]
		case classPolymer:
			polymer = true
		}
	}
	if polymer {
		return classPolymer, s.PolymerGrey
	}
	for _, d := range c.deposits {
		if d.contains(p) {
			return classDeposit, s.DepositGrey
		}
	}
	return classVoid, s.AirGrey
}

// placeDeposits adds films, blobs and webs until they fill their share of the blood-side space,
// counted at voxel centres.
func (s *fibreScene) placeDeposits(ctx context.Context, o parallel.Options, p parallel.Progress) error {
	free := volume.New[uint8](volume.Grid{N: s.N})
	total := make([]int, o.Count(s.N[2]))
	err := parallel.Slabs(ctx, s.N[2], o, p, func(_ context.Context, b parallel.Slab) error {
		for z := b.Z0; z < b.Z1; z++ {
			total[b.Index(o)] += s.freeIn(free.Slice(z), z)
		}
		return nil
	})
	if err != nil {
		return err
	}
	goal := 0.0
	for _, n := range total {
		goal += float64(n) * s.DepositShare
	}
	c := s.newCrowd(free)
	if err := s.fillUp(ctx, free, goal); err != nil {
		return err
	}
	return s.fillCrowd(ctx, free, c)
}

func (s *fibreScene) freeIn(out []uint8, z int) (n int) {
	for i := range out {
		x, y := i%s.N[0], i/s.N[0]
		if c, _ := s.sample(s.cellOf(x, y, z), vec{float64(x), float64(y), float64(z)}); c == classVoid {
			out[i] = 1
			n++
		}
	}
	return n
}

// fillUp draws deposits of the kind that is furthest behind its share of the mix.
func (s *fibreScene) fillUp(ctx context.Context, free *volume.Labels, goal float64) error {
	var have [3]float64
	for try := 0; have[0]+have[1]+have[2] < goal && try < 1_000_000; try++ {
		if try%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		kind := 0
		for k := range have {
			if have[k]*s.MixShare[kind] < have[kind]*s.MixShare[k] {
				kind = k
			}
		}
		if d := s.draw(kind); d != nil {
			have[kind] += float64(s.put(free, kind, d))
		}
	}
	return nil
}

// put enters a deposit that takes free voxels, and returns their number.
func (s *fibreScene) put(free *volume.Labels, kind int, d deposit) int {
	n := claim(free, d)
	if n > 0 {
		s.listDeposit(d)
		s.counts[kind]++
		if f, ok := d.(*film); ok {
			s.filmArea += f.area()
		}
	}
	return n
}

// draw picks a place, more often near the inlet; nil when it lies outside the housing's inner box.
func (s *fibreScene) draw(kind int) deposit {
	t := &s.tubes[s.rng.IntN(len(s.tubes))]
	at := (s.rng.Float64() - 0.5) * math.Hypot(float64(s.N[0]), float64(s.N[1]))
	p, u := t.point(at, 0, 0), s.rng.Float64()
	if t.inner == 0 || !s.boxed(p) || p.z < 0 || u > math.Exp(-p.z/(s.InletDecay*float64(s.N[2]))) {
		return nil
	}
	return s.make(kind, t, at)
}

// make draws a film, blob or web at a place on a fibre.
func (s *fibreScene) make(kind int, t *tube, at float64) deposit {
	switch kind {
	case 0:
		return s.newFilm(s.rng, t, at)
	case 1:
		return s.newBlob(s.rng, t, at)
	}
	return s.newWeb(s.rng, t, at)
}

// claim takes the free voxels whose centre d contains and returns their number.
func claim(free *volume.Labels, d deposit) (n int) {
	lo, hi := d.bounds()
	var a, b [3]int
	for i, l := range [3]float64{lo.x, lo.y, lo.z} {
		a[i] = max(int(math.Ceil(l)), 0)
		b[i] = min(int(math.Floor([3]float64{hi.x, hi.y, hi.z}[i])), free.N[i]-1)
	}
	for z := a[2]; z <= b[2]; z++ {
		for y := a[1]; y <= b[1]; y++ {
			for x := a[0]; x <= b[0]; x++ {
				i := free.Offset(x, y, z)
				if free.Data[i] != 0 && d.contains(vec{float64(x), float64(y), float64(z)}) {
					free.Data[i] = 0
					n++
				}
			}
		}
	}
	return n
}
