package open

import (
	"context"
	"encoding/binary"
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
	planes = floats(i.Channels, n)
	err = eachPlane(ctx, r, func(z, c, at int, b imagefile.Block) { project(planes[c][at:], b, c, z == 0) })
	return planes, fullCount(i.Type, planes), err
}

// Stacks reads every channel of r as counts, with all of its focal planes, x fastest, then y. full is as in Planes.
func Stacks(ctx context.Context, r imagefile.Reader) (stacks [][]float32, full float32, err error) {
	i := r.Info()
	n := i.Grid.N[0] * i.Grid.N[1]
	stacks = floats(i.Channels, i.Grid.Len())
	err = eachPlane(ctx, r, func(z, c, at int, b imagefile.Block) { project(stacks[c][z*n+at:], b, c, true) })
	return stacks, fullCount(i.Type, stacks), err
}

func floats(channels, n int) [][]float32 {
	out := make([][]float32, channels)
	for c := range out {
		out[c] = make([]float32, n)
	}
	return out
}

// eachPlane reads plane by plane and calls use for every channel of each, a strip at a time: pixel at is the first of
// the strip, whose data of all channels are still in the caches for the next one.
func eachPlane(ctx context.Context, r imagefile.Reader, use func(z, c, at int, b imagefile.Block)) error {
	i := r.Info()
	n := i.Grid.N[0] * i.Grid.N[1]
	for z := range i.Grid.N[2] {
		b, err := r.Read(ctx, imagefile.Window{Min: [3]int{0, 0, z}, Max: [3]int{i.Grid.N[0], i.Grid.N[1], z + 1}})
		if err != nil {
			return err
		}
		if len(b.Data) != n*b.Channels*b.Type.Size() || b.Channels != i.Channels {
			return fmt.Errorf("%d bytes for %d pixels of %d channels", len(b.Data), n, b.Channels)
		}
		eachStrip(b, func(at int, part imagefile.Block) {
			for c := range b.Channels {
				use(z, c, at, part)
			}
		})
	}
	return nil
}

// Counts are those of channel c of a block of one plane, row by row.
func Counts(b imagefile.Block, c int) ([]float32, error) {
	n := b.N[0] * b.N[1]
	if c < 0 || c >= b.Channels || len(b.Data) != n*b.Channels*b.Type.Size() {
		return nil, fmt.Errorf("%d bytes for %d pixels of %d channels, of which %d is wanted", len(b.Data), n, b.Channels, c+1)
	}
	out := make([]float32, n)
	eachStrip(b, func(at int, part imagefile.Block) { project(out[at:], part, c, true) })
	return out, nil
}

// strip is how many pixels are converted at a time.
const strip = 4096

// eachStrip gives the pixels of a block with the first one's place.
func eachStrip(b imagefile.Block, use func(at int, part imagefile.Block)) {
	pixel := b.Channels * b.Type.Size()
	for at, n := 0, len(b.Data)/pixel; at < n; at += strip {
		part := b
		part.Data = b.Data[at*pixel : min(at+strip, n)*pixel]
		use(at, part)
	}
}

// project takes the values of channel c of a strip into dst where they are larger, or all of them.
func project(dst []float32, b imagefile.Block, c int, all bool) {
	dst = dst[:len(b.Data)/(b.Channels*b.Type.Size())]
	if b.Type == imagefile.Uint16 {
		brightest16(dst, b.Data[2*c:], 2*b.Channels, all)
		return
	}
	for i, values := 0, imagefile.Values(b.Data, b.Type); i < len(dst); i++ {
		if v := float32(values[i*b.Channels+c]); all || v > dst[i] {
			dst[i] = v
		}
	}
}

// brightest16 is project for counts of 16 bits that lie step bytes apart.
func brightest16(dst []float32, samples []byte, step int, all bool) {
	at := 0
	if all {
		for i := range dst {
			dst[i] = float32(uint16(samples[at]) | uint16(samples[at+1])<<8)
			at += step
		}
		return
	}
	for i := range dst {
		dst[i] = max(dst[i], float32(binary.LittleEndian.Uint16(samples[at:])))
		at += step
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
			if v > top {
				top = v
			}
		}
	}
	for _, full := range cameras {
		if top <= full && (t == imagefile.Uint16 || full == 255) {
			return full
		}
	}
	return 0
}
