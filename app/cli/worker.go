package cli

import (
	"github.com/spf13/cobra"

	"explant/io/worker"
)

// readWorker is the process that decodes files with C libraries; only the program itself calls it.
func (s *session) readWorker() *cobra.Command {
	return &cobra.Command{
		Use:    "read-worker",
		Hidden: true,
		// No configuration is read: the worker takes its limits from the process that started it.
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
		RunE:              func(*cobra.Command, []string) error { return worker.Main() },
	}
}
