package phantom

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"slices"
	"strings"

	"explant/analysis/stain"
	"explant/volume/parallel"
)

// Slide is a stained section through a deposit between hollow fibres that were cut across: red cells,
// fibrin, platelets, leukocytes with nuclei and collagen, as the stain shows them. Start from
// [DefaultSlide] and override what differs.
type Slide struct {
	Kind        string  `json:"kind"` // one of SlideKinds
	W           int     `json:"width_px"`
	H           int     `json:"height_px"`
	Seed        uint64  `json:"seed"`
	PixelSizeUM float64 `json:"pixel_size_um"`

	FibreOuterUM float64    `json:"fibre_outer_diameter_um"`
	WallUM       float64    `json:"fibre_wall_um"`
	PitchUM      float64    `json:"fibre_pitch_um"`
	Cover        float64    `json:"deposit_cover"`           // -2 to 1: how much of the space between fibres is filled; 0 is about half, -2 leaves it empty
	JitterDeg    float64    `json:"stain_jitter_deg"`        // each stain's direction is turned by up to this angle
	Texture      float64    `json:"density_texture"`         // relative variation of the stain within a component
	Unevenness   float64    `json:"illumination_unevenness"` // between the brightest and the darkest point, of the brightest
	GlassGrey    [3]float64 `json:"glass_grey"`              // brightest level of clear glass in red, green, blue
	NoiseGrey    float64    `json:"noise_sd_grey"`
	Clean        bool       `json:"clean"`         // no fold, bubble or ink
	JPEGQuality  int        `json:"jpeg_quality"`  // 1 to 100; 0 for no compression
	DefocusUM    float64    `json:"defocus_um"`    // standard deviation of the blur of a patch that is out of focus; 0 for none
	Mix          *Mix       `json:"mix,omitempty"` // what the deposit is made of; nil for the usual patches
}

// The kinds of slide: haematoxylin and eosin, Martius scarlet blue, Carstairs, DAB on platelets with
// haematoxylin, picrosirius red, phosphotungstic acid haematoxylin.
const (
	SlideHE        = "he"
	SlideMSB       = "msb"
	SlideCarstairs = "carstairs"
	SlideDAB       = "dab"
	SlidePSR       = "psr"
	SlidePTAH      = "ptah"
)

// SlideKinds lists every kind of slide.
var SlideKinds = []string{SlideHE, SlideMSB, SlideCarstairs, SlideDAB, SlidePSR, SlidePTAH}

// DefaultSlide is a slide of w x h pixels of 1 µm.
func DefaultSlide(kind string, w, h int, seed uint64) Slide {
	return Slide{
		Kind: kind, W: w, H: h, Seed: seed, PixelSizeUM: 1,
		FibreOuterUM: 380, WallUM: 70, PitchUM: 540,
		JitterDeg: 5, Texture: 0.25, Unevenness: 0.03, GlassGrey: [3]float64{244, 242, 246}, NoiseGrey: 1.2,
	}
}

// Check reports parameters of which no slide can be made, wrapping [ErrPhantom].
func (s Slide) Check() error {
	var bad []error
	want := func(ok bool, format string, v ...any) {
		if !ok {
			bad = append(bad, fmt.Errorf(format, v...))
		}
	}
	within := func(v, lo, hi float64) bool { return v >= lo && v <= hi }
	want(slices.Contains(SlideKinds, s.Kind), "kind %q is none of %s", s.Kind, strings.Join(SlideKinds, ", "))
	want(s.W > 0 && s.H > 0 && s.W <= 1<<16 && s.H <= 1<<16, "%d x %d pixels are not in 1 to 65536", s.W, s.H)
	want(int64(s.W)*int64(s.H) <= 1<<30, "%d x %d pixels are more than %d", s.W, s.H, 1<<30)
	want(within(s.PixelSizeUM, 0.05, 20), "pixel size %v µm is not in 0.05 to 20", s.PixelSizeUM)
	want(within(s.FibreOuterUM, 20, 2000), "fibre diameter %v µm is not in 20 to 2000", s.FibreOuterUM)
	want(s.WallUM > 0 && s.WallUM < s.FibreOuterUM/2, "fibre wall %v µm does not fit a diameter of %v", s.WallUM, s.FibreOuterUM)
	want(within(s.PitchUM, s.FibreOuterUM, 1e4), "fibre pitch %v µm is not in %v to 10000", s.PitchUM, s.FibreOuterUM)
	fibres := float64(s.W) * float64(s.H) * s.PixelSizeUM * s.PixelSizeUM / (s.PitchUM * s.PitchUM)
	want(fibres <= 1e6, "%.3g fibres are more than a million: take a larger pitch", fibres)
	want(within(s.Cover, -2, 1), "deposit cover %v is not in -2 to 1", s.Cover)
	if s.Mix != nil {
		bad = append(bad, s.Mix.Check())
	}
	want(within(s.JitterDeg, 0, 10), "stain jitter %v degrees is not in 0 to 10", s.JitterDeg)
	want(within(s.Texture, 0, 0.5), "density texture %v is not in 0 to 0.5", s.Texture)
	want(within(s.Unevenness, 0, 0.2), "unevenness %v is not in 0 to 0.2", s.Unevenness)
	want(within(s.NoiseGrey, 0, 20), "noise %v grey levels is not in 0 to 20", s.NoiseGrey)
	want(within(s.DefocusUM, 0, 20), "defocus %v µm is not in 0 to 20", s.DefocusUM)
	want(within(min(s.GlassGrey[0], s.GlassGrey[1], s.GlassGrey[2]), 100, 255), "glass level %v is not in 100 to 255", s.GlassGrey)
	want(s.JPEGQuality >= 0 && s.JPEGQuality <= 100, "JPEG quality %d is not in 0 to 100", s.JPEGQuality)
	if err := errors.Join(bad...); err != nil {
		return fmt.Errorf("%w: slide: %w", ErrPhantom, err)
	}
	return nil
}

// subSamples is the number of samples a pixel side, by which coverage is counted.
const subSamples = 2

// Make draws the slide. labels holds the class that covers most of each pixel, row by row, as an index
// into the truth's classes. prog may be nil.
func (s Slide) Make(ctx context.Context, o parallel.Options, prog parallel.Progress) (*image.RGBA, []uint8, SlideTruth, error) {
	if err := s.Check(); err != nil {
		return nil, nil, SlideTruth{}, err
	}
	if prog == nil {
		prog = parallel.Discard{}
	}
	scene, err := newSlideScene(s)
	if err != nil {
		return nil, nil, SlideTruth{}, err
	}
	im, labels := image.NewRGBA(image.Rect(0, 0, s.W, s.H)), make([]uint8, s.W*s.H)
	o.Depth, o.Halo = 16, 0
	counts := make([]slideCounts, o.Count(s.H))
	prog.Stage("draw "+s.Kind+" slide", s.H)
	err = parallel.Slabs(ctx, s.H, o, prog, func(ctx context.Context, b parallel.Slab) error {
		for y := b.Z0; y < b.Z1; y++ {
			scene.row(y, im.Pix[y*im.Stride:][:4*s.W], labels[y*s.W:][:s.W], &counts[b.Index(o)])
		}
		return ctx.Err()
	})
	if err == nil && s.JPEGQuality > 0 {
		err = compress(im, s.JPEGQuality)
	}
	if err != nil {
		return nil, nil, SlideTruth{}, fmt.Errorf("draw %s slide: %w", s.Kind, err)
	}
	return im, labels, scene.truth(counts), nil
}

// row draws one row of pixels and counts the samples of each class.
func (c *slideScene) row(y int, rgba, labels []uint8, n *slideCounts) {
	var here slideCounts
	for x := range labels {
		here = slideCounts{}
		var light [3]float64
		density := c.texture(float64(x)*c.PixelSizeUM, float64(y)*c.PixelSizeUM)
		for k := range subSamples * subSamples {
			px := (float64(x) + (float64(k%subSamples)+0.5)/subSamples) * c.PixelSizeUM
			py := (float64(y) + (float64(k/subSamples)+0.5)/subSamples) * c.PixelSizeUM
			class, od := c.sample(px, py, density)
			here[class]++
			for ch := range light {
				light[ch] += math.Exp(-math.Ln10*od[ch]) / (subSamples * subSamples)
			}
		}
		if c.unfocused(float64(x)*c.PixelSizeUM, float64(y)*c.PixelSizeUM) {
			light = c.blurred(float64(x)*c.PixelSizeUM, float64(y)*c.PixelSizeUM)
			here.unfocus()
		}
		labels[x] = here.most()
		n.merge(&here)
		c.expose(x, y, light, rgba[4*x:4*x+4])
	}
}

// profile names the stain profile that the kind is composed with.
func (s Slide) profile() (stain.Profile, error) {
	name := s.Kind
	if s.Kind == SlideDAB {
		name = "hdab"
	}
	p, err := stain.Builtin(name)
	if err != nil {
		return p, fmt.Errorf("stains of the %s slide: %w", s.Kind, err)
	}
	return p, nil
}
