package report

import (
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strconv"
	"strings"

	"explant/analysis/metrics"
	"explant/analysis/result"
	"explant/volume"
)

// fact is one line of a table of two columns.
type fact struct {
	Name, Value string
	Code        bool
}

// flagged is a flag and the metrics that carry it.
type flagged struct {
	result.Flag
	On string
}

// absent is a metric without a value.
type absent struct{ Name, Reason string }

// newPage fills what does not come from the pictures and the measurements.
func newPage(r result.Result) page {
	p := page{
		Name: r.Image.Name, Heading: breakable(r.Image.Name), ID: r.ID, Status: r.Status, Protocol: r.Protocol,
		Software:    strings.TrimSpace(r.Software.Name + " " + r.Software.Version),
		MethodShort: short(r.Protocol.Method), Device: device(r.Device),
		Size: size(r.Image), Spacing: spacing(r.Image), Volume: r.Image.Size[2] > 1, Calibrated: calibrated(r.Image),
		Withheld: withheldSpacing(r.Image), Remedy: remedy(r),
		Flagged: flags(r), Stated: stated(r.Device), ImageFacts: imageFacts(r.Image), Warnings: warnings(r.Image),
		Rules: flatten("", r.Protocol.Rules), Algos: facts(r.Protocol.Algos), Inputs: facts(r.Inputs),
		IntervalHeading: intervalHeading(r.Measurements),
	}
	if p.Status == "" {
		p.Status = "preliminary"
	}
	for _, w := range r.NotMeasured {
		p.Absent = append(p.Absent, absent{Name: named(w.Metric, w.Part), Reason: w.Reason})
	}
	for _, key := range r.Missing {
		p.Missing = append(p.Missing, Field{Key: key, Label: label(key)})
	}
	for _, k := range slices.Sorted(maps.Keys(r.Diagnostics)) {
		p.Diagnostics = append(p.Diagnostics, fact{Name: strings.ReplaceAll(k, "_", " "), Value: free(r.Diagnostics[k])})
	}
	return p
}

// breakable is a file name that may be broken after its underscores.
func breakable(name string) template.HTML {
	return template.HTML(strings.ReplaceAll(template.HTMLEscapeString(name), "_", "_<wbr>"))
}

// short is the beginning of a hash, enough to tell methods apart by eye.
func short(hash string) string { return hash[:min(len(hash), 12)] }

func device(d map[string]string) string {
	var parts []string
	for _, k := range []string{"device.model", "device.id", "device.coating"} {
		if d[k] != "" {
			parts = append(parts, d[k])
		}
	}
	return strings.Join(parts, " · ")
}

func size(i result.Image) string {
	if i.Size[2] > 1 {
		return fmt.Sprintf("%d × %d × %d voxels", i.Size[0], i.Size[1], i.Size[2])
	}
	return fmt.Sprintf("%d × %d pixels", i.Size[0], i.Size[1])
}

// spacing writes the pixel size in micrometres, once where it is the same along all axes.
func spacing(i result.Image) string {
	if !calibrated(i) {
		return "unknown"
	}
	return micrometres(i.SpacingMM, i.Size[2] > 1)
}

func micrometres(mm [3]float64, three bool) string {
	all := mm[:2]
	if three {
		all = mm[:]
	}
	texts := make([]string, len(all))
	for k, v := range all {
		texts[k] = strconv.FormatFloat(rounded(v*1000), 'g', 6, 64)
	}
	if len(slices.Compact(slices.Clone(texts))) == 1 {
		texts = texts[:1]
	}
	return strings.Join(texts, " × ") + "\u202fµm"
}

// rounded drops the noise of a conversion from millimetres.
func rounded(v float64) float64 {
	const digits = 1e6
	if v > 1e6 {
		return v
	}
	return float64(int64(v*digits+0.5)) / digits
}

func withheldSpacing(i result.Image) string {
	c := i.Calibration
	if c.Withheld == "" {
		return ""
	}
	stated := ""
	if c.Stated != [3]float64{} {
		stated = micrometres(c.Stated, c.Stated[2] > 0) + ", "
	}
	return stated + strings.TrimSuffix(c.Withheld, ".")
}

// remedy is the command that measures the image with its size stated.
func remedy(r result.Result) string {
	if r.Image.Size[2] > 1 {
		return fmt.Sprintf("explant analyze %s --protocol %s --spacing 20um,20um,20um", r.Image.Name, r.Protocol.Name)
	}
	return fmt.Sprintf("explant analyze %s --protocol %s --pixel-size 0.5um", r.Image.Name, r.Protocol.Name)
}

// named is the dictionary's name of a metric, and of what.
func named(metric, part string) string {
	name := metric
	if m, ok := metrics.Lookup(metric); ok {
		name = m.Name
	}
	if part != "" {
		name += ", " + part
	}
	return name
}

func flags(r result.Result) []flagged {
	var out []flagged
	for _, f := range r.Flags {
		var on []string
		for _, m := range r.Measurements {
			if name := named(m.Metric, ""); slices.Contains(m.Flags, f.ID) && !slices.Contains(on, name) {
				on = append(on, name)
			}
		}
		out = append(out, flagged{f, strings.Join(on, "; ")})
	}
	return out
}

func stated(d map[string]string) []fact {
	var out []fact
	known := map[string]bool{}
	for _, f := range Fields {
		known[f.Key] = true
		if v := strings.TrimSpace(d[f.Key]); v != "" {
			out = append(out, fact{Name: f.Label, Value: v})
		}
	}
	for _, k := range slices.Sorted(maps.Keys(d)) {
		if !known[k] && strings.TrimSpace(d[k]) != "" {
			out = append(out, fact{Name: k, Value: d[k]})
		}
	}
	return out
}

var sources = map[volume.Source]string{
	volume.Unknown: "nobody stated it, or nobody who can be believed", volume.Header: "the file's own header",
	volume.Typed: "typed in", volume.Phantom: "a phantom made by this program",
}

func imageFacts(i result.Image) []fact {
	out := []fact{
		{Name: "File", Value: i.Name}, {Name: "SHA-256", Value: i.SHA256, Code: true}, {Name: "Format", Value: i.Format},
		{Name: "Size", Value: size(i)}, {Name: "Samples", Value: fmt.Sprintf("%s, %d a pixel", i.Type, max(i.Channels, 1))},
		{Name: "Voxel or pixel size", Value: spacing(i)},
	}
	from := sources[i.Calibration.Source]
	if from == "" {
		from = string(i.Calibration.Source)
	}
	if f := i.Calibration.Field; f != "" {
		from += " (" + f + ")"
	}
	out = append(out, fact{Name: "Size stated by", Value: from})
	if u := i.Calibration.Relative; u > 0 {
		out = append(out, fact{Name: "Uncertainty of that size", Value: fmt.Sprintf("± %.2g\u202f%% of a length (1 SD)", 100*u)})
	}
	if w := withheldSpacing(i); w != "" {
		out = append(out, fact{Name: "Stated, not believed", Value: w})
	}
	return slices.DeleteFunc(out, func(f fact) bool { return f.Value == "" })
}

func warnings(i result.Image) []string {
	return append(slices.Clone(i.Warnings), i.Calibration.Warnings...)
}

func facts(m map[string]string) []fact {
	var out []fact
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, fact{Name: k, Value: m[k]})
	}
	return out
}

// flatten lists the rules of a protocol, one a line: "segment.median.radius".
func flatten(prefix string, rules map[string]any) []fact {
	var out []fact
	for _, k := range slices.Sorted(maps.Keys(rules)) {
		if inner, ok := rules[k].(map[string]any); ok && len(inner) > 0 {
			out = append(out, flatten(prefix+k+".", inner)...)
			continue
		}
		out = append(out, fact{Name: prefix + k, Value: plain(rules[k])})
	}
	return out
}

// plain writes a rule's value on one line.
func plain(v any) string {
	switch v := v.(type) {
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = plain(e)
		}
		return strings.Join(parts, ", ")
	case map[string]any:
		var parts []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, k+" "+plain(v[k]))
		}
		return strings.Join(parts, " · ")
	case nil:
		return "none"
	case float64:
		return number(&v)
	}
	return fmt.Sprint(v)
}
