package report

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"os"
	"sync"
	"testing"

	"explant/analysis/result"
	"explant/volume"
)

// The classes of the demo volume and of the demo slide.
var (
	volumeClasses = []result.Class{{Value: 0, Name: "void"}, {Value: 1, Name: "lumen"}, {Value: 2, Name: "polymer"}, {Value: 3, Name: "deposit", Color: "#D55E00"}}
	slideClasses  = []result.Class{{Value: 0, Name: "excluded:glass"}, {Value: 1, Name: "fibrin"}, {Value: 2, Name: "rbc"}, {Value: 3, Name: "nucleus"}, {Value: 4, Name: "unclassified"}}
)

// noise is a repeatable number of -1 to 1 for a voxel.
func noise(x, y, z int) float64 {
	h := uint64(x)*0x9E3779B97F4A7C15 ^ uint64(y)*0xC2B2AE3D27D4EB4F ^ uint64(z)*0x165667B19E3779F9
	h ^= h >> 31
	h *= 0xBF58476D1CE4E5B9
	h ^= h >> 29
	return float64(h>>11)/(1<<52) - 1
}

// clots are balls of deposit in the demo volume: x, y, z, r, as shares of its width.
var clots = [][4]float64{
	{0.2, 0.22, 0.15, 0.1}, {0.45, 0.5, 0.22, 0.15}, {0.8, 0.3, 0.3, 0.09}, {0.62, 0.75, 0.33, 0.12}, {0.3, 0.8, 0.5, 0.08},
	{0.55, 0.3, 0.62, 0.1}, {0.75, 0.6, 0.85, 0.07}, {0.25, 0.45, 0.95, 0.06}, {0.5, 0.55, 1.2, 0.05}, {0.8, 0.8, 0.1, 0.11},
}

// demoVolume is a bundle of hollow fibres with clots that lie densest near the inlet.
func demoVolume(width int, spacing float64) (*volume.Volume[uint16], *volume.Labels) {
	g := volume.Grid{N: [3]int{width, width, width * 3 / 2}, Spacing: [3]float64{spacing, spacing, spacing}}
	grey, labels := volume.New[uint16](g), volume.New[uint8](g)
	levels := [4]float64{9000, 7600, 21000, 15500}
	pitch := float64(width) / 7
	for i := range labels.Data {
		x, y, z := i%width, i/width%width, i/width/width
		class := demoClass(float64(x), float64(y), float64(z), float64(width), pitch)
		labels.Data[i] = class
		grey.Data[i] = uint16(levels[class] + 1500*noise(x, y, z) + 700*noise(x/2, y/2, z/2))
	}
	return grey, labels
}

func demoClass(x, y, z, width, pitch float64) uint8 {
	row := math.Floor(y / pitch)
	dx := math.Mod(x+pitch/2*math.Mod(row, 2), pitch) - pitch/2
	dy := math.Mod(y, pitch) - pitch/2
	switch r := math.Hypot(dx, dy) / pitch; {
	case r < 0.17:
		return 1
	case r < 0.32:
		return 2
	}
	for _, c := range clots {
		d := math.Hypot(math.Hypot(x/width-c[0], y/width-c[1]), (z/width-c[2])*0.8)
		if d < c[3]*(1+0.18*math.Sin(9*x/width+7*z/width)*math.Cos(11*y/width)) {
			return 3
		}
	}
	return 0
}

// demoSlide is a field with a clot: red cells, fibrin strands and nuclei on glass.
func demoSlide(n int, spacing float64) (*image.NRGBA, *volume.Labels) {
	img := image.NewNRGBA(image.Rect(0, 0, n*4/3, n))
	labels := volume.New[uint8](volume.Grid{N: [3]int{n * 4 / 3, n, 1}, Spacing: [3]float64{spacing, spacing, 0}})
	ink := []color.NRGBA{{242, 240, 243, 255}, {226, 150, 178, 255}, {196, 58, 66, 255}, {86, 62, 130, 255}, {214, 190, 205, 255}}
	for i := range labels.Data {
		x, y := i%labels.N[0], i/labels.N[0]
		class := slideClass(float64(x)/float64(n), float64(y)/float64(n))
		labels.Data[i] = class
		c, d := ink[class], int(9*noise(x, y, 0)+7*noise(x/3, y/3, 1))
		shade := func(v uint8) uint8 { return uint8(min(max(int(v)+d, 0), 255)) }
		img.SetNRGBA(x, y, color.NRGBA{shade(c.R), shade(c.G), shade(c.B), 255})
	}
	return img, labels
}

func slideClass(x, y float64) uint8 {
	edge := math.Hypot(x-0.68, (y-0.5)*1.15) + 0.05*math.Sin(9*x+4*y) + 0.03*math.Cos(23*y-11*x)
	if edge > 0.47 {
		return 0
	}
	cell := math.Hypot(math.Mod(x*29+math.Sin(y*31)*0.3, 1)-0.5, math.Mod(y*29+math.Cos(x*27)*0.3+1, 1)-0.5)
	if cell < 0.19 && math.Sin(37*x)*math.Sin(41*y) > 0.55 {
		return 3
	}
	strands := math.Sin(14*x+6*math.Sin(5*y)) + 0.8*math.Cos(17*y+4*math.Sin(7*x))
	switch {
	case strands > 0.45:
		return 2
	case strands > -0.9:
		return 1
	}
	return 4
}

var demoProtocol = result.Protocol{
	Name: "ct-panel", Title: "Micro-CT, plain expert recipe", Method: "9b1f6f0c2d7e4a58b3c01d92e47fa6650c8be1d5aa973f2046bd8e5f71c3902a",
	Rules: map[string]any{
		"modality": "micro-ct",
		"segment":  map[string]any{"smooth": map[string]any{"median": []any{3.0, 3.0, 3.0}}, "thresholds": "otsu, three classes", "connectivity": 26.0},
		"metrics":  []any{"dep.vf", "dep.vol", "dep.n", "prof.axis", "dist.surf"},
	},
	Algos: map[string]string{"filter.median": "1", "threshold.otsu": "2", "label.components": "1"},
}

func f(v float64) *float64 { return result.F(v) }

// measure is a measurement with a 95 % interval.
func measure(metric, part string, value, half float64, unit string) result.Measurement {
	m := result.Measurement{Image: "bundle-inlet.nrrd", Metric: metric, Part: part, Value: value, Unit: unit, Method: demoProtocol.Method}
	if half > 0 {
		m.ULo, m.UHi, m.Coverage, m.Dominant = f(value-half), f(value+half), f(0.95), "border"
	}
	return m
}

func volumeMeasurements() []result.Measurement {
	burden := measure("dep.vf", "", 6.4213, 0.573, "%")
	burden.Numerator, burden.Denominator, burden.DenominatorName = f(12.0841), f(188.187), "blood-side space (mm3)"
	burden.Floor, burden.Flags = f(0.021), []string{"touches-border", "threshold-sensitive"}
	all := []result.Measurement{burden, measure("dep.vol", "", 12.0841, 1.08, "mm3")}
	number := measure("dep.n", "", 10, 0, "1")
	number.NObject = result.N(10)
	all = append(all, number, measure("dep.n", "touching a face", 3, 0, "1"), measure("dep.floor", "", 62.1, 0, "um"), measure("dep.max", "", 4.218, 0.31, "mm3"),
		measure("dep.thick", "mean", 412.7, 12.2, "um"), measure("dep.thick", "p95", 902.1, 41, "um"), measure("dep.area", "", 88.31, 6.2, "mm2"))
	for k := range 20 {
		v := 14*math.Exp(-math.Pow((float64(k)-3.2)/4.1, 2)) + 0.9 + 0.7*noise(k, 1, 1)
		bin := measure("prof.axis", fmt.Sprintf("%.2f..%.2f mm", float64(k)*0.36, float64(k+1)*0.36), v, 0.12*v+0.2, "%")
		bin.Numerator, bin.Denominator, bin.DenominatorName = f(v/100*9.4), f(9.4), "blood-side space (mm3)"
		all = append(all, bin)
	}
	for k := range 12 {
		d := float64(k) * 25
		all = append(all, measure("dist.surf", fmt.Sprintf("%g..%g um", d, d+25), 2.1*math.Exp(-d/90)+0.35, 0.11, "1"))
	}
	return all
}

// demoVolumeResult is the result of a micro-CT volume, with its spacing known or not.
func demoVolumeResult(spacing float64) result.Result {
	r := result.Result{
		Schema: "explant-result/1", Status: "preliminary", Software: result.Software{Name: "explant", Version: "0.1.0"},
		Protocol: demoProtocol, Inputs: map[string]string{"axis": "z"}, Classes: volumeClasses,
		Image: result.Image{
			Name: "bundle-inlet.nrrd", SHA256: "4a58b3c01d92e47fa6650c8be1d5aa973f2046bd8e5f71c3902a9b1f6f0c2d7e", Format: "NRRD",
			Size: [3]int{120, 120, 180}, Type: "uint16", Channels: 1, SpacingMM: [3]float64{spacing, spacing, spacing},
			Calibration: volume.Calibration{Source: volume.Header, Field: "NRRD space directions"},
		},
		Device: map[string]string{"device.id": "OX-014", "device.model": "PMP bundle", "device.coating": "uncoated", "run.hours": "118"},
		Flags: []result.Flag{
			{ID: "touches-border", Text: "3 of 10 deposits touch the border of the volume.", Remedy: "Scan a larger region, or read the size statistics as lower bounds."},
			{ID: "threshold-sensitive", Text: "The burden changes by 14 % when the threshold moves by one step.", Remedy: "Report the band beside the value; improve contrast for the next scan."},
		},
		NotMeasured:  []result.Withheld{{Metric: "dep.sphericity", Reason: "No component has 500 voxels or more that does not touch the border."}},
		Diagnostics:  map[string]float64{"level_void_grey": 9003.1, "level_deposit_grey": 15496.7, "threshold_low_grey": 12240},
		Measurements: volumeMeasurements(),
	}
	if spacing == 0 {
		uncalibrate(&r)
	}
	return finished(r)
}

// uncalibrate is what a result looks like when the image states a size that cannot be.
func uncalibrate(r *result.Result) {
	r.Image.Calibration = volume.Calibration{
		Source: volume.Unknown, Field: "NRRD spacings", Stated: [3]float64{1, 1, 1}, Withheld: "a spacing of 1 along all axes is the default of many programs",
		Warnings: []string{"No unit is stated for the spacings."},
	}
	burden := r.Measurements[0]
	burden.Numerator, burden.Denominator, burden.Flags = f(188213), f(2931022), []string{"uncalibrated"}
	burden.DenominatorName = "blood-side space (voxels)"
	r.Measurements = []result.Measurement{burden, measure("dep.n", "", 10, 0, "1")}
	r.NotMeasured = []result.Withheld{
		{Metric: "dep.vol", Reason: "The voxel size is unknown. State it with --spacing."},
		{Metric: "dep.floor", Reason: "The voxel size is unknown. State it with --spacing."},
	}
	r.Flags = []result.Flag{{ID: "uncalibrated", Text: "The voxel size is unknown; only ratios of voxel counts are given.", Remedy: "Measure again with --spacing."}}
}

func finished(r result.Result) result.Result {
	r.Missing = Missing(r)
	id, err := ID(r)
	if err != nil {
		panic(err) // a demo result has no value that JSON cannot hold
	}
	r.ID = id
	return r
}

// demoSlideResult is the result of a stained field, with its pixel size known or not.
func demoSlideResult(spacing float64) result.Result {
	r := demoVolumeResult(0.02)
	r.Image = result.Image{
		Name: "OX-014_mat-3_MSB_20x.tif", SHA256: "b3c01d92e47fa6650c8be1d5aa973f2046bd8e5f71c3902a9b1f6f0c2d7e4a58", Format: "TIFF",
		Size: [3]int{1200, 900, 1}, Type: "uint8", Channels: 3, SpacingMM: [3]float64{spacing, spacing, 0},
		Calibration: volume.Calibration{Source: volume.Typed, Field: "--pixel-size"},
	}
	if spacing == 0 {
		r.Image.Calibration = volume.Calibration{Source: volume.Unknown, Field: "TIFF XResolution", Stated: [3]float64{0.352777, 0.352777, 0}, Withheld: "72 dots per inch is the default of many programs"}
	}
	r.Protocol.Name, r.Protocol.Title = "slide-msb", "Martius, scarlet and blue slide"
	r.Classes, r.Flags, r.NotMeasured, r.Diagnostics = slideClasses, nil, nil, nil
	r.Measurements = nil
	for _, whole := range []struct {
		name  string
		share float64
	}{{"tissue", 1}, {"region", 0.62}} {
		for i, part := range []string{"fibrin", "rbc", "nucleus", "unclassified"} {
			v := []float64{46.2, 38.9, 3.31, 11.6}[i] * whole.share
			m := measure("h.area.c", part, v, 0.06*v, "%")
			m.DenominatorName, m.NSection, m.NField = whole.name, result.N(1), result.N(1)
			if spacing > 0 {
				m.Numerator, m.Denominator = f(v*0.0021), f(0.21)
			}
			r.Measurements = append(r.Measurements, m)
		}
	}
	cells := measure("h.cells", "nucleus", 812.4, 66, "{cell}/mm2")
	cells.NObject, cells.Flags = result.N(171), []string{"few-fields"}
	r.Flags = []result.Flag{{ID: "few-fields", Text: "One field says little about a section.", Remedy: "Measure at least five fields chosen by a systematic rule."}}
	if spacing > 0 {
		r.Measurements = append(r.Measurements, cells)
	} else {
		r.NotMeasured = []result.Withheld{{Metric: "h.cells", Reason: "The pixel size is unknown. State it with --pixel-size."}}
	}
	return finished(r)
}

// demoPictures makes the pictures of the demos once for all tests.
var demoPictures = sync.OnceValue(func() map[string]Pictures {
	out := map[string]Pictures{}
	width, views := 48, 3
	if os.Getenv("EXPLANT_PICTURES") != "" { // for eyes
		width, views = 128, 18
	}
	for name, spacing := range map[string]float64{"volume": 0.06, "volume-uncalibrated": 0} {
		grey, labels := demoVolume(width, spacing)
		pics, err := VolumePictures(testContext, grey, labels, volumeClasses, PictureOptions{Views: views})
		if err != nil {
			panic(err)
		}
		out[name] = pics
	}
	for name, spacing := range map[string]float64{"slide": 0.0005, "slide-uncalibrated": 0} {
		img, labels := demoSlide(900, spacing)
		pics, err := FieldPictures(testContext, img, labels, slideClasses, PictureOptions{})
		if err != nil {
			panic(err)
		}
		out[name] = pics
	}
	return out
})

// demos are the results of the four kinds of report.
func demos() map[string]result.Result {
	return map[string]result.Result{
		"volume": demoVolumeResult(0.06), "volume-uncalibrated": demoVolumeResult(0),
		"slide": demoSlideResult(0.0005), "slide-uncalibrated": demoSlideResult(0),
	}
}

func demoHTML(t testing.TB, name string) []byte {
	t.Helper()
	var b buffer
	if err := WriteHTML(&b, demos()[name], demoPictures()[name]); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
