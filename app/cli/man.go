package cli

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"explant/app/pipeline"
)

func (s *session) man() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:     "man",
		Short:   "Write the manual pages, one a command",
		Example: "  explant man --out ~/.local/share/man/man1 && man explant-analyze",
		Args:    wantArgs(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := os.MkdirAll(out, 0o755); err != nil {
				return fmt.Errorf("folder of the manual: %w", err)
			}
			cmd.Root().DisableAutoGenTag = true // no date: the same pages from the same build
			header := &doc.GenManHeader{Title: "EXPLANT", Section: "1", Source: "explant " + pipeline.Version, Manual: "explant"}
			if err := doc.GenManTree(cmd.Root(), header, out); err != nil {
				return fmt.Errorf("write the manual: %w", err)
			}
			s.printf("manual pages: %s\n", out)
			return nil
		},
	}
	c.Flags().StringVarP(&out, "out", "o", "man1", "folder for the pages")
	return c
}
