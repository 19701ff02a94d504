package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"explant/app/pipeline"
)

func (s *session) gather() *cobra.Command {
	var g pipeline.Gathering
	c := &cobra.Command{
		Use:   "gather SHARD... --out DIR",
		Short: "Join the shards of one volume to the result of a single run",
		Long: `gather joins what 'explant analyze --shard i/n' wrote into the folders SHARD, in any order, and writes the
files that a single run writes: result.json, measurements.csv and labels.nrrd have the same bytes.
All n shards must be there, of one image, one method and one version of the program; otherwise it says what is
wrong. The image is read once more, for the pictures and for what is measured on the whole volume.`,
		Example: `  explant analyze scan.nrrd -p ct-panel --shard 1/3 --out part1
  explant analyze scan.nrrd -p ct-panel --shard 2/3 --out part2   # at the same time, or on another machine
  explant analyze scan.nrrd -p ct-panel --shard 3/3 --out part3
  explant gather part1 part2 part3 --out result
  explant gather part* --out result --input /elsewhere/scan.nrrd --memory 4GiB`,
		Args: wantArgs(1, -1, "the folders of all shards"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if g.Dirs = args; g.Out == "" {
				return usageError{errors.New("--out is missing: name the folder for the results")}
			}
			return s.gatherAll(cmd.Context(), g)
		},
	}
	c.Flags().StringVarP(&g.Out, "out", "o", "", "folder for the results")
	c.Flags().StringVar(&g.Input, "input", "", "the image, where it lies elsewhere than it did for the shards")
	return c
}

func (s *session) gatherAll(ctx context.Context, g pipeline.Gathering) error {
	p := newPrinter(s.asJSON, s.out, s.err)
	l := s.limits()
	l.Tell = s.tell
	res, err := pipeline.Gather(ctx, g, l, p)
	p.Close()
	if err != nil {
		return err
	}
	s.summary(res, g.Out)
	return nil
}

// analyzeShard measures one share of one image.
func (s *session) analyzeShard(ctx context.Context, job pipeline.Job, images []string, out, text string) error {
	share, err := pipeline.ParseShare(text)
	if err != nil {
		return usageError{fmt.Errorf("--shard: %w", err)}
	}
	if err := job.Sharded(); err != nil {
		return usageError{err}
	}
	if len(images) > 1 || out == "" {
		return usageError{errors.New("--shard wants one image, and --out DIR with a folder for each shard")}
	}
	job.Input, job.Out = images[0], out
	p := newPrinter(s.asJSON, s.out, s.err)
	l := s.limits()
	l.Tell = s.tell
	file, err := pipeline.AnalyzeShard(ctx, job, share, l, p)
	p.Close()
	if err != nil {
		return err
	}
	if s.asJSON {
		s.line(map[string]any{"event": "done", "shard": share.String(), "out": out, "file": file})
		return nil
	}
	s.printf("shard %v of %s: %s\n", share, pipeline.ImageName(job.Input), file)
	return nil
}
