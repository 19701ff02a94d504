package cli

import (
	"errors"
	"path/filepath"

	"github.com/spf13/cobra"

	"explant/app/pipeline"
)

func (s *session) pin() *cobra.Command {
	var p pipeline.Pinning
	var spacing, pixelSize string
	c := &cobra.Command{
		Use:   "pin SLIDE --scan SCAN --points FILE --out DIR",
		Short: "Find where a section lies in the micro-CT volume, from three pairs of points or more",
		Long: `pin places SLIDE in SCAN: by least squares from pairs of points that both show, and then by moving and turning it
a little until what it shows tells most of what the scan shows in its plane (mutual information). It writes into
--out: section.yaml, the entry for the frame file; result.json and measurements.csv with the residuals; report.html
with the slide beside the scan and both as a checkerboard; provenance.json.

The points are a YAML file,
  points:
    - {slide_px: [120, 340], scan_mm: [1.20, 3.44, 2.10]}      or slide_mm, or scan_voxel
or the points of a GeoJSON file that carry a property scan_mm. Places on the slide count from its upper left corner.`,
		Example: `  explant pin S01.svs --scan scan.nrrd --points S01-points.yaml --out S01-pinned
  explant pin S01.png --scan scan/ --points S01.geojson --spacing 20um --pixel-size 1um --scaled --out S01-pinned`,
		Args: wantArgs(1, 1, "one slide"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if p.Slide = args[0]; p.Scan == "" || p.Points == "" || p.Out == "" {
				return usageError{errors.New("--scan, --points and --out are wanted, all three")}
			}
			if p.Spacing, err = typedSpacing(spacing, ""); err != nil {
				return usageError{err}
			}
			if p.Pixel, err = typedSpacing("", pixelSize); err != nil {
				return usageError{err}
			}
			printer := newPrinter(s.asJSON, s.out, s.err)
			res, err := pipeline.Pin(cmd.Context(), p, s.limits(), printer)
			printer.Close()
			if err != nil {
				return err
			}
			s.summary(res, p.Out)
			s.printf("  for the frame file: %s\n", filepath.Join(p.Out, pipeline.FrameSection))
			return nil
		},
	}
	c.Flags().StringVar(&p.Scan, "scan", "", "the micro-CT volume: a file, or a folder of slices")
	c.Flags().StringVar(&p.Points, "points", "", "pairs of points: .yaml, or .geojson with the property scan_mm")
	c.Flags().StringVarP(&p.Out, "out", "o", "", "folder for the results")
	c.Flags().StringVar(&p.Name, "name", "", "name of the section in the frame file (default: that of the slide)")
	c.Flags().StringVar(&spacing, "spacing", "", "voxel size of the scan with its unit: 20um (default: that of the file)")
	c.Flags().StringVar(&pixelSize, "pixel-size", "", "pixel size of the slide with its unit: 0.5um (default: that of the file)")
	c.Flags().BoolVar(&p.Scaled, "scaled", false, "the section may have shrunk or swollen: find its scale too")
	c.Flags().BoolVar(&p.PointsOnly, "points-only", false, "believe the points; do not refine")
	return c
}
