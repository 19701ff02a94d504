package connector

import (
	"fmt"
	"math"
)

// junction is a place where two bores meet.
type junction struct {
	name          string
	from, to      float64 // where one bore ends and the next begins; apart at a gap
	before, after int     // pieces
}

func (j *junction) mid() float64 { return (j.from + j.to) / 2 }

// junctions lists the places where bores meet, along the flow: "tip" where the way narrows, "exit" where it widens,
// "gap" where two bores lie apart; a second one of a kind is "tip 2".
func (m *Model) junctions() (out []junction) {
	count := map[string]int{}
	for i := 0; i+1 < len(m.pieces); i++ {
		j := junction{from: m.pieces[i].to, to: m.pieces[i].to, before: i, after: i + 1, name: "exit"}
		if m.pieces[i+1].recess && i+2 < len(m.pieces) {
			j.name, j.to, j.after = "gap", m.pieces[i+1].to, i+2
			i++
		} else if m.pieces[i].r.of(j.from) > m.pieces[i+1].r.of(j.from) {
			j.name = "tip"
		}
		if count[j.name]++; count[j.name] > 1 {
			j.name = fmt.Sprintf("%s %d", j.name, count[j.name])
		}
		out = append(out, j)
	}
	return out
}

// unsure reports a junction whose place the grey of clot hides: the wall that begins there looks like deposit.
func (m *Model) unsure(j *junction) bool {
	narrow := &m.pieces[j.before]
	if next := &m.pieces[j.after]; next.r.of(j.to) < narrow.r.of(j.from) {
		narrow = next
	}
	return m.lv.deposit > 0 && !m.lv.tells(narrow.wall)
}

// origin is the place from which places along the axis are told: the first tip, else the first exit, else the first
// junction, else the first plane.
func (m *Model) origin() float64 {
	all := m.junctions()
	for _, name := range []string{"tip", "exit"} {
		for _, j := range all {
			if j.name == name {
				return j.from
			}
		}
	}
	if len(all) > 0 {
		return all[0].from
	}
	return m.planes[0].s
}

// outlines are the lumens on both sides of a junction, without chamfer, in scanner-wide frame coordinates.
func (m *Model) outlines(j *junction) (before, after circle) {
	before, after = m.pieces[j.before].at(j.from), m.pieces[j.after].at(j.to)
	if c, ok := m.flare(j.before, j.from-m.scan.h/2); ok {
		before = c
	}
	if c, ok := m.flare(j.after, j.to+m.scan.h/2); ok {
		after = c
	}
	return before, after
}

// flare is the inside of the tube of a piece at s as its outside tells it.
func (m *Model) flare(piece int, s float64) (circle, bool) {
	t := m.tubes[piece]
	if t == nil {
		return circle{}, false
	}
	return t.at(int(math.Round((s - m.planes[0].s) / m.scan.h)))
}

// ledge is the jump of the radius from one outline to the next over the directions, positive where the way narrows.
func ledge(before, after circle) (avg, most, at float64) {
	c := before
	if after.r < c.r {
		c = after
	}
	most = math.Inf(-1)
	for i, dir := range directions {
		d := before.ray(c.x, c.y, dir[0], dir[1]) - after.ray(c.x, c.y, dir[0], dir[1])
		avg += d / rays
		if d > most {
			most, at = d, 360*float64(i)/rays
		}
	}
	return avg, most, at
}
