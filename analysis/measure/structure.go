package measure

import (
	"context"
	"fmt"

	"explant/analysis/result"
	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/label"
	"explant/volume/minkowski"
	"explant/volume/moments"
)

// structure gives dep.euler, dep.sv, dep.breadth and dep.radii: numbers of the deposit's form.
func (j *job) structure(ctx context.Context) error {
	if !j.par.Structure {
		return nil
	}
	b, l := j.census.box, j.seg.Labels
	deposit := label.Of(segment.Deposit)
	whole, err := minkowski.Within(ctx, l, b.Min, b.Max, deposit, minkowski.Closed, j.opt, j.prog)
	if err != nil {
		return err
	}
	euler, err := whole.Euler(26)
	if err != nil {
		return err
	}
	j.give(result.Measurement{Metric: "dep.euler", Value: euler, Unit: "1"})
	if !j.mm {
		for _, id := range []string{"dep.sv", "dep.breadth", "dep.radii"} {
			j.withhold(id, "", uncalibrated)
		}
		return nil
	}
	inner, err := minkowski.Within(ctx, l, b.Min, b.Max, deposit, minkowski.Open, j.opt, j.prog)
	if err != nil {
		return err
	}
	if err := j.densities(inner); err != nil {
		return err
	}
	return j.radii(ctx)
}

// densities gives surface and mean breadth over the window that is looked through.
func (j *job) densities(p *minkowski.Patterns) error {
	window, err := p.Window()
	if err != nil {
		return err
	}
	if window == 0 {
		j.withhold("dep.sv", "", "the volume looked at is a single slice")
		j.withhold("dep.breadth", "", "the volume looked at is a single slice")
		return nil
	}
	area, err := p.Area()
	if err != nil {
		return err
	}
	breadth, err := p.Breadth(26)
	if err != nil {
		return err
	}
	const of = "volume between the outermost voxel centres (mm3)"
	j.give(result.Measurement{Metric: "dep.sv", Value: area / window, Unit: "mm2/mm3", Numerator: result.F(area), Denominator: result.F(window), DenominatorName: of})
	j.give(result.Measurement{Metric: "dep.breadth", Value: breadth / window, Unit: "/mm2", Numerator: result.F(breadth), Denominator: result.F(window), DenominatorName: of})
	return nil
}

// radii gives the half axes of the ellipsoid that has the moments of the largest whole piece.
func (j *job) radii(ctx context.Context) error {
	var largest Piece
	for _, r := range j.sums.Objects.List {
		if r.Count > largest.Count && !j.touches(r) {
			largest = r
		}
	}
	if least, _ := j.leastObject(); largest.Count < least {
		j.withhold("dep.radii", "", "no whole piece of deposit is large enough to count")
		return nil
	}
	m, err := j.momentsOf(ctx, largest)
	if err != nil {
		return err
	}
	for k, name := range []string{"longest", "middle", "shortest"} {
		j.give(result.Measurement{Metric: "dep.radii", Part: name, Value: 1000 * m.Ellipsoid().Radii[k], Unit: "um", NObject: result.N(1)})
	}
	return nil
}

// momentsOf finds a piece again in its box, where it alone has so many voxels and reaches every face.
func (j *job) momentsOf(ctx context.Context, r Piece) (m moments.Moments, err error) {
	l, g := j.seg.Labels, j.seg.Labels.Grid
	for a := range 3 {
		g.N[a] = r.Max[a] - r.Min[a]
	}
	box, err := volume.Make[uint8](ctx, g)
	if err != nil {
		return m, err
	}
	for i := range g.N[1] * g.N[2] {
		y, z := i%g.N[1], i/g.N[1]
		at := l.Offset(r.Min[0], r.Min[1]+y, r.Min[2]+z)
		copy(box.Data[i*g.N[0]:(i+1)*g.N[0]], l.Data[at:at+g.N[0]])
	}
	pieces, err := label.Find(ctx, box, label.Of(segment.Deposit), 26, j.opt, nil)
	if err != nil {
		return m, err
	}
	all, err := moments.Of(g, pieces)
	if err != nil {
		return m, err
	}
	for i, p := range pieces.Regions {
		if p.Count == r.Count && p.Min == [3]int{} && p.Max == g.N {
			return all[i], nil
		}
	}
	return m, fmt.Errorf("the largest piece, of %d voxels, is not in its box", r.Count)
}
