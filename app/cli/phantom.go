package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"explant/app/pipeline"
)

func (s *session) phantom() *cobra.Command {
	var o pipeline.PhantomOptions
	var out string
	kinds := strings.Join(pipeline.PhantomKinds(), ", ")
	c := &cobra.Command{
		Use:   "phantom KIND --out DIR",
		Short: "Make a phantom: an image with known truth",
		Long: `phantom makes an image as hard as a real one together with its truth: truth.json (volumes, areas,
counts, parameters) and the label image. The same seed gives the same pixels everywhere.`,
		Example: `  explant phantom oxygenator --out phantom --size 256 --seed 1
  explant phantom dab --out slide --size 2048`,
		Args: wantArgs(1, 1, "one kind: "+kinds),
		RunE: func(_ *cobra.Command, args []string) error {
			return usageError{fmt.Errorf("no phantom %q: there are %s", args[0], kinds)}
		},
	}
	c.PersistentFlags().StringVarP(&out, "out", "o", "", "folder for the phantom (default: KIND-phantom)")
	c.PersistentFlags().IntVar(&o.Size, "size", 0, "voxels or pixels along each side (default: that of the kind)")
	c.PersistentFlags().Uint64Var(&o.Seed, "seed", 1, "seed; the same seed gives the same pixels")
	for _, k := range pipeline.Phantoms {
		c.AddCommand(s.phantomOf(k, &o, &out))
	}
	return c
}

// phantomOf is the command of one kind of phantom.
func (s *session) phantomOf(k pipeline.Phantom, o *pipeline.PhantomOptions, out *string) *cobra.Command {
	c := &cobra.Command{
		Use:     k.Name + " --out DIR",
		Short:   k.Short,
		Long:    fmt.Sprintf("%s\nThe default of --size is %d.", k.Long, k.Size),
		Example: fmt.Sprintf("  explant phantom %s --out DIR --seed 2 --size %d", k.Name, k.Size/2),
		Args:    wantArgs(0, 0, "no argument beside the kind"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			folder := *out
			if folder == "" {
				folder = k.Name + "-phantom"
			}
			p := newPrinter(s.asJSON, s.out, s.err)
			made, err := pipeline.MakePhantom(cmd.Context(), k.Name, folder, *o, s.limits(), p)
			p.Close()
			if err != nil {
				return err
			}
			if s.asJSON {
				s.line(map[string]any{"event": "done", "kind": k.Name, "image": made.Image, "out": folder})
			}
			s.printf("%s phantom: %s\n  truth: %s\n", k.Name, made.Image, made.Truth)
			return nil
		},
	}
	if flags, ok := phantomFlags[k.Name]; ok {
		flags(c, o)
	}
	return c
}
