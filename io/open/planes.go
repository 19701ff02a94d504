package open

import (
	"context"
	"fmt"
	"math"

	"explant/io/imagefile"
)

// Planes reads every channel of r as counts, row by row. Of a stack of focal planes the brightest value of each
// pixel is taken, the maximum projection. full is the count at which a sample is full, 0 where the type has
// no such count.
func Planes(ctx context.Context, r imagefile.Reader) (planes [][]float32, full float32, err error) {
	i := r.Info()
	n := i.Grid.N[0] * i.Grid.N[1]
	planes = make([][]float32, i.Channels)
	for c := range planes {
		planes[c] = make([]float32, n)
	}
	for z := range i.Grid.N[2] {
		b, err := r.Read(ctx, imagefile.Window{Min: [3]int{0, 0, z}, Max: [3]int{i.Grid.N[0], i.Grid.N[1], z + 1}})
		if err != nil {
			return nil, 0, err
		}
		if len(b.Data) != n*b.Channels*b.Type.Size() || b.Channels != i.Channels {
			return nil, 0, fmt.Errorf("%d bytes for %d pixels of %d channels", len(b.Data), n, b.Channels)
		}
		values := imagefile.Values(b.Data, b.Type)
		for c := range planes {
			project(planes[c], values[c:], b.Channels, z == 0)
		}
	}
	return planes, fullCount(i.Type, planes), nil
}

// project takes the values, which lie step apart, into dst where they are larger, or all of them.
func project(dst []float32, values []float64, step int, all bool) {
	for i := range dst {
		if v := float32(values[i*step]); all || v > dst[i] {
			dst[i] = v
		}
	}
}

// cameras are the highest counts of cameras of 8, 10, 12, 14 and 16 bits.
var cameras = []float32{255, 1023, 4095, 16383, math.MaxUint16}

// fullCount is the highest count of the smallest camera that could have made the planes.
func fullCount(t imagefile.Type, planes [][]float32) float32 {
	if t != imagefile.Uint8 && t != imagefile.Uint16 {
		return 0
	}
	top := float32(0)
	for _, p := range planes {
		for _, v := range p {
			top = max(top, v)
		}
	}
	for _, full := range cameras {
		if top <= full && (t == imagefile.Uint16 || full == 255) {
			return full
		}
	}
	return 0
}
