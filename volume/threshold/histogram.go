package threshold

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"unsafe"

	"explant/volume"
	"explant/volume/parallel"
)

// ErrEmpty is returned for a histogram without counts: no voxels, or none that is a finite number.
var ErrEmpty = errors.New("histogram is empty: no finite grey values")

// bins is the number of bins for grey values that are not 8- or 16-bit integers.
const bins = 256

// Histogram counts grey values in equal bins. Bin i of an integer histogram (Group > 0) holds the
// Group greys from Lo+i*Group upwards; any other bin holds [Lo+i*Width, Lo+(i+1)*Width), the last
// one its upper edge too.
type Histogram struct {
	Counts []int64
	Lo     float64 // lowest grey of the first bin
	Width  float64 // grey levels a bin
	Group  int     // whole greys a bin; 0 when greys are not 8- or 16-bit integers
}

// Of counts the voxels of v. 8- and 16-bit integers get one bin a value, from the lowest to the
// highest that occurs; other types 256 equal bins between the lowest and the highest finite value,
// as numpy.histogram makes them. NaN and infinities are left out.
func Of[T volume.Voxel](ctx context.Context, v *volume.Volume[T], o parallel.Options, p parallel.Progress) (Histogram, error) {
	if err := v.Check(); err != nil {
		return Histogram{}, err
	}
	s, err := ScaleOf(ctx, v, o, p)
	if err != nil {
		return Histogram{}, err
	}
	return count(ctx, v, s, o, p)
}

// ScaleOf returns the empty histogram that fits the greys of v, for counting parts of it alike.
func ScaleOf[T volume.Voxel](ctx context.Context, v *volume.Volume[T], o parallel.Options, p parallel.Progress) (Histogram, error) {
	if p != nil {
		p.Stage("grey range", v.N[2])
	}
	lo, hi := math.Inf(1), math.Inf(-1)
	var mu sync.Mutex
	err := parallel.Slabs(ctx, v.N[2], o, p, func(_ context.Context, s parallel.Slab) error {
		a, b := extent(v.Data[s.Z0*v.N[0]*v.N[1] : s.Z1*v.N[0]*v.N[1]])
		mu.Lock()
		defer mu.Unlock()
		lo, hi = min(lo, a), max(hi, b)
		return nil
	})
	if err != nil {
		return Histogram{}, err
	}
	if lo > hi {
		return Histogram{}, ErrEmpty
	}
	if Narrow[T]() {
		return Histogram{Counts: make([]int64, int(hi-lo)+1), Lo: lo, Width: 1, Group: 1}, nil
	}
	return Histogram{Counts: make([]int64, bins), Lo: lo, Width: (hi - lo) / bins}, nil
}

func count[T volume.Voxel](ctx context.Context, v *volume.Volume[T], h Histogram, o parallel.Options, p parallel.Progress) (Histogram, error) {
	if p != nil {
		p.Stage("histogram", v.N[2])
	}
	o.Depth = 64 // the counts of a part take as long to add as many slices to count
	var mu sync.Mutex
	err := parallel.Slabs(ctx, v.N[2], o, p, func(_ context.Context, s parallel.Slab) error {
		part := CountBox(v, h, [3]int{0, 0, s.Z0}, [3]int{v.N[0], v.N[1], s.Z1})
		mu.Lock()
		defer mu.Unlock()
		h.Add(part) // whole numbers: their sum does not depend on the order
		return nil
	})
	return h, err
}

// Full returns the empty histogram of every grey that 8- or 16-bit integers of a type can have.
func Full[T volume.Voxel]() Histogram {
	one := 1
	size := 1 << (8 * unsafe.Sizeof(*new(T)))
	h := Histogram{Counts: make([]int64, size), Width: 1, Group: 1}
	if T(0)-T(one) < 0 {
		h.Lo = -float64(size / 2)
	}
	return h
}

// Empty returns a histogram on the scale of h without counts.
func (h Histogram) Empty() Histogram {
	h.Counts = make([]int64, len(h.Counts))
	return h
}

// Occupied is the first and the last bin with a count; (0, -1) where there is none.
func (h Histogram) Occupied() (first, last int) {
	last = len(h.Counts) - 1
	for last >= 0 && h.Counts[last] == 0 {
		last--
	}
	for first < last && h.Counts[first] == 0 {
		first++
	}
	return first, last
}

// Cut returns the bins first to last of h.
func (h Histogram) Cut(first, last int) Histogram {
	h.Lo, h.Counts = h.edge(first), h.Counts[first:last+1]
	return h
}

// CountBox counts the voxels [lo, hi) of v, which must lie in it, on a scale made by [ScaleOf].
// Values off the scale are left out.
func CountBox[T volume.Voxel](v *volume.Volume[T], scale Histogram, lo, hi [3]int) Histogram {
	h := scale.Empty()
	for z := lo[2]; z < hi[2]; z++ {
		for y := lo[1]; y < hi[1]; y++ {
			CountRow(h, v.Data[v.Offset(lo[0], y, z):v.Offset(hi[0], y, z)])
		}
	}
	return h
}

// CountRow adds greys to h; values off its scale are left out.
func CountRow[T volume.Voxel](h Histogram, greys []T) {
	if Narrow[T]() && h.Group == 1 {
		countGreys(h.Counts, greys, int(h.Lo))
		return
	}
	for _, g := range greys {
		if b := h.bin(float64(g)); b >= 0 {
			h.Counts[b]++
		}
	}
}

// countGreys counts whole greys, one a bin.
func countGreys[T volume.Voxel](counts []int64, row []T, lo int) {
	for _, g := range row {
		if i := int(g) - lo; uint(i) < uint(len(counts)) {
			counts[i]++
		}
	}
}

// bin is the bin of grey g, or -1 off the scale.
func (h Histogram) bin(g float64) int {
	if h.Group > 0 {
		if i := (int(g) - int(h.Lo)) / h.Group; g >= h.Lo && i < len(h.Counts) {
			return i
		}
		return -1
	}
	last := len(h.Counts) - 1
	if !(g >= h.Lo) || g > h.edge(last+1) {
		return -1
	}
	if h.Width == 0 {
		return last / 2
	}
	i := min(int((g-h.Lo)/h.Width), last)
	if g < h.edge(i) { // rounding of the quotient, as numpy corrects it
		i--
	} else if i < last && g >= h.edge(i+1) {
		i++
	}
	return i
}

// edge is the lower edge of bin i.
func (h Histogram) edge(i int) float64 { return h.Lo + float64(i)*h.Width }

// Center is the middle of bin i: the grey itself where a bin is one grey.
func (h Histogram) Center(i int) float64 {
	if h.Group > 0 {
		return h.Lo + float64(i*h.Group) + float64(h.Group-1)/2
	}
	return h.Lo + (float64(i)+0.5)*h.Width
}

// above is the threshold that puts bin i into the background and bin i+1 into the foreground:
// the last grey of the bin for integers and, by scikit-image's convention, its centre otherwise.
func (h Histogram) above(i int) float64 {
	if h.Group > 0 {
		return h.Lo + float64((i+1)*h.Group) - 1
	}
	return h.Center(i)
}

// Range is the lowest and the highest grey that the histogram was made for.
func (h Histogram) Range() (lo, hi float64) {
	if h.Group > 0 {
		return h.Lo, h.Lo + float64(len(h.Counts)*h.Group) - 1
	}
	return h.Lo, h.edge(len(h.Counts))
}

// Total is the number of values counted.
func (h Histogram) Total() int64 {
	var n int64
	for _, c := range h.Counts {
		n += c
	}
	return n
}

// Add adds the counts of another part on the same scale to those of h.
func (h Histogram) Add(part Histogram) {
	for i, n := range part.Counts {
		h.Counts[i] += n
	}
}

// Minus returns h without the counts of a part of it on the same scale.
func (h Histogram) Minus(part Histogram) Histogram {
	h.Counts = slices.Clone(h.Counts)
	for i, n := range part.Counts {
		h.Counts[i] -= n
	}
	return h
}

// Above is the number of values in bins whose centre lies above grey t.
func (h Histogram) Above(t float64) int64 {
	var n int64
	for i, c := range h.Counts {
		if h.Center(i) > t {
			n += c
		}
	}
	return n
}

// Reduced merges neighbouring bins, as many as it takes for at most n bins to remain; the last
// merged bin may reach past the highest grey.
func (h Histogram) Reduced(n int) Histogram {
	k := (len(h.Counts) + n - 1) / n
	if k <= 1 {
		return h
	}
	r := Histogram{Counts: make([]int64, (len(h.Counts)+k-1)/k), Lo: h.Lo, Width: h.Width * float64(k), Group: h.Group * k}
	for i, c := range h.Counts {
		r.Counts[i/k] += c
	}
	return r
}

func extent[T volume.Voxel](data []T) (lo, hi float64) {
	if Narrow[T]() && len(data) > 0 {
		least, most := data[0], data[0]
		for _, g := range data {
			least, most = min(least, g), max(most, g)
		}
		return float64(least), float64(most)
	}
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, g := range data {
		f := float64(g)
		if f < lo && f > math.Inf(-1) {
			lo = f
		}
		if f > hi && f < math.Inf(1) {
			hi = f
		}
	}
	return lo, hi
}

// Narrow reports an 8- or 16-bit integer type: the types in which 1 shifted up by 16 bits is lost.
func Narrow[T volume.Voxel]() bool {
	big := 1 << 16
	half := 0.5
	return T(half) == 0 && T(big) == 0
}
