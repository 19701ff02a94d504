package cli

import (
	"runtime"

	"github.com/spf13/cobra"

	"explant/app/pipeline"
)

func (s *session) version() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version of the program",
		Example: "  explant version\n  explant version --json",
		Args:    wantArgs(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			if s.asJSON {
				s.line(map[string]string{"version": pipeline.Version, "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH})
			}
			s.printf("explant %s (%s, %s/%s)\n", pipeline.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
}
