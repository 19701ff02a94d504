package micrograph

import (
	"context"

	"explant/analysis/phantom/grain"
	"explant/volume/parallel"
)

// Structures of the field, a plane of the labels each.
const (
	ifNucleus = iota
	ifCrushed
	ifSmear
	ifNET
	ifH3Cit
	ifMPO
	ifFibrin
	ifPlatelet
	ifLeukocyte
	ifRBC
	ifFibre
	ifStructures
)

var ifNames = [ifStructures]string{
	"nucleus", "nucleus:crushed", "dna:smeared", "net", "marker:h3cit", "marker:mpo", "fibrin", "platelet",
	"leukocyte", "rbc", "excluded:fibre",
}

// body is one object of the field.
type body struct {
	shapes  []shape
	around  box
	parts   []part
	amount  [Channels]float64 // electrons where it is thickest
	auto    float64           // autofluorescence relative to the fibre wall
	grain   float64           // relative variation of the amounts
	grainPX float64           // size of that variation
	stream  int
}

// part says that a body belongs to a structure, as the object of that number.
type part struct {
	structure int
	id        uint16
}

func newBody(parts []part, shapes ...shape) *body {
	b := &body{shapes: shapes, around: shapes[0].bounds(), parts: parts}
	for _, s := range shapes[1:] {
		b.around = b.around.join(s.bounds())
	}
	return b
}

// ifLight is the light that leaves each pixel of the section, in electrons of a perfect camera: of each
// fluorophore, and of everything that shines by itself relative to the fibre wall.
type ifLight struct {
	of   [Channels][]float32
	auto []float32
}

func newIFLight(n int) *ifLight {
	l := &ifLight{auto: make([]float32, n)}
	for ch := range l.of {
		l.of[ch] = make([]float32, n)
	}
	return l
}

// ifBand is a band of rows while it is painted.
type ifBand struct {
	w, y0, y1 int
	covers    [ifStructures][]samples
	light     *ifLight
	labels    *Planes
}

// bandRows is the height of a band.
const bandRows = 16

// paint draws all bodies, band by band.
func (s *ifScene) paint(ctx context.Context, light *ifLight, labels *Planes, o parallel.Options, prog parallel.Progress) ([]ifSums, error) {
	o.Depth, o.Halo = bandRows, 0
	sums := make([]ifSums, o.Count(s.H))
	prog.Stage("draw objects", s.H)
	err := parallel.Slabs(ctx, s.H, o, prog, func(ctx context.Context, slab parallel.Slab) error {
		b := &ifBand{w: s.W, y0: slab.Z0, y1: slab.Z1, light: light, labels: labels}
		for k := range b.covers {
			b.covers[k] = make([]samples, b.w*(b.y1-b.y0))
		}
		var st stamp
		for i, body := range s.bodies {
			if i&255 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if st.cut(body.shapes, body.around, b.w, b.y0, b.y1) {
				b.press(&st, body, s.Seed)
			}
		}
		b.finish(&sums[slab.Index(o)])
		return ctx.Err()
	})
	return sums, err
}

// press puts a stamp of a body on the band. What lies on the fibre is cut off: it comes first.
func (b *ifBand) press(st *stamp, body *body, seed uint64) {
	onFibre := body.parts[0].structure == ifFibre
	for j := range st.h {
		for i := range st.w {
			k := j*st.w + i
			x, y := st.x0+i, st.y0+j
			at := (y-b.y0)*b.w + x
			c := st.covers[k]
			if !onFibre {
				c &^= b.covers[ifFibre][at]
			}
			if c == 0 {
				continue
			}
			thick := st.thick[k]
			if c != st.covers[k] {
				thick *= float32(count(c)) / float32(count(st.covers[k]))
			}
			if body.grain > 0 {
				thick *= float32(max(1+body.grain*grain.Smooth(seed, body.stream, float64(x)/body.grainPX, float64(y)/body.grainPX), 0.1))
			}
			b.add(body, x, y, c, thick)
		}
	}
}

func (b *ifBand) add(body *body, x, y int, c samples, thick float32) {
	at, pixel := (y-b.y0)*b.w+x, y*b.w+x
	for _, p := range body.parts {
		b.covers[p.structure][at] |= c
		if most(c, x, y) || b.labels.Data[p.structure][pixel] == 0 {
			b.labels.Data[p.structure][pixel] = p.id
		}
	}
	for ch, a := range body.amount {
		if a > 0 {
			b.light.of[ch][pixel] += float32(a) * thick
		}
	}
	b.light.auto[pixel] += float32(body.auto) * thick
}
