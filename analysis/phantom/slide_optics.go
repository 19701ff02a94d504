package phantom

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"math"
	"math/rand/v2"

	"explant/analysis/stain"
)

// extra are the absorbers of a slide beside the stains of its profile: the nuclear stain of trichromes,
// and the orange that eosin makes with haemoglobin.
var extra = map[string]stain.Stain{
	SlideHE:        {Name: "haemoglobin", OD: [3]float64{0.05, 0.68, 0.73150}},
	SlideMSB:       {Name: "nuclear", OD: [3]float64{0.66504, 0.61772, 0.41969}},
	SlideCarstairs: {Name: "nuclear", OD: [3]float64{0.66504, 0.61772, 0.41969}},
	SlidePSR:       {Name: "nuclear", OD: [3]float64{0.66504, 0.61772, 0.41969}},
}

// slideAmounts are the mean amounts of each stain in each class, in optical density along its direction.
// The order of the stains is that of the profile, then the extra one. What the classes look like in
// Carstairs' stain: Electron Microscopy Sciences, data sheet 26381 (fibrin bright red, platelets grey blue
// or navy, collagen bright blue, red cells clear yellow, nuclei blue-black); in martius scarlet blue:
// Fitzgerald et al., J NeuroIntervent Surg 11(11):1145-1149, 2019, doi:10.1136/neurintsurg-2018-014637.
var slideAmounts = map[string]map[uint8][]float64{
	SlideHE: { // haematoxylin, eosin, haemoglobin
		slideRBC: {0.02, 0.16, 0.52}, slideFibrin: {0.05, 0.46}, slidePlatelet: {0.12, 0.22}, slideLeukocyte: {0.14, 0.20},
		slideNucleus: {0.85, 0.10}, slideCollagen: {0.04, 0.36}, slideOther: {0.03, 0.14},
	},
	SlideMSB: { // yellow, scarlet, blue, nuclear
		slideRBC: {0.80, 0.10, 0}, slideFibrin: {0.05, 0.75, 0.02}, slidePlatelet: {0.02, 0.15, 0.20}, slideLeukocyte: {0.05, 0.12, 0.12},
		slideNucleus: {0, 0.1, 0.15, 0.75}, slideCollagen: {0.02, 0.03, 0.60}, slideOther: {0.04, 0.07, 0.07},
	},
	SlideCarstairs: { // yellow, red, blue, nuclear
		slideRBC: {0.72, 0.05, 0}, slideFibrin: {0.10, 0.75, 0.02}, slidePlatelet: {0.03, 0.13, 0.36}, slideLeukocyte: {0.04, 0.12, 0.11},
		slideNucleus: {0.05, 0.1, 0.15, 0.80}, slideCollagen: {0.01, 0.02, 0.62}, slideOther: {0.04, 0.08, 0.04},
	},
	SlideDAB: { // haematoxylin, DAB
		slideMarker: {0.08, 0.72}, slideRBC: {0.09, 0.07}, slideFibrin: {0.14, 0.02}, slideLeukocyte: {0.18, 0.04},
		slideNucleus: {0.65, 0.02}, slideCollagen: {0.13, 0.02}, slideOther: {0.12, 0.01},
	},
	SlidePTAH: { // blue, red-brown
		slideFibrin: {0.80, 0.04}, slideNucleus: {0.78, 0.08}, slideRBC: {0.26, 0.10}, slidePlatelet: {0.20, 0.08}, slideLeukocyte: {0.16, 0.10},
		slideCollagen: {0.04, 0.62}, slideOther: {0.05, 0.10},
	},
	SlidePSR: { // sirius red, picric acid, nuclear
		slideCollagen: {0.60, 0.12}, slideRBC: {0.02, 0.52}, slideFibrin: {0.03, 0.36}, slidePlatelet: {0.02, 0.25}, slideLeukocyte: {0.02, 0.22},
		slideNucleus: {0.03, 0.2, 0.45}, slideOther: {0.03, 0.18},
	},
}

// mixStains turns each stain of the profile by up to JitterDeg and keeps the amounts of the kind.
func (c *slideScene) mixStains(rng *rand.Rand) error {
	p, err := c.profile()
	if err != nil {
		return err
	}
	all := p.Stains
	if more, ok := extra[c.Kind]; ok {
		all = append(all, more)
	}
	for _, s := range all {
		angle := (2*rng.Float64() - 1) * c.JitterDeg * math.Pi / 180
		c.absorbers = append(c.absorbers, stain.Stain{Name: s.Name, OD: turn(s.OD, angle, 2*math.Pi*rng.Float64())})
	}
	for class, a := range slideAmounts[c.Kind] {
		c.amounts[class] = a
	}
	return nil
}

// turn rotates a unit vector by angle in rad towards a direction across it, given as a rotation about it.
// A component that would become negative is set to 0: a stain does not add light.
func turn(v [3]float64, angle, towards float64) [3]float64 {
	a := [3]float64{v[1], -v[0], 0} // across v, as no stain lies along blue alone
	n := math.Hypot(a[0], a[1])
	a[0], a[1] = a[0]/n, a[1]/n
	b := [3]float64{v[1]*a[2] - v[2]*a[1], v[2]*a[0] - v[0]*a[2], v[0]*a[1] - v[1]*a[0]}
	sin, cos := math.Sincos(angle)
	across, along := math.Sincos(towards)
	var out [3]float64
	var length float64
	for i := range out {
		out[i] = max(cos*v[i]+sin*(along*a[i]+across*b[i]), 0)
		length += out[i] * out[i]
	}
	for i := range out {
		out[i] /= math.Sqrt(length)
	}
	return out
}

// stained is the optical density of a class by Beer and Lambert: the sum of its stains.
func (c *slideScene) stained(class uint8, density float64) (od [3]float64) {
	for k, amount := range c.amounts[class] {
		for ch := range od {
			od[ch] += density * amount * c.absorbers[k].OD[ch]
		}
	}
	return od
}

// texture is the local density of the stain at a point in µm, about 1: uneven uptake and section
// thickness, and a fine grain.
func (c *slideScene) texture(x, y float64) float64 {
	slow := cloud(c.Seed, streamTexture, x/45, y/45, 3)
	fine := smoothNoise(c.Seed, streamTexture+40, x/2.5, y/2.5)
	return max(1+c.Texture*(slow+0.6*fine), 0.2)
}

// expose turns transmitted light into the levels of an 8-bit camera: illumination that falls off from
// its brightest point, glass level, noise.
func (c *slideScene) expose(x, y int, light [3]float64, rgba []uint8) {
	r := math.Hypot(float64(x)*c.PixelSizeUM-c.brightest.x, float64(y)*c.PixelSizeUM-c.brightest.y) / c.reach
	lamp := 1 - c.Unevenness*r*r
	for ch := range light {
		v := light[ch]*lamp*c.GlassGrey[ch] + c.NoiseGrey*hashNormal(c.Seed, streamCamera+ch, x, y, 0)
		rgba[ch] = uint8(math.Round(min(max(v, 0), 255)))
	}
	rgba[3] = 255
}

// compress replaces the image by what a JPEG of that quality keeps of it.
func compress(im *image.RGBA, quality int) error {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, im, &jpeg.Options{Quality: quality}); err != nil {
		return fmt.Errorf("compress: %w", err)
	}
	back, err := jpeg.Decode(&b)
	if err != nil {
		return fmt.Errorf("decompress: %w", err)
	}
	draw.Draw(im, im.Rect, back, image.Point{}, draw.Src)
	return nil
}
