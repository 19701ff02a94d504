package fluorescence

import (
	"encoding/binary"
	"fmt"
	"math"

	"explant/analysis/result"
)

// both gives, for each two markers, how much of the area of one the other one covers.
func (r *report) both() {
	names, main := r.markers(), r.main.both
	n, what := len(names), "area"
	if r.deep() {
		what = "volume"
	}
	for a := range names {
		for b := range names {
			if a != b {
				r.shareOf(r.id(MetricOverlap), names[a]+" in "+names[b], main[a*n+b], main[a*n+a], what+" of "+names[a], func(k int) float64 {
					others := r.others[k].both
					return 100 * others[a*n+b] / max(others[a*n+a], 1)
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
func (r *report) byFibres() {
	length := r.outline * r.um / 1000
	nets := len(r.netLayer()) > 0
	if length == 0 {
		reason := "no wall of a fibre, which shines in three channels or more, was found in the field"
		if len(r.p.LayersUM) > 0 {
			r.withhold(MetricLayer, "", reason)
		}
		if nets && !r.deep() {
			r.withhold(MetricNET, outlinePart, reason)
		}
		return
	}
	r.note("fibre_outline_mm", length)
	if nets && r.calibrated && !r.deep() {
		value := func(m amounts) float64 { return m.net * r.um2 / 1e6 / length }
		r.give(result.Measurement{
			Metric: MetricNET, Part: outlinePart, Value: value(r.main), Unit: "mm2/mm", Numerator: result.F(value(r.main) * length),
			Denominator: result.F(length), DenominatorName: "fibre outline (mm)",
		}, value)
	}
	r.layers()
}

const outlinePart = "per fibre outline"

// layers gives the share of each layer that each marker covers, and NETs. A layer lies between two distances from the
// outer surface of the nearest fibre.
func (r *report) layers() {
	if len(r.p.LayersUM) == 0 || !r.calibrated {
		return
	}
	for _, m := range append(r.markers(), r.netLayer()...) {
		lo := 0.0
		for l, hi := range r.p.LayersUM {
			r.shareOf(MetricLayer, fmt.Sprintf("%s %g-%g um", m, lo, hi), r.main.layers[m][l], r.inLayer[l], "pixel in the layer", func(k int) float64 {
				return 100 * r.others[k].layers[m][l] / max(r.inLayer[l], 1)
			})
			lo = hi
		}
	}
}

// netLayer is the name of NETs among the markers of layers, where the field can show them.
func (r *report) netLayer() []string {
	if r.nuclei == nil || len(r.netMarkers()) == 0 {
		return nil
	}
	return []string{"net"}
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

// crossings are how often lines in four directions cross the border between what is and what is not in a mask, within
// the field.
type crossings struct{ straight, across int }

// add takes a row and the one below it, nil for none.
func (c *crossings) add(row, next []bool) {
	for x, in := range row {
		right := x+1 < len(row)
		if right && row[x+1] != in {
			c.straight++
		}
		if next == nil {
			continue
		}
		if next[x] != in {
			c.straight++
		}
		if right && next[x+1] != in {
			c.across++
		}
		if right && next[x] != row[x+1] {
			c.across++
		}
	}
}

// length is that of the border in pixels, by Cauchy's and Crofton's formula.
func (c *crossings) length() float64 {
	return math.Pi / 8 * (float64(c.straight) + float64(c.across)/math.Sqrt2)
}

// interfaceLength is the length in pixels of the border of a mask.
func interfaceLength(mask []bool, w, h int) float64 {
	var sum crossings
	for y := range h {
		var next []bool
		if y+1 < h {
			next = mask[(y+1)*w:][:w]
		}
		sum.add(mask[y*w:][:w], next)
	}
	return sum.length()
}
