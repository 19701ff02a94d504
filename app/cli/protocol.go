package cli

import (
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"explant/analysis/protocol"
)

func (s *session) protocol() *cobra.Command {
	c := &cobra.Command{
		Use:   "protocol",
		Short: "List, show and check protocols: the rules of an analysis",
		Example: `  explant protocol list
  explant protocol show oxygenator-ct > mine.yaml
  explant protocol check mine.yaml`,
		Args: wantArgs(0, 0, "list, show or check"),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(s.protocolList(), s.protocolShow(), s.protocolCheck())
	return c
}

func (s *session) protocolList() *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the built-in protocols",
		Example: "  explant protocol list",
		Args:    wantArgs(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
			for _, name := range protocol.Builtin() {
				p, err := protocol.Resolve(name, nil, nil)
				if err != nil {
					return err
				}
				if s.asJSON {
					s.line(map[string]string{"name": p.Name, "title": p.Title, "engine": string(p.Engine)})
					continue
				}
				fmt.Fprintf(w, "%s\t%s\n", p.Name, p.Title)
			}
			return w.Flush()
		},
	}
}

func (s *session) protocolShow() *cobra.Command {
	var sets []string
	c := &cobra.Command{
		Use:   "show NAME|FILE",
		Short: "Print a protocol as it will be used, every key resolved",
		Example: `  explant protocol show slide-dab
  explant protocol show volume-threshold --set segment.classes.0.max=100`,
		Args: wantArgs(1, 1, "one protocol"),
		RunE: func(_ *cobra.Command, args []string) error {
			p, method, err := resolve(args[0], sets)
			if err != nil {
				return err
			}
			if s.asJSON {
				s.line(map[string]any{"protocol": p, "method": method, "algorithms": p.Algorithms()})
				return nil
			}
			text, err := yaml.Marshal(p)
			if err != nil {
				return err
			}
			s.printf("# method %s\n%s", method, text)
			return nil
		},
	}
	bindSets(c, &sets)
	return c
}

func (s *session) protocolCheck() *cobra.Command {
	return &cobra.Command{
		Use:     "check FILE...",
		Short:   "Check protocol files; an error names the file, the line and the key",
		Example: "  explant protocol check mine.yaml",
		Args:    wantArgs(1, -1, "one or more protocols"),
		RunE: func(_ *cobra.Command, args []string) error {
			for _, name := range args {
				_, method, err := resolve(name, nil)
				if err != nil {
					return err
				}
				if s.asJSON {
					s.line(map[string]string{"protocol": name, "method": method})
				}
				s.printf("%s: ok, method %s\n", name, method)
			}
			return nil
		},
	}
}

func bindSets(c *cobra.Command, sets *[]string) {
	c.Flags().StringArrayVar(sets, "set", nil, "change one key of the protocol, KEY=VALUE (repeatable)")
}

func resolve(name string, sets []string) (protocol.Protocol, string, error) {
	p, err := protocol.Resolve(name, os.ReadFile, sets)
	if err != nil {
		return p, "", usageError{err}
	}
	method, err := p.Method()
	return p, method, err
}
