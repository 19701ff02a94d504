package cli

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"explant/app/pipeline"
)

// errAccuracy says that the program was run and is not as accurate as it must be.
var errAccuracy = errors.New("accuracy limits not kept")

func (s *session) validate() *cobra.Command {
	var o pipeline.ValidateOptions
	var quick bool
	var out string
	c := &cobra.Command{
		Use:   "validate",
		Short: "Measure phantoms with known truth and write the accuracy table",
		Long: `validate makes phantoms of several kinds, sizes, noise levels and voxel sizes, measures each through the
very pipeline of 'explant analyze', and writes into --out what came of it: accuracy.html, accuracy.csv,
accuracy.json, and accuracy-provenance.json with host and time. Each row has a bias, limits of agreement,
the coverage and width of its intervals, and PASS or FAIL against stated limits. The exit code is 1 where a
row fails. It is the check of an installation that a maker of devices files.

--quick, the default, takes one to two minutes on two free cores. --full takes up to an hour, with 100 phantoms for
the coverage of intervals, and 1 GiB of memory for each phantom that is measured at the same time (at most 4).`,
		Example: "  explant validate\n  explant validate --full --out accuracy-2.1\n  explant validate --protocol ct-panel --seeds 20",
		Args:    wantArgs(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if quick && o.Full {
				return usageError{errors.New("give --quick or --full, not both")}
			}
			if o.Seeds < 0 {
				return usageError{fmt.Errorf("--seeds %d: 1 or more are wanted", o.Seeds)}
			}
			return s.runValidate(cmd, out, o)
		},
	}
	c.Flags().BoolVar(&quick, "quick", false, "a few phantoms of each row: one to two minutes (default)")
	c.Flags().BoolVar(&o.Full, "full", false, "all phantoms: up to an hour on two free cores")
	c.Flags().StringVarP(&out, "out", "o", "explant-accuracy", "folder for the table")
	c.Flags().IntVar(&o.Seeds, "seeds", 0, "phantoms of each row (default: that of the extent)")
	c.Flags().Uint64Var(&o.First, "seed", 1, "seed of the first phantom of each row")
	c.Flags().StringSliceVarP(&o.Protocols, "protocol", "p", nil, "only rows by these protocols")
	completeFlag(c, "protocol", pipeline.ValidatedProtocols)
	return c
}

func (s *session) runValidate(cmd *cobra.Command, out string, o pipeline.ValidateOptions) error {
	if err := o.Check(); err != nil {
		return usageError{err}
	}
	p := newPrinter(s.asJSON, s.out, s.err)
	table, err := pipeline.Validate(cmd.Context(), out, o, s.limits(), p)
	p.Close()
	if err != nil {
		return err
	}
	for _, line := range pipeline.AccuracyLines(table) {
		s.printf("%s\n", line)
	}
	page := filepath.Join(out, pipeline.AccuracyReport)
	if s.asJSON {
		s.line(map[string]any{"event": "done", "pass": table.Pass, "rows": len(table.Rows), "failed": table.Failures, "out": out, "report": page})
	}
	s.printf("report: %s\n", page)
	if !table.Pass {
		return fmt.Errorf("%w in %d of %d rows: see %s", errAccuracy, table.Failures, len(table.Rows), page)
	}
	return nil
}
