package segment

import (
	"context"
	"math"

	"explant/analysis/result"
	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/threshold"
)

// finish completes s with what every plain recipe tells: class levels, diagnostics, and the flag
// about lumens.
func finish[T volume.Voxel](ctx context.Context, s *Segmentation, v *volume.Volume[T], h threshold.Histogram, diagnostics map[string]float64, o parallel.Options, p parallel.Progress) (*Segmentation, error) {
	var err error
	if s.Levels, err = levels(ctx, v, s.Labels, s.Box(), h, o, p); err != nil {
		return nil, err
	}
	s.Diagnostics = map[string]float64{"threshold_step_grey": s.Steps.Size}
	for name, value := range diagnostics {
		s.Diagnostics[name] = value
	}
	for c, level := range s.Levels {
		if !math.IsNaN(level) {
			s.Diagnostics["level_"+Names[c]+"_grey"] = level
		}
	}
	if s.LumensInVoid {
		s.Flags = append(s.Flags, lumensFlag())
	}
	return s, nil
}

func lumensFlag() result.Flag {
	return result.Flag{
		ID:     "lumens-in-denominator",
		Text:   "Where the device has hollow fibres, their insides are counted as blood-side space, and burden is too low.",
		Remedy: "Use protocol oxygenator-ct, which tells lumens from the blood side; compare burdens only with others of this protocol.",
	}
}
