package source

import (
	"image"
	"math"

	"explant/analysis/stain"
	"explant/io/imagefile"
)

// Stain shows one stain of a section alone: the light that would pass if it were the only one.
type Stain struct {
	Name      string
	direction [3]float64 // optical density in red, green and blue, of length 1
	index     int
	unmix     stain.Unmixing
	lights    *[amountSteps*mostAmount + 1][3]uint8 // the colour of each amount
}

// Stains are those of a built-in profile, in its order.
func Stains(profile string) ([]Stain, error) {
	p, err := stain.Builtin(profile)
	if err != nil {
		return nil, err
	}
	u, err := p.Unmixing()
	if err != nil {
		return nil, err
	}
	directions := p.Directions()
	out := make([]Stain, len(p.Stains))
	for i, s := range p.Stains {
		out[i] = Stain{Name: s.Name, direction: directions[i], index: i, unmix: u, lights: lights(directions[i])}
	}
	return out, nil
}

// glass is the grey level taken for clear glass on the screen; a run estimates it from the slide.
const glass = 245

// paintColor turns red, green and blue samples into a tile; 16-bit samples lose their low byte.
func paintColor(out *image.RGBA, b imagefile.Block, s *Stain) {
	size := b.Type.Size()
	high := b.Data[size-1:]
	for i := range len(out.Pix) / 4 {
		from := 3 * i * size
		to := out.Pix[4*i : 4*i+4 : 4*i+4]
		to[0], to[1], to[2], to[3] = high[from], high[from+size], high[from+2*size], 255
	}
	if s != nil {
		s.paint(out)
	}
}

// paint leaves one stain in a tile.
func (s *Stain) paint(out *image.RGBA) {
	var density [256]float64
	for i := range density {
		density[i] = stain.Density(float64(i), glass)
	}
	for i := 0; i < len(out.Pix); i += 4 {
		px := out.Pix[i : i+3]
		amount := max(s.unmix.Amounts([3]float64{density[px[0]], density[px[1]], density[px[2]]})[s.index], 0)
		copy(px, s.lights[min(int(amount*amountSteps+0.5), len(s.lights)-1)][:])
	}
}

// amountSteps are the steps of one unit of optical density, and mostAmount the units, that a stain is
// coloured in.
const amountSteps, mostAmount = 512, 4

// lights is the colour of each amount of a stain.
func lights(direction [3]float64) *[amountSteps*mostAmount + 1][3]uint8 {
	var out [amountSteps*mostAmount + 1][3]uint8
	for i := range out {
		for c := range 3 {
			out[i][c] = uint8(glass * math.Pow(10, -float64(i)/amountSteps*max(direction[c], 0)))
		}
	}
	return &out
}

// paintChannels adds the colours of the channels that are shown.
func paintChannels(out *image.RGBA, b imagefile.Block, channels []Channel) {
	values := imagefile.Values(b.Data, b.Type)
	n := b.Channels
	for i := range len(out.Pix) / 4 {
		var sum [3]float64
		for c := range min(n, len(channels)) {
			ch := channels[c]
			if !ch.Shown {
				continue
			}
			t := min(max((values[i*n+c]-ch.Low)/max(ch.High-ch.Low, math.SmallestNonzeroFloat64), 0), 1)
			sum[0] += t * float64(ch.Color.R)
			sum[1] += t * float64(ch.Color.G)
			sum[2] += t * float64(ch.Color.B)
		}
		to := out.Pix[4*i : 4*i+4]
		for c := range 3 {
			to[c] = uint8(min(sum[c], 255) + 0.5)
		}
		to[3] = 255
	}
}
