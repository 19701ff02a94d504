package tiff

import (
	"fmt"

	"explant/io/imagefile"
)

// Photometric interpretations and compressions that need a word of their own.
const (
	minIsWhite, minIsBlack, rgb, indexed, mask, separated, yCbCr = 0, 1, 2, 3, 4, 5, 6
	cieLab, iccLab, ituLab, logL, logLuv                         = 8, 9, 10, 32844, 32845
	oldJPEG, jpeg, sgiLog, sgiLog24                              = 6, 7, 34676, 34677
)

// form says how stored samples become those that a reader gives.
type form struct {
	typ      imagefile.Type
	channels int
	rgba     bool      // let libtiff convert to 8-bit colour
	invert   bool      // MinIsWhite
	scale    uint64    // factor for 1, 2 and 4 bits; 0 for none
	half     bool      // 16-bit floats
	table    [][3]byte // palette, by index
	inks     bool      // cyan, magenta, yellow, black become red, green, blue
	warnings []string
}

// plain reports samples that are given as they are stored.
func (f form) plain(bits int) bool {
	return !f.rgba && !f.inks && !f.invert && f.scale == 0 && !f.half && f.table == nil && bits == 8*f.typ.Size()
}

func (p *page) newForm() (form, error) {
	if p.photometric == separated && p.cmyk {
		return p.inkForm()
	}
	switch p.photometric {
	case separated, cieLab, iccLab, ituLab, logL, logLuv:
		return p.rgbaForm()
	case yCbCr:
		if p.compression != jpeg {
			return p.rgbaForm()
		}
	case minIsWhite, minIsBlack, rgb, mask, indexed:
	default:
		return form{}, fmt.Errorf("photometric interpretation %d is not supported", p.photometric)
	}
	if p.compression == oldJPEG || p.compression == sgiLog || p.compression == sgiLog24 {
		return p.rgbaForm()
	}
	f, err := p.sampleForm()
	if err != nil {
		return f, err
	}
	if p.photometric == indexed {
		return f, p.indexForm(&f)
	}
	f.invert = p.photometric == minIsWhite && p.format != 2 && p.format != 3
	return f, p.channelForm(&f)
}

// inkForm is that of 8 bits of cyan, magenta, yellow and black, and perhaps samples that are left out.
func (p *page) inkForm() (form, error) {
	if p.bits != 8 || p.samples < 4 || p.planar || p.compression == oldJPEG {
		return p.rgbaForm()
	}
	f := form{typ: imagefile.Uint8, channels: 3, inks: true, warnings: []string{"CMYK was made RGB without a colour profile: colours are approximate"}}
	if p.samples > 4 {
		f.warnings = append(f.warnings, fmt.Sprintf("%d samples a pixel beside the four inks were left out", p.samples-4))
	}
	return f, nil
}

// conversions are what libtiff makes 8-bit colours of, with what is lost.
var conversions = map[int]string{
	separated: "CMYK was made RGB without a colour profile: colours are approximate",
	cieLab:    "CIELab was made 8-bit RGB: colours are approximate",
	iccLab:    "ICCLab was made 8-bit RGB: colours are approximate",
	ituLab:    "ITULab was made 8-bit RGB: colours are approximate",
	logL:      "logarithmic luminance was made 8-bit grey values in RGB, not in proportion to it",
	logLuv:    "logarithmic luminance and chroma were made 8-bit RGB, not in proportion to it",
}

func (p *page) rgbaForm() (form, error) {
	if int64(p.w)*4*int64(min(p.chunkH, p.h)) > maxChunk {
		return form{}, fmt.Errorf("one %s of %d x %d pixels is too large to convert to RGB", p.chunkName(), p.w, p.chunkH)
	}
	f := form{typ: imagefile.Uint8, channels: 3, rgba: true}
	if lost := conversions[p.photometric]; lost != "" {
		f.warnings = append(f.warnings, lost)
	}
	return f, nil
}

// sampleForm finds the type of one sample. SampleFormat: 1 unsigned, 2 signed, 3 float, 4 undefined.
func (p *page) sampleForm() (f form, err error) {
	unknown := fmt.Errorf("samples of %d bits in format %d are not supported", p.bits, p.format)
	switch p.format {
	case 3:
		types := map[int]imagefile.Type{16: imagefile.Float32, 32: imagefile.Float32, 64: imagefile.Float64}
		f.typ, f.half = types[p.bits], p.bits == 16
	case 2:
		f.typ = map[int]imagefile.Type{8: imagefile.Int8, 16: imagefile.Int16, 32: imagefile.Int32}[p.bits]
	case 1, 4:
		f.typ = unsigned(p.bits)
		if p.bits < 8 && p.bits > 0 && p.photometric != indexed {
			f.scale = 255 / (1<<p.bits - 1)
		}
	}
	if f.typ == "" {
		return f, unknown
	}
	return f, nil
}

func unsigned(bits int) imagefile.Type {
	switch {
	case bits < 1 || bits > 32:
		return ""
	case bits <= 8:
		return imagefile.Uint8
	case bits <= 16:
		return imagefile.Uint16
	}
	return imagefile.Uint32
}

// channelForm counts the samples that carry the picture: those before the extra samples, and extra
// samples of a grey image that are not said to be alpha.
func (p *page) channelForm(f *form) error {
	f.channels = p.samples - len(p.extras)
	if p.photometric == rgb || p.photometric == yCbCr {
		if p.samples < 3 {
			return fmt.Errorf("%d samples a pixel cannot be red, green and blue", p.samples)
		}
		f.channels = 3
	} else {
		for _, e := range p.extras {
			if e == 0 {
				f.channels++
			}
		}
	}
	if f.channels < 1 || f.channels > p.samples {
		return fmt.Errorf("%d samples with %d extra ones cannot be", p.samples, len(p.extras))
	}
	if f.channels < p.samples {
		f.warnings = append(f.warnings, fmt.Sprintf("%d alpha or extra samples a pixel were left out", p.samples-f.channels))
	}
	return nil
}

// indexForm turns a colour table into RGB, a grey table into grey values. A table whose three
// curves never fall is a display tint of intensities (ImageJ writes them): the indexes are the data.
func (p *page) indexForm(f *form) error {
	t := p.palette
	if len(t[0]) == 0 || p.format == 3 {
		return fmt.Errorf("the colour table is missing")
	}
	f.channels, f.scale = 1, 0
	if p.samples > 1 {
		f.warnings = append(f.warnings, "the samples beside the colour index were left out")
	}
	if p.bits == 8 && rising(t) {
		if !isGrey(t) {
			f.warnings = append(f.warnings, "the colour table only tints grey values and was left out")
		}
		return nil
	}
	f.typ, f.table = imagefile.Uint8, table(t)
	if !isGrey(t) {
		f.channels = 3
	}
	return nil
}

func isGrey(t [3][]uint16) bool {
	for i := range t[0] {
		if t[0][i] != t[1][i] || t[0][i] != t[2][i] {
			return false
		}
	}
	return true
}

func rising(t [3][]uint16) bool {
	top := uint16(0)
	for _, c := range t {
		for i := 1; i < len(c); i++ {
			if c[i] < c[i-1] {
				return false
			}
		}
		top = max(top, c[len(c)-1])
	}
	return top > 0
}

// table is the palette in 8 bits. Some writers fill it with 0..255 instead of 0..65535.
func table(t [3][]uint16) [][3]byte {
	shift := 0
	for _, c := range t {
		for _, v := range c {
			if v > 255 {
				shift = 8
			}
		}
	}
	out := make([][3]byte, len(t[0]))
	for i := range out {
		out[i] = [3]byte{byte(t[0][i] >> shift), byte(t[1][i] >> shift), byte(t[2][i] >> shift)}
	}
	return out
}
