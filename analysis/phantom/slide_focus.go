package phantom

import "math"

// A patch out of focus: blurShare of the shorter side in radius; its blur is the mean over blurSamples places about
// a point, which lie as the seeds of a sunflower, with the density of a Gaussian.
const (
	blurShare   = 0.14
	blurSamples = 96
)

// unfocused tells whether a point in µm lies in the patch that is out of focus.
func (c *slideScene) unfocused(x, y float64) bool {
	return c.DefocusUM > 0 && math.Hypot(x-c.blurAt.x, y-c.blurAt.y) < blurShare*float64(min(c.W, c.H))*c.PixelSizeUM
}

// blurred is the light at a point of the patch. Places beyond the slide give that of its border.
func (c *slideScene) blurred(x, y float64) (light [3]float64) {
	golden := math.Pi * (3 - math.Sqrt(5))
	for k := range blurSamples {
		r := c.DefocusUM * math.Sqrt(-2*math.Log(1-(float64(k)+0.5)/blurSamples))
		sin, cos := math.Sincos(float64(k) * golden)
		px := min(max(x+r*cos, 0), (float64(c.W)-0.5)*c.PixelSizeUM)
		py := min(max(y+r*sin, 0), (float64(c.H)-0.5)*c.PixelSizeUM)
		_, od := c.sample(px, py, c.texture(px, py))
		for ch := range light {
			light[ch] += math.Exp(-math.Ln10*od[ch]) / blurSamples
		}
	}
	return light
}

// unfocus turns tissue into tissue that is out of focus; what is excluded stays.
func (n *slideCounts) unfocus() {
	for class := slideOther; class <= slideMarker; class++ {
		n[slideFocus] += n[class]
		n[class] = 0
	}
}
