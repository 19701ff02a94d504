package connector

import (
	"context"
	"fmt"
	"math"

	"explant/analysis/result"
	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/parallel"
)

// Segment labels void, deposit, polymer (tube and connector) and excluded:outside (air around
// the tube or sealed off) in the scan of tubing on a connector, and returns with the labels the model of which [Model.Findings] takes the conn
// measurements. axis is x, y or z, with "-" before it where blood flows towards lower indices; "" or "none": the
// image axis along which a bore is seen, flow towards higher indices.
//
// It returns [ErrNoConnector] where no round channel with a free stretch is found. Besides the labels it holds
// some 12 bytes a voxel. The result does not depend on o.
func Segment[T volume.Voxel](ctx context.Context, v *volume.Volume[T], p Params, axis string, o parallel.Options, prog parallel.Progress) (*segment.Segmentation, *Model, error) {
	if err := p.Check(); err != nil {
		return nil, nil, err
	}
	if err := v.Check(); err != nil {
		return nil, nil, err
	}
	if min(v.N[0], v.N[1], v.N[2]) < 16 {
		return nil, nil, fmt.Errorf("%w: %d x %d x %d voxels are too few along an axis; %s", ErrNoConnector, v.N[0], v.N[1], v.N[2], remedy)
	}
	p = p.withDefaults()
	m, err := fit(ctx, v, axis, o, prog)
	if err != nil {
		return nil, nil, err
	}
	labels, err := m.classes(ctx, p.FilmVoxels, int64(p.SpeckVoxels))
	if err != nil {
		return nil, nil, err
	}
	if err := m.fillCrevices(ctx, labels); err != nil {
		return nil, nil, err
	}
	if err := m.group(ctx, labels); err != nil {
		return nil, nil, err
	}
	return m.finish(labels), m, nil
}

// unsureFlag is the flag of every value that hangs on the place of a junction that clot hides.
const unsureFlag = "junction-unsure"

// finish puts levels and remarks to the labels.
func (m *Model) finish(l *volume.Labels) *segment.Segmentation {
	out := &segment.Segmentation{Labels: l, Rule: segment.ByCount, Diagnostics: m.diagnostics(), Flags: m.flags()}
	// Polymer is walls of several greys, one of them next to that of deposit: no level weighs their border.
	out.Levels = [segment.ClassCount]float64{m.lv.air, math.NaN(), math.NaN(), math.NaN(), m.lv.deposit, m.lv.air}
	if m.lv.deposit == 0 {
		out.Levels[segment.Deposit] = math.NaN()
	}
	return out
}

func (m *Model) diagnostics() map[string]float64 {
	d := map[string]float64{
		"level_void_grey": m.lv.air, "threshold_otsu_grey": m.lv.cut, "threshold_deposit_grey": m.cutDeposit(),
		"connector_piece_count": float64(len(m.pieces)), "connector_plane_count": float64(len(m.planes)),
	}
	if m.lv.deposit > 0 {
		d["level_deposit_grey"] = m.lv.deposit
	}
	for i, p := range m.pieces {
		d[wallGrey(i+1)] = p.wall
		d[fmt.Sprintf("piece_%d_bore_diameter_voxels", i+1)] = 2 * p.r.of((p.from+p.to)/2) / m.scan.h
	}
	free := 0
	for _, p := range m.pieces {
		for _, run := range p.runs {
			free += run[1] - run[0]
		}
	}
	d["planes_seen_free_percent"] = 100 * float64(free) / float64(len(m.planes))
	return d
}

// wallGrey is the diagnostic of the grey of a piece's wall.
func wallGrey(piece int) string { return fmt.Sprintf("piece_%d_wall_grey", piece) }

func (m *Model) flags() (out []result.Flag) {
	if len(m.junctions()) == 0 {
		out = append(out, result.Flag{ID: "no-junction", Text: "One bore runs through the whole scan: no step, gap or end of a connector was found.",
			Remedy: "Check that the scan holds the connector's tip; ledges of less than half a voxel are not seen."})
	}
	for _, j := range m.junctions() {
		if m.unsure(&j) {
			out = append(out, result.Flag{ID: unsureFlag,
				Text:   fmt.Sprintf("Deposit and the wall that begins at the %s differ too little in grey to see it under clot: the place of the junction, the ledge, the gap, and the clot and lumen reduction there can be wrong by half of their value.", j.name),
				Remedy: "Use the values only where no clot lies over the junction; scan the device also unused, or stain the clot."})
			break
		}
	}
	for i, p := range m.pieces {
		if m.lv.deposit > 0 && !m.lv.tells(p.wall) {
			out = append(out, result.Flag{ID: "deposit-like-wall",
				Text:   fmt.Sprintf("Deposit and the wall of piece %d along the flow differ too little in grey: under clot that wall is drawn on from where it is seen free.", i+1),
				Remedy: "Look at the labels where clot lies on that wall; scan the device also unused, or stain the clot."})
			break
		}
	}
	return out
}
