package measure

import (
	"context"
	"math"
	"math/bits"

	"explant/analysis/result"
	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/mesh"
	"explant/volume/parallel"
)

// half is the occupancy at the surface of deposit.
const half = 0.5

// smallestRadius is the radius in voxels, 3·volume/surface, below which a surface is doubtful.
const smallestRadius = 5

// Surface is what the layer of cells between two slices adds to the surface of the deposit, mm².
type Surface struct{ Area, Contact float64 }

// meshSlices sums the surface of the deposit layer by layer: of the layers above slices [z0, z1) by marching
// cubes at one half of the occupancy of take, and its part within the contact distance of polymer or housing.
// Where deposit meets a face of the box it is cut; the cut is not surface.
func meshSlices[T volume.Voxel](ctx context.Context, j *job, v *volume.Volume[T], z0, z1 int) ([]Surface, error) {
	b := j.seg.Box()
	out := make([]Surface, z1-z0)
	w, near := newWeigher(j.seg), newVicinity(j.seg.Labels, b, j.contactMM())
	stage(j.prog, "surface", z1-z0)
	return out, parallel.Slabs(ctx, z1-z0, j.opt, j.prog, func(ctx context.Context, s parallel.Slab) error {
		lo, hi := max(z0+s.Z0, b.Min[2]), min(z0+s.Z1, b.Max[2]-1)
		if lo >= hi {
			return nil
		}
		below, above := newOccupancy(b), newOccupancy(b)
		fill(above, v, w, lo)
		for z := lo; z < hi; z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			below, above = above, below
			fill(above, v, w, z+1)
			out[z-z0] = layer(below, above, near, z)
		}
		return nil
	})
}

// occupancy is that of one slice of the box.
type occupancy struct {
	box   segment.Box
	o     []float32
	in    []uint64 // bits: at least half full
	words int      // of a row
	marks []uint8
}

func newOccupancy(b segment.Box) *occupancy {
	nx, ny := b.Max[0]-b.Min[0], b.Max[1]-b.Min[1]
	p := &occupancy{box: b, o: make([]float32, nx*ny), words: (nx + 63) / 64, marks: make([]uint8, nx+2)}
	p.in = make([]uint64, p.words*ny)
	return p
}

// row is the occupancy of row y of the box and its bits.
func (p *occupancy) row(y int) ([]float32, []uint64) {
	nx := p.box.Max[0] - p.box.Min[0]
	return p.o[y*nx : (y+1)*nx], p.in[y*p.words : (y+1)*p.words]
}

func fill[T volume.Voxel](p *occupancy, v *volume.Volume[T], w *weigher, z int) {
	whole := [segment.ClassCount]float32{segment.Deposit: 1}
	b := p.box
	for y := b.Min[1]; y < b.Max[1]; y++ {
		o, in := p.row(y - b.Min[1])
		labels := w.l.Data[w.l.Offset(b.Min[0], y, z):][:len(o)]
		for x, class := range labels {
			o[x] = whole[class]
		}
		clear(in)
		setBits(in, labels, segment.Deposit)
		w.mark(p.marks, y, z)
		for x := nextMark(p.marks, 0); x < len(o); x = nextMark(p.marks, x+1) {
			at := w.l.Offset(b.Min[0]+x, y, z)
			if w.unlike(at, b.Min[0]+x, y, z) == 0 {
				continue
			}
			o[x] = float32(w.occupancy(float64(v.Data[at]), w.l.Data[at], b.Min[0]+x, y, z))
			in[x/64] &^= 1 << (x % 64)
			if o[x] >= half {
				in[x/64] |= 1 << (x % 64)
			}
		}
	}
}

// layer sums the cells between two slices.
func layer(below, above *occupancy, near *vicinity, z int) (sum Surface) {
	b := below.box
	nx := b.Max[0] - b.Min[0]
	for y := range b.Max[1] - b.Min[1] - 1 {
		o0, in0 := below.row(y)
		o1, in1 := below.row(y + 1)
		o2, in2 := above.row(y)
		o3, in3 := above.row(y + 1)
		for w := range in0 {
			for cut := mixed(in0, in1, in2, in3, w); cut != 0; cut &= cut - 1 {
				x := 64*w + bits.TrailingZeros64(cut)
				if x+1 >= nx {
					break
				}
				values := [8]float32{o0[x], o0[x+1], o1[x], o1[x+1], o2[x], o2[x+1], o3[x], o3[x+1]}
				at := [3]int{b.Min[0] + x, b.Min[1] + y, z}
				mesh.Patch(&values, half, near.Spacing, func(area float64, middle [3]float64) {
					sum.Area += area
					if near.touches(at, middle) {
						sum.Contact += area
					}
				})
			}
		}
	}
	return sum
}

// mixed are the cells of a word whose corners are not all on one side.
func mixed(a, b, c, d []uint64, w int) uint64 {
	some, all := a[w]|b[w]|c[w]|d[w], a[w]&b[w]&c[w]&d[w]
	nextSome, nextAll := some>>1, all>>1
	if w+1 < len(a) {
		nextSome |= (a[w+1] | b[w+1] | c[w+1] | d[w+1]) << 63
		nextAll |= (a[w+1] & b[w+1] & c[w+1] & d[w+1]) << 63
	}
	return (some | nextSome) &^ (all & nextAll)
}

// meshedSurface gives dep.area and dep.contact from the sums of all layers.
func (j *job) meshedSurface() {
	var sum Surface
	for _, s := range j.sums.Surface {
		sum.Area += s.Area
		sum.Contact += s.Contact
	}
	var flags []string
	if voxels := j.smallness(sum.Area); voxels > 0 && voxels < smallestRadius {
		flags = []string{"small-for-area"}
		j.flag("small-for-area", "The deposit is less than 5 voxels in radius on average (3·volume/surface); the noise of its border makes its surface larger.", "Scan with smaller voxels, or compare only scans of one scanner and protocol.")
	}
	j.give(result.Measurement{Metric: "dep.area", Value: sum.Area, Unit: "mm2", Flags: flags})
	if j.seg.LumensInVoid {
		j.withhold("dep.contact", "", "the recipe takes the blurred border of deposit for polymer, which it then touches everywhere")
		return
	}
	within := "within " + number(1000*j.contactMM()) + " um of polymer or housing"
	if across := j.fibreVoxels(); across > 0 && across < fewestAcrossFibre {
		flags = append(flags[:len(flags):len(flags)], "thin-fibres")
	}
	j.give(result.Measurement{Metric: "dep.contact", Part: within, Value: sum.Contact, Unit: "mm2", Flags: flags})
	if sum.Area > 0 {
		j.give(result.Measurement{
			Metric: "dep.contact", Part: "share, " + within, Value: 100 * sum.Contact / sum.Area, Unit: "%", Numerator: result.F(sum.Contact), Denominator: result.F(sum.Area),
			DenominatorName: "surface of the deposit (mm2)", Flags: flags,
		})
	}
}

// smallness is 3·volume/surface of the deposit in voxels, 0 where there is no surface.
func (j *job) smallness(area float64) float64 {
	if area == 0 {
		return 0
	}
	s := j.seg.Labels.Spacing
	return 3 * j.deposit(j.census.total) * j.dv / area / math.Max(s[0], math.Max(s[1], s[2]))
}
