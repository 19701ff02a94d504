package cli

import (
	"github.com/spf13/cobra"

	"explant/app/pipeline"
)

// phantomFlags are the flags that a kind of phantom has beside size and seed.
var phantomFlags = map[string]func(*cobra.Command, *pipeline.PhantomOptions){
	"oxygenator": func(c *cobra.Command, o *pipeline.PhantomOptions) {
		c.Flags().BoolVar(&o.Imperfect, "imperfect", false, "oval, wavy, crushed, filled and missing fibres")
	},
	"connector": func(c *cobra.Command, o *pipeline.PhantomOptions) {
		c.Flags().BoolVar(&o.Unused, "unused", false, "without clot and otherwise placed in the scanner: the reference of the same seed")
	},
}
