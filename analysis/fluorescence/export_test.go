package fluorescence

import (
	"context"

	"explant/volume/parallel"
)

// Parts are where the engine finds markers, NETs and nuclei, for tests that compare them with a truth.
type Parts struct {
	Markers map[string][]bool
	NET     []bool
	Number  []uint32 // of intact nuclei, from 1; others 0
}

// PartsOf finds them.
func PartsOf(ctx context.Context, f Field, controls []Field, p Params) (Parts, error) {
	s, err := find(ctx, f, controls, p, parallel.Options{}, nil)
	if err != nil {
		return Parts{}, err
	}
	m, err := s.masks(ctx, measured)
	out := Parts{Markers: m.marker, NET: m.net, Number: make([]uint32, len(m.net))}
	for i, k := range s.nuclei.number {
		if k > 0 && s.nuclei.objects[k-1].intact {
			out.Number[i] = k
		}
	}
	return out, err
}
