package sem

import (
	"fmt"

	"explant/analysis/result"
)

// flag adds a remark, and its id to the values of a metric.
func (r *report) flag(metric, id, text, remedy string) {
	r.Flags = append(r.Flags, result.Flag{ID: id, Text: text, Remedy: remedy})
	if metric != "" {
		r.flagged[metric] = append(r.flagged[metric], id)
	}
}

const (
	mostBlur   = 0.25 // of a fibre
	mostBurnt  = 0.02 // of the field
	mostUnsure = 0.1  // of the field that bodies of no class may cover
)

// remarks flags what a careful person would want to know.
func (r *report) remarks() {
	if r.nm == 0 {
		r.flag("", "uncalibrated", "The size of a pixel is unknown: diameters are in pixels, and bodies have no class.",
			"State it with --pixel-size, or with the length of the burnt-in bar: --scale-bar 1um.")
	}
	if len(r.fibres) > 0 {
		r.diameterRemarks()
	}
	r.flag(MetricPorosity, "2d-descriptive", "The open area is that of a picture: it says how much of the uppermost layers shows bare ground, not the porosity of the network.",
		"Compare pictures of the same magnification and depth only.")
	if !r.dark.distinct {
		r.flag(MetricPorosity, "open-area-unclear", "Dark places are no group of grey levels of their own: where a deep fibre ends and open area begins is a matter of the threshold (Otsu's was taken).",
			"Take the open area as a bound, or photograph a thinner network.")
		r.flagged[MetricCover] = append(r.flagged[MetricCover], "open-area-unclear")
	}
	r.coverRemarks()
	if n := r.share(burntValue); n > mostBurnt {
		r.flag("", "saturated", fmt.Sprintf("%.2g %% of the field is burnt-in text or saturated; it was left out.", 100*n), "Lower the contrast of the detector, and export without text.")
	}
}

func (r *report) diameterRemarks() {
	w := r.usual()
	switch {
	case w < r.params.LeastPX:
		r.flag(MetricDiameter, "below-resolution", fmt.Sprintf("A fibre is %.3g pixels wide; below %g the diameter is mostly blur.", w, r.params.LeastPX), "Photograph at a higher magnification: 13 to 16 pixels a fibre.")
	case w > r.params.MostPX:
		r.flag(MetricDiameter, "too-few-fibres", fmt.Sprintf("A fibre is %.3g pixels wide; above %g a field shows too few of them.", w, r.params.MostPX), "Photograph at a lower magnification: 13 to 16 pixels a fibre.")
	}
	if n := r.pieces(); n < r.params.LeastPieces {
		r.flag(MetricDiameter, "few-pieces", fmt.Sprintf("Only %d pieces of fibres between junctions were measured.", n), "Measure more fields.")
	}
	if r.blur > mostBlur*w {
		r.flag(MetricDiameter, "blurred", fmt.Sprintf("The blur (%.2g pixels, 1 SD) is more than a quarter of a fibre.", r.blur), "Focus, and correct the astigmatism.")
	}
}

func (r *report) coverRemarks() {
	r.flag(MetricCover, "one-field", "Coverage is that of one field; which field is photographed decides more than how it is measured.", "Take five fields or more by systematic sampling, blinded.")
	r.flag(MetricCover, "by-shape", "Platelets and cells are told by the size of smooth bodies alone, not by a marker.", "Look at the overlay; mark bodies by hand, or label platelets with immunogold.")
	if n := r.share(unclassifiedValue); n > mostUnsure {
		r.flag(MetricCover, "cover-unreliable", fmt.Sprintf("Bodies without a class cover %.2g %% of the field.", 100*n), "Look at the overlay before coverage is used.")
	}
}

// share is the share of the field that has a class.
func (r *report) share(value uint8) float64 {
	n := 0
	for _, v := range r.class {
		if v == value {
			n++
		}
	}
	return float64(n) / float64(len(r.class))
}

// diagnostics are what the measurement rests on.
func (r *report) diagnostics() {
	r.Diagnostics = map[string]float64{
		"blur_sigma_px": r.blur, "open_below_grey": r.dark.grey, "data_bar_rows": float64(r.picture - r.p.H), "measured_places": float64(len(r.fibres)),
	}
	steep := &diameters{}
	for _, f := range r.fibres {
		steep.add(f.steep, f.length)
	}
	if len(r.fibres) > 0 {
		r.Diagnostics["diameter_between_steepest_places_px"] = steep.quantile(0.5)
	}
}
