package report

import (
	"strings"

	"explant/analysis/metrics"
	"explant/analysis/result"
)

// Field is one fact that a full report states about a device, its use or its imaging.
type Field struct {
	Key      string // in the device file and in result.json: "device.coating"
	Label    string // for people, with its unit
	Bold     bool   // a report without it stays preliminary
	Measured bool   // known from the analysis itself, not from the device file
}

// Fields are the report fields, in the order of a report.
var Fields = []Field{
	{Key: "study.id", Label: "Study id", Bold: true},
	{Key: "device.id", Label: "Device id", Bold: true},
	{Key: "device.udi", Label: "Unique device identifier"},
	{Key: "device.manufacturer", Label: "Manufacturer"},
	{Key: "device.model", Label: "Model"},
	{Key: "device.lot", Label: "Lot or serial number", Bold: true},
	{Key: "device.class", Label: "Device class"},
	{Key: "device.blood_volume", Label: "Nominal blood volume (mL)"},
	{Key: "device.fibre", Label: "Fibre type and area"},
	{Key: "device.coating", Label: "Coating name and batch", Bold: true},
	{Key: "run.setting", Label: "Human, animal or bench"},
	{Key: "run.block", Label: "Circuit, animal or donor id", Bold: true},
	{Key: "run.mode", Label: "Mode (VV, VA, loop)"},
	{Key: "run.hours", Label: "Run time (h)", Bold: true},
	{Key: "run.flow", Label: "Mean flow (mL/min)"},
	{Key: "run.anticoagulant", Label: "Anticoagulant and monitoring"},
	{Key: "run.reason", Label: "Reason for explant"},
	{Key: "run.pressure_drop", Label: "Pressure drop at explant (mmHg)"},
	{Key: "run.events", Label: "Events"},
	{Key: "handling.rinse", Label: "Rinse protocol"},
	{Key: "handling.fixation", Label: "Fixation"},
	{Key: "handling.fixation_delay", Label: "Time to fixation (h)"},
	{Key: "handling.drying", Label: "Drying or embedding"},
	{Key: "handling.contrast", Label: "Contrast agent or stain, and concentration", Bold: true},
	{Key: "handling.storage", Label: "Storage"},
	{Key: "sample.region", Label: "Region sampled and its place on the device", Bold: true},
	{Key: "sample.plan", Label: "Sampling plan"},
	{Key: "sample.section_thickness", Label: "Section thickness (µm)"},
	{Key: "sample.sections", Label: "Sections per block"},
	{Key: "imaging.scanner", Label: "Modality and scanner"},
	{Key: "imaging.settings", Label: "Tube voltage, current, filter, projections; or objective and exposure"},
	{Key: "imaging.reconstruction", Label: "Reconstruction"},
	{Key: "imaging.pixel_size", Label: "Voxel or pixel size and its source", Bold: true, Measured: true},
	{Key: "imaging.calibration", Label: "Calibration date and phantom error (%)"},
	{Key: "imaging.stain", Label: "Stain or antibody, clone and control slides"},
	{Key: "method.operator", Label: "Operator"},
	{Key: "method.blinding", Label: "Blinding"},
	{Key: "method.edits", Label: "Edits by hand (% of the result)"},
	{Key: "result.interval", Label: "Uncertainty of every primary value", Bold: true, Measured: true},
	{Key: "result.floor", Label: "Detection floor", Bold: true, Measured: true},
}

// MissingFields are the keys of the mandatory fields that a device file does not state.
func MissingFields(device map[string]string) []string {
	var missing []string
	for _, f := range Fields {
		if f.Bold && !f.Measured && strings.TrimSpace(device[f.Key]) == "" {
			missing = append(missing, f.Key)
		}
	}
	return missing
}

// Missing are the keys of all mandatory fields that r cannot state: those of its device file, and the
// calibration, the uncertainty of primary values and, for volumes, the detection floor.
func Missing(r result.Result) []string {
	missing := MissingFields(r.Device)
	if !calibrated(r.Image) {
		missing = append(missing, "imaging.pixel_size")
	}
	if !allBounded(r.Measurements) {
		missing = append(missing, "result.interval")
	}
	floor := r.Image.Size[2] <= 1
	for _, m := range r.Measurements {
		floor = floor || m.Floor != nil || m.Metric == floorMetric
	}
	if !floor {
		missing = append(missing, "result.floor")
	}
	return missing
}

// allBounded reports whether every primary metric has an interval in at least one of its rows. The
// floor is itself a limit, and a count has a band of thresholds instead.
func allBounded(all []result.Measurement) bool {
	bounded := map[string]bool{}
	for _, m := range all {
		if known, _ := metrics.Lookup(m.Metric); known.Primary && m.Metric != floorMetric && m.Unit != "1" {
			bounded[m.Metric] = bounded[m.Metric] || m.ULo != nil && m.UHi != nil
		}
	}
	for _, ok := range bounded {
		if !ok {
			return false
		}
	}
	return true
}

// floorMetric is the dictionary's id of the detection floor.
const floorMetric = "dep.floor"

// calibrated reports whether lengths in the image have a unit.
func calibrated(i result.Image) bool {
	plane := i.SpacingMM[0] > 0 && i.SpacingMM[1] > 0
	return plane && (i.Size[2] <= 1 || i.SpacingMM[2] > 0)
}

// label is the text of the field with the given key, or the key itself.
func label(key string) string {
	for _, f := range Fields {
		if f.Key == key {
			return f.Label
		}
	}
	return key
}
