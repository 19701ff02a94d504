package phantom

import (
	"math"
	"math/rand/v2"

	"explant/analysis/stain"
)

// Classes of the slide's truth labels.
const (
	slideGlass uint8 = iota
	slideOther
	slideFibrin
	slidePlatelet
	slideRBC
	slideLeukocyte
	slideNucleus
	slideCollagen
	slideMarker
	slideFibre
	slideFold
	slideBubble
	slideInk
	slideFocus
	slideClassCount
)

// slideClasses names the label values in order.
var slideClasses = [slideClassCount]string{
	"excluded:glass", "other", "fibrin", "platelet", "rbc", "leukocyte", "nucleus", "collagen", "marker:dab",
	"excluded:fibre", "excluded:fold", "excluded:bubble", "excluded:ink", "excluded:focus",
}

// Streams of hashed numbers, one a purpose.
const (
	streamTissue = iota + 100
	streamHole
	streamCells
	streamRBC
	streamPlatelet
	streamCollagen
	streamStrand
	streamFibrin
	streamTexture
	streamInk
	streamWarp
	streamCamera
	streamUptake = streamCamera + 3 // the camera has three
)

// slidePoint is a place on the slide in µm.
type slidePoint struct{ x, y float64 }

// slideScene is everything that is drawn by one generator before any pixel.
type slideScene struct {
	Slide
	near       [][]slidePoint // fibres near each square of the pitch, row by row
	squares    int            // of them in a row
	brightest  slidePoint     // of the illumination, in µm
	reach      float64        // from there to the farthest corner, µm
	foldAt     slidePoint
	foldAngle  float64
	bubbleAt   slidePoint
	bubbleUM   float64 // radius
	inkAt      slidePoint
	blurAt     slidePoint
	absorbers  []stain.Stain // as used: jittered; the profile's stains, then the nuclear stain where it is extra
	amounts    [slideClassCount][]float64
	strandTurn float64 // direction of collagen strands, rad
	cells      float64 // share of the lattice of leukocytes that is taken
	mix        *mixLevels
}

func newSlideScene(s Slide) (*slideScene, error) {
	c := &slideScene{Slide: s, cells: 0.30}
	rng := rand.New(rand.NewPCG(s.Seed, 0x511de))
	if err := c.mixStains(rng); err != nil {
		return nil, err
	}
	w, h := float64(s.W)*s.PixelSizeUM, float64(s.H)*s.PixelSizeUM
	c.placeFibres(rng, w, h)
	at := func(lo, hi float64) slidePoint {
		return slidePoint{w * (lo + (hi-lo)*rng.Float64()), h * (lo + (hi-lo)*rng.Float64())}
	}
	c.brightest = at(0.3, 0.7)
	for _, corner := range []slidePoint{{0, 0}, {w, 0}, {0, h}, {w, h}} {
		c.reach = max(c.reach, math.Hypot(corner.x-c.brightest.x, corner.y-c.brightest.y))
	}
	if s.Mix != nil {
		c.levelMix(*s.Mix)
	}
	c.foldAt, c.foldAngle = c.onTissue(at), math.Pi*rng.Float64()
	c.bubbleAt, c.bubbleUM = c.onTissue(at), min(w, h)*(0.03+0.02*rng.Float64())
	c.inkAt = c.onTissue(at)
	c.strandTurn = math.Pi * rng.Float64()
	c.blurAt = c.onTissue(at)
	return c, nil
}

// onTissue draws a place on tissue, or any place where there is hardly any tissue.
func (c *slideScene) onTissue(draw func(lo, hi float64) slidePoint) slidePoint {
	p := draw(0.1, 0.9)
	for range 200 {
		if d := c.outside(p.x, p.y); d >= 0 && c.deposit(p.x, p.y, d) {
			break
		}
		p = draw(0.1, 0.9)
	}
	return p
}

// placeFibres lays the cut fibres on a staggered lattice, each a little off its place.
func (c *slideScene) placeFibres(rng *rand.Rand, w, h float64) {
	rise := c.PitchUM * math.Sqrt(3) / 2
	c.squares = int(w/c.PitchUM) + 1
	c.near = make([][]slidePoint, c.squares*(int(h/c.PitchUM)+1))
	dx, dy := c.PitchUM*rng.Float64(), rise*rng.Float64()
	slack := (c.PitchUM - c.FibreOuterUM) / 3
	for j := -1; float64(j-1)*rise < h; j++ {
		for i := -2; float64(i-2)*c.PitchUM < w; i++ {
			x := float64(i)*c.PitchUM + float64(j&1)*c.PitchUM/2 + dx + slack*(2*rng.Float64()-1)
			y := float64(j)*rise + dy + slack*(2*rng.Float64()-1)
			c.listFibre(slidePoint{x, y})
		}
	}
}

// listFibre notes a fibre in every square whose centre is so near that the fibre may be the nearest one to
// a point of it: no point is farther from a fibre than the pitch, nor from its square's centre than 0.71.
func (c *slideScene) listFibre(f slidePoint) {
	i, j := int(math.Floor(f.x/c.PitchUM)), int(math.Floor(f.y/c.PitchUM))
	for y := max(j-2, 0); y <= min(j+2, len(c.near)/c.squares-1); y++ {
		for x := max(i-2, 0); x <= min(i+2, c.squares-1); x++ {
			if math.Hypot(f.x-(float64(x)+0.5)*c.PitchUM, f.y-(float64(y)+0.5)*c.PitchUM) < 1.8*c.PitchUM {
				c.near[y*c.squares+x] = append(c.near[y*c.squares+x], f)
			}
		}
	}
}

// outside is the distance in µm from the outer surface of the nearest fibre, negative within it.
func (c *slideScene) outside(x, y float64) float64 {
	near := math.Inf(1)
	for _, f := range c.near[int(y/c.PitchUM)*c.squares+int(x/c.PitchUM)] {
		near = min(near, (x-f.x)*(x-f.x)+(y-f.y)*(y-f.y))
	}
	return math.Sqrt(near) - c.FibreOuterUM/2
}

// inFold tells whether a point lies in the fold, a curved band across a part of the slide.
func (c *slideScene) inFold(x, y float64) bool {
	sin, cos := math.Sincos(c.foldAngle)
	along := (x-c.foldAt.x)*cos + (y-c.foldAt.y)*sin
	across := (y-c.foldAt.y)*cos - (x-c.foldAt.x)*sin
	length := 0.25 * float64(min(c.W, c.H)) * c.PixelSizeUM
	half := 11 * (1 - along*along/(length*length))
	return math.Abs(across-25*math.Sin(along/70)) < half
}

// ink is how much of the ink's density lies at a point, 0 to 1: a ragged blot with a soft rim.
func (c *slideScene) ink(x, y float64) float64 {
	r := math.Hypot(x-c.inkAt.x, y-c.inkAt.y)
	limit := 0.045 * float64(min(c.W, c.H)) * c.PixelSizeUM
	if r > 2*limit {
		return 0
	}
	depth := limit*(1+0.8*cloud(c.Seed, streamInk, x/30, y/30, 3)) - r
	return min(max(depth/6, 0), 1)
}
