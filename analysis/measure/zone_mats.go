package measure

import (
	"fmt"
	"math"
	"strconv"

	"explant/analysis/frame"
	"explant/analysis/result"
)

// How clear mats must be to go without a flag.
const (
	faintest  = 0.5 // share of fibre in the gaps over that in the mats
	unevenest = 0.2 // relative standard deviation of the distances between mats
)

// matZones gives the burden of every mat: of those that the frame states, or of those that are found.
func (j *job) matZones() {
	f := j.places.frame
	if len(f.Layers) > 0 {
		var spans [][2]float64
		for _, l := range f.Layers {
			spans = append(spans, [2]float64{l[0] * f.Length(), l[1] * f.Length()})
		}
		j.matBurdens(spans, j.stretch)
		return
	}
	stack := j.foundMats()
	if len(stack.Mats) == 0 {
		return
	}
	var spans [][2]float64
	for _, m := range stack.Mats {
		spans = append(spans, [2]float64{m.From.MM, m.To.MM})
	}
	j.matBurdens(spans, func(from, to float64) holding { return j.tilted(stack.Tilt, from, to) })
}

// foundMats gives frame.layers and frame.faces of the mats that are found; none where none are looked for.
func (j *job) foundMats() frame.Stack {
	switch f := j.places.frame; {
	case !j.mats(f):
	case j.seg.LumensInVoid:
		j.noMats("the protocol does not tell the lumens of fibres from the blood side")
	default:
		stack, err := frame.FindMats(j.places.columns())
		if err != nil {
			j.noMats(err.Error())
			return frame.Stack{}
		}
		j.matFaces(stack, f.Length())
		return stack
	}
	return frame.Stack{}
}

func (j *job) noMats(why string) {
	j.withhold("frame.layers", "", why)
	j.withhold("frame.faces", "", why)
}

// columns is what the tally says about fibre along the flow.
func (p *places) columns() frame.Columns {
	low, high := p.vox.Span(p.box.Min, p.box.Max, 0)
	c := frame.Columns{From: p.along.from, Step: p.along.step, Bins: p.along.n, Low: low, High: high}
	for i := range p.columnsV.n * p.columnsW.n {
		fibre, inside := make([]int64, c.Bins), make([]int64, c.Bins)
		held := int64(0)
		for b := range c.Bins {
			a := p.Columns[i*c.Bins+b]
			fibre[b], inside[b] = a.fibre(), a.inside()
			held += inside[b]
		}
		if held > 0 {
			c.At = append(c.At, p.columnAt(i))
			c.Fibre, c.Inside = append(c.Fibre, fibre), append(c.Inside, inside)
		}
	}
	return c
}

func (p *places) columnAt(i int) [2]float64 {
	return [2]float64{p.columnsV.middle(i % p.columnsV.n), p.columnsW.middle(i / p.columnsV.n)}
}

// tilted is what lies between two planes that rise by tilt along v and w and cross the axis at from and to.
func (j *job) tilted(tilt [2]float64, from, to float64) (h holding) {
	p := j.places
	for i := range p.columnsV.n * p.columnsW.n {
		at := p.columnAt(i)
		rise := at[0]*tilt[0] + at[1]*tilt[1]
		for b := range p.along.n {
			if share := p.along.share(b, from+rise, to+rise); share > 0 {
				h.add(p.Columns[i*p.along.n+b], share, j.rule())
			}
		}
	}
	return h
}

// matBurdens gives the burden in each mat, in what lies between them, before the first and behind the last.
func (j *job) matBurdens(spans [][2]float64, of func(from, to float64) holding) {
	var between holding
	for i, s := range spans {
		j.placed("prof.zone", "mat "+strconv.Itoa(i+1), of(s[0], s[1]))
		if i > 0 {
			h := of(spans[i-1][1], s[0])
			between.deposit, between.blood = between.deposit+h.deposit, between.blood+h.blood
		}
	}
	j.placed("prof.zone", "between mats", between)
	j.placed("prof.zone", "before mat 1", of(math.Inf(-1), spans[0][0]))
	j.placed("prof.zone", "behind mat "+strconv.Itoa(len(spans)), of(spans[len(spans)-1][1], math.Inf(1)))
}

// matFaces gives the number of mats and where they begin and end, and flags what is doubtful.
func (j *job) matFaces(s frame.Stack, length float64) {
	flags := j.matDoubts(s)
	j.give(result.Measurement{Metric: "frame.layers", Value: float64(len(s.Mats)), Unit: "1", Flags: flags})
	if !j.mm {
		j.withhold("frame.faces", "", uncalibrated)
	}
	for i, m := range s.Mats {
		name := "mat " + strconv.Itoa(i+1) + ": "
		j.face(name+"inlet face", m.From, length, flags)
		j.face(name+"outlet face", m.To, length, flags)
	}
	const degree = 180 / math.Pi
	j.out.Diagnostics["mat_tilt_v_degrees"] = math.Atan(s.Tilt[0]) * degree
	j.out.Diagnostics["mat_tilt_w_degrees"] = math.Atan(s.Tilt[1]) * degree
	if !math.IsNaN(s.Faint) {
		j.out.Diagnostics["mat_gap_fibre_share"] = s.Faint
	}
}

// face gives one face in mm from the inlet and as u, with the interval of k = 2.
func (j *job) face(part string, f frame.Face, length float64, flags []string) {
	u := 2 * math.Hypot(f.Uncertainty, f.MM*known(j.in.ScaleRel))
	in := func(part, unit string, per float64) {
		m := result.Measurement{Metric: "frame.faces", Part: part, Value: f.MM / per, Unit: unit, Flags: flags}
		if f.Uncertainty > 0 {
			m.ULo, m.UHi, m.Coverage = result.F((f.MM-u)/per), result.F((f.MM+u)/per), result.F(coverage)
			m.Dominant = "place"
			if f.MM*known(j.in.ScaleRel) > f.Uncertainty {
				m.Dominant = "scale"
			}
		}
		j.give(m)
	}
	if j.mm {
		in(part, "mm", 1)
	}
	in(part+", u", "1", length)
}

// matDoubts flags a stack of mats that is not clear.
func (j *job) matDoubts(s frame.Stack) (flags []string) {
	doubt := func(id, text, remedy string) {
		j.flag(id, text, remedy)
		flags = append(flags, id)
	}
	if s.Faint > faintest {
		doubt("mats-faint", fmt.Sprintf("Between mats there is still %.0f %% of the fibre that there is in them: mats may have been joined or parted.", 100*s.Faint),
			"Compare with the number of mats that the maker states; name the layers in a frame file.")
	}
	if s.Even > unevenest {
		doubt("mats-uneven", fmt.Sprintf("The distances between mats vary by %.0f %%.", 100*s.Even), "Look at the label image; name the layers in a frame file.")
	}
	if s.Fused > 0 {
		doubt("mats-fused", fmt.Sprintf("%d mats are half as thick again as the others, or more: each may be two that touch.", s.Fused), "Name the layers in a frame file.")
	}
	if len(s.Mats) == 1 {
		doubt("mat-single", "One mat was found, so nothing tells whether it is one.", "Scan more of the stack, or name the layers in a frame file.")
	}
	cut := 0
	for _, m := range s.Mats {
		if m.Cut() {
			cut++
		}
	}
	if cut > 0 {
		j.flag("mats-cut", fmt.Sprintf("%d of the mats are cut by an end of the scan; their faces there are those of the scan.", cut), "Compare burdens of whole mats.")
	}
	return flags
}
