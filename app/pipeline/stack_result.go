package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/gowebpki/jcs"

	"explant/analysis/result"
	"explant/analysis/serial"
	"explant/analysis/slide"
	"explant/io/report"
)

// tolerancePX is the residual in pixels above which a pair is flagged, poorLikeness the correlation below which it is.
const (
	tolerancePX  = 2.0
	poorLikeness = 0.4
)

// missing are the slices without a section, from 1.
func (r *stackRun) missing() (out []int) {
	for k := range r.sheets[1:] {
		for z := r.sheets[k].Slice + 1; z < r.sheets[k+1].Slice; z++ {
			out = append(out, z+1)
		}
	}
	return out
}

// classes are those of the slides, and what no section shows.
func (r *stackRun) classes() []result.Class {
	all := slices.Clone(r.Protocol.Slide.Classes())
	return append(all, result.Class{Value: serial.Outside, Name: "excluded:outside", Color: report.ClassColor("excluded:outside")},
		result.Class{Value: serial.Missing, Name: "excluded:lost", Color: report.ClassColor("excluded:lost")})
}

// values are the findings of a stack.
func (r *stackRun) values() result.Findings {
	f := stackFindings{r: r}
	f.volumes()
	f.pairs()
	f.flag()
	return f.Findings
}

type stackFindings struct {
	result.Findings
	r *stackRun
}

// tissue are the classes that a stack holds: neither glass nor what is left out.
func (f *stackFindings) tissue() (out []result.Class) {
	for _, c := range f.r.Protocol.Slide.Classes() {
		if c.Value != 0 && !strings.HasPrefix(c.Name, "excluded:") {
			out = append(out, c)
		}
	}
	return out
}

func (f *stackFindings) volumes() {
	contents := serial.Contents(f.r.labels)
	voxel, err := f.r.labels.VoxelVolume()
	if err != nil {
		f.NotMeasured = append(f.NotMeasured, result.Withheld{Metric: "ser.vol", Reason: "the size of a pixel is unknown: state it with --pixel-size"})
	}
	total := 0.0
	for _, c := range f.tissue() {
		total += contents[c.Value].Voxels
	}
	for _, c := range f.tissue() {
		v := contents[c.Value]
		terms := f.terms(c.Name, v)
		if err == nil {
			f.add(result.Measurement{Metric: "ser.vol", Part: c.Name, Value: v.Voxels * voxel, Unit: "mm3"}, v.Voxels*voxel, terms)
		}
		if total > 0 {
			m := result.Measurement{Metric: "ser.share", Part: c.Name, Value: 100 * v.Voxels / total, Unit: "%", DenominatorName: "tissue of the stack"}
			if err == nil {
				m.Numerator, m.Denominator, m.DenominatorName = result.F(v.Voxels*voxel), result.F(total*voxel), "tissue of the stack (mm3)"
			}
			f.add(m, m.Value, map[string]float64{"class": terms["class"], "sampling": terms["sampling"]})
		}
	}
}

// terms are the relative standard uncertainties of a volume: of its classes on the slides, of the lost sections, of
// the sections' own stretch, of the pixel and of the distance of sections. NaN where the classes have none.
func (f *stackFindings) terms(class string, c serial.Content) map[string]float64 {
	half, n := 0.0, 0.0
	for _, found := range f.r.findings {
		for _, m := range found.Measurements {
			if m.Metric == slide.MetricComposition && m.Part == class && m.Value > 0 && m.ULo != nil && m.UHi != nil {
				half, n = half+(*m.UHi-*m.ULo)/2/m.Value, n+1
			}
		}
	}
	t := map[string]float64{"class": math.NaN(), "stretch": serial.AreaSpread(f.r.block.Placed), "scale": math.Hypot(2*f.r.grid.Calibration.Relative, f.r.Error)}
	if n > 0 {
		t["class"] = half / n / 2
	}
	if c.Voxels > 0 {
		t["sampling"] = c.Lost / c.Voxels
	}
	return t
}

// add gives a value the interval of its terms, k = 2.
func (f *stackFindings) add(m result.Measurement, value float64, terms map[string]float64) {
	squares, most := 0.0, -1.0
	for _, name := range slices.Sorted(maps.Keys(terms)) {
		squares += terms[name] * terms[name]
		if terms[name] > most {
			m.Dominant, most = name, terms[name]
		}
	}
	if half := 2 * math.Sqrt(squares) * value; !math.IsNaN(half) {
		m.ULo, m.UHi, m.Coverage = result.F(math.Max(value-half, 0)), result.F(value+half), result.F(0.95)
	} else {
		m.Dominant = ""
	}
	m.NSection = result.N(len(f.r.files))
	f.Measurements = append(f.Measurements, m)
}

// pairs tells how well each section lies on the next.
func (f *stackFindings) pairs() {
	b, um := f.r.block, 1000*f.r.grid.Spacing[0]
	for k := range f.r.steps {
		part := fmt.Sprintf("slices %d and %d", f.r.sheets[k].Slice+1, f.r.sheets[k+1].Slice+1)
		var flags []string
		if b.Similarity[k] < poorLikeness {
			flags = append(flags, "poor-pair")
		}
		if math.IsNaN(b.ResidualPX[k]) {
			f.NotMeasured = append(f.NotMeasured, result.Withheld{Metric: "ser.resid", Part: part, Reason: "too few places of the two sections are alike"})
		} else {
			if b.ResidualPX[k] > tolerancePX {
				flags = append(flags, "registration-tolerance")
			}
			m := result.Measurement{Metric: "ser.resid", Part: part + ", pixels", Value: b.ResidualPX[k], Unit: "1", Flags: flags, NSection: result.N(2), NObject: result.N(b.Places[k])}
			f.Measurements = append(f.Measurements, m)
			if um > 0 {
				m.Part, m.Value, m.Unit = part, b.ResidualPX[k]*um, "um"
				f.Measurements = append(f.Measurements, m)
			}
		}
		f.Measurements = append(f.Measurements, result.Measurement{Metric: "ser.sim", Part: part, Value: b.Similarity[k], Unit: "1", Flags: flags, NSection: result.N(2)})
	}
	f.Measurements = append(f.Measurements, result.Measurement{Metric: "ser.lost", Value: float64(len(f.r.missing())), Unit: "1", NSection: result.N(len(f.r.files))})
}

func (f *stackFindings) flag() {
	raise := func(id, text, remedy string) {
		f.Flags = append(f.Flags, result.Flag{ID: id, Text: text, Remedy: remedy})
	}
	if lost := f.r.missing(); len(lost) > 0 {
		raise("lost-section", fmt.Sprintf("Slices without a section: %s (%s). Their content is that of their neighbours, and the interval holds what that may be off by.", joined(lost), f.noticed()),
			"Check the numbers of the sections; put a section that was found into its place.")
		for i := range f.Measurements {
			if m := &f.Measurements[i]; m.Metric == "ser.vol" || m.Metric == "ser.lost" {
				m.Flags = append(m.Flags, "lost-section")
			}
		}
	}
	var mirrored []int
	for k, m := range f.r.block.Mirrored {
		if m {
			mirrored = append(mirrored, k+1)
		}
	}
	if len(mirrored) > 0 {
		raise("mirrored-section", fmt.Sprintf("Sections that lie the other way than the middle one, and were turned over: %s.", joined(mirrored)), "Check that they were mounted upside down.")
	}
	for id, text := range map[string]string{
		"poor-pair":              fmt.Sprintf("Neighbouring sections correlate below %g: where they lie on each other is uncertain.", poorLikeness),
		"registration-tolerance": fmt.Sprintf("Between neighbouring sections shifts of more than %g pixels are left, of which a part is what the tissue itself goes on by from one section to the next.", tolerancePX),
	} {
		if slices.ContainsFunc(f.Measurements, func(m result.Measurement) bool { return slices.Contains(m.Flags, id) }) {
			raise(id, text, "Look at the slices across x and y in the report; leave a torn or folded section out.")
		}
	}
	slices.SortFunc(f.Flags, func(a, b result.Flag) int { return strings.Compare(a.ID, b.ID) })
	if f.r.Error == 0 {
		raise("spacing-nominal", "The distance of the sections is taken as stated; no uncertainty of it is in the intervals.", "State it with --spacing-error, such as 5%.")
	}
	f.slides(raise)
}

// slides repeats the flags of the slides, once each, with how many carry them.
func (f *stackFindings) slides(raise func(id, text, remedy string)) {
	count := map[string]int{}
	first := map[string]result.Flag{}
	for _, found := range f.r.findings {
		for _, flag := range found.Flags {
			if count[flag.ID]++; count[flag.ID] == 1 {
				first[flag.ID] = flag
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(count)) {
		raise(id, fmt.Sprintf("%s (%d of %d sections)", first[id].Text, count[id], len(f.r.files)), first[id].Remedy)
	}
}

// noticed says from what lost sections are known.
func (f *stackFindings) noticed() string {
	byNumber, byLikeness := false, false
	for k, s := range f.r.steps {
		byNumber, byLikeness = byNumber || s > 1, byLikeness || f.r.block.Lost[k] > 0
	}
	switch {
	case byNumber && byLikeness:
		return "by the numbers of the sections, and by a jump in likeness"
	case byNumber:
		return "by the numbers of the sections"
	}
	return "by a jump in likeness; their numbers do not tell"
}

func joined(all []int) string {
	return strings.Trim(strings.Join(strings.Fields(fmt.Sprint(all)), ", "), "[]")
}

// assemble puts the sections, the device and the method to the findings.
func (r *stackRun) assemble() (res result.Result, err error) {
	f := r.values()
	rules, err := r.Protocol.Rules()
	if err != nil {
		return res, err
	}
	algos := r.Protocol.Algorithms()
	maps.Copy(algos, serial.Algorithms())
	text, err := json.Marshal(map[string]any{"rules": rules, "algorithms": algos})
	if err != nil {
		return res, err
	}
	canonical, err := jcs.Transform(text)
	if err != nil {
		return res, err
	}
	method, content := sha256.Sum256(canonical), sha256.Sum256([]byte(strings.Join(r.hashes, "\n")))
	inputs := map[string]string{"distance_of_sections": fmt.Sprintf("%g µm", 1000*r.Between)}
	if r.Pixel != [3]float64{} {
		inputs["pixel_size_mm"] = fmt.Sprintf("%g x %g", r.Pixel[0], r.Pixel[1])
	}
	for k, file := range r.files {
		inputs[fmt.Sprintf("slice_%04d", r.sheets[k].Slice+1)] = ImageName(file) + ", sha256 " + r.hashes[k]
	}
	res = result.Result{
		Schema: "explant-result/1", Status: "preliminary", Software: result.Software{Name: "explant", Version: Version},
		Protocol: result.Protocol{Name: r.Protocol.Name, Title: "Serial sections: " + r.Protocol.Title, Method: hex.EncodeToString(method[:]), Rules: rules, Algos: algos},
		Inputs:   inputs, Device: r.Device, Classes: r.classes(), Measurements: listed(f.Measurements), NotMeasured: listed(f.NotMeasured), Flags: listed(f.Flags),
		Diagnostics: map[string]float64{"sections": float64(len(r.files)), "stretch_of_areas_standard_error": serial.AreaSpread(r.block.Placed)},
		Image: result.Image{Name: ImageName(r.Inputs[0]), SHA256: hex.EncodeToString(content[:]), Format: fmt.Sprintf("%d serial sections", len(r.files)), Size: r.labels.N,
			Type: "uint8", Channels: 3, SpacingMM: r.labels.Spacing, Calibration: r.labels.Calibration, Warnings: []string{}},
	}
	if res.Device == nil {
		res.Device = map[string]string{}
	}
	for i := range res.Measurements {
		m := &res.Measurements[i]
		m.Image, m.Device, m.Sample, m.Method, m.NDevice, m.Flags = res.Image.Name, r.Device["device.id"], r.Sample, res.Protocol.Method, result.N(1), listed(m.Flags)
	}
	if res.Missing = listed(report.Missing(res)); len(res.Missing) == 0 {
		res.Status = "final"
	}
	res.ID, err = report.ID(res)
	return res, err
}
