package fluorescence

import (
	"fmt"
	"slices"

	"explant/analysis/result"
)

// Metric ids of a stack that is measured as a volume.
const (
	MetricVolume        = "if.vol"
	MetricVolumeOverlap = "if.vol.both"
	MetricVolumeNuclei  = "if.nuc"
	MetricNuclearVolume = "if.nuc.vol"
	MetricVolumeDNA     = "net.dna.vol"
	MetricVolumeNET     = "net.vol"
	MetricVolumeNETs    = "net.vol.n"
	MetricVolumeRatio   = "net.vol.ratio"
)

// inVolume are the metrics of a stack in place of those of a field.
var inVolume = map[string]string{
	MetricPositive: MetricVolume, MetricOverlap: MetricVolumeOverlap, MetricNuclei: MetricVolumeNuclei,
	MetricDNA: MetricVolumeDNA, MetricNET: MetricVolumeNET, MetricNETs: MetricVolumeNETs, MetricRatio: MetricVolumeRatio,
}

// id is the metric of a field, or the one that a stack has in its place.
func (r *report) id(metric string) string {
	if deep, ok := inVolume[metric]; ok && r.deep() {
		return deep
	}
	return metric
}

// extent is the unit of areas, or of volumes of a stack, and how many µm² or µm³ it has.
func (r *report) extent() (unit string, um float64) {
	if r.deep() {
		return "mm3", 1e9
	}
	return "mm2", 1e6
}

// whole is the name of what is measured.
func (r *report) whole() string {
	if r.deep() {
		return "stack outside fibres"
	}
	return fieldName
}

// nuclearVolumes gives the quartiles of the volumes of intact nuclei that no face of the stack cuts.
func (r *report) nuclearVolumes() {
	var whole []float64
	for _, o := range r.nuclei.objects {
		if o.intact && !o.edge {
			whole = append(whole, o.area)
		}
	}
	if len(whole) < fewWhole {
		r.withhold(MetricNuclearVolume, "", "fewer than four intact nuclei lie wholly in the stack")
		return
	}
	slices.Sort(whole)
	for _, q := range []struct {
		part string
		at   int
	}{{"median", len(whole) / 2}, {"lower quartile", len(whole) / 4}, {"upper quartile", len(whole) * 3 / 4}} {
		r.give(result.Measurement{Metric: MetricNuclearVolume, Part: q.part, Value: whole[q.at], Unit: "um3", NObject: result.N(len(whole))}, nil)
	}
}

// fewWhole is how many nuclei have quartiles.
const fewWhole = 4

// togetherInStack compares pairs by all their voxels; blocks are not scrambled.
func (r *report) togetherInStack(pairs [][2]string) {
	for k, pair := range pairs {
		if r.compare(pair, r.sums[k]) == nil {
			r.withhold(MetricScrambled, pair[0]+"/"+pair[1], "blocks are scrambled in a field, not in a stack")
		}
	}
}

// deepRemarks flags what a stack does not tell.
func (r *report) deepRemarks() {
	r.note("focal_planes", float64(r.Grid.N[2]))
	r.note("plane_distance_um", r.apartUM())
	if len(r.netMarkers()) > 0 && r.apartUM() > farApartUM {
		r.Flags = append(r.Flags, result.Flag{
			ID: "planes-far-apart", Text: fmt.Sprintf("Focal planes %.2g µm apart do not resolve strands of NETs: what lies between them is missed, or taken for as thick as that.", r.apartUM()),
			Remedy: "Photograph planes 1 µm apart or less.",
		})
	}
}

// farApartUM is how far planes may be apart where NETs are measured.
const farApartUM = 1.0
