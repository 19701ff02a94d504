package microscope

import (
	"strconv"
	"strings"
	"unicode/utf16"
)

// ini are the values of a text of [sections] and key=value lines, by "section/key" in lower case; what
// stands before any section has the section "".
type ini map[string]string

func parseINI(text string) ini {
	out, section := ini{}, ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]") {
			section = strings.ToLower(line[1 : len(line)-1])
			continue
		}
		if k, v, ok := strings.Cut(line, "="); ok {
			out[section+"/"+strings.ToLower(strings.TrimSpace(k))] = strings.TrimSpace(v)
		}
	}
	return out
}

// number is a value as a number; 0 when it is none.
func (i ini) number(key string) float64 {
	v, err := strconv.ParseFloat(i[key], 64)
	if err != nil {
		return 0
	}
	return v
}

// named lists the fields that have a value, each under the name that people see.
func (i ini) named(maker string, keys ...string) (out []string) {
	for _, k := range keys {
		section, name, _ := strings.Cut(k, "/")
		if i[strings.ToLower(k)] == "" {
			continue
		}
		if section != "" {
			name = "[" + section + "] " + name
		}
		out = append(out, maker+" "+name)
	}
	return out
}

// decode gives a text as UTF-8 where it is UTF-16, with a byte order mark or seen from its zero bytes;
// any other text stays as it is.
func decode(b []byte) string {
	high := -1 // where the high byte of a unit stands
	switch {
	case len(b) < 4:
	case b[0] == 0xff && b[1] == 0xfe || b[1] == 0 && b[3] == 0:
		high = 1
	case b[0] == 0xfe && b[1] == 0xff || b[0] == 0 && b[2] == 0:
		high = 0
	}
	if high < 0 {
		return strings.TrimPrefix(string(b), "\ufeff")
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i+high])<<8 | uint16(b[2*i+1-high])
	}
	return strings.TrimPrefix(string(utf16.Decode(units)), "\ufeff")
}
