package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"

	"github.com/gowebpki/jcs"

	"explant/analysis/pin"
	"explant/analysis/result"
	"explant/io/open"
	"explant/io/report"
)

// values are what a pinned slide is told by.
func (r *pinRun) values() result.Findings {
	var f result.Findings
	add := func(metric, part string, v float64, unit string) {
		f.Measurements = append(f.Measurements, result.Measurement{Metric: metric, Part: part, Value: v, Unit: unit, NSection: result.N(1), NObject: nil})
	}
	add("pin.resid", "", 1000*pin.RMS(r.distances), "um")
	f.Measurements[0].NObject = result.N(len(r.pairs))
	for i, d := range r.distances {
		add("pin.resid", fmt.Sprintf("point %d", i+1), 1000*d, "um")
	}
	if r.Scaled {
		add("pin.scale", "", 100*r.start.Scale, "%")
	}
	if r.PointsOnly {
		f.NotMeasured = append(f.NotMeasured, result.Withheld{Metric: "pin.move", Reason: "the place is that of the points alone, as was asked for"})
	} else {
		add("pin.move", "", 1000*r.refined.MovedMM, "um")
		add("pin.info", "by the points", r.refined.Before, "bit")
		add("pin.info", "refined", r.refined.After, "bit")
	}
	r.flag(&f)
	return f
}

func (r *pinRun) flag(f *result.Findings) {
	raise := func(id, text, remedy string) {
		f.Flags = append(f.Flags, result.Flag{ID: id, Text: text, Remedy: remedy})
	}
	if len(r.pairs) == 3 {
		raise("three-points", "Three pairs place a slide with little to check them by: their distances say hardly how good the place is.", "Add pairs, best near the corners.")
	}
	if voxel := max(r.scan.Grid.Spacing[0], r.scan.Grid.Spacing[1], r.scan.Grid.Spacing[2]); pin.RMS(r.distances) > 2*voxel {
		raise("registration-tolerance", "The pairs of points lie more than two voxels apart (root mean square).", "Look for a pair that is wrong; sections shrink in the making: try --scaled.")
	}
	if !r.PointsOnly && !r.refined.Kept {
		raise("not-refined", "Slide and scan do not tell enough of each other for a better place than that of the points, or it lies too far from it: the points are believed.", "Check the checkerboard in the report.")
	}
}

// assemble puts the images and the method to the findings.
func (r *pinRun) assemble(ctx context.Context) (res result.Result, err error) {
	f := r.values()
	rules := map[string]any{"scaled": r.Scaled, "points_only": r.PointsOnly}
	text, err := json.Marshal(map[string]any{"rules": rules, "algorithms": pin.Algorithms()})
	if err != nil {
		return res, err
	}
	canonical, err := jcs.Transform(text)
	if err != nil {
		return res, err
	}
	method := sha256.Sum256(canonical)
	slide, err := open.Hash(ctx, r.Slide, r.slide.Beside...)
	if err != nil {
		return res, err
	}
	scan, err := hashed(ctx, r.Scan)
	if err != nil {
		return res, err
	}
	points, err := hashed(ctx, r.Points)
	if err != nil {
		return res, err
	}
	i := r.slide
	m := r.refined.Affine()
	inputs := map[string]string{"scan": scan, "points": points}
	for k, row := range m[:3] {
		inputs[fmt.Sprintf("place_row_%d", k+1)] = fmt.Sprintf("%.6f, %.6f, %.6f, %.6f mm", row[0], row[1], row[2], row[3])
	}
	res = result.Result{
		Schema: "explant-result/1", Status: "preliminary", Software: result.Software{Name: "explant", Version: Version},
		Protocol: result.Protocol{Name: "pin", Title: "Where the section lies in the scan", Method: hex.EncodeToString(method[:]), Rules: rules, Algos: pin.Algorithms()},
		Inputs:   inputs, Device: map[string]string{}, Classes: []result.Class{},
		Image: result.Image{Name: ImageName(r.Slide), SHA256: slide, Format: i.Format, Size: i.Grid.N, Type: string(i.Type), Channels: i.Channels,
			SpacingMM: i.Grid.Spacing, Calibration: i.Grid.Calibration, Warnings: listed(i.Warnings)},
		Measurements: listed(f.Measurements), NotMeasured: listed(f.NotMeasured), Flags: listed(f.Flags),
		Diagnostics: map[string]float64{"tilt_of_the_section_to_z_degrees": math.Acos(min(math.Abs(r.refined.Axes[2][2]), 1)) * 180 / math.Pi},
	}
	for k := range res.Measurements {
		q := &res.Measurements[k]
		q.Image, q.Sample, q.Method, q.NDevice, q.Flags = res.Image.Name, r.Name, res.Protocol.Method, result.N(1), listed(q.Flags)
	}
	res.Missing = listed(report.Missing(res))
	res.ID, err = report.ID(res)
	return res, err
}
