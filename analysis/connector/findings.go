package connector

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"explant/analysis/result"
)

// curveBins is the largest number of stretches into which the curve of the lumen reduction is cut.
const curveBins = 40

// uncalibrated is why a value with a physical unit is withheld.
const uncalibrated = "the voxel size is unknown: state it with --spacing"

// report gathers the conn measurements.
type report struct {
	m   *Model
	rel float64 // relative standard uncertainty of a length; 0 where nobody knows it
	out *result.Findings
	on  []string // flags of the values that follow
	// floor is the volume of the smallest ball of clot that would be found, mm3; 0 where nobody knows it.
	floor float64
}

// noFloor is the flag of a clot that is absent where nobody knows what would have been seen.
const noFloor = "connector-no-floor"

// Findings adds conn.lar, conn.dh, conn.step and conn.clot to f. Places are told from the first tip along the flow,
// upstream negative, in mm; where the voxel size is unknown only ratios are given. scaleRel is the relative standard
// uncertainty of a length; nil where nobody knows it. floorUM is the diameter of the smallest ball of clot that
// would be found; 0 where nobody knows it.
func (m *Model) Findings(f *result.Findings, scaleRel *float64, floorUM float64) {
	r := &report{m: m, out: f, floor: math.Pi / 6 * math.Pow(floorUM/1000, 3)}
	if floorUM == 0 {
		f.Flags = append(f.Flags, result.Flag{
			ID:     noFloor,
			Text:   "The detection floor of this scan is not known: how small a clot would have been seen cannot be said.",
			Remedy: "Scan in cubic voxels of known size; say a clot is absent only together with the voxel size.",
		})
	}
	if scaleRel != nil {
		r.rel = *scaleRel
	}
	for _, j := range m.junctions() {
		if m.unsure(&j) {
			r.on = []string{unsureFlag}
		}
	}
	r.lumen()
	for _, j := range m.junctions() {
		r.step(&j)
	}
	if len(m.junctions()) == 0 {
		r.withhold("conn.step", "", "no place was found where two bores meet")
	}
	for i := range m.clots {
		r.clot(&m.clots[i])
	}
}

func (r *report) withhold(metric, part, why string) {
	r.out.NotMeasured = append(r.out.NotMeasured, result.Withheld{Metric: metric, Part: part, Reason: why})
}

// length gives a value in mm to the power of dim, or withholds it.
func (r *report) length(metric, part string, v float64, unit string, dim float64) {
	if !r.m.scan.grey.Calibrated() {
		r.withhold(metric, part, uncalibrated)
		return
	}
	x := result.Measurement{Metric: metric, Part: part, Value: v, Unit: unit, Flags: slices.Clone(r.on)}
	if r.rel > 0 && v > 0 {
		u := 2 * dim * r.rel * v
		x.ULo, x.UHi, x.Coverage, x.Dominant = result.F(v-u), result.F(v+u), result.F(0.95), "scale"
	}
	r.out.Measurements = append(r.out.Measurements, x)
}

func (r *report) plain(metric, part string, v float64, unit string, flags ...string) {
	r.out.Measurements = append(r.out.Measurements, result.Measurement{Metric: metric, Part: part, Value: v, Unit: unit, Flags: append(slices.Clone(r.on), flags...)})
}

// area is that part of a plane that is open.
func (p *plane) area() (a float64) {
	for _, o := range p.open {
		a += o * math.Pi / rays
	}
	return a
}

// whole is the area of the reference lumen.
func (p *plane) whole() float64 { return math.Pi * p.ref.r * p.ref.r }

// reduction of the lumen's area, %.
func (p *plane) reduction() float64 { return 100 * (1 - p.area()/p.whole()) }

// lumen gives the curve of the reduction, its largest value and mean, where the largest is, and the hydraulic diameter
// there. Planes within 1.5 voxels of a step hold both its sides and are left out.
func (r *report) lumen() {
	m := r.m
	worst, sum, n := -1, 0.0, 0.0
	for k := range m.planes {
		if m.mixed(k) {
			continue
		}
		a := m.planes[k].reduction()
		sum, n = sum+a, n+1
		if worst < 0 || a > m.planes[worst].reduction() {
			worst = k
		}
	}
	if worst < 0 {
		r.withhold("conn.lar", "", "every plane lies at a step")
		return
	}
	r.reduction("max", worst, worst+1)
	r.give(result.Measurement{Metric: "conn.lar", Part: "mean", Value: sum / n, Unit: "%"}, r.border(worst), 0)
	r.length("conn.lar", "place of the max from the tip", m.planes[worst].s-m.origin(), "mm", 1)
	r.length("conn.dh", "", m.hydraulic(worst), "mm", 1)
	r.length("conn.dh", "without deposit", 2*m.planes[worst].ref.r, "mm", 1)
	r.curve()
}

// reduction gives the reduction over the planes [from, to), mixed ones left out.
func (r *report) reduction(part string, from, to int) {
	var free, whole, n float64
	for k := from; k < to; k++ {
		if p := &r.m.planes[k]; !r.m.mixed(k) {
			free, whole, n = free+p.area(), whole+p.whole(), n+1
		}
	}
	if n == 0 {
		return
	}
	unit := "mm2"
	if !r.m.scan.grey.Calibrated() {
		unit = "voxel faces"
	}
	r.give(result.Measurement{Metric: "conn.lar", Part: part, Value: 100 * (1 - free/whole), Unit: "%",
		Numerator: result.F((whole - free) / n), Denominator: result.F(whole / n), DenominatorName: "lumen without deposit (" + unit + ")"}, r.border((from+to-1)/2), 0)
}

// Standard uncertainties of where the border of a plane's open way, and the surface of a clot, lie as a whole, in
// voxels: what lumen reductions and clot volumes of the connector phantom are off by, over the size of their borders.
const (
	borderSD = 0.15
	clotSD   = 0.1
)

// border is the standard uncertainty of the reduction of plane k from where its border lies, %.
func (r *report) border(k int) float64 {
	p := &r.m.planes[k]
	around := 2 * math.Sqrt(math.Pi*p.area())
	return 100 * borderSD * r.m.scan.h * around / p.whole()
}

// volume gives a volume in mm3 with the standard uncertainty of its border, or withholds it.
func (r *report) volume(part string, v, border float64) {
	if !r.m.scan.grey.Calibrated() {
		r.withhold("conn.clot", part, uncalibrated)
		return
	}
	r.give(result.Measurement{Metric: "conn.clot", Part: part, Value: v, Unit: "mm3"}, border, 3*r.rel*v)
}

// give adds a value with the interval (k = 2) of its border and its scale.
func (r *report) give(m result.Measurement, border, scale float64) {
	u := 2 * math.Hypot(border, scale)
	lo, hi := m.Value-u, m.Value+u
	if m.Unit == "mm3" {
		lo = max(lo, 0)
	}
	m.ULo, m.UHi, m.Coverage, m.Dominant = result.F(lo), result.F(hi), result.F(0.95), "border"
	if scale > border {
		m.Dominant = "scale"
	}
	if m.Unit == "mm3" && r.floor > 0 {
		m.Floor = result.F(r.floor)
	}
	m.Flags = slices.Clone(r.on)
	r.out.Measurements = append(r.out.Measurements, m)
}

func (r *report) curve() {
	m := r.m
	n := min(curveBins, len(m.planes))
	for i := range n {
		from, to := i*len(m.planes)/n, (i+1)*len(m.planes)/n
		half := m.scan.h / 2
		lo, hi := m.planes[from].s-half-m.origin(), m.planes[to-1].s+half-m.origin()
		r.reduction(number(lo)+".."+number(hi)+" "+m.unit(), from, to)
	}
}

func number(x float64) string { return strconv.FormatFloat(math.Round(x*100)/100+0, 'f', -1, 64) }

// hydraulic is four times the open area over its perimeter on a plane, the outline averaged over three planes and
// five rays.
func (m *Model) hydraulic(k int) float64 {
	p := &m.planes[k]
	var around [rays][2]float64
	for i, dir := range directions {
		free, n := 0.0, 0.0
		for q := max(k-1, 0); q <= min(k+1, len(m.planes)-1); q++ {
			if m.planes[q].piece != p.piece || m.mixed(q) {
				continue
			}
			for d := -2; d <= 2; d++ {
				free, n = free+m.planes[q].free[(i+d+rays)%rays], n+1
			}
		}
		around[i] = [2]float64{free / n * dir[0], free / n * dir[1]}
	}
	length := 0.0
	for i, a := range around {
		b := around[(i+1)%rays]
		length += math.Hypot(b[0]-a[0], b[1]-a[1])
	}
	if length == 0 {
		return 0
	}
	return 4 * p.area() / length
}

// step gives the ledge and the gap of a junction.
func (r *report) step(j *junction) {
	before, after := r.m.outlines(j)
	avg, most, at := ledge(before, after)
	r.length("conn.step", j.name+": place from the tip", j.mid()-r.m.origin(), "mm", 1)
	r.length("conn.step", j.name+": ledge, mean", avg, "mm", 1)
	r.length("conn.step", j.name+": ledge, max", most, "mm", 1)
	r.plain("conn.step", j.name+": ledge, direction of max", at, "deg")
	r.length("conn.step", j.name+": gap", j.to-j.from, "mm", 1)
}

// absent says that there is no clot, as far as one would have been seen.
func (r *report) absent(part string) {
	if r.floor == 0 {
		r.plain("conn.clot", part, 0, "{bool}", noFloor)
		return
	}
	r.plain("conn.clot", part, 0, "{bool}")
}

// clot gives what lies at a junction, or away from all of them.
func (r *report) clot(c *clot) {
	m := r.m
	part := func(what string) string { return fmt.Sprintf("%s: %s", c.name, what) }
	from, to, ok := c.ends(m)
	if !ok {
		r.absent(part("present"))
		return
	}
	s := m.scan
	voxel := s.size[0] * s.size[1] * s.size[2]
	tip := m.origin()
	r.plain("conn.clot", part("present"), 1, "{bool}")
	r.volume(part("volume"), c.voxels*voxel, clotSD*c.surface*voxel)
	if c.junction {
		r.length("conn.clot", part("upstream"), c.upstream*voxel, "mm3", 3)
		r.length("conn.clot", part("downstream"), (c.voxels-c.upstream)*voxel, "mm3", 3)
	}
	r.length("conn.clot", part("axial length"), to-from, "mm", 1)
	r.plain("conn.clot", part("angular extent"), c.extent(), "deg")
	r.length("conn.clot", part("height"), c.height, "mm", 1)
	r.length("conn.clot", part("protrusion"), c.protrusion, "mm", 1)
	r.length("conn.clot", part("distance to the tip"), max(0, from-tip, tip-to), "mm", 1)
}
