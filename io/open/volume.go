package open

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"sync/atomic"
	"unsafe"

	"explant/io/imagefile"
	"explant/volume"
	"explant/volume/parallel"
)

// Load bounds the reading of a whole volume; the zero value uses every core and any memory.
type Load struct {
	Workers  int   // goroutines at once; 0 means GOMAXPROCS
	MaxBytes int64 // largest volume in memory; 0 means no limit
}

// slabBytes is about what one goroutine reads at once.
const slabBytes = 8 << 20

// Volume reads all of level 0 of a grey image. The result is a *volume.Volume of uint8, uint16, int16
// or float32: signed bytes widen to int16, 32-bit integers and doubles become float32, with a warning
// when that rounds a value. Voxels that are NaN or infinite are warned of. A colour image is an error.
func Volume(ctx context.Context, r imagefile.Reader, o Load, p parallel.Progress) (vol any, warnings []string, err error) {
	i := r.Info()
	if i.Channels != 1 {
		return nil, nil, fmt.Errorf("an image with %d channels is not a grey volume", i.Channels)
	}
	g := i.Grid
	if err := g.Check(); err != nil {
		return nil, nil, err
	}
	l := loader{r: r, info: i, workers: o.Workers, progress: p}
	switch i.Type {
	case imagefile.Uint8:
		vol, err = load[uint8](ctx, &l, o.MaxBytes, nil)
	case imagefile.Uint16:
		vol, err = load[uint16](ctx, &l, o.MaxBytes, nil)
	case imagefile.Int16:
		vol, err = load[int16](ctx, &l, o.MaxBytes, nil)
	case imagefile.Float32:
		vol, err = load(ctx, &l, o.MaxBytes, checkFloats)
	case imagefile.Int8:
		vol, err = load(ctx, &l, o.MaxBytes, func(dst []int16, src []byte) (odd, bad int64) {
			for i, b := range src {
				dst[i] = int16(int8(b))
			}
			return 0, 0
		})
	case imagefile.Uint32, imagefile.Int32, imagefile.Float64:
		vol, err = load(ctx, &l, o.MaxBytes, rounding(i.Type))
	default:
		return nil, nil, fmt.Errorf("samples of type %q are not supported", i.Type)
	}
	if err != nil {
		return nil, nil, err
	}
	return vol, l.warnings(), nil
}

// loader reads slabs and counts what is odd about the values.
type loader struct {
	r        imagefile.Reader
	info     imagefile.Info
	workers  int
	progress parallel.Progress
	odd, bad atomic.Int64 // rounded values; values that are no numbers
}

// load reads a volume whose voxels have type T. convert turns the bytes of the file into voxels; where
// it is nil, or where the types agree, the bytes are read in place.
func load[T uint8 | uint16 | int16 | float32](ctx context.Context, l *loader, limit int64, convert func([]T, []byte) (odd, bad int64)) (*volume.Volume[T], error) {
	g := l.info.Grid
	size := int(unsafe.Sizeof(*new(T)))
	if need := int64(g.Len()) * int64(size); limit > 0 && need > limit {
		return nil, fmt.Errorf("the volume needs %d MiB of memory and %d are allowed", need>>20, limit>>20)
	}
	v, err := volume.MakeUnset[T](ctx, g) // each voxel is read, or there is an error
	if err != nil {
		return nil, err
	}
	slice := g.N[0] * g.N[1]
	o := parallel.Options{Workers: l.workers, Depth: max(1, slabBytes/(slice*l.info.Type.Size()))}
	if l.progress != nil {
		l.progress.Stage("read", g.N[2])
	}
	inPlace := size == l.info.Type.Size()
	err = parallel.Slabs(ctx, g.N[2], o, l.progress, func(ctx context.Context, s parallel.Slab) error {
		out := v.Data[s.Z0*slice : s.Z1*slice]
		var src []byte
		if inPlace {
			src = unsafe.Slice((*byte)(unsafe.Pointer(&out[0])), len(out)*size)
		} else {
			src = make([]byte, len(out)*l.info.Type.Size())
		}
		w := imagefile.Window{Min: [3]int{0, 0, s.Z0}, Max: [3]int{g.N[0], g.N[1], s.Z1}}
		if err := imagefile.ReadInto(ctx, l.r, w, src); err != nil {
			return err
		}
		if convert != nil {
			odd, bad := convert(out, src)
			l.odd.Add(odd)
			l.bad.Add(bad)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}

func (l *loader) warnings() (w []string) {
	if n := l.odd.Load(); n > 0 {
		w = append(w, fmt.Sprintf("%d voxels of type %s were rounded to float32", n, l.info.Type))
	}
	if n := l.bad.Load(); n > 0 {
		w = append(w, fmt.Sprintf("%d voxels are not numbers or infinite", n))
	}
	return w
}

// checkFloats counts what is no number; the bytes are in place already.
func checkFloats(dst []float32, _ []byte) (odd, bad int64) {
	for _, v := range dst {
		if v-v != 0 {
			bad++
		}
	}
	return 0, bad
}

// rounding converts a wider type to float32.
func rounding(t imagefile.Type) func([]float32, []byte) (odd, bad int64) {
	return func(dst []float32, src []byte) (odd, bad int64) {
		for i := range dst {
			v := wide(src, i, t)
			dst[i] = float32(v)
			switch {
			case v-v != 0 || math.IsInf(float64(dst[i]), 0):
				bad++
			case float64(dst[i]) != v:
				odd++
			}
		}
		return odd, bad
	}
}

func wide(src []byte, i int, t imagefile.Type) float64 {
	switch t {
	case imagefile.Uint32:
		return float64(binary.LittleEndian.Uint32(src[4*i:]))
	case imagefile.Int32:
		return float64(int32(binary.LittleEndian.Uint32(src[4*i:])))
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(src[8*i:]))
}
