package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"explant/io/imagefile"
	"explant/io/meshfile"
	"explant/io/open"
	"explant/volume"
	"explant/volume/filter"
	"explant/volume/mesh"
	"explant/volume/parallel"
)

// Meshing is the surface of a volume on its way into a file.
type Meshing struct {
	Input   string
	Output  string     // .stl or .ply
	Spacing [3]float64 // mm, as typed by the user; 0 where the header is to be believed
	Force   bool       // replace an Output that exists

	// The surface: where the greys pass Level, or around the voxels of class Label of a label image.
	Level *float64
	Label *uint8
	// Smooth is the standard deviation in voxels of a Gaussian over the greys, or over the mask of the
	// class, whose steps it takes off; 0 for none.
	Smooth float64
}

// Meshed is what was written.
type Meshed struct {
	Vertices, Triangles int
	AreaMM2, VolumeMM3  float64
	Info                imagefile.Info // of the image, with its calibration
}

// meshWriters are the formats by their extension.
var meshWriters = map[string]func(io.Writer, *mesh.Surface) error{".stl": meshfile.WriteSTL, ".ply": meshfile.WritePLY}

// Check reports a mesh that cannot be made whatever the image holds.
func (m Meshing) Check() error {
	if meshWriters[strings.ToLower(filepath.Ext(m.Output))] == nil {
		return fmt.Errorf("%s: the extension says the format: .stl or .ply", m.Output)
	}
	if (m.Level == nil) == (m.Label == nil) {
		return errors.New("say where the surface is: --level GREY or --label CLASS")
	}
	if !(m.Smooth >= 0 && m.Smooth <= 10) {
		return fmt.Errorf("--smooth %g: 0 to 10 voxels are wanted", m.Smooth)
	}
	return outputFile{m.Input, m.Output, m.Force}.check()
}

// Mesh writes a surface of a volume as a closed mesh of triangles in mm. The voxel size must be known.
func Mesh(ctx context.Context, m Meshing, l Limits, p parallel.Progress) (done Meshed, err error) {
	if err := m.Check(); err != nil {
		return done, err
	}
	r, err := open.Path(ctx, m.Input, open.Options{})
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	done.Info = r.Info()
	Job{Spacing: m.Spacing}.calibrate(&done.Info.Grid)
	if _, err := done.Info.Grid.VoxelVolume(); err != nil {
		return done, fmt.Errorf("%s: a mesh needs the voxel size, %s", m.Input, CalibrationText(done.Info.Grid))
	}
	loaded, _, err := open.Volume(ctx, r, open.Load{Workers: l.Workers, MaxBytes: l.Memory}, p)
	if err != nil {
		return done, fmt.Errorf("%s: %w", m.Input, err)
	}
	o := parallel.Options{Workers: l.Workers}
	var s *mesh.Surface
	switch v := loaded.(type) {
	case *volume.Volume[uint8]:
		s, err = surface(ctx, m, done.Info.Grid, v, o, p)
	case *volume.Volume[uint16]:
		s, err = surface(ctx, m, done.Info.Grid, v, o, p)
	case *volume.Volume[int16]:
		s, err = surface(ctx, m, done.Info.Grid, v, o, p)
	case *volume.Volume[float32]:
		s, err = surface(ctx, m, done.Info.Grid, v, o, p)
	}
	if err != nil {
		return done, err
	}
	if len(s.Triangles) == 0 {
		return done, fmt.Errorf("%s: there is no surface at that level or of that class", m.Input)
	}
	done.Vertices, done.Triangles, done.AreaMM2, done.VolumeMM3 = len(s.Vertices), len(s.Triangles), s.Area(), s.Volume()
	err = outputFile{m.Input, m.Output, m.Force}.write(ctx, func(f *os.File) error {
		return meshWriters[strings.ToLower(filepath.Ext(m.Output))](f, s)
	})
	return done, err
}

// surface meshes v, of which g is the grid.
func surface[T volume.Voxel](ctx context.Context, m Meshing, g volume.Grid, v *volume.Volume[T], o parallel.Options, p parallel.Progress) (*mesh.Surface, error) {
	v.Grid = g
	if m.Label != nil {
		mask := volume.New[float32](g)
		for i, x := range v.Data {
			if x == T(*m.Label) {
				mask.Data[i] = 1
			}
		}
		return smoothed(ctx, mask, m.Smooth, 0.5, o, p)
	}
	if m.Smooth == 0 {
		return mesh.Isosurface(ctx, v, *m.Level, o, p)
	}
	return smoothed(ctx, v, m.Smooth, *m.Level, o, p)
}

func smoothed[T volume.Voxel](ctx context.Context, v *volume.Volume[T], sigma, level float64, o parallel.Options, p parallel.Progress) (*mesh.Surface, error) {
	soft, err := filter.Gaussian(ctx, v, [3]float64{sigma, sigma, sigma}, o, p)
	if err != nil {
		return nil, err
	}
	return mesh.Isosurface(ctx, soft, level, o, p)
}
