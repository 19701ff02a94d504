package sem

import (
	"context"
	"fmt"
	"image"

	"explant/analysis/opencv"
	"explant/analysis/result"
	"explant/volume/parallel"
)

// scene is a field and all that was found in it.
type scene struct {
	params  Params
	nm      float64         // of a pixel; 0 where it is unknown
	scale   float64         // relative standard uncertainty of it
	rect    image.Rectangle // the field in the picture
	picture int             // rows of the picture
	p       opencv.Plane    // of the field
	in      []bool          // what is no burnt-in text
	blocks  blocks
	fibres  []width
	blur    float64 // px
	tensor  []course
	dark    bare
	smooth  []float32 // the field, for the open area
	open    []bool
	class   []uint8
	bodies  bool // whether classes of bodies were told
}

// Analyze measures a field. It returns the findings and the class of every pixel of the picture, whose meaning is in the
// findings. The same bytes come for any number of workers. prog may be nil.
func Analyze(ctx context.Context, f Field, p Params, o parallel.Options, prog parallel.Progress) (result.Findings, []uint8, error) {
	if err := p.Check(); err != nil {
		return result.Findings{}, nil, fmt.Errorf("rules of the field: %w", err)
	}
	if err := f.Check(); err != nil {
		return result.Findings{}, nil, err
	}
	if prog == nil {
		prog = parallel.Discard{}
	}
	s, err := newScene(f, p)
	if err != nil {
		return result.Findings{}, nil, err
	}
	if s.fibres, s.blur, err = fibres(ctx, s.p, s.in, o, prog); err != nil {
		return result.Findings{}, nil, err
	}
	prog.Stage("directions and classes", 0)
	if err := s.orient(); err != nil {
		return result.Findings{}, nil, err
	}
	if err := s.classify(); err != nil {
		return result.Findings{}, nil, err
	}
	r := &report{scene: s}
	if err := r.write(); err != nil {
		return result.Findings{}, nil, err
	}
	return r.Findings, s.labels(f.Grid.N[0], f.Grid.N[1]), ctx.Err()
}

// newScene finds the field in the picture.
func newScene(f Field, p Params) (*scene, error) {
	nm, err := f.pixelNM()
	if err != nil {
		return nil, err
	}
	s := &scene{params: p, nm: nm, scale: f.Grid.Calibration.Relative, rect: image.Rect(0, 0, f.Grid.N[0], f.Grid.N[1]), picture: f.Grid.N[1]}
	if p.DataBar == "auto" {
		s.rect = field(opencv.Plane{W: f.Grid.N[0], H: f.Grid.N[1], Pix: f.Grey})
	}
	if s.rect.Dy() < minSide {
		return nil, fmt.Errorf("the field without its data bar is %d pixels high, at least %d are wanted: set segment.data_bar=none if it has none", s.rect.Dy(), minSide)
	}
	s.p = f.crop(s.rect)
	s.blocks = newBlocks(s.p.W, s.p.H)
	away, err := burnt(s.p)
	if err != nil {
		return nil, err
	}
	s.in = make([]bool, len(away))
	for i, b := range away {
		s.in[i] = !b
	}
	s.hideBar(f)
	return s, nil
}

// barMargin is how far around a scale bar the field is left out, px.
const barMargin = 3

// hideBar leaves a scale bar out that lies on the field.
func (s *scene) hideBar(f Field) {
	b, err := FindBar(f)
	if err != nil { // there is none, or nobody can say which of several lines it is
		return
	}
	r := b.box.Inset(-barMargin).Intersect(s.rect).Sub(s.rect.Min)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			s.in[y*s.p.W+x] = false
		}
	}
}

// usual is the median width in px, a plausible one where no fibre was found.
func (s *scene) usual() float64 {
	if d := s.all(); len(d.px) > 0 {
		return d.quantile(0.5)
	}
	return 12
}

// all are the diameters of the field.
func (s *scene) all() *diameters { return s.without(-1) }

// without are the diameters outside of a block.
func (s *scene) without(block int) *diameters {
	d := &diameters{}
	for _, f := range s.fibres {
		if s.blocks.of(int(f.x), int(f.y)) != block {
			d.add(f.px, f.length)
		}
	}
	return d
}

// orient finds directions. Gradients and the tensor's window are as wide as an eighth of a fibre: in wider ones the fibre that
// rules takes the others with it, and the order comes out a third too high.
func (s *scene) orient() (err error) {
	w := max(1, s.usual()/8)
	s.tensor, err = courses(s.p, s.in, w, w, s.blocks)
	return err
}

// classify finds bare places and bodies.
func (s *scene) classify() error {
	smooth, err := opencv.Gaussian(s.p, bareSigma)
	if err != nil {
		return err
	}
	s.smooth = smooth
	s.dark = dark(newHistogram(smooth, s.in))
	if s.open, err = s.dark.contour(opencv.Plane{W: s.p.W, H: s.p.H, Pix: smooth}, s.dark.grey); err != nil {
		return err
	}
	s.class = make([]uint8, len(smooth))
	covered := make([]bool, len(smooth))
	for i, open := range s.open {
		covered[i] = s.in[i] && !open
		switch {
		case !s.in[i]:
			s.class[i] = burntValue
		case covered[i]:
			s.class[i] = fibrinValue
		default:
			s.class[i] = voidValue
		}
	}
	return s.findBodies(covered)
}

// bareSigma is the smoothing before the open area in px: below the width of gaps, above the grain of the noise.
const bareSigma = 1.0

// bodyWidths is the radius of the least body, in widths that 95 % of the fibres keep below.
const bodyWidths = 1.1

// findBodies tells wide smooth bodies from fibres, and by the disc that fits in, what they are.
func (s *scene) findBodies(covered []bool) error {
	if len(s.fibres) == 0 {
		return nil
	}
	wide, contrast, level := s.typical()
	rule := smoothness{sigma: max(1, s.usual()/8), radius: bodyWidths * wide, bright: s.dark.grey + s.params.BrightShare*(level-s.dark.grey)}
	rule.edge = s.params.EdgeShare * contrast / (rule.sigma * 2.5066)
	smooth, bright, err := rule.bodies(s.p, covered)
	if err != nil {
		return err
	}
	s.paint(smooth, unclassifiedValue)
	if s.nm == 0 {
		return nil
	}
	s.bodies = true
	for _, k := range []struct {
		um, grow float64 // what lies so far around belongs to it, in radii
		value    uint8
	}{{s.params.PlateletUM, 1, plateletValue}, {s.params.CellUM, 0.1, cellValue}} {
		radius := k.um * 1000 / s.nm / 2
		if radius < rule.radius { // a body of its size is no wider than a fibre
			continue
		}
		found, err := opened(bright, s.p.W, s.p.H, radius, 1)
		if err != nil {
			return err
		}
		if found, err = grown(found, bright, s.p.W, s.p.H, radius*k.grow); err != nil {
			return err
		}
		s.paint(found, k.value)
	}
	return nil
}

func (s *scene) paint(mask []bool, value uint8) {
	for i, m := range mask {
		if m && s.class[i] != burntValue {
			s.class[i] = value
		}
	}
}

// typical is the width that 95 % of the fibres keep below in px, the median contrast, and the median grey on the axes.
func (s *scene) typical() (wide, contrast, level float64) {
	var c, g diameters
	for _, f := range s.fibres {
		c.add(f.contrast, f.length)
		g.add(at(s.p, f.x, f.y), f.length)
	}
	return s.all().quantile(0.95), c.quantile(0.5), g.quantile(0.5)
}
