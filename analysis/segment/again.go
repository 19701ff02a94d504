package segment

import (
	"context"
	"errors"

	"explant/volume"
	"explant/volume/parallel"
)

// Again labels v, another scan of the same device, with the thresholds that Panel found in the scan of
// like: where v holds no deposit, three-class Otsu would divide what there is some other way. All of v is
// looked at, as the walls of a housing that was cut off before lie elsewhere in it.
func Again[T volume.Voxel](ctx context.Context, v *volume.Volume[T], like *Segmentation, o parallel.Options, pr parallel.Progress) (*Segmentation, error) {
	low, ok := like.Diagnostics["threshold_polymer_grey"]
	high, known := like.Diagnostics["threshold_deposit_grey"]
	if !ok || !known {
		return nil, errors.New("the scan to compare with was not labelled by two thresholds")
	}
	m, err := smooth(ctx, v, o, pr)
	if err != nil {
		return nil, err
	}
	defer m.drop(ctx)
	labels, err := m.cut(ctx, Box{Max: v.N}, []uint8{Void, Polymer, Deposit}, []float64{low, high}, o, pr)
	if err != nil {
		return nil, err
	}
	return &Segmentation{Labels: labels, Levels: like.Levels, Rule: like.Rule, LumensInVoid: like.LumensInVoid}, nil
}
