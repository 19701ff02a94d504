package render

import "image/color"

// OkabeIto is a palette whose colours differ for people with any common colour-vision deficiency:
// orange, sky blue, bluish green, yellow, blue, vermilion, reddish purple, black.
//
// Source: Okabe and Ito 2002, Color Universal Design; Wong, Nature Methods 8:441, 2011,
// doi:10.1038/nmeth.1618.
var OkabeIto = [8]color.NRGBA{
	{0xE6, 0x9F, 0x00, 255}, {0x56, 0xB4, 0xE9, 255}, {0x00, 0x9E, 0x73, 255}, {0xF0, 0xE4, 0x42, 255},
	{0x00, 0x72, 0xB2, 255}, {0xD5, 0x5E, 0x00, 255}, {0xCC, 0x79, 0xA7, 255}, {0x00, 0x00, 0x00, 255},
}

// Heat runs from a dark ground over purple and vermilion to pale yellow, its lightness rising all the way.
var Heat = []color.NRGBA{
	{0x11, 0x15, 0x1A, 255}, {0x3B, 0x1F, 0x53, 255}, {0x84, 0x20, 0x6B, 255}, {0xC6, 0x3D, 0x4B, 255},
	{0xEE, 0x7A, 0x22, 255}, {0xF9, 0xBF, 0x4A, 255}, {0xFC, 0xF5, 0xC0, 255},
}

// RampColor is the colour at t, 0 to 1, of an evenly spaced ramp.
func RampColor(ramp []color.NRGBA, t float64) color.NRGBA {
	at := min(max(t, 0), 1) * float64(len(ramp)-1)
	i := min(int(at), max(len(ramp)-2, 0))
	return mix(ramp[i], ramp[min(i+1, len(ramp)-1)], at-float64(i))
}

// mix is under with over laid on it at opacity a; under's own alpha is kept.
func mix(under, over color.NRGBA, a float64) color.NRGBA {
	blend := func(u, o uint8) uint8 { return uint8(float64(u)*(1-a) + float64(o)*a + 0.5) }
	return color.NRGBA{blend(under.R, over.R), blend(under.G, over.G), blend(under.B, over.B), under.A}
}
