package classify

import (
	"fmt"

	"explant/analysis/result"
	"explant/volume"
)

// Metric ids of the dictionary that a classifier gives.
const (
	MetricShare       = "h.area.c" // share of a class in the field, %
	MetricArea        = "h.area"   // area of a class, mm²
	MetricVolumeShare = "cls.vf"   // share of a class in the volume, %
	MetricVolume      = "cls.vol"  // volume of a class, mm³
	MetricCertainty   = "px.sure"  // mean share of the votes that the class has in its pixels, %
)

const (
	k2          = 0.95 // coverage of two standard uncertainties
	wholeRegion = "region"
)

// Findings turns a count into measurements. g places the pixels.
func (c *Classifier) Findings(n *Count, g volume.Grid) result.Findings {
	r := &report{c: c, n: n, g: g}
	r.Classes = ResultClasses(c.Classes)
	r.Diagnostics = map[string]float64{"unsure_percent": percent(n.Unsure, n.All), "beyond_training_percent": percent(n.Outside, n.All*int64(len(c.Input.Channels)))}
	r.one, r.size, r.areaMetric, r.shareMetric = "mm2", 0, MetricArea, MetricShare
	r.size, r.err = g.PixelArea()
	if c.Input.Volumetric() {
		r.one, r.areaMetric, r.shareMetric = "mm3", MetricVolume, MetricVolumeShare
		r.size, r.err = g.VoxelVolume()
	}
	for i := range c.Classes {
		r.class(i)
	}
	r.flags()
	return r.Findings
}

type report struct {
	result.Findings
	c                       *Classifier
	n                       *Count
	g                       volume.Grid
	one                     string  // unit of areas or volumes
	size                    float64 // of a pixel in it
	err                     error   // why it is not known
	areaMetric, shareMetric string
}

func percent(num, den int64) float64 { return 100 * float64(num) / float64(max(den, 1)) }

// class gives share, size and certainty of class i.
func (r *report) class(i int) {
	class, pixels := r.c.Classes[i], r.n.Pixels[i+1]
	unit, scale := " (px)", 1.0
	if r.err == nil {
		unit, scale = " ("+r.one+")", r.size
	}
	r.add(result.Measurement{
		Metric: r.shareMetric, Part: class.Name, Value: percent(pixels, r.n.All), Unit: "%",
		Numerator: result.F(float64(pixels) * scale), Denominator: result.F(float64(r.n.All) * scale), DenominatorName: wholeRegion + unit,
	}, class)
	if r.err != nil {
		r.NotMeasured = append(r.NotMeasured, result.Withheld{Metric: r.areaMetric, Part: class.Name, Reason: "uncalibrated: the size of a pixel is unknown; state it with --pixel-size or --spacing"})
	} else {
		r.add(result.Measurement{Metric: r.areaMetric, Part: class.Name, Value: float64(pixels) * r.size, Unit: r.one}, class)
	}
	if pixels == 0 {
		r.NotMeasured = append(r.NotMeasured, result.Withheld{Metric: MetricCertainty, Part: class.Name, Reason: "no pixel of the class"})
		return
	}
	r.Measurements = append(r.Measurements, result.Measurement{Metric: MetricCertainty, Part: class.Name, Value: float64(r.n.Sure[i+1]) / float64(pixels), Unit: "%"})
}

// add gives a value the interval that cross-validation found for the area of its class.
func (r *report) add(m result.Measurement, c Class) {
	if c.AreaError != nil {
		u := 2 * *c.AreaError * m.Value
		lo, hi := max(m.Value-u, 0), m.Value+u
		if m.Unit == "%" {
			hi = min(hi, 100)
		}
		m.ULo, m.UHi, m.Coverage, m.Dominant = result.F(lo), result.F(hi), result.F(k2), "class"
	} else {
		m.Flags = append(m.Flags, flagNotValidated)
	}
	r.Measurements = append(r.Measurements, m)
}

const flagNotValidated = "not-validated"

// Shares in percent from which a flag is raised.
const (
	manyUnsure  = 20
	manyOutside = 1
)

func (r *report) flags() {
	raise := func(when bool, id, text, remedy string) {
		if when {
			r.Flags = append(r.Flags, result.Flag{ID: id, Text: text, Remedy: remedy})
		}
	}
	unknown := ""
	for _, c := range r.c.Classes {
		if c.AreaError == nil {
			unknown = c.Name
		}
	}
	raise(r.err != nil, "uncalibrated", "The size of a pixel is unknown: sizes are given in pixels.", "State it with --pixel-size or --spacing.")
	raise(unknown != "", flagNotValidated, fmt.Sprintf("How far the area of %q and of classes without an interval is off was not found out by cross-validation.", unknown),
		"Draw at least three regions of each class, in different places, and train again.")
	unsure := percent(r.n.Unsure, r.n.All)
	raise(unsure > manyUnsure, "unsure", fmt.Sprintf("In %.0f %% of the pixels no class has half of the votes.", unsure),
		"Look at the confidence map, draw regions where it is dark, and train again.")
	outside := r.Diagnostics["beyond_training_percent"]
	raise(outside > manyOutside, "beyond-training", fmt.Sprintf("%.1f %% of the values are darker or brighter than anything that was trained on.", outside),
		"Train on images with the same exposure, or add this one to the training.")
	raise(!r.c.Input.Sized() && r.g.Spacing[0] > 0, "size-unchecked", "The classifier was trained on pixels of unknown size: whether this image is magnified in the same way was not checked.",
		"State the size of pixels when training, with --pixel-size or --spacing.")
}
