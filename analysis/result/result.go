// Package result is the one model of what an analysis found. The report, the CSV and JSON files and
// every later exchange format are views of it; none of them computes anything.
package result

import "explant/volume"

// Measurement is one reported value. Its JSON fields are the columns of measurements.csv. A pointer
// is nil, and the column empty, where the field does not apply: nothing is ever 0 for want of a value.
type Measurement struct {
	Image           string   `json:"image"`
	Device          string   `json:"device"`
	Sample          string   `json:"sample"`
	Metric          string   `json:"metric"` // id of the metric dictionary
	Part            string   `json:"part"`   // class, zone, bin or object
	Value           float64  `json:"value"`
	Unit            string   `json:"unit"` // UCUM
	Numerator       *float64 `json:"numerator"`
	Denominator     *float64 `json:"denominator"`
	DenominatorName string   `json:"denominator_name"`
	ULo             *float64 `json:"u_lo"`
	UHi             *float64 `json:"u_hi"`
	Coverage        *float64 `json:"coverage"` // probability of the interval, 0.95 for k = 2
	Dominant        string   `json:"dominant"` // largest term of the uncertainty: scale, class, border, sampling
	NDevice         *int     `json:"n_device"`
	NSection        *int     `json:"n_section"`
	NField          *int     `json:"n_field"`
	NObject         *int     `json:"n_object"`
	Floor           *float64 `json:"floor"` // detection floor, in the metric's own unit
	Flags           []string `json:"flags"` // ids of Flag
	Method          string   `json:"method"`
}

// Withheld is a metric of the protocol that has no value, and why.
type Withheld struct {
	Metric string `json:"metric"`
	Part   string `json:"part,omitempty"`
	Reason string `json:"reason"`
}

// Flag is a quality remark: what is wrong, and what to do about it.
type Flag struct {
	ID     string `json:"id"` // "uncalibrated", "saturated", "touches-border", "below-resolution", …
	Text   string `json:"text"`
	Remedy string `json:"remedy"`
}

// Class is one value of the label image.
type Class struct {
	Value uint8  `json:"value"`
	Name  string `json:"name"`
	Color string `json:"color"` // "#rrggbb"
}

// Findings is what a segmentation and its measurement give, before the image, the device and the
// method are put to it. Measurements leave Image, Device, Sample and Method empty.
type Findings struct {
	Classes      []Class
	Measurements []Measurement
	NotMeasured  []Withheld
	Flags        []Flag
	Diagnostics  map[string]float64 // levels, thresholds, point spread …: named with their unit, "level_deposit_grey"
	Hot          *HotMap            // where deposit is crowded, for a picture; nil where it was not looked for
}

// HotMap is a volume cut into cells, and how crowded the deposit is in and around each.
type HotMap struct {
	N      [3]int  // voxels of the volume
	CellMM float64 // width of a cell
	Cells  []HotCell
}

// HotCell is the voxels [Min, Max).
type HotCell struct {
	Min, Max [3]int
	Z        float64 // Getis-Ord G_i*
	Hot      bool    // in a hot spot
}

// Image names the analysed file by its base name and content.
type Image struct {
	Name        string             `json:"name"`
	SHA256      string             `json:"sha256"`
	Format      string             `json:"format"`
	Size        [3]int             `json:"size"`
	Type        string             `json:"type"`
	Channels    int                `json:"channels"`
	SpacingMM   [3]float64         `json:"spacing_mm"` // 0 where unknown
	Calibration volume.Calibration `json:"calibration"`
	Warnings    []string           `json:"warnings"`
}

// F returns a pointer to v, for the optional fields of a Measurement.
func F(v float64) *float64 { return &v }

// N returns a pointer to n, for the counts of a Measurement.
func N(n int) *int { return &n }
