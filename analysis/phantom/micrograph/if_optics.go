package micrograph

import (
	"context"
	"math"

	"explant/analysis/phantom/grain"
	"explant/volume/parallel"
)

// saturated is the highest count of the camera.
const saturated = math.MaxUint16

// Mixing is the matrix by which fluorophores (columns) are seen in channels (rows): 1 on the diagonal, and
// the bleed-through of each into the channel of the next longer wavelength.
func (f IF) Mixing() (m [Channels][Channels]float64) {
	for ch := range m {
		m[ch][ch] = 1
		if ch > 0 {
			m[ch][ch-1] = f.BleedThrough
		}
	}
	return m
}

// photograph turns light into counts: bleed-through, point spread and haze with the shift of the shifted
// channel, background, shot and read noise, gain and saturation.
func (f IF) photograph(ctx context.Context, light *ifLight, o parallel.Options, prog parallel.Progress) (*Planes, error) {
	img := newPlanes(f.W, f.H, ChannelNames)
	prog.Stage("photograph channels", Channels*f.H)
	for ch := range Channels {
		seen, err := f.mix(ctx, light, ch, o)
		if err != nil {
			return nil, err
		}
		var shift [2]float64
		if ch == f.Shifted {
			shift = f.ShiftPX
		}
		lens := newLens(f.PSFSigmaUM/f.PixelSizeUM, f.HazeSigmaUM/f.PixelSizeUM, f.HazeShare, shift)
		seen, err = lens.blur(ctx, seen, f.W, f.H, o)
		if err != nil {
			return nil, err
		}
		o.Depth, o.Halo = bandRows, 0
		err = parallel.Slabs(ctx, f.H, o, prog, func(ctx context.Context, b parallel.Slab) error {
			for y := b.Z0; y < b.Z1; y++ {
				f.expose(ch, y, seen[y*f.W:][:f.W], img.Data[ch][y*f.W:])
			}
			return ctx.Err()
		})
		if err != nil {
			return nil, err
		}
	}
	return img, nil
}

// mix is the light that channel ch sees, in electrons.
func (f IF) mix(ctx context.Context, light *ifLight, ch int, o parallel.Options) ([]float32, error) {
	out := make([]float32, f.W*f.H)
	row := f.Mixing()[ch]
	err := eachRow(ctx, f.H, o, func(y int) {
		for i := y * f.W; i < (y+1)*f.W; i++ {
			v := f.WallE[ch] * float64(light.auto[i])
			for k, share := range row {
				if share > 0 {
					v += share * float64(light.of[k][i])
				}
			}
			out[i] = float32(f.Exposure * v)
		}
	})
	return out, err
}

// Background is the background of a channel at a point in pixels, in electrons: a plane that rises towards
// the lower right by Gradient.
func (f IF) Background(ch int, x, y float64) float64 {
	return f.BackgroundE[ch] * (1 + f.Gradient*((x/float64(f.W)+y/float64(f.H))/2-0.5))
}

// expose is the camera.
func (f IF) expose(ch, y int, seen []float32, counts []uint16) {
	for x, v := range seen {
		e := max(float64(v)+f.Background(ch, float64(x)+0.5, float64(y)+0.5), 0)
		if f.Noise {
			e += math.Sqrt(e+f.ReadE*f.ReadE) * grain.Normal(f.Seed, ifStreamCamera+ch+f.exposureNumber()*Channels, x, y, 0)
		}
		counts[x] = uint16(math.Round(min(max(f.OffsetCounts+f.Gain*e, 0), saturated)))
	}
}

// exposureNumber tells the photographs of a batch apart: no two have the same noise.
func (f IF) exposureNumber() int {
	switch f.Control {
	case Secondary:
		return 1
	case Blank:
		return 2
	}
	return 0
}
