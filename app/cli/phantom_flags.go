package cli

import (
	"github.com/spf13/cobra"

	"explant/analysis/phantom/study"
	"explant/app/pipeline"
)

// phantomFlags are the flags that a kind of phantom has beside size and seed.
var phantomFlags = map[string]func(*cobra.Command, *pipeline.PhantomOptions){
	"oxygenator": func(c *cobra.Command, o *pipeline.PhantomOptions) {
		c.Flags().BoolVar(&o.Imperfect, "imperfect", false, "oval, wavy, crushed, filled and missing fibres")
		c.Flags().BoolVar(&o.Unused, "unused", false, "without deposit and otherwise placed in the scanner: the reference of the same seed")
		benchFlags(c, o)
		c.Flags().Var(&poseFlag{&o.Pose}, "pose", "how the device lies in the scanner: turned about x, y, z in degrees, then shifted along them in µm: 1.5,-1,2,40,0,-60")
	},
	"sphere": func(c *cobra.Command, o *pipeline.PhantomOptions) {
		benchFlags(c, o)
		c.Flags().Float64Var(&o.ObjectUM, "object", 0, "diameter of the balls in µm (default: 240)")
		c.Flags().BoolVar(&o.Bare, "bare", false, "without the polymer rod")
	},
	"film": func(c *cobra.Command, o *pipeline.PhantomOptions) {
		benchFlags(c, o)
		c.Flags().Float64Var(&o.ObjectUM, "object", 0, "thickness of the sleeves in µm (default: 100)")
	},
	"lattice": func(c *cobra.Command, o *pipeline.PhantomOptions) {
		benchFlags(c, o)
		c.Flags().Float64Var(&o.ObjectUM, "object", 0, "mean thickness of the films in µm (default: 90)")
	},
	"connector": func(c *cobra.Command, o *pipeline.PhantomOptions) {
		c.Flags().BoolVar(&o.Unused, "unused", false, "without clot and otherwise placed in the scanner: the reference of the same seed")
	},
	"device": func(c *cobra.Command, o *pipeline.PhantomOptions) {
		s := study.Default(1)
		o.Study = &s
		c.Flags().IntVar(&s.Arms, "arms", s.Arms, "arms of used devices, each with 0.6 times the burden of the one before")
		c.Flags().IntVar(&s.Devices, "devices", s.Devices, "used devices of each arm")
		c.Flags().IntVar(&s.Unused, "unused", s.Unused, "unused devices")
		c.Flags().IntVar(&s.Sections, "sections", s.Sections, "sections of each device")
		c.Flags().StringSliceVar(&s.Stains, "stains", s.Stains, "slides of each section, such as msb,dab")
		c.Flags().BoolVar(&s.IF, "if", false, "a field of immunofluorescence of each section too, with the control of the batch")
		c.Flags().IntVar(&s.SlidePX, "slide-px", s.SlidePX, "pixels of 1 µm along each side of a slide")
		c.Example = `  explant phantom device --out study --devices 3 --unused 1 --sections 4
  explant phantom device --out study --arms 2 --devices 4 --stains msb,dab
  explant analyze study/D01/D01-scan.nrrd --protocol oxygenator-ct --device study/D01/device.yaml`
	},
	"he": slideFlags, "msb": slideFlags, "carstairs": slideFlags, "dab": slideFlags, "psr": slideFlags, "ptah": slideFlags,
	"sem": func(c *cobra.Command, o *pipeline.PhantomOptions) {
		c.Flags().BoolVar(&o.Deposits, "deposits", false, "platelets, red cells and sheets of fibrin, at 25 nm a pixel")
		c.Flags().Float64Var(&o.DiameterPX, "diameter", 0, "mean fibre diameter in pixels, best 6 to 30 (default: 14, with deposits 8)")
		c.Flags().Float64Var(&o.SpreadPX, "spread", 0, "standard deviation of the fibre diameter in pixels (default: 3, with deposits 1.6)")
		c.Example = `  explant phantom sem --out network --diameter 8 --spread 2 --seed 3
  explant phantom sem --out clot --deposits --size 2048`
	},
	"serial": func(c *cobra.Command, o *pipeline.PhantomOptions) {
		o.Lost = new(int)
		c.Flags().IntVar(&o.Sections, "sections", 12, "sections cut from the block, the lost ones included")
		c.Flags().IntVar(o.Lost, "lost", 1, "sections lost, neither the first nor the last")
		c.Flags().Float64Var(&o.ThicknessUM, "thickness", 5, "thickness of a section in µm")
		c.Example = `  explant phantom serial --out block --seed 2
  explant phantom serial --out block --sections 30 --lost 3 --size 1024`
	},
}

// slideFlags are what slides of every stain share.
func slideFlags(c *cobra.Command, o *pipeline.PhantomOptions) {
	c.Flags().Float64Var(&o.DefocusUM, "defocus", 0, "standard deviation in µm of the blur of a patch that is out of focus (default: none)")
}

// benchFlags are what phantoms of fibres and of closed-form solids share.
func benchFlags(c *cobra.Command, o *pipeline.PhantomOptions) {
	c.Flags().Float64Var(&o.VoxelUM, "voxel", 0, "edge of a voxel in µm (default: 20)")
	c.Flags().Float64Var(&o.Noise, "noise", 0, "times the default noise (default: 1)")
}
