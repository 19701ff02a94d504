package cli

import (
	"fmt"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"explant/analysis/classify"
	"explant/analysis/stain"
	"explant/app/pipeline"
)

// trainFlags are those of train.
type trainFlags struct {
	pipeline.TrainJob
	spacing, pixelSize string
	unbalanced         bool
}

func (s *session) train() *cobra.Command {
	var f trainFlags
	c := &cobra.Command{
		Use:   "train ANNOTATIONS.geojson... --image FILE... --out MODEL",
		Short: "Train a classifier of pixels or voxels on drawn regions",
		Long: `train learns classes from regions that were drawn on images, in QuPath or in explant-desktop, and writes one
file that 'explant analyze --classifier' applies, with a report beside it. The class of a region is the class of its
object. Polygons, ellipses, lines and points count; in a volume an object lies on the slice of its plane.
State one --image for each file of annotations, in the same order.

The accuracy that is printed comes from cross-validation over whole regions: draw at least three of each class, in
different places. The same images, regions and settings give the same file on any machine.`,
		Example: `  explant train slide.geojson --image slide.svs --out clot.model
  explant train slide.geojson --image slide.svs --stain msb --out clot.model
  explant train a.geojson b.geojson --image a.ome.tif --image b.ome.tif --out nets.model
  explant train field.geojson --image dna=dna.png,h3cit=h3.png --pixel-size 0.325um --out nets.model
  explant train scan.geojson --image scan.nrrd --spacing 20um --out scan.model
  explant analyze other.svs --classifier clot.model --out result`,
		Args: wantArgs(1, -1, "at least one file of annotations"),
		RunE: func(cmd *cobra.Command, args []string) error {
			f.Annotations, f.Forest.Balanced = args, !f.unbalanced
			return s.runTrain(cmd, f)
		},
	}
	c.Flags().StringArrayVar(&f.Images, "image", nil, "image of a file of annotations, in the same order; channels in files of their own as dna=a.png,h3cit=b.png")
	c.Flags().StringVarP(&f.Out, "out", "o", "", "file of the classifier; its report is the same name with .html")
	c.Flags().StringArrayVar(&f.Channels, "channel", nil, "fluorescence channel by number, the same for every image: dna=1 (default: those that have names)")
	c.Flags().StringVar(&f.Stain, "stain", "", "take the amounts of the stains of a profile instead of red, green and blue")
	c.Flags().StringVar(&f.pixelSize, "pixel-size", "", "pixel size of slides and fields with its unit: 0.5um")
	c.Flags().StringVar(&f.spacing, "spacing", "", "voxel size with its unit, one value or x,y,z: 20um")
	c.Flags().IntVar(&f.Levels, "levels", 0, "scales of the features, 1 to 6: 1, 2.2, 4.6, 9.2, 18 and 37 pixels (default 4, of volumes 3)")
	c.Flags().IntVar(&f.Forest.Trees, "trees", 100, "trees of the forest")
	c.Flags().IntVar(&f.Forest.MinLeaf, "min-leaf", 2, "least number of pixels in a leaf of a tree")
	c.Flags().Uint64Var(&f.Forest.Seed, "seed", 1, "seed of the trees and of the choice of pixels")
	c.Flags().IntVar(&f.Samples, "samples", 50000, "about how many labelled pixels are used, the same number of each class as far as there are (unless --unbalanced)")
	c.Flags().IntVar(&f.Folds, "folds", 5, "parts of the cross-validation over regions, 2 or more; 0 saves its time, and areas get no interval")
	c.Flags().BoolVar(&f.unbalanced, "unbalanced", false, "let classes count by the area drawn, not all the same: where the drawing covers whole fields")
	c.Flags().BoolVar(&f.OwnRange, "own-range", false, "scale the channels of each field by its own 1st and 99.8th percentile: where exposures differ")
	c.Flags().BoolVar(&f.Force, "force", false, "replace a classifier that exists")
	completeFlag(c, "stain", stain.Names)
	return c
}

func (s *session) runTrain(cmd *cobra.Command, f trainFlags) (err error) {
	if f.Out == "" || len(f.Images) != len(f.Annotations) || f.Samples < 10 || f.Folds < 0 || f.Folds == 1 || f.Folds > 20 {
		return usageError{fmt.Errorf("--out FILE and one --image for each of the %d files of annotations are wanted, --samples of 10 or more and --folds of 0 or 2 to 20; see '%s --help'", len(f.Annotations), cmd.CommandPath())}
	}
	if f.Spacing, err = typedSpacing(f.spacing, f.pixelSize); err != nil {
		return usageError{err}
	}
	p := newPrinter(s.asJSON, s.out, s.err)
	m, err := pipeline.Train(cmd.Context(), f.TrainJob, s.limits(), p)
	p.Close()
	if err != nil {
		return err
	}
	if s.asJSON {
		s.line(map[string]any{"event": "done", "classifier": f.Out, "sha256": m.Hash, "report": pipeline.ModelReport(f.Out), "samples": m.Samples,
			"classes": m.Classes, "cross_validation": m.Cross, "out_of_bag": m.OutOfBag, "warnings": m.Warnings})
		return nil
	}
	s.accuracy(m)
	s.printf("  classifier: %s\n  report: %s\n", f.Out, filepath.Clean(pipeline.ModelReport(f.Out)))
	return nil
}

// accuracy prints how well each class is found.
func (s *session) accuracy(m *classify.Model) {
	s.printf("%d pixels of %d regions, %d features; out of bag %.1f %% wrong\n", m.Samples, len(m.Regions), m.Bank.Len(), 100*m.OutOfBag.Error())
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	if m.Cross == nil {
		s.printf("no cross-validation: it was not wanted, or no class has two regions\n")
	} else {
		s.printf("cross-validation over regions, %d folds: %.1f %% wrong, kappa %.2f\n", m.Cross.Folds, 100*m.Cross.Confusion.Error(), m.Cross.Agreement)
		fmt.Fprint(w, "class\tregions\tpixels\tfound\tright\tDice\tarea off (RMS)\t\n")
		for k, c := range m.Classes {
			own, given, right := m.Cross.Confusion.Class(k)
			off := "not known"
			if c.AreaError != nil {
				off = fmt.Sprintf("%.1f %%", 100**c.AreaError)
			}
			fmt.Fprintf(w, "%s\t%d\t%d\t%s\t%s\t%s\t%s\t\n", c.Name, c.Regions, c.Samples, portion(right, own), portion(right, given), portion(2*right, own+given), off)
		}
		_ = w.Flush() // a terminal that is gone cannot be told
	}
	for _, text := range m.Warnings {
		s.printf("  warning: %s\n", text)
	}
}

func portion(num, den int64) string {
	if den == 0 {
		return "not known"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(num)/float64(den))
}
