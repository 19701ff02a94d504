package settings

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"explant/io/report"
)

// tails of keys that repeat the unit beside them.
var tails = map[string]string{
	"um": "_um", "um2": "_um2", "mm2": "_mm2", "voxels": "_voxels", "pixels": "_px", "%": "_percent", "grey": "_grey", "counts": "_counts", "nm": "_nm", "mm": "_mm",
}

// title is a key in words: "Fibre outer diameter" for fibre_outer_diameter_um.
func title(key, unit string) string {
	if tail := tails[unit]; tail != "" {
		key = strings.TrimSuffix(key, tail)
	}
	words := strings.ReplaceAll(key, "_", " ")
	if words == "" {
		return words
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

// unit is a unit as people write it; what has none shows none.
func unit(u string) string { return report.Unit(u) }

// bounds tells the range of a number in words.
func (r *rule) bounds() string {
	if r.Type == "array" && r.Items != nil {
		if each, err := r.items(); err == nil && r.MinItems > 1 && r.MinItems == r.MaxItems {
			return strings.TrimSuffix(fmt.Sprintf("%d values, each %s", r.MinItems, each.bounds()), ", each ")
		}
		return ""
	}
	low, high := r.Min, r.Max
	switch {
	case low != nil && high != nil:
		return number(*low) + " to " + number(*high)
	case r.Above != nil && high != nil:
		return "above " + number(*r.Above) + ", at most " + number(*high)
	case r.Above != nil:
		return "above " + number(*r.Above)
	case low != nil:
		return number(*low) + " or more"
	case high != nil:
		return "at most " + number(*high)
	}
	return ""
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// text writes a value as a person would type it: lists without brackets where that is unambiguous.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return number(v)
	case bool:
		return strconv.FormatBool(v)
	case []any:
		return listText(v)
	}
	out, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(out)
}

func listText(all []any) string {
	parts := make([]string, len(all))
	for i, x := range all {
		switch x := x.(type) {
		case []any:
			parts[i] = "[" + listText(x) + "]"
		case string:
			parts[i] = quoted(x)
		default:
			parts[i] = text(x)
		}
	}
	return strings.Join(parts, ", ")
}

// plain are words that mean themselves in a YAML list.
var plain = regexp.MustCompile(`^[\pL][\pL\d _./:-]*$`)

func quoted(s string) string {
	if plain.MatchString(s) && s != "true" && s != "false" && s != "null" && !strings.Contains(s, ": ") && !strings.HasSuffix(s, ":") {
		return s
	}
	return strconv.Quote(s)
}
