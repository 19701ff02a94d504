package fluorescence

import (
	"slices"

	"explant/analysis/result"
)

// Values of the label image that every protocol has.
const (
	glassValue uint8 = iota
	fibreValue
	otherValue
	firstValue // markers in the order of the alphabet, then DNA, nuclei, NETs
)

// Colours of markers, far from each other also for the colour blind (Okabe and Ito 2008).
var palette = []string{"#e69f00", "#009e73", "#d55e00", "#cc79a7", "#f0e442", "#56b4e9", "#8856a7", "#66a61e", "#a6761d", "#666666", "#1b9e77", "#7570b3"}

// Classes lists the values of the label image.
func (p Params) Classes() []result.Class {
	all := []result.Class{
		{Value: glassValue, Name: "excluded:glass", Color: "#000000"},
		{Value: fibreValue, Name: "excluded:fibre", Color: "#4d4d4d"},
		{Value: otherValue, Name: "other", Color: "#14141e"},
	}
	add := func(name, color string) {
		all = append(all, result.Class{Value: uint8(len(all)), Name: name, Color: color})
	}
	for i, m := range p.plain() {
		class := p.Markers[m].Class
		if class == "" {
			class = "marker:" + m
		}
		add(class, palette[i%len(palette)])
	}
	add("marker:dna", "#56b4e9")
	add("nucleus", "#0072b2")
	add("net", "#ffffff")
	if p.NETLike {
		add("marker:net-like", "#ffd1f4")
	}
	return all
}

// plain are the markers other than DNA.
func (p Params) plain() (all []string) {
	for _, m := range p.names() {
		if p.Markers[m].Role != DNA {
			all = append(all, m)
		}
	}
	return all
}

// labels are the classes of the core of a part; order is that of markers, the largest first.
func (s *scene) labels(m masks, order []string, p part) []uint8 {
	inside := cropped(s.free, p)
	out := make([]uint8, len(inside))
	for i, free := range inside {
		out[i] = fibreValue
		if free {
			out[i] = otherValue
		}
	}
	paint := func(mask []bool, value uint8) {
		for i, in := range cropped(mask, p) {
			if in {
				out[i] = value
			}
		}
	}
	plain := s.p.plain()
	for _, name := range order { // the small ones over the large ones
		paint(m.marker[name], firstValue+uint8(slices.Index(plain, name)))
	}
	dna := firstValue + uint8(len(plain))
	if s.nuclei == nil { // DNA without nuclei to tell apart is a marker
		paint(m.marker[s.dna], dna)
		return out
	}
	paint(m.outDNA, dna)
	paint(s.nuclei.mask(), dna+1)
	paint(m.net, dna+2)
	return out
}
