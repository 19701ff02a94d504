package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Size is a number of bytes, never negative.
type Size int64

// units from the largest, so that String takes the first that divides.
var units = []struct {
	name  string
	bytes int64
}{
	{"TiB", 1 << 40}, {"TB", 1e12}, {"GiB", 1 << 30}, {"GB", 1e9},
	{"MiB", 1 << 20}, {"MB", 1e6}, {"KiB", 1 << 10}, {"kB", 1e3}, {"B", 1},
}

// ParseSize reads a number with a unit: B, kB, MB, GB, TB for powers of 1000, KiB, MiB, GiB, TiB for
// powers of 1024, in any case, such as 4GiB, 1.5 GB. Only 0 may stand alone. A part of a byte is dropped.
func ParseSize(text string) (Size, error) {
	text = strings.TrimSpace(text)
	if text == "0" {
		return 0, nil
	}
	end := strings.IndexFunc(text, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if end == 0 || text == "" {
		return 0, fmt.Errorf("size %q does not begin with a number; write for example 4GiB", text)
	}
	if end < 0 {
		return 0, fmt.Errorf("size %q has no unit; write for example %sGiB", text, text)
	}
	number, name := text[:end], strings.TrimSpace(text[end:])
	for _, u := range units {
		if strings.EqualFold(name, u.name) {
			return multiply(text, number, u.bytes)
		}
	}
	return 0, fmt.Errorf("size %q has no unit that is known; write for example 512MiB or 4GiB", text)
}

// multiply stays with integers where the number is one: a float64 is exact up to 2^53 only.
func multiply(text, number string, unit int64) (Size, error) {
	if n, err := strconv.ParseInt(number, 10, 64); err == nil && n <= math.MaxInt64/unit {
		return Size(n * unit), nil
	}
	f, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return 0, fmt.Errorf("size %q is not a number and a unit; write for example 4GiB", text)
	}
	if f *= float64(unit); f >= math.MaxInt64 {
		return 0, fmt.Errorf("size %q is too large", text)
	}
	return Size(f), nil
}

// String writes s exactly, in the largest unit of which it is a whole multiple; ParseSize reads it back.
func (s Size) String() string {
	if s == 0 {
		return "0B"
	}
	for _, u := range units {
		if int64(s)%u.bytes == 0 {
			return strconv.FormatInt(int64(s)/u.bytes, 10) + u.name
		}
	}
	return strconv.FormatInt(int64(s), 10) + "B"
}
