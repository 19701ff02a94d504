package reference

import (
	"context"
	"math"

	"explant/analysis/segment"
	"explant/volume/area"
	"explant/volume/label"
	"explant/volume/parallel"
)

// permeability is the Kozeny-Carman ratio of two devices over the same space: with porosity e and
// surface S of the free path for each volume of the space, k is proportional to e³/S².
//
// Source: Carman, Trans. Inst. Chem. Eng. 15:150-166, 1937.
func permeability(ctx context.Context, used, unused *segment.Segmentation, o parallel.Options) (float64, error) {
	var k [2]float64
	for i, s := range []*segment.Segmentation{used, unused} {
		path, surface, err := freePath(ctx, s, o)
		if err != nil {
			return 0, err
		}
		if surface > 0 {
			k[i] = math.Pow(path, 3) / (surface * surface)
		}
	}
	if !(k[1] > 0) {
		return 0, nil
	}
	return k[0] / k[1], nil
}

// freePath is the porosity, and the surface of void against solid for each volume of the space, 1/mm. Faces
// against what is outside are no surface: those of void and of solid are added, those of both together,
// which are all outside, taken away, and what is left was counted twice.
func freePath(ctx context.Context, s *segment.Segmentation, o parallel.Options) (porosity, surface float64, err error) {
	var n [segment.ClassCount]float64
	for _, c := range s.Labels.Data {
		n[c]++
	}
	all := 0.0
	for c, k := range n {
		if uint8(c) != segment.Outside {
			all += k
		}
	}
	dv, err := s.Labels.VoxelVolume()
	if err != nil || all == 0 {
		return 0, 0, err
	}
	solids := []uint8{segment.Lumen, segment.Polymer, segment.Housing, segment.Deposit}
	for _, part := range []struct {
		classes []uint8
		sign    float64
	}{{[]uint8{segment.Void}, 1}, {solids, 1}, {append([]uint8{segment.Void}, solids...), -1}} {
		a, err := areaOf(ctx, s, part.classes, o)
		if err != nil {
			return 0, 0, err
		}
		surface += part.sign * a / 2
	}
	return n[segment.Void] / all, surface / (all * dv), nil
}

func areaOf(ctx context.Context, s *segment.Segmentation, classes []uint8, o parallel.Options) (sum float64, err error) {
	found, err := label.Find(ctx, s.Labels, label.Of(classes...), 26, o, nil)
	if err != nil {
		return 0, err
	}
	areas, err := area.Crofton(ctx, s.Labels.Grid, found, o, nil)
	for _, a := range areas {
		sum += a
	}
	return sum, err
}
