// Package cli is the command line: one file a command. A command reads its flags, calls
// app/pipeline, and prints; it does no work of its own.
package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"

	"explant/app/config"
)

// session is what the commands of one call share.
type session struct {
	out, err io.Writer
	asJSON   bool
	config   config.Config
}

// Main runs the command line and returns the exit code: 0 done, 1 failed, 2 usage, 3 done but some
// inputs unreadable or rejected, 130 interrupted. Results go to out; progress and errors to errOut.
func Main(ctx context.Context, args []string, out, errOut io.Writer) int {
	s := &session{out: out, err: errOut}
	root := s.root()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	code := exitCode(ctx, err)
	if err != nil {
		s.fail(err, code)
	}
	return code
}

func (s *session) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "explant",
		Short: "Measure what circuit blood leaves behind on oxygenators and connectors",
		Long: `explant measures deposits on explanted oxygenators and connectors: it reads micro-CT volumes and
stained slides, segments the deposit, and writes a calibrated report.`,
		Example: `  explant demo                                                   try it on phantoms with known truth
  explant info scan.tif                                          what is in a file, and how it is calibrated
  explant analyze scan/ --protocol oxygenator-ct --spacing 20um  a micro-CT stack, to scan.explant/report.html
  explant analyze field.jpg --protocol slide-dab --pixel-size 0.5um`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			hint := "see 'explant --help'"
			if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
				hint = "did you mean " + strings.Join(near, " or ") + "?"
			}
			return usageError{fmt.Errorf("no command %q: %s", args[0], hint)}
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return cmd.Help()
		},
	}
	root.SuggestionsMinimumDistance = 2
	config.Bind(root.PersistentFlags())
	root.PersistentFlags().BoolVar(&s.asJSON, "json", false, "write JSON lines to standard output, for programs")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		file, err := cmd.Flags().GetString("config")
		if err != nil {
			return err
		}
		if s.config, err = config.Load(cmd.Flags(), file); err != nil {
			return usageError{err}
		}
		slog.SetDefault(slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: s.config.LogLevel})))
		return nil
	}
	root.AddCommand(s.analyze(), s.train(), s.gather(), s.info(), s.convert(), s.mesh(), s.phantom(), s.demo(), s.validate(), s.stack(), s.pin(), s.summaryOf(), s.protocol(), s.stain(), s.version(), s.man(), s.readWorker())
	return root
}

// wantArgs checks the number of arguments; its usage error says what is wanted.
func wantArgs(atLeast, atMost int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= atLeast && (atMost < 0 || len(args) <= atMost) {
			return nil
		}
		return usageError{fmt.Errorf("%s wants %s, got %d; see '%s --help'", cmd.CommandPath(), what, len(args), cmd.CommandPath())}
	}
}

// completeFlag offers the values of a flag to the shell.
func completeFlag(c *cobra.Command, flag string, values func() []string) {
	err := c.RegisterFlagCompletionFunc(flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return values(), cobra.ShellCompDirectiveDefault
	})
	if err != nil {
		panic(err) // a flag that the command does not have
	}
}

// fail tells the user once what went wrong.
func (s *session) fail(err error, code int) {
	text := err.Error()
	if code == exitInterrupted {
		text = "interrupted; nothing half written is left under its final name"
	}
	if s.asJSON {
		s.line(map[string]any{"event": "error", "code": code, "error": text})
		return
	}
	fmt.Fprintf(s.err, "explant: %s\n", text)
}

// line writes one JSON object for programs.
func (s *session) line(v any) {
	_ = json.NewEncoder(s.out).Encode(v) // a reader that has gone cannot be told so
}

// printf writes for people; with --json it is silent.
func (s *session) printf(format string, args ...any) {
	if !s.asJSON {
		fmt.Fprintf(s.out, format, args...)
	}
}
