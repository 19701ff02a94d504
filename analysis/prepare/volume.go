package prepare

import (
	"context"
	"fmt"
	"strings"

	"explant/analysis/result"
	"explant/volume"
	"explant/volume/denoise"
	"explant/volume/filter"
	"explant/volume/gain"
	"explant/volume/parallel"
	"explant/volume/resample"
	"explant/volume/rings"
)

// Done tells what was done to a scan.
type Done struct {
	Flags       []result.Flag
	Diagnostics map[string]float64
	steps       []string
}

// Volume returns v after the steps of p, and what was done; v itself where p asks for nothing. v must not be
// used any more. Voxels of the result may be of another size, when cubes were asked for.
func Volume[T volume.Voxel](ctx context.Context, v *volume.Volume[T], p Params, o parallel.Options, pr parallel.Progress) (*volume.Volume[T], *Done, error) {
	done := &Done{Diagnostics: map[string]float64{}}
	for _, step := range []struct {
		asked bool
		name  string
		do    func() (*volume.Volume[T], error)
	}{
		{p.Rings != nil, "rings", func() (*volume.Volume[T], error) { return takeRings(ctx, v, p.Rings, done, o, pr) }},
		{p.Gain != nil, "gain", func() (*volume.Volume[T], error) { return evenGain(ctx, v, p.Gain, done, o, pr) }},
		{p.Isotropic != nil, "isotropic", func() (*volume.Volume[T], error) { return cubes(ctx, v, p.Isotropic, done, o, pr) }},
		{p.Denoise != nil, "denoise", func() (*volume.Volume[T], error) { return smooth(ctx, v, p.Denoise, done, o, pr) }},
	} {
		if !step.asked {
			continue
		}
		next, err := step.do()
		if err != nil {
			return nil, nil, fmt.Errorf("prepare: %s: %w", step.name, err)
		}
		if next != v {
			volume.Drop(ctx, v.Data)
			v = next
			volume.Reclaim()
		}
	}
	if len(done.steps) > 0 {
		done.flag("prepared", "The scan was changed before it was segmented: "+strings.Join(done.steps, "; ")+".", "Compare with scans of the same protocol only.")
	}
	return v, done, nil
}

func (d *Done) flag(id, text, remedy string) {
	d.Flags = append(d.Flags, result.Flag{ID: id, Text: text, Remedy: remedy})
}

func (d *Done) tell(format string, values ...any) {
	d.steps = append(d.steps, fmt.Sprintf(format, values...))
}

func takeRings[T volume.Voxel](ctx context.Context, v *volume.Volume[T], p *Rings, done *Done, o parallel.Options, pr parallel.Progress) (*volume.Volume[T], error) {
	params := p.params()
	if p.FindWithin > 0 {
		center, ok, err := rings.Center(ctx, v, p.FindWithin, o, pr)
		if err != nil {
			return nil, err
		}
		if !ok {
			done.flag("rings-axis", "No axis of rings stands out from its surroundings; the middle of the slices was taken.", "State center_voxels if the axis is known, or leave rings out where there are none.")
		}
		params.Center = &center
	}
	found, err := rings.Find(ctx, v, params, o, pr)
	if err != nil {
		return nil, err
	}
	done.Diagnostics["ring_sd_grey"] = found.SD
	done.Diagnostics["ring_center_x_voxels"], done.Diagnostics["ring_center_y_voxels"] = found.Center[0], found.Center[1]
	done.tell("rings of a standard deviation of %.3g greys about x = %.4g, y = %.4g voxels taken out", found.SD, found.Center[0], found.Center[1])
	return rings.Remove(ctx, v, found, o, pr)
}

func evenGain[T volume.Voxel](ctx context.Context, v *volume.Volume[T], p *Gain, done *Done, o parallel.Options, pr parallel.Progress) (*volume.Volume[T], error) {
	field, err := gain.Find(ctx, v, p.params(), o, pr)
	if err != nil {
		return nil, err
	}
	done.Diagnostics["gain_lowest"], done.Diagnostics["gain_highest"] = field.Lowest, field.Highest
	done.tell("gain between %.3f and %.3f evened out", field.Lowest, field.Highest)
	return gain.Even(ctx, v, field, o, pr)
}

func cubes[T volume.Voxel](ctx context.Context, v *volume.Volume[T], p *Isotropic, done *Done, o parallel.Options, pr parallel.Progress) (*volume.Volume[T], error) {
	out, err := resample.Isotropic(ctx, v, p.EdgeUM/1000, o, pr)
	if err != nil {
		return nil, err
	}
	if out.N == v.N {
		return v, nil // cubes already
	}
	done.Diagnostics["isotropic_edge_um"] = 1000 * out.Spacing[0]
	done.tell("resampled to cubes of %.4g µm", 1000*out.Spacing[0])
	return out, nil
}

func smooth[T volume.Voxel](ctx context.Context, v *volume.Volume[T], p *Denoise, done *Done, o parallel.Options, pr parallel.Progress) (*volume.Volume[T], error) {
	if p.Method == Median {
		r := max(p.Radius, 1)
		done.tell("median over %d voxels along each axis", 2*r+1)
		return filter.Median(ctx, v, [3]int{r, r, r}, o, pr)
	}
	out, noise, err := denoise.NonLocalMeans(ctx, v, p.params(), o, pr)
	if err != nil {
		return nil, err
	}
	done.Diagnostics["noise_grey"] = noise
	done.tell("noise of %.3g greys smoothed by non-local means", noise)
	return out, nil
}
