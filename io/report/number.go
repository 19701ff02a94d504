package report

import (
	"math"
	"strconv"
	"strings"

	"explant/analysis/result"
)

// Number writes v with digits decimals, its thousands apart and with a true minus sign. Values too
// large or too small for that are written with a power of ten.
func Number(v float64, digits int) string {
	size := math.Abs(v)
	if size >= 1e9 || size > 0 && size < 1e-4 {
		return powerOfTen(v)
	}
	s := strconv.FormatFloat(size, 'f', digits, 64)
	whole, part, _ := strings.Cut(s, ".")
	if len(whole) > 4 {
		whole = apart(whole)
	}
	if part != "" {
		whole += "." + part
	}
	if v < 0 && strings.Trim(s, "0.") != "" {
		return "−" + whole
	}
	return whole
}

// apart sets a thin space before every third digit from the right.
func apart(whole string) string {
	var b strings.Builder
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteRune('\u202f')
		}
		b.WriteRune(r)
	}
	return b.String()
}

var raised = strings.NewReplacer("-", "⁻", "0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴",
	"5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹")

func powerOfTen(v float64) string {
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'e', 2, 64), "e")
	n, err := strconv.Atoi(exponent)
	if err != nil {
		return mantissa
	}
	return strings.Replace(mantissa, "-", "−", 1) + "\u202f×\u202f10" + raised.Replace(strconv.Itoa(n))
}

// digits is the number of decimals that m deserves: two digits of the interval's half-width where
// there is one, three digits of the value where there is not.
func digits(m result.Measurement) int {
	if m.ULo != nil && m.UHi != nil && *m.UHi > *m.ULo {
		return decimals((*m.UHi-*m.ULo)/2, 2)
	}
	if m.Value == math.Trunc(m.Value) && math.Abs(m.Value) < 1e9 && (m.Unit == "1" || strings.HasPrefix(m.Unit, "{")) {
		return 0
	}
	return decimals(m.Value, 3)
}

// decimals is how many decimals show v with n significant digits, 0 to 6.
func decimals(v float64, n int) int {
	if v == 0 {
		return 0
	}
	return min(max(n-1-int(math.Floor(math.Log10(math.Abs(v)))), 0), 6)
}

// value writes the value of m, "yes" or "no" for a truth value.
func value(m result.Measurement) string {
	if m.Unit == "{bool}" {
		if m.Value != 0 {
			return "yes"
		}
		return "no"
	}
	return Number(m.Value, digits(m))
}

// interval writes the interval of m without its unit, "" where there is none.
func interval(m result.Measurement) string {
	if m.ULo == nil || m.UHi == nil {
		return ""
	}
	d := digits(m)
	return Number(*m.ULo, d) + " to " + Number(*m.UHi, d)
}

// free writes a number that has no interval with three significant digits, without zeros at its end.
func free(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e9 {
		return Number(v, 0)
	}
	d := decimals(v, 3)
	for ; d > 0; d-- {
		if p := math.Pow(10, float64(d-1)); math.Abs(math.Round(v*p)/p-v) > math.Abs(v)*5e-4 {
			break
		}
	}
	return Number(v, d)
}
