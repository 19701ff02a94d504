package cli

import (
	"fmt"
	"os"
	"path/filepath"
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
		Short:   "List the built-in protocols and those of your protocol folder (--protocols)",
		Example: "  explant protocol list",
		Args:    wantArgs(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
			for _, name := range s.names() {
				p, _, err := s.resolve(name, nil)
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
  explant protocol show oxygenator-ct --set segment.fibre_outer_diameter_um=300`,
		Args: wantArgs(1, 1, "one protocol"),
		RunE: func(_ *cobra.Command, args []string) error {
			p, method, err := s.resolve(args[0], sets)
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
				_, method, err := s.resolve(name, nil)
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

// resolve reads a protocol: a file, one of the user's protocol folder, or a built-in one.
func (s *session) resolve(name string, sets []string) (protocol.Protocol, string, error) {
	if own := filepath.Join(s.config.Protocols, name+".yaml"); s.config.Protocols != "" {
		if _, err := os.Stat(own); err == nil {
			name = own
		}
	}
	p, err := protocol.Resolve(name, os.ReadFile, sets)
	if err != nil {
		return p, "", usageError{err}
	}
	method, err := p.Method()
	return p, method, err
}

// names lists the user's own protocols, as files, and the built-in ones.
func (s *session) names() []string {
	var own []string
	if s.config.Protocols != "" {
		own, _ = filepath.Glob(filepath.Join(s.config.Protocols, "*.yaml")) // the pattern is well formed
	}
	return append(own, protocol.Builtin()...)
}
