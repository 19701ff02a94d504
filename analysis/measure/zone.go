package measure

import (
	"context"
	"fmt"
	"math"

	"explant/analysis/frame"
	"explant/analysis/segment"
	"explant/volume"
)

// places is what was counted in the device's frame, and the frame.
type places struct {
	frame frame.Frame
	cut
	*Places
	zones *frame.ZoneMap
}

// locate counts what of slices [z0, z1) lies where in the frame of the input, or along the axis where mats are
// asked for; nil where neither is there. A frame is in mm: without a calibration it says nothing.
func locate[T volume.Voxel](ctx context.Context, j *job, v *volume.Volume[T], z0, z1 int) (*Places, error) {
	p := j.framed(v.Grid)
	if p == nil {
		return nil, nil
	}
	var lookup *frame.Lookup
	if p.cut.zones {
		l := p.zones.On(v.Grid)
		lookup = &l
	}
	return count(ctx, &p.cut, v, j.seg, lookup, z0, z1, j.opt, j.prog)
}

// framed is the frame of the job and how it cuts the volume, nothing counted yet; nil without one.
func (j *job) framed(g volume.Grid) *places {
	f, ok := j.frame(g)
	if !ok {
		return nil
	}
	zones := j.in.Zones != nil && j.mm
	return &places{frame: f, zones: j.in.Zones, cut: newCut(f, j.grid(g), j.seg.Box(), asked{f.Kind != "", j.mats(f), zones, j.rule() == segment.ByOccupancy})}
}

// inFrame puts what was counted into the frame of the job.
func (j *job) inFrame(g volume.Grid, counted *Places) (*places, error) {
	p := j.framed(g)
	switch {
	case p == nil:
		return nil, nil
	case counted == nil:
		return nil, fmt.Errorf("the sums know no frame: %w", ErrShards)
	}
	p.Places = p.empty()
	return p, p.add(counted)
}

// frame is the one of the input, or that of the axis where mats are to be found along it.
func (j *job) frame(g volume.Grid) (frame.Frame, bool) {
	switch {
	case j.in.Frame != nil:
		return *j.in.Frame, j.mm
	case !j.par.Mats && j.in.Zones == nil:
		return frame.Frame{}, false
	}
	axis := j.in.Axis
	if axis == "" || axis == "none" {
		if j.in.Zones == nil {
			return frame.Frame{}, false
		}
		axis = "z" // zones need no axis
	}
	b := j.seg.Box()
	f, err := frame.Straight(j.grid(g), b.Min, b.Max, axis)
	return f, err == nil
}

// grid is g in mm, or in voxels where their size is unknown.
func (j *job) grid(g volume.Grid) volume.Grid {
	if !j.mm {
		g.Spacing, g.Origin = [3]float64{1, 1, 1}, [3]float64{}
	}
	return g
}

// mats reports whether mats are to be looked for: by the protocol, or in a device that has them.
func (j *job) mats(f frame.Frame) bool {
	return (j.par.Mats || f.Kind.Square()) && !f.Kind.Round() && len(f.Layers) == 0 && j.flows()
}

// flows reports whether there is a flow along which mats could lie.
func (j *job) flows() bool { return j.in.Frame != nil || j.in.Axis != "" && j.in.Axis != "none" }

// holding is the deposit and the blood-side space of a place, in voxels; parts of voxels count in part.
type holding struct{ deposit, blood float64 }

func (h *holding) add(a Amount, share float64, rule segment.VolumeRule) {
	d := float64(a.N[segment.Deposit])
	if rule == segment.ByOccupancy {
		d = float64(a.Weighted) / fraction
	}
	h.deposit += share * d
	h.blood += share * float64(a.bloodSide())
}

// stretch is what lies between two places along the flow.
func (j *job) stretch(from, to float64) (h holding) {
	t := j.places
	for b, a := range t.Along {
		if share := t.along.share(b, from, to); share > 0 {
			h.add(a, share, j.rule())
		}
	}
	return h
}

// share of a bin that lies between two places.
func (s scale) share(bin int, from, to float64) float64 {
	lo, hi := s.from+float64(bin)*s.step, s.from+float64(bin+1)*s.step
	return max(0, min(hi, to)-max(lo, from)) / s.step
}

// placed gives the burden of a place with blood-side space; places without any have no row.
func (j *job) placed(metric, part string, h holding, flags ...string) {
	if h.blood > 0 {
		j.ratio(metric, part, h.deposit, h.blood, j.bloodSide(), append(j.burdenFlags(), flags...)...)
	}
}

// zoned gives prof.zone: burden of the zones of the frame or its map, of its mats, and of the corners and
// sides of a device that has such.
func (j *job) zoned(context.Context) error {
	switch {
	case j.places == nil && j.in.Frame != nil:
		j.withhold("prof.zone", "", uncalibrated)
		return nil
	case j.places == nil:
		return nil
	}
	j.sections()
	before := len(j.out.Measurements)
	j.mappedZones()
	j.statedZones()
	j.matZones()
	j.across()
	if len(j.out.Measurements) == before {
		j.withhold("prof.zone", "", "the frame names no zones, and no mats were found")
	}
	return nil
}

// mappedZones are those of the zone map.
func (j *job) mappedZones() {
	p := j.places
	switch {
	case p.zones == nil:
		return
	case !p.cut.zones:
		j.withhold("prof.zone", "", uncalibrated)
		return
	}
	var all, none holding
	for v, a := range p.Zones {
		var h holding
		h.add(a, 1, j.rule())
		all.add(a, 1, j.rule())
		if p.zones.Names[v] == "" {
			none.add(a, 1, j.rule())
			continue
		}
		if h.blood == 0 {
			j.withhold("prof.zone", p.zones.Names[v], "the zone holds no blood-side space in this scan")
			continue
		}
		j.placed("prof.zone", p.zones.Names[v], h)
	}
	j.placed("prof.zone", "in no zone", none)
	if none.blood == all.blood {
		j.flag("zones-elsewhere", "No zone of the zone map lies over the blood-side space of this scan.", "Check that the map was drawn on this scan, and its origin and axes.")
	}
}

// statedZones are the stretches along the flow that the frame names.
func (j *job) statedZones() {
	f := j.places.frame
	if f.Mapped() || len(f.Zones) == 0 {
		return
	}
	var zones holding
	for _, z := range f.Zones {
		h := j.stretch(z.U[0]*f.Length(), z.U[1]*f.Length())
		zones.deposit, zones.blood = zones.deposit+h.deposit, zones.blood+h.blood
		if h.blood == 0 {
			j.withhold("prof.zone", z.Name, "the zone holds no blood-side space in this scan")
			continue
		}
		j.placed("prof.zone", z.Name, h)
	}
	whole := j.stretch(math.Inf(-1), math.Inf(1))
	if rest := (holding{whole.deposit - zones.deposit, whole.blood - zones.blood}); rest.blood > 0.5 {
		j.placed("prof.zone", "in no zone", rest)
	}
}
