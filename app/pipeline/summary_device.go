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

	"explant/analysis/composition"
	"explant/analysis/frame"
	"explant/analysis/result"
	"explant/analysis/slide"
	"explant/io/report"
)

// device reads what the results of a device say of volumes and shares.
func (d *deviceImages) device() (composition.Device, error) {
	out := composition.Device{Name: d.entry.Device}
	var f *frame.Frame
	if d.frame != "" {
		loaded, err := LoadFrame(d.frame)
		if err != nil {
			return out, err
		}
		f = &loaded
	}
	scan := d.scan()
	if err := zonesOf(&out, scan, f); err != nil {
		return out, err
	}
	chosen := d.sources()
	for _, s := range d.entry.Samples {
		if s.Kind != "section" {
			continue
		}
		zone, err := zoneOf(s, f, out.Zones, d.middle(s))
		if err != nil {
			return out, fmt.Errorf("section %s: %w", s.Sample, err)
		}
		section := composition.Section{Name: s.Sample, Zone: zone}
		for _, i := range d.images {
			if i.sample.Sample != s.Sample {
				continue
			}
			for _, share := range sharesOf(i) {
				if chosen[share.Component] == share.Source {
					section.Shares = append(section.Shares, share)
				}
			}
		}
		out.Sections = append(out.Sections, section)
	}
	return out, nil
}

// scan is the result of the device's scan, of which there is one.
func (d *deviceImages) scan() result.Result {
	i := slices.IndexFunc(d.images, func(i measuredImage) bool { return i.sample.Kind == "scan" })
	return d.images[i].result
}

// find is a row of a result.
func find(r result.Result, metric, part string) (result.Measurement, bool) {
	i := slices.IndexFunc(r.Measurements, func(m result.Measurement) bool { return m.Metric == metric && m.Part == part })
	if i < 0 {
		return result.Measurement{}, false
	}
	return r.Measurements[i], true
}

// zonesOf takes the deposit of each zone that the frame names; of the whole device where it names none.
func zonesOf(out *composition.Device, scan result.Result, f *frame.Frame) error {
	volume, ok := find(scan, "dep.vol", "")
	blood, known := find(scan, "bs.vol", "")
	if !ok || !known {
		return fmt.Errorf("the scan %s gives no deposit volume in mm3: state its voxel size (spacing: 20um in the study file)", scan.Image.Name)
	}
	out.Deposit = relative(volume)
	burden, _ := find(scan, "dep.vf", "")
	out.Burden = relative(burden)
	if f != nil {
		for _, z := range f.Zones {
			if m, ok := find(scan, "prof.zone", z.Name); ok && m.Numerator != nil && m.Denominator != nil {
				out.Zones = append(out.Zones, composition.Zone{Name: z.Name, Deposit: *m.Numerator, Blood: *m.Denominator})
			}
		}
	}
	if len(out.Zones) == 0 {
		out.Zones = []composition.Zone{{Name: wholeDevice, Deposit: volume.Value, Blood: blood.Value}}
	}
	return nil
}

// wholeDevice is the zone of a device without zones.
const wholeDevice = "device"

// relative is how far the limits of a value lie from it, in parts of it.
func relative(m result.Measurement) [2]float64 {
	if m.ULo == nil || m.UHi == nil || m.Value <= 0 {
		return [2]float64{math.NaN(), math.NaN()}
	}
	return [2]float64{math.Max(m.Value-*m.ULo, 0) / m.Value, math.Max(*m.UHi-m.Value, 0) / m.Value}
}

// middle is that of the first image of a section, mm from its corner.
func (d *deviceImages) middle(s studySample) (at [2]float64) {
	i := slices.IndexFunc(d.images, func(i measuredImage) bool { return i.sample.Sample == s.Sample })
	for a := range at {
		if i >= 0 {
			at[a] = float64(d.images[i].result.Image.Size[a]) * d.images[i].result.Image.SpacingMM[a] / 2
		}
	}
	return at
}

// along is where the middle of a section lies along the flow, 0 to 1: as stated, else as the frame places it.
func along(s studySample, f *frame.Frame, middle [2]float64) (u float64, ok bool) {
	if f == nil {
		return 0, false
	}
	if len(s.U) == 2 {
		return (s.U[0] + s.U[1]) / 2, true
	}
	i := slices.IndexFunc(f.Sections, func(q frame.Section) bool { return q.Name == s.Sample })
	if i < 0 {
		return 0, false
	}
	var at [3]float64
	for b := range at {
		a := f.Sections[i].Affine[b]
		at[b] = a[0]*middle[0] + a[1]*middle[1] + a[3]
	}
	mm, _, _ := f.Along(at)
	return mm / f.Length(), true
}

// zoneOf is the zone of a section: as stated, else where its middle along the flow lies.
func zoneOf(s studySample, f *frame.Frame, zones []composition.Zone, middle [2]float64) (string, error) {
	if zones[0].Name == wholeDevice {
		return wholeDevice, nil
	}
	if s.Zone != "" {
		if !slices.ContainsFunc(zones, func(z composition.Zone) bool { return z.Name == s.Zone }) {
			return "", fmt.Errorf("the frame has no zone %q", s.Zone)
		}
		return s.Zone, nil
	}
	if u, ok := along(s, f, middle); ok {
		for _, z := range f.Zones {
			if len(z.U) == 2 && u >= z.U[0] && u <= z.U[1] {
				return z.Name, nil
			}
		}
	}
	return "", fmt.Errorf("nobody says in which zone it lies: add zone: or u: [from, to] to it in the study file, or pin it and add its matrix to the frame file")
}

// componentOf says which component a class of a slide is.
var componentOf = map[string]string{"fibrin": "fibrin", "platelet": "platelet", "rbc": "rbc", "nucleus": "leukocyte", "leukocyte": "leukocyte"}

// sharesOf are the shares that an image shows, in mm².
func sharesOf(i measuredImage) []composition.Share {
	var out []composition.Share
	add := func(component string, m result.Measurement) {
		if m.Numerator == nil || m.Denominator == nil || *m.Denominator <= 0 || !strings.HasSuffix(m.DenominatorName, "(mm2)") {
			return
		}
		share := composition.Share{Component: component, Area: *m.Numerator, Tissue: *m.Denominator, Source: i.result.Protocol.Name + " " + m.Metric}
		if m.ULo != nil && m.UHi != nil {
			share.Half = (*m.UHi - *m.ULo) / 200
		}
		if at := slices.IndexFunc(out, func(s composition.Share) bool { return s.Component == component && s.Source == share.Source }); at >= 0 {
			out[at].Area, out[at].Half = out[at].Area+share.Area, out[at].Half+share.Half
			return
		}
		out = append(out, share)
	}
	for _, m := range i.result.Measurements {
		marker := strings.HasPrefix(m.Part, "marker:")
		switch {
		case m.Metric == slide.MetricComposition && componentOf[m.Part] != "":
			add(componentOf[m.Part], m)
		case m.Metric == slide.MetricFraction && marker && i.entry.Component != "" && strings.HasPrefix(m.DenominatorName, "tissue"):
			add(i.entry.Component, m)
		case m.Metric == "net.area" && m.Part == "":
			add("net", m)
		case m.Metric == "if.pos" && m.Part == "cd61":
			add("platelet", m)
		}
	}
	if n, ok := find(i.result, "net.n", ""); ok && n.NObject != nil {
		for k := range out {
			if out[k].Component == "net" {
				out[k].Objects = *n.NObject
			}
		}
	}
	return out
}

// sourceRank puts the methods that tell a component in order, the one to be preferred first: a stain that shows it
// among the whole tissue, then a marker of its own, then a marker in fluorescence.
func sourceRank(source string) int {
	switch {
	case strings.HasSuffix(source, slide.MetricComposition):
		return 0
	case strings.HasSuffix(source, slide.MetricFraction):
		return 1
	}
	return 2
}

// sources is the one method by which each component is told on all sections of the device: the one that shows it on
// most sections. Shares by different methods are not mixed.
func (d *deviceImages) sources() map[string]string {
	count := map[[2]string]int{}
	for _, i := range d.images {
		for _, s := range sharesOf(i) {
			count[[2]string{s.Component, s.Source}]++
		}
	}
	keys := slices.SortedFunc(maps.Keys(count), func(a, b [2]string) int {
		if n := count[b] - count[a]; n != 0 {
			return n
		}
		if n := sourceRank(a[1]) - sourceRank(b[1]); n != 0 {
			return n
		}
		return strings.Compare(a[0]+a[1], b[0]+b[1])
	})
	out := map[string]string{}
	for _, k := range keys {
		if out[k[0]] == "" {
			out[k[0]] = k[1]
		}
	}
	return out
}

// assemble puts the device, its images and the method to the findings.
func (d *deviceImages) assemble(f result.Findings) (result.Result, error) {
	scan := d.scan()
	methods, inputs := map[string]string{}, map[string]string{}
	var hashes []string
	for _, i := range d.images {
		methods[i.result.Protocol.Name] = i.result.Protocol.Method
		inputs[i.entry.Image] = "sha256 " + i.result.Image.SHA256 + ", report " + i.result.ID
		hashes = append(hashes, i.result.Image.SHA256)
	}
	for _, err := range d.failed {
		f.Flags = append(f.Flags, result.Flag{ID: "image-without-result", Text: "An image of the device has no result: " + err.Error(), Remedy: "Mend the file or take it out of the study file."})
	}
	rules := map[string]any{"coverage": composition.Coverage, "methods": methods}
	text, err := json.Marshal(map[string]any{"rules": rules, "algorithms": composition.Algorithms()})
	if err != nil {
		return result.Result{}, err
	}
	canonical, err := jcs.Transform(text)
	if err != nil {
		return result.Result{}, err
	}
	method, content := sha256.Sum256(canonical), sha256.Sum256([]byte(strings.Join(hashes, "\n")))
	image := scan.Image
	image.Name, image.SHA256, image.Format = d.entry.Device, hex.EncodeToString(content[:]), fmt.Sprintf("a scan (%s) and %d images of sections", scan.Image.Format, len(d.images)-1)
	plain := map[string]any{"coverage": composition.Coverage}
	for name, m := range methods {
		plain["method of "+name] = m
	}
	res := result.Result{
		Schema: "explant-result/1", Status: "preliminary", Software: result.Software{Name: "explant", Version: Version},
		Protocol: result.Protocol{Name: "summary", Title: "What the deposit is made of, by zone", Method: hex.EncodeToString(method[:]), Rules: plain, Algos: composition.Algorithms()},
		Inputs:   inputs, Image: image, Device: d.fields, Classes: componentClasses(),
		Measurements: listed(f.Measurements), NotMeasured: listed(f.NotMeasured), Flags: listed(f.Flags), Diagnostics: f.Diagnostics,
	}
	if res.Device == nil {
		res.Device = map[string]string{}
	}
	for i := range res.Measurements {
		m := &res.Measurements[i]
		m.Image, m.Device, m.Method, m.NDevice, m.Flags = res.Image.Name, d.entry.Device, res.Protocol.Method, result.N(1), listed(m.Flags)
	}
	if res.Missing = listed(report.Missing(res)); len(res.Missing) == 0 {
		res.Status = "final"
	}
	res.ID, err = report.ID(res)
	return res, err
}

// componentClasses give the components their colours.
func componentClasses() []result.Class {
	out := make([]result.Class, len(composition.Components))
	for i, name := range composition.Components {
		out[i] = result.Class{Value: uint8(i + 1), Name: name, Color: report.ClassColor(name)}
	}
	return out
}
