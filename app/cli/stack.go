package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"explant/app/pipeline"
	"explant/io/calibration"
)

type stackFlags struct {
	protocol, out, spacing, spacingError, pixelSize, scaleError, sample, device string
	sets                                                                        []string
}

func (s *session) stack() *cobra.Command {
	var f stackFlags
	c := &cobra.Command{
		Use:   "stack SECTIONS... --protocol slide-NAME --spacing DISTANCE",
		Short: "Put serial sections on top of each other: a 3D volume of their components",
		Long: `stack measures SECTIONS (a folder, or files in the order of cutting) by a slide protocol, registers each to the
next and to the one after that, finds the places of all at once, and writes into --out: labels.nrrd (the classes, a
slice a section), result.json, measurements.csv, report.html and provenance.json, with the volume of each class and
how well each pair lies. A section that is lost, by the numbers in the names or by a jump in likeness, is an empty
slice; its content is estimated from its neighbours. Sections mounted upside down are turned over and told.
--spacing is the distance from the middle of one section to that of the next. What the stack will need of memory is told
before it begins; above --memory it is refused. 'explant convert' turns labels.nrrd into other formats.`,
		Example: `  explant phantom serial --out block
  explant stack block/sections --protocol slide-msb --spacing 5um --out block-stack
  explant convert block-stack/labels.nrrd block.nii.gz
  explant stack s1.svs s2.svs s3.svs -p slide-carstairs --spacing 20um --pixel-size 0.5um --spacing-error 5%`,
		Args: wantArgs(1, -1, "a folder of sections, or their files"),
		RunE: func(cmd *cobra.Command, args []string) error {
			job, err := s.stacking(f, args)
			if err != nil {
				return err
			}
			return s.stackAll(cmd, job)
		},
	}
	c.Flags().StringVarP(&f.protocol, "protocol", "p", "", "rules for the slides: a built-in name slide-… or a .yaml file")
	c.Flags().StringVarP(&f.out, "out", "o", "", "folder for the results (default: NAME.stack in the current folder)")
	c.Flags().StringVar(&f.spacing, "spacing", "", "distance from one section to the next with its unit: 5um")
	c.Flags().StringVar(&f.spacingError, "spacing-error", "", "standard uncertainty of that distance: 5%")
	c.Flags().StringVar(&f.pixelSize, "pixel-size", "", "pixel size of the sections with its unit: 0.5um (default: that of the files)")
	c.Flags().StringVar(&f.scaleError, "scale-error", "", "standard uncertainty of the pixel size: 0.2%")
	c.Flags().StringVar(&f.sample, "sample", "", "name of the block, for the tables")
	c.Flags().StringVar(&f.device, "device", "", "YAML file with the report fields of the device")
	bindSets(c, &f.sets)
	completeFlag(c, "protocol", s.names)
	return c
}

// stacking checks the flags before any section is touched.
func (s *session) stacking(f stackFlags, args []string) (pipeline.Stacking, error) {
	if f.protocol == "" {
		return pipeline.Stacking{}, usageError{errors.New("--protocol is missing: one of slide-…, see 'explant protocol list'")}
	}
	p, _, err := s.resolve(f.protocol, f.sets)
	if err != nil {
		return pipeline.Stacking{}, err
	}
	job := pipeline.Stacking{Inputs: args, Out: f.out, Protocol: p, Sample: f.sample}
	if job.Out == "" {
		job.Out = pipeline.ImageName(args[0]) + ".stack"
	}
	if f.spacing != "" {
		if job.Between, err = calibration.Length(f.spacing); err != nil {
			return job, usageError{fmt.Errorf("--spacing: %w", err)}
		}
	}
	if job.Pixel, err = typedSpacing("", f.pixelSize); err != nil {
		return job, usageError{err}
	}
	for _, e := range []struct {
		flag, text string
		into       *float64
	}{{"--scale-error", f.scaleError, &job.ScaleErr}, {"--spacing-error", f.spacingError, &job.Error}} {
		if e.text == "" {
			continue
		}
		if *e.into, err = calibration.Percent(e.text); err != nil {
			return job, usageError{fmt.Errorf("%s: %w", e.flag, err)}
		}
	}
	if err := job.Check(); err != nil {
		return job, usageError{err}
	}
	if f.device != "" {
		if job.Device, err = pipeline.LoadDevice(f.device); err != nil {
			return job, usageError{err}
		}
	}
	return job, nil
}

func (s *session) stackAll(cmd *cobra.Command, job pipeline.Stacking) error {
	p := newPrinter(s.asJSON, s.out, s.err)
	l := s.limits()
	l.Tell = s.tell
	done, err := pipeline.Stack(cmd.Context(), job, l, p)
	p.Close()
	if err != nil {
		return err
	}
	s.summary(done.Result, job.Out)
	if s.asJSON {
		s.line(map[string]any{"event": "stacked", "sections": done.Sections, "slices": done.Slices, "lost": done.Lost})
	}
	s.printf("  %d sections in %d slices\n", done.Sections, done.Slices)
	return nil
}
