package composition

import (
	"fmt"
	"math"
	"strings"

	"explant/analysis/result"
)

// Metric ids of the dictionary that a summary gives.
const (
	MetricVolume  = "comp.vol"     // volume of a component, mm³
	MetricBurden  = "comp.vf"      // of the blood-side space, %
	MetricShare   = "comp.share"   // of the deposit, %
	MetricSection = "comp.section" // of the tissue of one section, %
)

// fewSections is the number of sections of a zone below which its figures rest on spread pooled over zones,
// components and devices.
const fewSections = 3

// Findings are the values of a table as they are reported.
func (t Table) Findings(d Device) result.Findings {
	f := findings{}
	if len(t.Whole.Contents) <= 1 {
		for _, id := range []string{MetricVolume, MetricBurden, MetricShare} {
			f.NotMeasured = append(f.NotMeasured, result.Withheld{Metric: id, Reason: "no section of the device shows a component of the deposit"})
		}
		return f.Findings
	}
	for _, c := range Components {
		f.component(t, c)
	}
	f.sections(d)
	f.flag(t, d)
	f.Diagnostics = map[string]float64{"spread_between_sections_phi": t.Spread.Phi, "spread_degrees_of_freedom": t.Spread.DF}
	return f.Findings
}

type findings struct{ result.Findings }

// component gives a component in the whole device and in its zones, or says why it is not given.
func (f *findings) component(t Table, name string) {
	rows := append([]ZoneRow{t.Whole}, t.Zones...)
	found := false
	for _, row := range rows {
		for _, c := range row.Contents {
			if c.Component == name {
				f.content(row, c)
				found = true
			}
		}
	}
	if !found {
		for _, id := range []string{MetricVolume, MetricBurden, MetricShare} {
			f.NotMeasured = append(f.NotMeasured, result.Withheld{Metric: id, Part: name, Reason: "no slide of the device tells it; what there is of it counts as unknown"})
		}
	}
}

func (f *findings) content(row ZoneRow, c Content) {
	part := c.Component
	if row.Zone.Name != "" {
		part += ": " + row.Zone.Name
	}
	f.amount(MetricVolume, part, "mm3", c.Volume, c, row)
	m := f.amount(MetricBurden, part, "%", c.Burden, c, row)
	m.Numerator, m.Denominator, m.DenominatorName = result.F(c.Volume.Value), result.F(row.Zone.Blood), "blood-side space (mm3)"
	share := product(100, [2]float64{}, c.Share)
	if share.Dominant == "border" {
		share.Dominant = "sampling"
	}
	m = f.amount(MetricShare, part, "%", share, c, row)
	m.DenominatorName = "deposit"
	if !math.IsNaN(c.Mean) {
		m := f.amount(MetricShare, part+", mean of sections", "%", Amount{Value: 100 * c.Mean, Lo: math.NaN(), Hi: math.NaN()}, c, row)
		m.DenominatorName = "deposit"
	}
}

// amount adds a value with its interval and the flags of its sections.
func (f *findings) amount(metric, part, unit string, a Amount, c Content, row ZoneRow) *result.Measurement {
	m := result.Measurement{Metric: metric, Part: part, Value: a.Value, Unit: unit, NSection: result.N(c.Share.Sections), Dominant: a.Dominant}
	if !math.IsNaN(a.Lo) {
		m.ULo, m.UHi, m.Coverage = result.F(a.Lo), result.F(a.Hi), result.F(Coverage)
	}
	if c.Share.Pooled {
		m.Flags = append(m.Flags, "zone-without-sections")
	} else if row.Zone.Name != "" && c.Share.Sections < fewSections {
		m.Flags = append(m.Flags, "few-sections")
	}
	if c.Component == "leukocyte" {
		m.Flags = append(m.Flags, "nuclei-only")
	}
	if row.Overfull > 0 {
		m.Flags = append(m.Flags, "more-than-whole")
	}
	f.Measurements = append(f.Measurements, m)
	return &f.Measurements[len(f.Measurements)-1]
}

// sections lists what stands behind the figures.
func (f *findings) sections(d Device) {
	for _, c := range Components {
		for _, s := range d.Sections {
			for _, share := range s.Shares {
				if share.Component != c {
					continue
				}
				m := result.Measurement{Metric: MetricSection, Part: fmt.Sprintf("%s: %s, %s, %s", c, s.Name, s.Zone, share.Source), Value: 100 * share.Value(), Unit: "%",
					Numerator: result.F(share.Area), Denominator: result.F(share.Tissue), DenominatorName: "tissue (mm2)", NSection: result.N(1)}
				if share.Half > 0 {
					m.ULo, m.UHi = result.F(100*math.Max(share.Value()-share.Half, 0)), result.F(100*(share.Value()+share.Half))
					m.Coverage, m.Dominant = result.F(Coverage), "class"
				}
				if share.Objects > 0 {
					m.NObject = result.N(share.Objects)
				}
				f.Measurements = append(f.Measurements, m)
			}
		}
	}
}

var flagTexts = map[string]result.Flag{
	"few-sections": {ID: "few-sections", Text: "A zone has fewer than 3 sections: how much sections differ is taken from all zones, components and devices together.",
		Remedy: "Cut more sections of each zone, at systematic random places."},
	"zone-without-sections": {ID: "zone-without-sections", Text: "A zone has no section of its own: its composition is that of the other zones, and its interval their difference.",
		Remedy: "Cut sections of this zone; until then, do not compare zones."},
	"nuclei-only": {ID: "nuclei-only", Text: "Leukocytes are told by their nuclei: their cytoplasm counts as unknown, so the figure is a lower bound.",
		Remedy: "Stain a marker of leukocytes (CD45, CD66b) on a neighbouring section."},
	"more-than-whole": {ID: "more-than-whole", Text: "The components of a zone add up to more than its deposit: classes of different slides overlap.",
		Remedy: "Check the thresholds of the markers against their control slides."},
	"no-interval": {ID: "no-interval", Text: "No component was seen on two sections: nothing tells how much sections differ, and no interval is given.",
		Remedy: "Cut at least two sections; two a zone are better."},
	"zones-not-told": {ID: "zones-not-told", Text: "No zone has two sections: what sections of one zone differ by is taken to be what sections of all zones differ by, which is more.",
		Remedy: "Cut at least two sections of one zone."},
}

// flag explains the flags that values carry.
func (f *findings) flag(t Table, d Device) {
	used := map[string]bool{}
	for _, m := range f.Measurements {
		for _, id := range m.Flags {
			used[id] = true
		}
	}
	used["no-interval"] = t.Spread.DF <= 0
	used["zones-not-told"] = !t.Told && t.Spread.DF > 0
	for _, id := range []string{"no-interval", "zones-not-told", "few-sections", "zone-without-sections", "nuclei-only", "more-than-whole"} {
		if used[id] {
			flag := flagTexts[id]
			if id == "zone-without-sections" {
				flag.Text += " Concerned: " + strings.Join(d.bare(), ", ") + "."
			}
			f.Flags = append(f.Flags, flag)
		}
	}
}

// bare are the zones without a section.
func (d *Device) bare() (out []string) {
	for _, z := range d.Zones {
		has := false
		for _, s := range d.Sections {
			has = has || s.Zone == z.Name
		}
		if !has {
			out = append(out, z.Name)
		}
	}
	return out
}
