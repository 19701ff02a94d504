package micrograph

import (
	"math"
	"math/rand/v2"

	"explant/analysis/phantom/grain"
)

// Streams of hashed numbers of an electron micrograph.
const (
	semStreamGround = iota + 400
	semStreamSkin
	semStreamDetector
	semStreamLine
)

// surface is a closed body seen from above.
type surface interface {
	bounds() box
	// at gives the height of its upper side over a point in px and the sine of its tilt; false beside it.
	at(p point) (height, sine float64, ok bool)
	// misses is true only where the surface is nowhere over the pixel around p.
	misses(p point) bool
}

// thing is a fibre or a deposit with its surfaces.
type thing struct {
	class   uint8
	fibre   uint16 // number, 0 for deposits
	bright  float64
	pieces  []surface
	around  box
	path    []point // of the axis of a fibre
	radius  float64
	depth   float64 // height of the axis
	branchy bool    // begins on another fibre
}

// semScene is everything that is drawn by one generator before any pixel.
type semScene struct {
	SEM
	rng    *rand.Rand
	things []*thing
	w, h   float64
}

func newSEMScene(s SEM) *semScene {
	c := &semScene{SEM: s, rng: rand.New(rand.NewPCG(s.Seed, 0x5e1)), w: float64(s.W), h: float64(s.FieldH())}
	for layer := range s.Layers {
		if layer == s.Layers/2 {
			c.placeFilm()
		}
		c.placeLayer(layer)
	}
	c.placeCells(semRBC, c.RedCells, 3000)
	c.placeCells(semPlatelet, c.Platelets, 1150)
	return c
}

// gap is the distance of two layers.
func (c *semScene) gap() float64 { return 1.3 * c.DiameterPX }

// placeLayer adds fibres until they would cover Cover of the field if they lay anywhere: by Boolean-model
// statistics, until length times diameter is -ln(1 - Cover) of its area.
func (c *semScene) placeLayer(layer int) {
	aim := -math.Log(1-c.Cover) * c.w * c.h
	var mine []*thing
	for done := 0.0; done < aim && len(c.things) < 60_000; {
		f := &thing{class: semFibre, radius: c.diameter() / 2, bright: 1 + 0.1*c.rng.NormFloat64()}
		f.bright = min(max(f.bright, 0.7), 1.3)
		f.depth = (float64(layer) + c.rng.Float64()) * c.gap()
		angle := c.angle()
		if len(mine) > 0 && c.rng.Float64() < c.Branches {
			parent := mine[c.rng.IntN(len(mine))]
			f.path, f.branchy = []point{parent.path[c.rng.IntN(len(parent.path))]}, true
			f.depth, f.radius = parent.depth, min(f.radius, parent.radius)
			f.path = append(f.path, c.walk(f.path[0], angle)...)
		} else {
			from := point{c.w * c.rng.Float64(), c.h * c.rng.Float64()}
			back := c.walk(from, angle+math.Pi)
			for i := range back {
				f.path = append(f.path, back[len(back)-1-i])
			}
			f.path = append(append(f.path, from), c.walk(from, angle)...)
		}
		length := c.lay(f)
		mine = append(mine, f)
		done += max(length, 1) * 2 * f.radius
	}
}

// diameter is log-normal with the wanted mean and sd; values beyond 0.4 and 2.2 times the mean are drawn anew.
func (c *semScene) diameter() float64 {
	v := math.Log(1 + c.SpreadPX*c.SpreadPX/(c.DiameterPX*c.DiameterPX))
	for {
		d := c.DiameterPX * math.Exp(math.Sqrt(v)*c.rng.NormFloat64()-v/2)
		if d > 0.4*c.DiameterPX && d < 2.2*c.DiameterPX {
			return d
		}
	}
}

// angle is a direction in rad with y downwards: along Direction for the share Alignment, with a spread of
// 12 degrees, any otherwise.
func (c *semScene) angle() float64 {
	turn := math.Pi * float64(c.rng.IntN(2))
	if c.rng.Float64() < c.Alignment {
		return turn - (c.Direction+12*c.rng.NormFloat64())*math.Pi/180
	}
	return turn + math.Pi*c.rng.Float64()
}

// walk goes from a place until it is well outside the field.
func (c *semScene) walk(at point, angle float64) (path []point) {
	step := max(c.DiameterPX, 4)
	wave := c.Waviness * math.Pi / 180 * math.Sqrt(step/100)
	margin := 3 * c.DiameterPX
	for at.x > -margin && at.y > -margin && at.x < c.w+margin && at.y < c.h+margin && len(path) < 20_000 {
		at = at.along(angle, step)
		path = append(path, at)
		angle += wave * c.rng.NormFloat64()
	}
	return path
}

// lay makes the pieces of a fibre and returns the length of its axis in the field.
func (c *semScene) lay(f *thing) (length float64) {
	for i, from := range f.path[:len(f.path)-1] {
		to := f.path[i+1]
		f.add(&rod{link{from, to, f.radius, f.radius}, f.depth})
		if mid := (point{(from.x + to.x) / 2, (from.y + to.y) / 2}); mid.x > 0 && mid.y > 0 && mid.x < c.w && mid.y < c.h {
			length += from.to(to)
		}
	}
	c.things = append(c.things, f)
	f.fibre = uint16(len(c.things))
	return length
}

func (f *thing) add(s surface) {
	if len(f.pieces) == 0 {
		f.around = s.bounds()
	}
	f.around = f.around.join(s.bounds())
	f.pieces = append(f.pieces, s)
}

// rod is a straight round piece of a fibre whose axis lies at a height.
type rod struct {
	link
	z float64
}

func (r *rod) misses(p point) bool {
	_, d := r.nearest(p)
	return d > max(r.ra, r.rb)+corner
}

func (r *rod) at(p point) (height, sine float64, ok bool) {
	t, d := r.nearest(p)
	radius := r.ra + t*(r.rb-r.ra)
	if d >= radius {
		return 0, 0, false
	}
	return r.z + math.Sqrt(radius*radius-d*d), d / radius, true
}

// dome is a body with an outline and a rounded upper side; the middle of a red cell is sunk.
type dome struct {
	*blob
	z, rise float64
	seed    uint64
	bumps   float64 // of the upper side, relative to rise
}

func (d *dome) misses(p point) bool {
	in, _ := d.blob.at(p)
	return in < -corner
}

func (d *dome) at(p point) (height, sine float64, ok bool) {
	h, ok := d.top(p)
	if !ok {
		return 0, 0, false
	}
	const step = 0.5
	hx, _ := d.top(point{p.x + step, p.y})
	hy, _ := d.top(point{p.x, p.y + step})
	slope := math.Hypot(hx-h, hy-h) / step
	return d.z + h, slope / math.Sqrt(1+slope*slope), true
}

// top is the height over z, 0 and false beside the body.
func (d *dome) top(p point) (float64, bool) {
	in, thick := d.blob.at(p)
	if in <= 0 {
		return 0, false
	}
	grains := 1 + d.bumps*grain.Cloud(d.seed, semStreamSkin, p.x/d.a*5, p.y/d.a*5, 3)
	return d.rise * thick * grains, true
}
