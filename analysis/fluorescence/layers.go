package fluorescence

import (
	"encoding/binary"
	"fmt"
	"math"

	"explant/analysis/opencv"
	"explant/analysis/result"
)

// both gives, for each two markers, how much of the area of one the other one covers.
func (r *report) both() {
	names := r.markers()
	main, others := together(r.main, names), make([][]float64, len(r.others))
	for k, m := range r.others {
		others[k] = together(m, names)
	}
	n, what := len(names), "area"
	if r.deep() {
		what = "volume"
	}
	for a := range names {
		for b := range names {
			if a != b {
				r.shareOf(r.id(MetricOverlap), names[a]+" in "+names[b], main[a*n+b], main[a*n+a], what+" of "+names[a], func(k int) float64 {
					return 100 * others[k][a*n+b] / max(others[k][a*n+a], 1)
				})
			}
		}
	}
}

// together counts the pixels that each two markers both cover, one row for each marker.
func together(m masks, names []string) []float64 {
	n := len(names)
	of := make([]float64, 1<<n)
	eachSet(m, names, func(set uint16, pixels int) { of[set] += float64(pixels) })
	out := make([]float64, n*n)
	for s, c := range of {
		for a := range n {
			for b := range n {
				if (s>>a)&(s>>b)&1 == 1 {
					out[a*n+b] += c
				}
			}
		}
	}
	return out
}

// eachSet tells how many pixels in a row show the same markers: bit k stands for marker k; a protocol has at most 12.
func eachSet(m masks, names []string, tell func(set uint16, pixels int)) {
	all := make([][]byte, len(names))
	for k, name := range names {
		all[k] = octets(m.marker[name])
	}
	const lanes = 8
	i := 0
	for ; i+lanes <= len(all[0]); i += lanes {
		var low, high uint64 // a bit for each marker in the byte of each pixel
		for k, mask := range all {
			if v := binary.LittleEndian.Uint64(mask[i:]); k < lanes {
				low |= v << k
			} else {
				high |= v << (k - lanes)
			}
		}
		if low|high == 0 {
			tell(0, lanes)
			continue
		}
		for b := 0; b < 64; b += lanes {
			tell(uint16(low>>b&0xff)|uint16(high>>b&0xff)<<lanes, 1)
		}
	}
	for ; i < len(all[0]); i++ {
		set := uint16(0)
		for k, mask := range all {
			set |= uint16(mask[i]) << k
		}
		tell(set, 1)
	}
}

// byFibres gives what is told by the outlines of fibres: markers and NETs in layers, and the NETs of a length of outline.
func (r *report) byFibres() error {
	length := interfaceLength(r.free[:r.area()], r.Grid.N[0], r.Grid.N[1]) * r.um / 1000
	nets := r.main.net != nil
	if length == 0 {
		reason := "no wall of a fibre, which shines in three channels or more, was found in the field"
		if len(r.p.LayersUM) > 0 {
			r.withhold(r.id(MetricLayer), "", reason)
		}
		if nets && !r.deep() {
			r.withhold(MetricNET, outlinePart, reason)
		}
		return nil
	}
	r.note("fibre_outline_mm", length)
	if nets && r.calibrated && !r.deep() {
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
	d, err := opencv.Distance(r.free[:r.area()], r.Grid.N[0], r.Grid.N[1]) // the same in all focal planes
	if err != nil {
		return err
	}
	of := make([]int8, len(r.free)) // the layer of each pixel, from 0; -1 beyond the last one and in fibres
	for i := range of {
		of[i] = -1
		um := (float64(d[i%len(d)]) - 0.5) * r.um // to the interface between pixels
		for k := len(r.p.LayersUM) - 1; r.free[i] && k >= 0 && um < r.p.LayersUM[k]; k-- {
			of[i] = int8(k)
		}
	}
	all := countLayers(of, r.free)
	for _, m := range r.markers() {
		r.inLayers(m, of, all, func(v masks) []bool { return v.marker[m] })
	}
	if r.main.net != nil {
		r.inLayers("net", of, all, func(v masks) []bool { return v.net })
	}
	return nil
}

// inLayers gives the shares of the layers that a mask covers; of is the layer of each
// pixel, all how many pixels each has.
func (r *report) inLayers(name string, of []int8, all [mostLayers]float64, mask func(masks) []bool) {
	in := countLayers(of, mask(r.main))
	others := make([][mostLayers]float64, len(r.others))
	for k, m := range r.others {
		others[k] = countLayers(of, mask(m))
	}
	lo := 0.0
	for l, hi := range r.p.LayersUM {
		r.shareOf(r.id(MetricLayer), fmt.Sprintf("%s %g-%g um", name, lo, hi), in[l], all[l], "pixel in the layer", func(k int) float64 {
			return 100 * others[k][l] / max(all[l], 1)
		})
		lo = hi
	}
}

// countLayers counts the pixels of a mask in each layer.
func countLayers(of []int8, mask []bool) (in [mostLayers]float64) {
	there := octets(mask)
	count := func(i int) {
		if l := of[i]; l >= 0 && there[i] > 0 {
			in[l]++
		}
	}
	i := 0
	for ; i+8 <= len(there); i += 8 {
		if binary.LittleEndian.Uint64(there[i:]) == 0 {
			continue
		}
		for k := range 8 {
			count(i + k)
		}
	}
	for ; i < len(there); i++ {
		count(i)
	}
	return in
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
