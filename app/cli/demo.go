package cli

import (
	"path/filepath"

	"github.com/spf13/cobra"

	"explant/app/pipeline"
)

func (s *session) demo() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "demo",
		Short: "Make phantoms, measure them, and write reports to look at",
		Long: `demo runs the main job on phantoms with known truth: a micro-CT volume of an oxygenator and two
stained slides. It ends with reports that open in a browser, and says how close the values came.`,
		Example: "  explant demo\n  explant demo --out /tmp/demo",
		Args:    wantArgs(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			p := newPrinter(s.asJSON, s.out, s.err)
			runs, err := pipeline.Demo(cmd.Context(), out, s.limits(), p)
			p.Close()
			if err != nil {
				return err
			}
			for _, r := range runs {
				s.summary(r.Result, r.Out)
				s.printf("  truth: %s\n", r.Truth)
			}
			s.printf("\nOpen %s in a browser.\n", filepath.Join(runs[0].Out, pipeline.ReportFile))
			return nil
		},
	}
	c.Flags().StringVarP(&out, "out", "o", "explant-demo", "folder for the phantoms and reports")
	return c
}
