package pipeline

import (
	"context"
	"errors"
	"fmt"

	"explant/analysis/protocol"
	"explant/analysis/result"
	"explant/analysis/sem"
	"explant/io/calibration"
	"explant/io/imagefile"
)

// checkBar reports a --scale-bar that cannot be.
func (j Job) checkBar() error {
	switch {
	case j.ScaleBar == 0:
		return nil
	case j.Protocol.Engine != protocol.SEM:
		return fmt.Errorf("--scale-bar: protocol %s is none of the electron microscope", j.Protocol.Name)
	case j.Spacing != [3]float64{}:
		return errors.New("give --scale-bar or the size of a pixel, not both")
	}
	return nil
}

// measureBar finds the burnt-in scale bar, whose length the user has read, and takes the size of a pixel from it.
func (j *Job) measureBar(ctx context.Context, in imagefile.Reader, info *imagefile.Info) error {
	if j.ScaleBar == 0 {
		return nil
	}
	f, err := greyField(ctx, in, *info)
	if err != nil {
		return err
	}
	if j.bar, err = sem.FindBar(f); err != nil {
		return fmt.Errorf("--scale-bar: %w; state --pixel-size instead", err)
	}
	mm := j.ScaleBar / j.bar.PX()
	calibration.Override(&info.Grid, [3]float64{mm, mm, 0}, fmt.Sprintf("--scale-bar %g um on a %v", 1000*j.ScaleBar, j.bar))
	if info.Grid.Calibration.Relative = j.bar.U / j.bar.PX(); j.ScaleErr > 0 {
		info.Grid.Calibration.Relative = j.ScaleErr
	}
	return nil
}

// barFlag tells what scale followed from the bar, so that a person can check both.
func (r *run) barFlag() []result.Flag {
	if r.job.ScaleBar == 0 {
		return nil
	}
	return []result.Flag{{
		ID: "scale-bar", Text: fmt.Sprintf("The scale was taken from a burnt-in %v: with %g µm a pixel is %.5g nm (± %.2g %%, 1 SD).",
			r.job.bar, 1000*r.job.ScaleBar, 1e6*r.info.Grid.Spacing[0], 100*r.info.Grid.Calibration.Relative),
		Remedy: "Check the place and the length against the picture.",
	}}
}
