package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"explant/analysis/segment"
	"explant/app/pipeline"
)

func (s *session) mesh() *cobra.Command {
	var m pipeline.Meshing
	var spacing, label string
	var level float64
	cmd := &cobra.Command{
		Use:   "mesh VOLUME OUTPUT --level GREY|--label CLASS",
		Short: "Write a surface of a volume as a triangle mesh: STL, PLY",
		Long: `mesh writes the surface at which the greys of VOLUME pass a level, or that around one class of a label
image, as a closed mesh in mm, for printing, flow simulation and viewers. The extension of OUTPUT says the
format: .stl or .ply. Vertices are placed between voxels by the greys; the steps of a label image are taken
off by --smooth.`,
		Example: `  explant mesh scan.nrrd device.stl --level 15000
  explant mesh scan.explant/labels.nrrd deposit.stl --label deposit --smooth 1
  explant mesh stack.tif fibres.ply --level 90 --spacing 1.3um --json`,
		Args: wantArgs(2, 2, "a volume and the file to write"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			m.Input, m.Output = args[0], args[1]
			if cmd.Flags().Changed("level") {
				m.Level = &level
			}
			if m.Label, err = labelValue(label); err != nil {
				return usageError{err}
			}
			if m.Spacing, err = typedSpacing(spacing, ""); err != nil {
				return usageError{err}
			}
			if err := m.Check(); err != nil {
				return usageError{err}
			}
			return s.meshOne(cmd.Context(), m)
		},
	}
	cmd.Flags().Float64Var(&level, "level", 0, "grey value of the surface; what is as bright or brighter is inside")
	cmd.Flags().StringVar(&label, "label", "", "class of a label image, by its name ("+strings.Join(segment.Names[:], ", ")+") or its number")
	cmd.Flags().Float64Var(&m.Smooth, "smooth", 0, "standard deviation in voxels of a Gaussian before the surface is taken")
	cmd.Flags().StringVar(&spacing, "spacing", "", "voxel size with its unit, one value or x,y,z: 20um")
	cmd.Flags().BoolVar(&m.Force, "force", false, "replace OUTPUT where it exists")
	completeFlag(cmd, "label", func() []string { return segment.Names[:] })
	return cmd
}

// labelValue is the class that a name or a number says, nil for "".
func labelValue(text string) (*uint8, error) {
	if text == "" {
		return nil, nil
	}
	if v, ok := segment.Value(text); ok {
		return &v, nil
	}
	n, err := strconv.ParseUint(text, 10, 8)
	if err != nil {
		return nil, fmt.Errorf("--label %q: one of %s, or a number up to 255", text, strings.Join(segment.Names[:], ", "))
	}
	v := uint8(n)
	return &v, nil
}

func (s *session) meshOne(ctx context.Context, m pipeline.Meshing) error {
	p := newPrinter(s.asJSON, s.out, s.err)
	done, err := pipeline.Mesh(ctx, m, s.limits(), p)
	p.Close()
	if err != nil {
		return err
	}
	if s.asJSON {
		s.line(meshLine{"done", m.Input, m.Output, done.Vertices, done.Triangles, done.AreaMM2, done.VolumeMM3})
		return nil
	}
	s.printf("%s: %d triangles, %d vertices, area %.5g mm², encloses %.5g mm³\n  calibration: %s\n",
		m.Output, done.Triangles, done.Vertices, done.AreaMM2, done.VolumeMM3, pipeline.CalibrationText(done.Info.Grid))
	return nil
}

type meshLine struct {
	Event     string  `json:"event"`
	Image     string  `json:"image"`
	Out       string  `json:"out"`
	Vertices  int     `json:"vertices"`
	Triangles int     `json:"triangles"`
	AreaMM2   float64 `json:"area_mm2"`
	VolumeMM3 float64 `json:"volume_mm3"`
}
