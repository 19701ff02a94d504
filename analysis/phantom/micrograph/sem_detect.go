package micrograph

import (
	"context"
	"image"
	"math"

	"explant/analysis/phantom/grain"
	"explant/volume/parallel"
)

// detect turns the relief into grey levels: what lies lower than its surroundings is shaded, the beam blurs,
// charges leave streaks along the lines, electrons arrive at random.
func (s SEM) detect(ctx context.Context, r *relief, o parallel.Options, prog parallel.Progress) (*image.Gray, error) {
	w, h := s.W, s.FieldH()
	around, err := convolve(ctx, r.height[:w*h], w, h, [2]kernel{newKernel(s.DiameterPX, 0), newKernel(s.DiameterPX, 0)}, o)
	if err != nil {
		return nil, err
	}
	signal := make([]float32, w*h)
	depth := 2.5 * s.DiameterPX
	for i, v := range r.signal[:w*h] {
		sunk := max(float64(around[i]-r.height[i])/depth, 0)
		signal[i] = v * float32(math.Exp(-1.1*sunk))
	}
	beam := newKernel(s.BlurPX, 0)
	if signal, err = convolve(ctx, signal, w, h, [2]kernel{beam, beam}, o); err != nil {
		return nil, err
	}
	streaks := s.streaks(signal, h)
	img := image.NewGray(image.Rect(0, 0, s.W, s.H))
	o.Depth, o.Halo = bandRows, 0
	prog.Stage("scan field", h)
	err = parallel.Slabs(ctx, h, o, prog, func(ctx context.Context, b parallel.Slab) error {
		for y := b.Z0; y < b.Z1; y++ {
			s.scanLine(y, signal[y*w:][:w], streaks[y*w:][:w], img.Pix[y*img.Stride:])
		}
		return ctx.Err()
	})
	return img, err
}

// scanLine makes one line of grey levels.
func (s SEM) scanLine(y int, signal, streaks []float32, grey []uint8) {
	drift := 0.008 * s.Charging * grain.Normal(s.Seed, semStreamLine, 0, y, 0)
	for x, v := range signal {
		e := max(float64(v)+float64(streaks[x])+drift, 0)
		if s.Noise {
			e += math.Sqrt(e/s.DoseE) * grain.Normal(s.Seed, semStreamDetector, x, y, 0)
		}
		grey[x] = uint8(math.Round(min(max(s.Black+s.Contrast*e, 0), 255)))
	}
}

// streaks are the traces of charges: behind a bright place the line goes on too bright and then too dark.
func (s SEM) streaks(signal []float32, h int) []float32 {
	out := make([]float32, len(signal))
	if s.Charging == 0 {
		return out
	}
	for y := range h {
		for n := range 2 {
			start := int(grain.Uniform(grain.Key(s.Seed, semStreamLine+1+n), 0, y/2) * float64(s.W) * 4) // every other pair of lines has one
			if start >= s.W || signal[y*s.W+start] < 0.75 {
				continue
			}
			length := 0.05*float64(s.W) + 0.2*float64(s.W)*grain.Uniform(grain.Key(s.Seed, semStreamLine+3), n, y/2)
			for x := start; x < s.W; x++ {
				d := float64(x-start) / length
				out[y*s.W+x] += float32(s.Charging * (0.3*math.Exp(-2*d) - 0.13*math.Exp(-d)))
			}
		}
	}
	return out
}
