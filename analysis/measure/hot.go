package measure

import (
	"context"
	"fmt"
	"math"

	"explant/analysis/result"
	"explant/analysis/segment"
	"explant/analysis/spatial"
)

// hotSeed draws the permutations; another one moves a p-value by its own standard error.
const hotSeed = 1

// falseShare is the rate of false discoveries among hot cells.
const falseShare = 0.05

// Hot spots are told from large pieces of deposit where cells are so many correlation lengths wide, and
// where this part of a cell and its neighbours is independent.
const (
	wideEnough  = 2
	apartEnough = 0.1
)

// crowding gives hot.gi, hot.conc and sp.moran on cells of three sizes, and sp.range on voxels. What lies
// in a cell is counted in voxels.
func (j *job) crowding(ctx context.Context) error {
	if !j.par.HotSpots {
		return nil
	}
	if why := j.noCells(); why != "" {
		for _, id := range []string{"hot.gi", "hot.conc", "sp.moran", "sp.range"} {
			j.withhold(id, "", why)
		}
		return nil
	}
	l, err := j.lattice(ctx)
	if err != nil {
		return err
	}
	length, err := j.alike(ctx, l)
	if err != nil {
		return err
	}
	return j.inCells(ctx, l, length)
}

func (j *job) noCells() string {
	t := j.census.total
	switch {
	case !j.mm:
		return uncalibrated
	case t.n[segment.Deposit] == 0:
		return "there is no deposit"
	case t.n[segment.Void] == 0:
		return "deposit fills the blood-side space"
	}
	return ""
}

// inCells gives what is found in cells; length is the correlation length, +Inf where it is not known.
func (j *job) inCells(ctx context.Context, l *spatial.Lattice, length float64) error {
	mm := j.cellMM(length)
	why := ""
	if s := j.seg.Labels.Spacing; mm < thinnestCell*max(s[0], s[1], s[2]) {
		why = fmt.Sprintf("cells of %s mm are less than %d voxels wide", number(mm), thinnestCell)
	} else if n := j.deviceVoxels() * j.dv / (mm * mm * mm); n > mostCells {
		why = fmt.Sprintf("cells of %s mm would be more than %d: state a larger hot_cell_um", number(mm), mostCells)
	}
	if why != "" {
		for _, id := range []string{"hot.gi", "hot.conc", "sp.moran"} {
			j.withhold(id, "", why)
		}
		return nil
	}
	p, err := j.cut(ctx, l, mm/float64(cellParts[0]))
	if err != nil {
		return err
	}
	for _, side := range cellParts {
		if err := j.cellsOf(ctx, p, side, mm*float64(side)/float64(cellParts[0]), length); err != nil {
			return err
		}
	}
	return nil
}

// cellsOf gives the metrics of cells of one size.
func (j *job) cellsOf(ctx context.Context, p *parts, side int, mm, length float64) error {
	part := "cells of " + number(mm) + " mm"
	cells := j.cells(p, side, mm)
	if len(cells) < fewestCells {
		for _, id := range []string{"hot.gi", "hot.conc", "sp.moran"} {
			j.withhold(id, part, fmt.Sprintf("%d cells have room enough, at least %d are needed", len(cells), fewestCells))
		}
		return nil
	}
	j.concentration(part, cells)
	if err := j.moran(ctx, part, cells, mm); err != nil {
		return err
	}
	if mm < wideEnough*length {
		why := fmt.Sprintf("pieces of deposit reach over several cells: cells must be %d correlation lengths wide or more", wideEnough)
		if math.IsInf(length, 1) {
			why = "the correlation length is not known, so that hot spots cannot be told from large pieces"
		}
		j.withhold("hot.gi", part, why)
		return nil
	}
	return j.hotSpots(ctx, part, cells, mm)
}

func (j *job) concentration(part string, all []cell) {
	cells := plain(all)
	load := 0.0
	for _, c := range cells {
		load += c.Load
	}
	if load == 0 {
		j.withhold("hot.conc", part, "no cell that has room enough holds deposit")
		return
	}
	top := spatial.Top(cells, 0.1)
	j.give(result.Measurement{
		Metric: "hot.conc", Part: part + ": in the most loaded tenth", Value: 100 * top, Unit: "%", Numerator: result.F(top * load), Denominator: result.F(load),
		DenominatorName: "deposit in cells (mm3)", NField: result.N(len(cells)),
	})
	j.give(result.Measurement{Metric: "hot.conc", Part: part + ": Gini", Value: spatial.Gini(cells), Unit: "1", NField: result.N(len(cells))})
}

func (j *job) moran(ctx context.Context, part string, all []cell, mm float64) error {
	cells := plain(all)
	m, ok, err := spatial.MoranI(ctx, spatial.Shares(cells), spatial.Near(cells, cellReach*mm), hotSeed, j.opt)
	if err != nil {
		return err
	}
	if !ok {
		j.withhold("sp.moran", part, "all cells hold the same share of deposit")
		return nil
	}
	j.give(result.Measurement{Metric: "sp.moran", Part: part, Value: m.I, Unit: "1", NField: result.N(len(cells))})
	j.give(result.Measurement{Metric: "sp.moran", Part: part + ": in random order", Value: m.Expected, Unit: "1", NField: result.N(len(cells))})
	j.give(result.Measurement{Metric: "sp.moran", Part: part + ": p", Value: m.P, Unit: "1", NField: result.N(len(cells))})
	return nil
}

// hotSpots gives hot.gi and keeps the map of the smallest cells of which it can be given.
func (j *job) hotSpots(ctx context.Context, part string, all []cell, mm float64) error {
	cells := plain(all)
	hot, err := spatial.Spots(ctx, cells, cellReach*mm, falseShare, hotSeed, j.opt)
	if err != nil {
		return err
	}
	near := spatial.Near(cells, cellReach*mm)
	if why := blurred(hot); why != "" {
		j.withhold("hot.gi", part, why)
		return nil
	}
	groups, n := spatial.Groups(hot.In, near)
	var room, within float64
	for i, c := range cells {
		room += c.Room
		if hot.In[i] {
			within += c.Room
		}
	}
	j.ratio("hot.gi", part+": hot volume", within/j.dv, room/j.dv, j.bloodSide()+" in cells")
	j.give(result.Measurement{Metric: "hot.gi", Part: part + ": hot spots", Value: float64(n), Unit: "1", NField: result.N(len(cells))})
	j.give(result.Measurement{Metric: "hot.gi", Part: part + ": lowest p", Value: lowest(hot.P), Unit: "1", NField: result.N(len(cells))})
	if n > 0 {
		j.largestSpot(part, all, groups, n)
	}
	if j.out.Hot == nil {
		j.out.Hot = hotMap(j.seg.Labels.N, j.census.box, mm, all, hot)
	}
	return nil
}

// blurred is why chance cannot be told from hot spots; "" where it can.
func blurred(h spatial.Hot) string {
	switch {
	case h.Independent == 0:
		return "deposit lies in too few cells, or in pieces larger than cells and their neighbours, for hot spots to be told from single pieces"
	case h.Independent < apartEnough:
		return fmt.Sprintf("pieces of deposit reach over several cells: %.0f %% of a cell and its neighbours are independent, at least 10 %% are needed to tell a hot spot from a large piece", 100*h.Independent)
	}
	return ""
}

func lowest(p []float64) float64 {
	low := math.Inf(1)
	for _, v := range p {
		low = min(low, v)
	}
	return low
}

// largestSpot gives the hot spot with the most room: its volume, its burden and where its deposit lies.
func (j *job) largestSpot(part string, cells []cell, groups []int, n int) {
	room := make([]float64, n+1)
	for i, c := range cells {
		room[groups[i]] += c.Room
	}
	best := 1
	for g := 2; g <= n; g++ {
		if room[g] > room[best] {
			best = g
		}
	}
	var load float64
	var at [3]float64
	for i, c := range cells {
		if groups[i] == best {
			load += c.Load
			for a := range at {
				at[a] += c.Load * c.At[a]
			}
		}
	}
	part += ": largest"
	j.size("hot.gi", part, room[best]/j.dv)
	j.ratio("hot.gi", part+", burden", load/j.dv, room[best]/j.dv, j.bloodSide()+" in it")
	for a, name := range [3]string{"x", "y", "z"} {
		j.give(result.Measurement{Metric: "hot.gi", Part: part + ", " + name, Value: at[a] / load, Unit: "mm"})
	}
	mm := [3]float64{at[0] / load, at[1] / load, at[2] / load}
	j.locateSpot(part, mm)
	if zone := j.zoneAt(mm); zone != "" {
		j.give(result.Measurement{Metric: "hot.gi", Part: part + ", in " + zone, Value: 1, Unit: "{bool}"})
	}
}

// zoneAt is the name of the zone, of the map or of the frame, in which a place lies that is given in mm from
// the low corner of the volume; "" where there is none.
func (j *job) zoneAt(mm [3]float64) string {
	p := j.places
	switch {
	case p == nil:
		return ""
	case p.zones != nil:
		g := j.seg.Labels.Grid
		var at [3]int
		for a := range at {
			at[a] = min(max(int(mm[a]/g.Spacing[a]), 0), g.N[a]-1)
		}
		var value [1]uint8
		lookup := p.zones.On(g)
		lookup.Row(value[:], at[0], at[1], at[2])
		return p.zones.Names[value[0]]
	}
	s, _, _ := p.frame.Along(j.scanned(mm))
	for _, z := range p.frame.Zones {
		if u := s / p.frame.Length(); len(z.U) == 2 && u >= z.U[0] && u < z.U[1] {
			return z.Name
		}
	}
	return ""
}

// locateSpot gives how far along the flow the hot spot lies, 0 at the inlet and 1 at the outlet, where a
// frame or a flow axis is known.
func (j *job) locateSpot(part string, mm [3]float64) {
	if j.in.Frame != nil {
		s, _, _ := j.in.Frame.Along(j.scanned(mm))
		j.give(result.Measurement{Metric: "hot.gi", Part: part + ", along the flow", Value: s / j.in.Frame.Length(), Unit: "1"})
		return
	}
	a, down, err := j.in.axis()
	if err != nil {
		return
	}
	b, s := j.census.box, j.seg.Labels.Spacing[a]
	u := (mm[a]/s - float64(b.Min[a])) / float64(b.Max[a]-b.Min[a])
	if down {
		u = 1 - u
	}
	j.give(result.Measurement{Metric: "hot.gi", Part: part + ", along the flow", Value: u, Unit: "1"})
}

// scanned is a place in the scanner's coordinates that is given in mm from the low corner of the volume.
func (j *job) scanned(mm [3]float64) [3]float64 {
	g := j.seg.Labels.Grid
	axes, p := g.Axes, g.Origin
	if axes == [3][3]float64{} {
		axes = [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}
	}
	for a, d := range mm {
		for k := range p {
			p[k] += axes[a][k] * (d - g.Spacing[a]/2)
		}
	}
	return p
}

// hotMap is what a picture of the hot spots needs.
func hotMap(n [3]int, box segment.Box, mm float64, cells []cell, h spatial.Hot) *result.HotMap {
	m := &result.HotMap{N: n, CellMM: mm}
	for i, c := range cells {
		s := result.HotCell{Z: h.Z[i], Hot: h.In[i]}
		for a := range 3 {
			s.Min[a], s.Max[a] = c.lo[a]+box.Min[a], c.hi[a]+box.Min[a]
		}
		m.Cells = append(m.Cells, s)
	}
	return m
}
