// Package slices gives the planes of a volume to the screen before all of it is read. A reduced copy in
// memory is filled in the background; a plane at full resolution is read when it is asked for, and until
// then the copy stands in.
package slices

import (
	"context"
	"encoding/binary"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"explant/app/desktop/source"
	"explant/io/imagefile"
	"explant/volume/render"
)

// copyVoxels bounds the copy in memory, 2 bytes a voxel.
const copyVoxels = 1 << 27

// Options says how a volume is kept; the zero value is for grey values.
type Options struct {
	Channel int  // of several, the one shown
	Labels  bool // values are classes: they are picked, never averaged
	Voxels  int  // of the copy; 0 is the default
}

// Stack is a volume for the screen. It is safe for concurrent use; Close ends its goroutines.
type Stack struct {
	img    *source.Image
	o      Options
	n      [3]int // voxels
	f      [3]int // voxels a voxel of the copy
	m      [3]int // voxels of the copy
	scale  scale
	data   []uint16
	filled []atomic.Bool // a slice of the copy each
	count  atomic.Int64  // slices of the copy that are filled

	ready  func()
	ctx    context.Context
	cancel context.CancelFunc
	done   sync.WaitGroup

	mu    sync.Mutex
	fine  map[place]*Plane
	order []place // of fine, the oldest first
	want  map[render.Axis]wish
	wake  chan struct{}
	err   error

	told     atomic.Int64        // how often the screen was told that the copy has more
	asked    map[render.Axis]int // the slice of each axis that is looked at
	moved    time.Time           // when that changed last
	stopRead context.CancelFunc  // of a plane that is read across x or y; nil when none is
	awaited  chan struct{}       // of the plane that a frame waits for
	slow     bool                // the last plane across z took long

	copies [3]copyOf // the last plane of the copy across each axis
	slabs  [3]*Plane // the last thick slab across each axis
	slabOf [3]slab
}

// place names a plane.
type place struct {
	axis  render.Axis
	index int
}

// Open looks at the middle of a volume and begins to read it; ready is called, from other goroutines,
// when more is there.
func Open(ctx context.Context, m *source.Image, o Options, ready func()) (*Stack, error) {
	s := &Stack{img: m, o: o, n: m.Info.Grid.N, ready: ready, fine: map[place]*Plane{}, want: map[render.Axis]wish{}, asked: map[render.Axis]int{}, wake: make(chan struct{}, 1)}
	if o.Voxels == 0 {
		s.o.Voxels = copyVoxels
	}
	s.reduce()
	var err error
	if s.scale, err = s.findScale(ctx); err != nil {
		return nil, err
	}
	s.data = make([]uint16, s.m[0]*s.m[1]*s.m[2])
	s.filled = make([]atomic.Bool, s.m[2])
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.done.Go(s.load)
	s.done.Go(s.fetch)
	return s, nil
}

// reduce chooses the size of the copy: the axis with the most voxels is halved until it fits.
func (s *Stack) reduce() {
	s.f, s.m = [3]int{1, 1, 1}, s.n
	for s.m[0]*s.m[1]*s.m[2] > s.o.Voxels {
		a := 0
		for b := range 3 {
			if s.m[b] > s.m[a] {
				a = b
			}
		}
		s.f[a] *= 2
		s.m[a] = (s.n[a] + s.f[a] - 1) / s.f[a]
	}
}

// Close ends the reading.
func (s *Stack) Close() {
	s.cancel()
	s.done.Wait()
}

// Size is the number of voxels along each axis.
func (s *Stack) Size() [3]int { return s.n }

// Progress is the share of the volume that has been read, 0 to 1.
func (s *Stack) Progress() float64 { return float64(s.count.Load()) / float64(s.m[2]) }

// Err is why reading stopped; nil when it did not.
func (s *Stack) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

func (s *Stack) fail(err error) {
	if s.ctx.Err() != nil {
		return
	}
	s.mu.Lock()
	s.err = err
	s.mu.Unlock()
	s.ready()
}

// scale turns values into the 16 bits of the copy: value = Low + step*sample.
type scale struct{ low, step float64 }

// Value is the value of a sample of a plane.
func (s *Stack) Value(sample uint16) float64 { return s.scale.low + s.scale.step*float64(sample) }

// Sample is the nearest sample of a plane for a value.
func (s *Stack) Sample(value float64) uint16 {
	v := (value - s.scale.low) / s.scale.step
	switch {
	case v >= math.MaxUint16:
		return math.MaxUint16
	case v > 0:
		return uint16(v + 0.5)
	}
	return 0
}

// floatSteps are the samples between the smallest and the largest value of a volume of other than 8 or
// 16 bits; what lies beyond the values of the slices looked at has some room on both sides.
const floatSteps = 60000

// findScale is exact for 8 and 16 bits; for other types it looks at three slices.
func (s *Stack) findScale(ctx context.Context) (scale, error) {
	if low, _, ok := source.Range(s.img.Info.Type); ok {
		return scale{low, 1}, nil
	}
	least, most := math.Inf(1), math.Inf(-1)
	for _, z := range []int{s.n[2] / 4, s.n[2] / 2, s.n[2] * 3 / 4} {
		b, err := s.img.Reader().Read(ctx, s.box([3]int{0, 0, z}, [3]int{s.n[0], s.n[1], z + 1}))
		if err != nil {
			return scale{}, err
		}
		for _, v := range imagefile.Values(b.Data, b.Type) {
			if v-v == 0 {
				least, most = min(least, v), max(most, v)
			}
		}
	}
	if !(most > least) {
		least, most = min(least, 0), max(most, 1)
	}
	room := (most - least) * 0.04
	return scale{least - room, (most - least) / floatSteps}, nil
}

func (s *Stack) box(from, to [3]int) imagefile.Window { return imagefile.Window{Min: from, Max: to} }

// samples turns a block into samples of the shown channel, in room where that is long enough.
func (s *Stack) samples(b imagefile.Block, room []uint16) []uint16 {
	n, c := b.Channels, min(s.o.Channel, b.Channels-1)
	voxels := b.N[0] * b.N[1] * b.N[2]
	if cap(room) < voxels {
		room = make([]uint16, voxels)
	}
	out := room[:voxels]
	switch b.Type {
	case imagefile.Uint8:
		for i := range out {
			out[i] = uint16(b.Data[i*n+c])
		}
	case imagefile.Uint16:
		words(out, b.Data, n, c, 0)
	case imagefile.Int16:
		words(out, b.Data, n, c, 0x8000)
	case imagefile.Int8:
		for i := range out {
			out[i] = uint16(b.Data[i*n+c] ^ 0x80)
		}
	default:
		values := imagefile.Values(b.Data, b.Type)
		for i := range out {
			out[i] = s.Sample(values[i*n+c])
		}
	}
	return out
}

// words takes channel c of n from little-endian numbers of 16 bits, with the bits of flip turned round.
func words(out []uint16, data []byte, n, c int, flip uint16) {
	if n == 1 {
		data = data[:2*len(out)]
		for i := range out {
			out[i] = binary.LittleEndian.Uint16(data[2*i:]) ^ flip
		}
		return
	}
	for i := range out {
		out[i] = binary.LittleEndian.Uint16(data[2*(i*n+c):]) ^ flip
	}
}
