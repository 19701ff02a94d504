package cli

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"explant/analysis/protocol"
	"explant/app/pipeline"
)

func (s *session) summaryOf() *cobra.Command {
	var f pipeline.Summary
	c := &cobra.Command{
		Use:   "summary STUDY --out DIR",
		Short: "Sum devices up: fibrin, platelets, red cells, leukocytes, NETs and unknown in mm³ by zone",
		Long: `summary reads STUDY, a study.yaml or the folder that holds one, measures every scan and slide that it lists, and
joins them: the deposit of each zone in the scan times the shares that the sections of that zone show, with
intervals that hold how much sections differ. Each device gets a folder in --out with result.json,
measurements.csv, report.html and provenance.json; the results of the images stay in --out/images and are not
measured again while image, protocol and inputs stay the same. Unused devices are left out.

The study file needs the schema, and for each device its name, frame file, and samples: one of kind scan, others of
kind section with their zone (or u: [from, to] along the flow) and images with protocol; component: platelet says
what the marker of a DAB slide stands for. 'explant phantom device' writes one to look at.`,
		Example: `  explant phantom device --out study --stains carstairs,dab --if
  explant summary study --out device-summary
  explant summary study/study.yaml --device D01 --out device-summary --json`,
		Args: wantArgs(1, 1, "one study file or folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.Study = args[0]; f.Out == "" {
				return usageError{errors.New("--out is missing: name the folder for the results")}
			}
			f.Resolve = func(name string) (protocol.Protocol, error) {
				p, _, err := s.resolve(name, nil)
				return p, err
			}
			return s.summarise(cmd, f)
		},
	}
	c.Flags().StringVarP(&f.Out, "out", "o", "", "folder for the results")
	c.Flags().StringSliceVar(&f.Devices, "device", nil, "only these devices of the study")
	return c
}

func (s *session) summarise(cmd *cobra.Command, f pipeline.Summary) error {
	p := newPrinter(s.asJSON, s.out, s.err)
	all, err := pipeline.Summarise(cmd.Context(), f, s.limits(), p)
	p.Close()
	if err != nil {
		return err
	}
	failed := 0
	for _, d := range all {
		s.summary(d.Result, d.Out)
		for _, err := range d.Failed {
			failed++
			s.fail(err, exitFailed)
		}
	}
	s.printf("table of all devices: %s\n", filepath.Join(f.Out, pipeline.TableFile))
	if failed > 0 {
		return fmt.Errorf("%w: %d images", errPartly, failed)
	}
	return nil
}
