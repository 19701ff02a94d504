package report

import (
	"regexp"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"explant/analysis/result"
)

// matFace finds the number of a mat and which of its faces a measurement gives.
var matFace = regexp.MustCompile(`^mat (\d+): (inlet|outlet) face$`)

// mats are where the mats of a device begin and end along the flow, mm from the inlet, in the order of all.
func mats(all []result.Measurement) (spans [][2]float64) {
	number := map[string]int{}
	for _, m := range of(all, "frame.faces") {
		found := matFace.FindStringSubmatch(m.Part)
		if found == nil || m.Unit != "mm" {
			continue
		}
		i, known := number[found[1]]
		if !known {
			i = len(spans)
			number[found[1]] = i
			spans = append(spans, [2]float64{m.Value, m.Value})
		}
		if found[2] == "outlet" {
			spans[i][1] = m.Value
		}
	}
	return spans
}

// layered puts the mats under the flow profile.
func layered(found []curve, all []result.Measurement) {
	for i, c := range found {
		if c.metric == "prof.axis" && c.along == "mm" {
			found[i].mats = mats(all)
		}
	}
}

// bands are mats drawn on the ground of a flow profile.
type bands [][2]float64

// Plot draws each band over the whole height; it is what a plot asks for.
func (b bands) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	for _, m := range b {
		from, to := x(max(m[0], p.X.Min)), x(min(m[1], p.X.Max))
		if from < to {
			c.FillPolygon(plotBand, []vg.Point{{X: from, Y: c.Min.Y}, {X: to, Y: c.Min.Y}, {X: to, Y: c.Max.Y}, {X: from, Y: c.Max.Y}})
		}
	}
}
