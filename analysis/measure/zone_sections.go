package measure

import (
	"fmt"
	"strings"

	"explant/analysis/result"
)

// sections gives frame.section: where in the device the upper left corner of each section lies.
func (j *job) sections() {
	p := j.places
	if len(p.frame.Sections) == 0 {
		return
	}
	wall := p.section()
	var beside []string
	for _, s := range p.frame.Sections {
		at, v, w := p.frame.Along([3]float64{s.Affine[0][3], s.Affine[1][3], s.Affine[2][3]})
		u := at / p.frame.Length()
		v, w = (v-wall.v[0])/(wall.v[1]-wall.v[0]), (w-wall.w[0])/(wall.w[1]-wall.w[0])
		for _, c := range []struct {
			name  string
			value float64
		}{{"u", u}, {"v", v}, {"w", w}} {
			j.give(result.Measurement{Metric: "frame.section", Part: s.Name + ": corner, " + c.name, Value: c.value, Unit: "1"})
		}
		if min(u, v, w) < -farBeside || max(u, v, w) > 1+farBeside {
			beside = append(beside, s.Name)
		}
	}
	if len(beside) > 0 {
		j.flag("sections-elsewhere", fmt.Sprintf("By their place in the frame file the sections %s lie beside the device.", strings.Join(beside, ", ")),
			"Check affine_mm: it leads from mm on the slide (right, down, into it) to mm in the scan.")
	}
}

// farBeside is how far beside the device, as a share of its size, the corner of a slide may lie: a slide is
// wider than the section on it.
const farBeside = 0.5
