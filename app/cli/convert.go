package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"explant/app/pipeline"
	"explant/io/calibration"
)

func (s *session) convert() *cobra.Command {
	var c pipeline.Conversion
	var spacing, pixelSize, isotropic, plane string
	cmd := &cobra.Command{
		Use:   "convert IMAGE OUTPUT",
		Short: "Write an image in another format: NRRD, MetaImage, NIfTI, OME-TIFF",
		Long: `convert writes any IMAGE that explant reads (a file, or a folder of slices) in the format that the
extension of OUTPUT names: .nrrd, .mha, .nii, .nii.gz, or .ome.tif (also .tif, .tiff).
Samples keep their values and their type; voxel size, origin and axes are kept where the format has a place
for them, and a warning says what it has none for. An unknown voxel size stays unknown unless --spacing or
--pixel-size states it. Nothing else of a header is copied, no name of a person either.
It goes slice by slice, so that the memory does not grow with the image.

--isotropic resamples a volume to cubes: averaged by area where it gets coarser, linear where it gets finer.
--plane cuts one plane out of a volume: a slice by its index from 0 (z=120), or an oblique plane through a
point in scanner coordinates with a normal (4mm,4mm,2.5mm:0,1,1), trilinear, on square pixels of the smallest
spacing, 0 outside the volume. OUTPUT may then also be a .png, drawn between the 0.5th and 99.5th percentile.`,
		Example: `  explant convert scan/ scan.nrrd --spacing 20um
  explant convert scan.isq scan.ome.tif
  explant convert labels.nrrd labels.nii.gz --force
  explant convert field.jpg field.ome.tif --pixel-size 0.5um --json
  explant convert scan.nrrd cubes.nrrd --isotropic=20um
  explant convert scan.nrrd slice.png --plane z=120
  explant convert scan.nrrd cut.ome.tif --plane 4mm,4mm,2.5mm:0,1,1`,
		Args: wantArgs(2, 2, "an image and the file to write"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			c.Input, c.Output = args[0], args[1]
			if c.Spacing, err = typedSpacing(spacing, pixelSize); err != nil {
				return usageError{err}
			}
			if err := reshaping(&c, isotropic, plane); err != nil {
				return usageError{err}
			}
			if err := c.Check(); err != nil {
				return usageError{err}
			}
			return s.convertOne(cmd.Context(), c)
		},
	}
	cmd.Flags().StringVar(&spacing, "spacing", "", "voxel size with its unit, one value or x,y,z: 20um")
	cmd.Flags().StringVar(&pixelSize, "pixel-size", "", "pixel size of a slide or field with its unit: 0.5um")
	cmd.Flags().StringVar(&isotropic, "isotropic", "", "resample to cubes of this edge, or of the smallest spacing")
	cmd.Flags().Lookup("isotropic").NoOptDefVal = smallest
	cmd.Flags().StringVar(&plane, "plane", "", "cut out a plane: z=120, or point and normal 4mm,4mm,2.5mm:0,1,1")
	cmd.Flags().BoolVar(&c.Force, "force", false, "replace OUTPUT where it exists")
	return cmd
}

// smallest is what --isotropic means without a value.
const smallest = "smallest"

// reshaping reads what the flags ask to be made of the voxels.
func reshaping(c *pipeline.Conversion, isotropic, plane string) error {
	switch isotropic {
	case "":
	case smallest:
		c.Isotropic = new(float64)
	default:
		mm, err := calibration.Length(isotropic)
		if err != nil {
			return fmt.Errorf("--isotropic: %w", err)
		}
		c.Isotropic = &mm
	}
	if plane == "" {
		return nil
	}
	cut, err := pipeline.ParseCut(plane)
	if err != nil {
		return fmt.Errorf("--plane: %w", err)
	}
	c.Plane = &cut
	return nil
}

func (s *session) convertOne(ctx context.Context, c pipeline.Conversion) error {
	p := newPrinter(s.asJSON, s.out, s.err)
	done, err := pipeline.Convert(ctx, c, p)
	p.Close()
	if err != nil {
		return err
	}
	i := done.Info
	if s.asJSON {
		s.line(convertLine{
			Event: "done", Image: c.Input, Out: c.Output, Format: done.Format, Size: i.Grid.N, Type: string(i.Type), Channels: i.Channels,
			SpacingMM: i.Grid.Spacing, Warnings: append([]string{}, done.Warnings...),
		})
		return nil
	}
	s.printf("%s: %s, %s, %s\n  calibration: %s\n", c.Output, done.Format, sizeText(i.Grid.N), i.Type, pipeline.CalibrationText(i.Grid))
	for _, w := range done.Warnings {
		s.printf("  warning: %s\n", w)
	}
	return nil
}

type convertLine struct {
	Event     string     `json:"event"`
	Image     string     `json:"image"`
	Out       string     `json:"out"`
	Format    string     `json:"format"`
	Size      [3]int     `json:"size"`
	Type      string     `json:"type"`
	Channels  int        `json:"channels"`
	SpacingMM [3]float64 `json:"spacing_mm"`
	Warnings  []string   `json:"warnings"`
}
