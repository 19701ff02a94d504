package fluorescence

import (
	"fmt"
	"math"

	"explant/analysis/opencv"
	"explant/analysis/result"
)

// both gives, for each two markers, how much of the area of one the other one covers.
func (r *report) both() {
	names := r.markers()
	for _, a := range names {
		for _, b := range names {
			if a == b {
				continue
			}
			r.share(MetricOverlap, a+" in "+b, func(m masks) (num, den float64) {
				for i, in := range m.marker[a] {
					if in {
						den++
						if m.marker[b][i] {
							num++
						}
					}
				}
				return num, den
			}, "area of "+a)
		}
	}
}

// byFibres gives what is told by the outlines of fibres: markers and NETs in layers, and the NETs of a length of outline.
func (r *report) byFibres() error {
	length := interfaceLength(r.free, r.Grid.N[0], r.Grid.N[1]) * r.um / 1000
	nets := r.main.net != nil
	if length == 0 {
		reason := "no wall of a fibre, which shines in three channels or more, was found in the field"
		if len(r.p.LayersUM) > 0 {
			r.withhold(MetricLayer, "", reason)
		}
		if nets {
			r.withhold(MetricNET, outlinePart, reason)
		}
		return nil
	}
	r.note("fibre_outline_mm", length)
	if nets && r.calibrated {
		value := func(m masks) float64 { return float64(count(m.net)) * r.um2 / 1e6 / length }
		r.give(result.Measurement{
			Metric: MetricNET, Part: outlinePart, Value: value(r.main), Unit: "mm2/mm", Numerator: result.F(value(r.main) * length),
			Denominator: result.F(length), DenominatorName: "fibre outline (mm)",
		}, value)
	}
	return r.layers()
}

const outlinePart = "per fibre outline"

// layers gives the share of each layer that each marker covers, and NETs. A layer lies between two distances from the
// outer surface of the nearest fibre.
func (r *report) layers() error {
	if len(r.p.LayersUM) == 0 || !r.calibrated {
		return nil
	}
	d, err := opencv.Distance(r.free, r.Grid.N[0], r.Grid.N[1])
	if err != nil {
		return err
	}
	of := make([]int8, len(d)) // the layer of each pixel, from 0; -1 beyond the last one and in fibres
	for i, v := range d {
		of[i] = -1
		um := (float64(v) - 0.5) * r.um // to the interface between pixels
		for k := len(r.p.LayersUM) - 1; r.free[i] && k >= 0 && um < r.p.LayersUM[k]; k-- {
			of[i] = int8(k)
		}
	}
	for k, hi := range r.p.LayersUM {
		lo := 0.0
		if k > 0 {
			lo = r.p.LayersUM[k-1]
		}
		name := fmt.Sprintf("%g-%g um", lo, hi)
		for _, m := range r.markers() {
			r.layer(m+" "+name, int8(k), of, func(v masks) []bool { return v.marker[m] })
		}
		if r.main.net != nil {
			r.layer("net "+name, int8(k), of, func(v masks) []bool { return v.net })
		}
	}
	return nil
}

func (r *report) layer(part string, k int8, of []int8, mask func(masks) []bool) {
	r.share(MetricLayer, part, func(v masks) (num, den float64) {
		there := mask(v)
		for i, l := range of {
			if l == k {
				den++
				if there[i] {
					num++
				}
			}
		}
		return num, den
	}, "pixel in the layer")
}

// interfaceLength is the length in pixels of the border between what is and what is not in the mask, within the
// field, by Cauchy's and Crofton's formula in four directions.
func interfaceLength(mask []bool, w, h int) (length float64) {
	cross := func(i, j int, weight float64) {
		if mask[i] != mask[j] {
			length += weight
		}
	}
	for y := range h {
		for x := range w {
			i := y*w + x
			if x+1 < w {
				cross(i, i+1, math.Pi/8)
			}
			if y+1 < h {
				cross(i, i+w, math.Pi/8)
			}
			if x+1 < w && y+1 < h {
				cross(i, i+w+1, math.Pi/8/math.Sqrt2)
				cross(i+1, i+w, math.Pi/8/math.Sqrt2)
			}
		}
	}
	return length
}
