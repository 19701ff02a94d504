package pipeline

import (
	"context"
	"fmt"
	"os"

	"explant/analysis/fluorescence"
	"explant/analysis/result"
	"explant/io/nrrd"
	"explant/volume"
)

// asVolume tells whether several focal planes are measured as a volume: where the protocol says so and their distance
// is known.
func (r *run) asVolume(g volume.Grid) bool {
	return g.N[2] > 1 && g.Spacing[2] > 0 && r.job.Protocol.Fluorescence.Stack != fluorescence.AsProjection
}

// projection flags a stack that was projected, and says why.
func (r *run) projection() (flag result.Flag, projected bool) {
	n := r.info.Grid.N[2]
	if n == 1 || r.asVolume(r.info.Grid) {
		return flag, false
	}
	flag = result.Flag{
		ID: "projected", Text: fmt.Sprintf("The brightest of %d focal planes was taken for each pixel, as the protocol says: areas are those of the projection.", n),
		Remedy: "Set segment.stack to volume to measure volumes.",
	}
	if r.info.Grid.Spacing[2] <= 0 {
		flag.Text = fmt.Sprintf("The distance of the %d focal planes is unknown: the brightest of each pixel was taken, and areas are those of the projection.", n)
		flag.Remedy = "State it, such as --spacing 0.1um,0.1um,0.3um, to measure volumes."
	}
	return flag, true
}

// stackLabels writes the classes of a stack.
func (r *run) stackLabels(ctx context.Context, g volume.Grid, labels []uint8, classes []result.Class) error {
	v, err := volume.From(g, labels)
	if err != nil {
		return err
	}
	return r.stage.write(VolumeLabels, func(file *os.File) error { return nrrd.Write(ctx, file, v, classes) })
}

// topmost is the highest class of all focal planes for each pixel: NETs before nuclei, these before markers.
func topmost(labels []uint8, g volume.Grid) []uint8 {
	n := g.N[0] * g.N[1]
	out := make([]uint8, n)
	for z := 0; z < len(labels); z += n {
		for i, v := range labels[z:][:n] {
			out[i] = max(out[i], v)
		}
	}
	return out
}
