package calibration

import "strings"

// perUnit is the length of a unit in millimetres. Keys are what [normal] makes of the many spellings.
var perUnit = map[string]float64{
	"m": 1000, "meter": 1000, "metre": 1000,
	"cm": 10, "centimeter": 10, "centimetre": 10,
	"mm": 1, "millimeter": 1, "millimetre": 1,
	"um": 1e-3, "micron": 1e-3, "micrometer": 1e-3, "micrometre": 1e-3, "mu": 1e-3,
	"mikrometer": 1e-3, "mikron": 1e-3,
	"pm": 1e-9, "fm": 1e-12, "thou": 0.0254,
	"nm": 1e-6, "nanometer": 1e-6, "nanometre": 1e-6,
	"angstrom": 1e-7, "å": 1e-7,
	"in": 25.4, "inch": 25.4, "inche": 25.4, "\"": 25.4,

	// What else OME has a name for; hardly a voxel has such a size, and then the reason says so.
	"yoctometer": 1e-21, "zeptometer": 1e-18, "attometer": 1e-15, "femtometer": 1e-12, "picometer": 1e-9,
	"decimeter": 1e2, "hectometer": 1e5, "kilometer": 1e6, "megameter": 1e9, "gigameter": 1e12, "terameter": 1e15,
	"petameter": 1e18, "exameter": 1e21, "zettameter": 1e24, "yottameter": 1e27,
	"foot": 304.8, "yard": 914.4, "mile": 1609344, "parsec": 3.0856775814913673e19,
}

// PerUnit returns the millimetres of one unit, however it is spelt: "µm" with either micro sign, as the
// escape \u00B5m that ImageJ writes or as a lone Latin-1 byte, "um", "microns", "centimetres", "inch".
// A pixel, an empty string and anything else is no unit of length: false.
func PerUnit(unit string) (mm float64, ok bool) {
	n := normal(unit)
	if mm, ok = perUnit[n]; ok {
		return mm, true
	}
	mm, ok = perUnit[strings.TrimSuffix(n, "s")]
	return mm, ok
}

var microSigns = strings.NewReplacer(`\u00b5`, "u", `\u03bc`, "u", "\u00c2\u00b5", "u", "\u00b5", "u", "\u03bc", "u", "\xb5", "u",
	"\u212b", "å", "\u00c5", "å")

func normal(unit string) string {
	s := strings.Trim(unit, " \t\r\n\x00.")
	return strings.ToLower(microSigns.Replace(strings.ReplaceAll(strings.ReplaceAll(s, `\u00B5`, "u"), `\u03BC`, "u")))
}
