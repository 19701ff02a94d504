package floor

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/spatial/r3"

	"explant/volume"
)

// Sizes that are tried, in voxels.
var (
	sphereSizes = []float64{1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 10}
	filmSizes   = []float64{0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4}
)

const (
	sphereCopies = 30
	sphereCell   = 15 // voxels from sphere to sphere
	filmLength   = 20 // voxels of fibre a film
	filmGap      = 8  // voxels of bare fibre between films
	filmPatch    = 4  // voxels of length of a patch
	sectors      = 24 // of the circumference, that make patches
)

// floorScene is a small phantom of objects of known size; fibre is nil for spheres.
type floorScene struct {
	n     [3]int
	seed  uint64
	fibre *Tube
	sizes []float64
	at    []r3.Vec // centres of the spheres, size by size
}

// spheres lie apart in air at random places within their voxels.
func spheres(seed uint64) *floorScene {
	total := len(sphereSizes) * sphereCopies
	edge := int(math.Ceil(math.Cbrt(float64(total))))
	layers := (total + edge*edge - 1) / (edge * edge)
	f := &floorScene{n: [3]int{edge * sphereCell, edge * sphereCell, layers * sphereCell}, seed: seed, sizes: sphereSizes}
	rng := rand.New(rand.NewPCG(seed, 0x666c6f6f72))
	for k := range total {
		cell := r3.Vec{X: float64(k % edge), Y: float64(k / edge % edge), Z: float64(k / edge / edge)}
		jitter := r3.Vec{X: rng.Float64(), Y: rng.Float64(), Z: rng.Float64()}
		f.at = append(f.at, r3.Add(r3.Add(r3.Scale(sphereCell, cell), jitter), r3.Vec{X: sphereCell / 2, Y: sphereCell / 2, Z: sphereCell / 2}))
	}
	return f
}

// films lie side by side around one fibre along x, which is off the voxels' grid.
func films(s Scan, seed uint64) *floorScene {
	across := 2 * int(math.Ceil(s.OuterVoxels+2*filmSizes[len(filmSizes)-1]+4))
	length := len(filmSizes)*(filmLength+filmGap) + filmGap
	mid := float64(across) / 2
	f := &floorScene{n: [3]int{length, across, across}, seed: seed ^ 0x5bd1e995, sizes: filmSizes}
	f.fibre = &Tube{Inner: s.InnerVoxels, Outer: s.OuterVoxels, Y: mid - 0.3, Z: mid - 0.7}
	return f
}

// paint sets the grey of each voxel by coverage, taken from the distance of its centre to surfaces.
func (f *floorScene) paint(v *volume.Volume[float32], air, polymer, deposit float64) {
	for i := range v.Data {
		v.Data[i] = float32(air)
	}
	if f.fibre != nil {
		f.paintFilms(v, air, polymer, deposit)
		return
	}
	for k, c := range f.at {
		r := f.sizes[k/sphereCopies] / 2
		f.around(c, r+1, func(i int, p r3.Vec) {
			v.Data[i] += float32((deposit - air) * ballShare(r3.Sub(p, c), r))
		})
	}
}

// ballShare is the share of a voxel at offset d inside a ball, from 5x5x5 points.
func ballShare(d r3.Vec, r float64) float64 {
	n := 0
	for k := range 125 {
		q := r3.Vec{X: float64(k%5)/5 - 0.4, Y: float64(k/5%5)/5 - 0.4, Z: float64(k/25)/5 - 0.4}
		if r3.Norm2(r3.Add(d, q)) < r*r {
			n++
		}
	}
	return float64(n) / 125
}

func (f *floorScene) paintFilms(v *volume.Volume[float32], air, polymer, deposit float64) {
	cover := func(d, r float64) float64 { return min(max(r-d+0.5, 0), 1) }
	for i := range v.Data {
		d, film, _ := f.place(v.Grid, i)
		thick := 0.0
		if film >= 0 {
			thick = f.sizes[film]
		}
		whole, lumen := cover(d, f.fibre.Outer), cover(d, f.fibre.Inner)
		v.Data[i] = float32(air + (polymer-air)*(whole-lumen) + (deposit-air)*(cover(d, f.fibre.Outer+thick)-whole))
	}
}

// place gives the distance from the fibre's axis, the film at that length (-1 for none) and the patch
// in it.
func (f *floorScene) place(g volume.Grid, i int) (d float64, film, patch int) {
	x, y, z := i%g.N[0], i/g.N[0]%g.N[1], i/(g.N[0]*g.N[1])
	dy, dz := float64(y)-f.fibre.Y, float64(z)-f.fibre.Z
	film, s := (x-filmGap)/(filmLength+filmGap), (x-filmGap)%(filmLength+filmGap)
	if x < filmGap || s >= filmLength || film >= len(f.sizes) {
		return math.Hypot(dy, dz), -1, 0
	}
	sector := int((math.Atan2(dz, dy)/(2*math.Pi)+1)*sectors) % sectors
	return math.Hypot(dy, dz), film, s/filmPatch*sectors + sector
}

// around visits the voxels of a ball's box.
func (f *floorScene) around(c r3.Vec, r float64, visit func(i int, p r3.Vec)) {
	g := volume.Grid{N: f.n}
	for z := max(int(c.Z-r), 0); z <= min(int(c.Z+r)+1, f.n[2]-1); z++ {
		for y := max(int(c.Y-r), 0); y <= min(int(c.Y+r)+1, f.n[1]-1); y++ {
			for x := max(int(c.X-r), 0); x <= min(int(c.X+r)+1, f.n[0]-1); x++ {
				visit(g.Offset(x, y, z), r3.Vec{X: float64(x), Y: float64(y), Z: float64(z)})
			}
		}
	}
}

// judge gives the floor and how far the borders of the larger objects lie off.
func (f *floorScene) judge(found *volume.Labels) (size float64, shifts []float64) {
	if f.fibre != nil {
		return f.judgeFilms(found)
	}
	share := make([]float64, len(f.sizes))
	for k, c := range f.at {
		r := f.sizes[k/sphereCopies] / 2
		n := 0.0
		f.around(c, r+2, func(i int, _ r3.Vec) {
			if found.Data[i] != 0 {
				n++
			}
		})
		v := 4 * math.Pi / 3 * r * r * r
		if n >= foundShare*v {
			share[k/sphereCopies] += 1.0 / sphereCopies
		}
		if largestOnly(f.sizes, k/sphereCopies) {
			shifts = append(shifts, (n-v)/(4*math.Pi*r*r))
		}
	}
	return smallest(f.sizes, share), shifts
}

func (f *floorScene) judgeFilms(found *volume.Labels) (size float64, shifts []float64) {
	patches := sectors * filmLength / filmPatch
	count := make([]float64, len(f.sizes)*patches)
	for i, v := range found.Data {
		if d, film, patch := f.place(found.Grid, i); v != 0 && film >= 0 && d > f.fibre.Outer-0.5 {
			count[film*patches+patch]++
		}
	}
	share := make([]float64, len(f.sizes))
	for film, t := range f.sizes {
		area := 2 * math.Pi * f.fibre.Outer * filmPatch / sectors
		v := area * t * (1 + t/2/f.fibre.Outer)
		all := 0.0
		for _, n := range count[film*patches : (film+1)*patches] {
			all += n
			if n >= foundShare*v {
				share[film] += 1 / float64(patches)
			}
		}
		if largestOnly(f.sizes, film) {
			shifts = append(shifts, (all/float64(patches)-v)/area)
		}
	}
	return smallest(f.sizes, share), shifts
}
