package result

import (
	"fmt"
	"strings"
)

// Text writes the value as a person reads it: "deposit: 7.31 % (7.02 to 7.60) of blood-side space".
func (m Measurement) Text() string {
	var b strings.Builder
	if m.Part != "" {
		fmt.Fprintf(&b, "%s: ", m.Part)
	}
	fmt.Fprintf(&b, "%.4g %s", m.Value, UnitText(m.Unit))
	if m.ULo != nil && m.UHi != nil {
		fmt.Fprintf(&b, " (%.4g to %.4g)", *m.ULo, *m.UHi)
	}
	if m.DenominatorName != "" {
		fmt.Fprintf(&b, " of %s", m.DenominatorName)
	}
	return b.String()
}

// UnitText writes a UCUM unit as people do: mm3 as mm³, um as µm, 1 as nothing.
func UnitText(ucum string) string {
	switch ucum {
	case "1":
		return ""
	case "mm3":
		return "mm³"
	case "mm2":
		return "mm²"
	case "um":
		return "µm"
	case "um2":
		return "µm²"
	case "/mm3":
		return "per mm³"
	case "/mm2":
		return "per mm²"
	}
	return ucum
}
