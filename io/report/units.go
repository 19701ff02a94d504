package report

import (
	"regexp"
	"strings"
)

// plainUnits are the UCUM units that a report writes in another way.
var plainUnits = map[string]string{
	"1": "", "um": "µm", "um2": "µm²", "um3": "µm³", "mm2": "mm²", "mm3": "mm³", "cm2": "cm²", "cm3": "cm³",
	"deg": "°", "[arb'U]": "a.u.", "mm[Hg]": "mmHg", "{bool}": "", "{class}": "",
}

var annotation = regexp.MustCompile(`^\{(.+)\}$`)

// Unit is a UCUM unit as people write it: "µm" for "um", "per mm³" for "/mm3", "cells/mm²" for
// "{cell}/mm2", nothing for "1".
func Unit(ucum string) string {
	if plain, ok := plainUnits[ucum]; ok {
		return plain
	}
	over, under, divided := strings.Cut(ucum, "/")
	if !divided {
		if m := annotation.FindStringSubmatch(ucum); m != nil {
			return m[1] + "s"
		}
		return ucum
	}
	if over == "" || over == "1" {
		return "per " + Unit(under)
	}
	if under == "h" {
		return Unit(over) + " per hour"
	}
	return Unit(over) + "/" + Unit(under)
}

// withUnit joins a number and a UCUM unit: "12.3 %", "5".
func withUnit(number, ucum string) string {
	if u := Unit(ucum); u != "" {
		return number + "\u202f" + u
	}
	return number
}
