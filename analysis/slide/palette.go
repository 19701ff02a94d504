package slide

// A slide has few colours: of 16 million pixels with the noise of a camera some 100 000, and 20 000 of them are nineteen
// of twenty pixels. So what a colour means is found out once, and pixels of a colour are only counted.

// paletteBits is the logarithm of the places of a palette; it holds colours in half of them at most, then what they
// have counted is added up and it begins anew. So memory does not grow with the slide.
const paletteBits = 18

// shade is what a colour means under the first cut, and how many pixels of it were seen. Its bits are the colour (red
// the highest byte, then green and blue), whether the place is taken, whether the colour is dense - at least the
// least density of tissue under some cut - and its class.
type shade struct{ bits, n uint32 }

const (
	taken      = 1 << 7
	denseShade = 1 << 6
	classBits  = denseShade - 1
)

func (s *shade) dense() bool { return s.bits&denseShade != 0 }

func (s *shade) class() uint8 { return uint8(s.bits & classBits) }

func colour(r, g, b uint8) uint32 { return uint32(r)<<24 | uint32(g)<<16 | uint32(b)<<8 }

func channels(colour uint32) (r, g, b uint8) {
	return uint8(colour >> 24), uint8(colour >> 16), uint8(colour >> 8)
}

// palette holds the colours that one goroutine has seen lately, and its counts. A colour is at the first free place
// from the one that its hash gives; eight neighbouring blues share a hash, so that they lie in one line of the cache.
type palette struct {
	*classifier
	*census
	places []shade
	held   int
}

func (c *classifier) newPalette() *palette {
	return &palette{classifier: c, census: c.newCensus(), places: make([]shade, 1<<paletteBits)}
}

// lastPlace is the index of the last place, all of whose bits are set.
const lastPlace = 1<<paletteBits - 1

// first is the place where a colour is looked for first.
func first(colour uint32) uint32 {
	return (colour>>11*0x9e3779b1)>>(32-paletteBits)&^7 | colour>>8&7
}

// of reports that a place holds the colour.
func (s *shade) of(colour uint32) bool { return s.bits&^(taken-1) == colour|taken }

// at is the place of a colour, which it takes up when it is new.
func (p *palette) at(colour uint32) *shade {
	for i := first(colour); ; i++ {
		s := &p.places[i&lastPlace]
		if s.of(colour) {
			return s
		}
		if s.bits == 0 {
			return p.takeUp(colour, s)
		}
	}
}

// takeUp finds out what a new colour means and puts it at s, or elsewhere when the palette is full.
func (p *palette) takeUp(colour uint32, s *shade) *shade {
	if 2*p.held >= len(p.places) {
		p.flush()
		return p.at(colour)
	}
	p.held++
	class, dense := p.shade(colour)
	s.bits = colour | taken | uint32(class)
	if dense {
		s.bits |= denseShade
	}
	return s
}

// row labels and counts a row of pixels. out are the label values of what is excluded, 0 elsewhere.
func (p *palette) row(rgb, labels, out []uint8) {
	rgb, out = rgb[:3*len(labels)], out[:len(labels)]
	places := p.places[:lastPlace+1]
	for x := range labels {
		px := rgb[3*x : 3*x+3 : 3*x+3]
		c := colour(px[0], px[1], px[2])
		s := &places[first(c)&lastPlace]
		if !s.of(c) {
			s = p.at(c)
		}
		if o := out[x]; o != 0 && (s.dense() || p.whole[o]) {
			labels[x] = o
			p.exclude(o)
			continue
		}
		labels[x] = s.class()
		if s.n++; s.n == 1<<32-1 {
			p.flush()
		}
	}
	p.census.pixels += int64(len(labels))
}

// exclude counts a pixel of a structure, or of a blot of ink.
func (p *palette) exclude(value uint8) {
	if k := int(value) - int(p.firstStructure); k >= 0 {
		p.structures[k]++
	} else {
		p.census.ink++
	}
}

// flush adds up what the colours have counted and forgets them.
func (p *palette) flush() {
	for i := range p.places {
		if s := &p.places[i]; s.n > 0 {
			p.count(s.bits, int64(s.n), p.census)
		}
	}
	clear(p.places)
	p.held = 0
}
