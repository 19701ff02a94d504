package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"explant/io/calibration"
	"explant/io/imagefile"
	"explant/io/open"
	"explant/io/raster"
	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/render"
	"explant/volume/resample"
	"explant/volume/reslice"
)

// Cut is a plane to be cut out of a volume: slice Index across Axis, or the plane of At when Oblique.
type Cut struct {
	Axis, Index int
	Oblique     bool
	At          reslice.Plane
}

// ParseCut reads a plane as a person types it: "z=120" is slice 120 across z, counted from 0;
// "4mm,4mm,2.5mm:0,1,1" the plane through a point, in scanner coordinates, with a normal of any length.
func ParseCut(s string) (Cut, error) {
	if axis, index, ok := strings.Cut(s, "="); ok {
		a := strings.Index("xyz", strings.TrimSpace(axis))
		i, err := strconv.Atoi(strings.TrimSpace(index))
		if len(strings.TrimSpace(axis)) != 1 || a < 0 || err != nil || i < 0 {
			return Cut{}, fmt.Errorf("plane %.60q: write for example z=120", s)
		}
		return Cut{Axis: a, Index: i}, nil
	}
	point, normal, ok := strings.Cut(s, ":")
	if !ok {
		return Cut{}, fmt.Errorf("plane %.60q: write a slice, z=120, or a point and a normal, 4mm,4mm,2.5mm:0,1,1", s)
	}
	c := Cut{Oblique: true}
	var err error
	if c.At.Point, err = triple(point, place); err != nil {
		return c, fmt.Errorf("plane %.60q: point: %w", s, err)
	}
	if c.At.Normal, err = triple(normal, func(t string) (float64, error) { return strconv.ParseFloat(t, 64) }); err != nil {
		return c, fmt.Errorf("plane %.60q: normal: %w", s, err)
	}
	return c, nil
}

func triple(s string, number func(string) (float64, error)) (out [3]float64, err error) {
	parts := strings.Split(s, ",")
	if len(parts) != 3 {
		return out, fmt.Errorf("%.40q: three numbers are wanted", s)
	}
	for a, p := range parts {
		if out[a], err = number(strings.TrimSpace(p)); err != nil {
			return out, err
		}
	}
	return out, nil
}

// place reads a coordinate with its unit, in mm.
func place(s string) (float64, error) {
	number := strings.TrimRight(s, "abcdefghijklmnopqrstuvwxyzµμ ")
	v, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return 0, fmt.Errorf("%.40q is not a number with a unit: write for example 2.5mm", s)
	}
	per, ok := calibration.PerUnit(strings.TrimSpace(s[len(number):]))
	if !ok {
		return 0, fmt.Errorf("%.40q has no known unit: write for example 2.5mm", s)
	}
	return v * per, nil
}

// reshapes reports a conversion that makes other voxels than those of the input.
func (c Conversion) reshapes() bool { return c.Plane != nil || c.Isotropic != nil }

// checkReshaping reports what cannot be done together.
func (c Conversion) checkReshaping() error {
	picture := strings.EqualFold(filepath.Ext(c.Output), ".png")
	switch {
	case c.Plane != nil && c.Isotropic != nil:
		return errors.New("--plane and --isotropic exclude each other: a plane is cut with square pixels where it is oblique")
	case picture && c.Plane == nil:
		return fmt.Errorf("%s: a PNG is made of a plane: name one with --plane, or write .nrrd, .mha, .nii or .ome.tif", c.Output)
	}
	return nil
}

// reshaped is the image with the voxels that are asked for.
func (c Conversion) reshaped(ctx context.Context, r imagefile.Reader, p parallel.Progress) (imagefile.Reader, error) {
	if c.Plane != nil && !c.Plane.Oblique { // one slice is read, not the volume
		w := imagefile.Whole(r.Info(), 0)
		if c.Plane.Index >= w.Max[c.Plane.Axis] {
			return nil, fmt.Errorf("slice %c = %d of a volume with %d: %w", "xyz"[c.Plane.Axis], c.Plane.Index, w.Max[c.Plane.Axis], reslice.ErrMissed)
		}
		w.Min[c.Plane.Axis], w.Max[c.Plane.Axis] = c.Plane.Index, c.Plane.Index+1
		var err error
		if r, err = imagefile.Part(r, w); err != nil {
			return nil, err
		}
	}
	loaded, _, err := open.Volume(ctx, r, open.Load{}, p)
	if err != nil {
		return nil, err
	}
	switch v := loaded.(type) {
	case *volume.Volume[uint8]:
		return reshape(ctx, c, r, v, p)
	case *volume.Volume[uint16]:
		return reshape(ctx, c, r, v, p)
	case *volume.Volume[int16]:
		return reshape(ctx, c, r, v, p)
	case *volume.Volume[float32]:
		return reshape(ctx, c, r, v, p)
	}
	return nil, fmt.Errorf("volumes of %T are not converted", loaded)
}

func reshape[T volume.Voxel](ctx context.Context, c Conversion, r imagefile.Reader, v *volume.Volume[T], p parallel.Progress) (imagefile.Reader, error) {
	v.Grid = r.Info().Grid // with the spacing that a person typed
	var out *volume.Volume[T]
	var err error
	switch {
	case c.Plane == nil:
		out, err = resample.Isotropic(ctx, v, *c.Isotropic, parallel.Options{}, p)
	case !c.Plane.Oblique:
		out, err = reslice.Across(ctx, v, c.Plane.Axis, 0)
	default:
		var g volume.Grid
		if g, err = reslice.Frame(v.Grid, c.Plane.At); err == nil {
			out, err = reslice.Onto(ctx, v, g, 0, parallel.Options{}, p)
		}
	}
	if err != nil {
		return nil, err
	}
	return imagefile.Memory(out, r.Info().Format), nil
}

// writePlane writes a plane as a PNG of 8 bits, black and white at the half and the 99.5th percentile.
func writePlane(ctx context.Context, f io.WriteSeeker, r imagefile.Reader, _ parallel.Progress) ([]string, error) {
	loaded, _, err := open.Volume(ctx, r, open.Load{}, parallel.Discard{})
	if err != nil {
		return nil, err
	}
	switch v := loaded.(type) {
	case *volume.Volume[uint8]:
		return planePNG(f, v)
	case *volume.Volume[uint16]:
		return planePNG(f, v)
	case *volume.Volume[int16]:
		return planePNG(f, v)
	case *volume.Volume[float32]:
		return planePNG(f, v)
	}
	return nil, fmt.Errorf("planes of %T are not drawn", loaded)
}

func planePNG[T volume.Voxel](f io.Writer, v *volume.Volume[T]) ([]string, error) {
	w, err := render.Percentiles(v, 0.5, 99.5)
	if err != nil {
		return nil, err
	}
	mm := v.Spacing[0]
	lost := []string{fmt.Sprintf("a PNG holds greys of 8 bits: %.4g became black and %.4g white", w.Low, w.High)}
	if v.Spacing[0] != v.Spacing[1] {
		mm = 0
		lost = append(lost, "pixels are not square, and the PNG does not say their size")
	}
	return lost, raster.WritePNG(f, render.Grey(v.Data, v.N[0], v.N[1], w), mm)
}
