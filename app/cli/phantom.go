package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"explant/app/pipeline"
)

func (s *session) phantom() *cobra.Command {
	var o pipeline.PhantomOptions
	var out string
	c := &cobra.Command{
		Use:   "phantom KIND --out DIR",
		Short: "Make a phantom: an image with known truth",
		Long: `phantom makes an image as hard as a real one together with its truth: truth.json (volumes, areas,
counts, parameters) and the label image. The same seed gives the same pixels everywhere.
Kinds: ` + strings.Join(pipeline.PhantomKinds, ", ") + ".",
		Example: `  explant phantom oxygenator --out phantom --size 256 --seed 1
  explant phantom dab --out slide --size 2048`,
		ValidArgs: pipeline.PhantomKinds,
		Args:      wantArgs(1, 1, "one kind: "+strings.Join(pipeline.PhantomKinds, ", ")),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(pipeline.PhantomKinds, args[0]) {
				return usageError{fmt.Errorf("no phantom %q: there are %s", args[0], strings.Join(pipeline.PhantomKinds, ", "))}
			}
			if out == "" {
				out = args[0] + "-phantom"
			}
			p := newPrinter(s.asJSON, s.out, s.err)
			made, err := pipeline.MakePhantom(cmd.Context(), args[0], out, o, s.limits(), p)
			p.Close()
			if err != nil {
				return err
			}
			if s.asJSON {
				s.line(map[string]any{"event": "done", "kind": args[0], "image": made.Image, "out": out})
			}
			s.printf("%s phantom: %s\n  truth: %s\n", args[0], made.Image, made.Truth)
			return nil
		},
	}
	c.Flags().StringVarP(&out, "out", "o", "", "folder for the phantom (default: KIND-phantom)")
	c.Flags().IntVar(&o.Size, "size", 0, "voxels or pixels along each side (default: 256 for a volume, 2048 for a slide)")
	c.Flags().BoolVar(&o.Imperfect, "imperfect", false, "oxygenator: oval, wavy, crushed, filled and missing fibres")
	c.Flags().Uint64Var(&o.Seed, "seed", 1, "seed; the same seed gives the same pixels")
	return c
}
