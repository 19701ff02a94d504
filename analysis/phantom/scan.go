package phantom

import (
	"context"
	"fmt"
	"math"

	"explant/volume"
	"explant/volume/parallel"
)

// Scanner is the physics of a micro-CT scan: the point spread, cupping and drift as a gain, rings about
// the z axis through the middle, and noise whose variance grows with the signal.
type Scanner struct {
	PSFVoxels   float64 `json:"psf_sigma_voxels"`      // Gaussian point spread
	NoiseGrey   float64 `json:"noise_sd_at_reference"` // Poisson and Gauss together, at ReferenceGrey
	GaussGrey   float64 `json:"noise_sd_gauss"`        // the part of it that does not grow with the signal
	Reference   float64 `json:"noise_reference_grey"`  // above 0
	Correlation float64 `json:"noise_correlation"`     // between face neighbours, 0 to 0.7
	RingGrey    float64 `json:"ring_sd_grey"`          // about the z axis through the middle
	Cupping     float64 `json:"cupping_share"`         // how much lower the middle is than the corners
	Drift       float64 `json:"drift_share"`           // amplitude of the slow gain change along z
}

// DefaultScanner has the default physics of all phantoms.
func DefaultScanner() Scanner {
	return Scanner{PSFVoxels: 0.8, NoiseGrey: 2200, GaussGrey: 1200, Reference: 20000, Correlation: 0.5,
		RingGrey: 500, Cupping: 0.06, Drift: 0.015}
}

// maxCorrelation is the most that a three-point kernel gives between neighbours, 1/√2, rounded down.
const maxCorrelation = 0.7

// ringStep is the number of slices over which the rings change.
const ringStep = 8

// Check reports physics that cannot be.
func (s Scanner) Check() error {
	switch {
	case !(s.Correlation >= 0 && s.Correlation <= maxCorrelation):
		return fmt.Errorf("noise_correlation %v is not in 0 to %v", s.Correlation, maxCorrelation)
	case !(s.PSFVoxels >= 0 && s.PSFVoxels <= 10):
		return fmt.Errorf("psf_sigma_voxels %v is not in 0 to 10", s.PSFVoxels)
	case !(s.Reference > 0):
		return fmt.Errorf("noise_reference_grey %v is not above 0", s.Reference)
	}
	return nil
}

// exposure is one scan: a scanner, the grid of the image, and the seed of its noise and rings.
type exposure struct {
	Scanner
	volume.Grid
	seed uint64
}

// Scan gives the image that the scanner makes of the greys in clean, which is used up; the noise is that of
// the seed. It is for scenes of other makers than this package.
func (s Scanner) Scan(ctx context.Context, clean *volume.Volume[float32], seed uint64, popt parallel.Options, p parallel.Progress) (*volume.Volume[uint16], error) {
	if err := s.Check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPhantom, err)
	}
	return exposure{s, clean.Grid, seed}.image(ctx, clean, popt, p)
}

// image gives what the scanner makes of the greys in clean, which is used up.
func (e exposure) image(ctx context.Context, clean *volume.Volume[float32], popt parallel.Options, p parallel.Progress) (*volume.Volume[uint16], error) {
	kernel := gaussian(e.PSFVoxels)
	err := parallel.Slabs(ctx, e.N[2], popt, nil, func(_ context.Context, b parallel.Slab) error {
		line := make([]float32, max(e.N[0], e.N[1]))
		for z := b.Z0; z < b.Z1; z++ {
			blurPlane(clean.Slice(z), e.N[0], e.N[1], kernel, line)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	grey := volume.New[uint16](e.Grid)
	err = parallel.Slabs(ctx, e.N[2], popt, p, func(ctx context.Context, b parallel.Slab) error {
		n := newNoiseField(e)
		for z := b.Z0; z < b.Z1; z++ {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			e.expose(clean, kernel, n.plane(z), z, grey.Slice(z))
		}
		return nil
	})
	return grey, err
}

// expose blurs along z and adds gain, rings and noise to one slice.
func (e exposure) expose(clean *volume.Volume[float32], kernel []float64, noise []float32, z int, out []uint16) {
	cx, cy := float64(e.N[0]-1)/2, float64(e.N[1]-1)/2
	corner := max(cx*cx+cy*cy, 1)
	u := float64(z) / float64(max(e.N[2]-1, 1))
	drift := 1 + e.Drift*math.Cos(math.Pi*(1.3*u+0.2))
	rings := e.rings(z, int(math.Sqrt(corner))+3)
	gauss := e.GaussGrey * e.GaussGrey
	photon := max(e.NoiseGrey*e.NoiseGrey-gauss, 0) / e.Reference
	plane, reach := len(out), len(kernel)/2
	for i := range out {
		v := 0.0
		for k, w := range kernel {
			v += w * float64(clean.Data[min(max(z+k-reach, 0), e.N[2]-1)*plane+i])
		}
		dx, dy := float64(i%e.N[0])-cx, float64(i/e.N[0])-cy
		rr := dx*dx + dy*dy
		v *= drift * (1 - e.Cupping*(1-rr/corner))
		r := math.Sqrt(rr)
		k, f := int(r), r-math.Floor(r)
		ring := ((1-f)*rings[k] + f*rings[k+1]) / math.Sqrt(f*f+(1-f)*(1-f))
		v += ring + math.Sqrt(gauss+photon*max(v, 0))*float64(noise[i])
		out[i] = uint16(min(max(math.Round(v), 0), math.MaxUint16))
	}
}

// rings gives the offset of each radius in slice z.
func (e exposure) rings(z, n int) []float64 {
	k, f := z/ringStep, float64(z%ringStep)/ringStep
	out := make([]float64, n)
	for r := range out {
		a, b := hashNormal(e.seed, 1, r, k, 0), hashNormal(e.seed, 1, r, k+1, 0)
		out[r] = e.RingGrey * ((1-f)*a + f*b) / math.Sqrt(f*f+(1-f)*(1-f))
	}
	return out
}

// gaussian is a sampled, normalised kernel of odd length.
func gaussian(sigma float64) []float64 {
	reach := int(math.Ceil(4 * sigma))
	k := make([]float64, 2*reach+1)
	sum := 0.0
	for i := range k {
		d := float64(i - reach)
		k[i] = math.Exp(-d * d / (2 * max(sigma*sigma, 1e-12)))
		sum += k[i]
	}
	for i := range k {
		k[i] /= sum
	}
	return k
}

// blurPlane filters one slice along x and y in place; beyond the edge the edge goes on.
func blurPlane(s []float32, nx, ny int, kernel []float64, line []float32) {
	for y := range ny {
		blurLine(s[y*nx:], nx, 1, kernel, line)
	}
	for x := range nx {
		blurLine(s[x:], ny, nx, kernel, line)
	}
}

func blurLine(s []float32, n, step int, kernel []float64, line []float32) {
	reach := len(kernel) / 2
	for i := range n {
		line[i] = s[i*step]
	}
	for i := range n {
		v := 0.0
		for k, w := range kernel {
			v += w * float64(line[min(max(i+k-reach, 0), n-1)])
		}
		s[i*step] = float32(v)
	}
}

// noiseField makes unit noise with the wanted correlation between face neighbours, plane by plane:
// white noise under a three-point kernel along each axis.
type noiseField struct {
	exposure
	side, mid float32
	planes    map[int][]float32 // filtered along x and y; at most three are kept
}

func newNoiseField(e exposure) *noiseField {
	w := 0.0
	if c := e.Correlation; c > 0 { // c = 2w/(1+2w²) for the kernel (w, 1, w)
		w = (1 - math.Sqrt(1-2*c*c)) / (2 * c)
	}
	n := 1 / math.Sqrt(1+2*w*w)
	return &noiseField{exposure: e, side: float32(w * n), mid: float32(n), planes: map[int][]float32{}}
}

func (n *noiseField) plane(z int) []float32 {
	below, here, above := n.flat(z-1), n.flat(z), n.flat(z+1)
	delete(n.planes, z-1)
	out := make([]float32, len(here))
	for i := range out {
		out[i] = n.mid*here[i] + n.side*(below[i]+above[i])
	}
	return out
}

// flat is white noise of plane z filtered along x and y.
func (n *noiseField) flat(z int) []float32 {
	if s, ok := n.planes[z]; ok {
		return s
	}
	nx, ny := n.N[0], n.N[1]
	white := make([]float32, (nx+2)*(ny+2))
	for i := range white {
		white[i] = float32(hashNormal(n.seed, 0, i%(nx+2), i/(nx+2), z+1))
	}
	out := make([]float32, nx*ny)
	for y := range ny {
		for x := range nx {
			v := float32(0)
			for j, wy := range [3]float32{n.side, n.mid, n.side} {
				row := white[(y+j)*(nx+2)+x:]
				v += wy * (n.side*(row[0]+row[2]) + n.mid*row[1])
			}
			out[x+nx*y] = v
		}
	}
	n.planes[z] = out
	return out
}
