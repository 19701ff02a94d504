package report

import (
	"context"
	"errors"
	"fmt"

	"explant/analysis/result"
	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/render"
)

// Longest sides of pictures in pixels. Slices start at the largest and become smaller until the file
// is small enough.
const (
	sliceSide    = 640
	leastSide    = 160
	mapSide      = 420
	viewWidth    = 480
	sceneSide    = 160 // cells of the 3D view, give or take a half
	viewAbove    = 22  // degrees that the 3D views look down
	blackPercent = 0.5
	whitePercent = 99.8
)

// VolumePictures makes the pictures of a volume: slices across the three axes with every class as a
// layer, deposit along the line of sight, and 3D views all around. Grey and labels lie on one grid.
// It reports progress to o.Progress and stops when ctx ends.
func VolumePictures[T volume.Voxel](ctx context.Context, grey *volume.Volume[T], labels *volume.Labels, classes []result.Class, o PictureOptions) (Pictures, error) {
	if grey.N != labels.N {
		return Pictures{}, fmt.Errorf("pictures: %v grey voxels and %v labels", grey.N, labels.N)
	}
	if err := grey.Check(); err != nil {
		return Pictures{}, fmt.Errorf("pictures: %w", err)
	}
	o = o.filled()
	window, err := render.Percentiles(grey, blackPercent, whitePercent)
	if err != nil {
		return Pictures{}, fmt.Errorf("pictures: %w", err)
	}
	s := sheet[T]{grey: grey, labels: labels, window: window, classes: present(drawn(classes), labels.Data), o: o}
	out := Pictures{Notes: s.notes()}
	for _, c := range s.classes {
		out.Layers = append(out.Layers, Layer{Name: c.Name, Color: colorOf(c), Shown: !support[c.Name]})
	}
	for _, step := range []func(context.Context, *Pictures) error{s.addMaps, s.addViews, s.addStacks} {
		if err := step(ctx, &out); err != nil {
			return Pictures{}, fmt.Errorf("pictures: %w", err)
		}
	}
	return out, nil
}

// sheet is the work of one call of VolumePictures.
type sheet[T volume.Voxel] struct {
	grey    *volume.Volume[T]
	labels  *volume.Labels
	window  render.Window
	classes []result.Class
	o       PictureOptions
	depth   [3][]float64 // deposit voxels along each axis
}

func (s *sheet[T]) run() parallel.Options { return parallel.Options{Workers: s.o.Workers} }

// calibrated reports whether all three spacings are known: a picture across any axis is then in mm.
func (s *sheet[T]) calibrated() bool { return s.labels.Calibrated() && s.labels.Spacing[2] > 0 }

func (s *sheet[T]) notes() []string {
	var notes []string
	if !s.calibrated() {
		notes = append(notes, "The voxel size is unknown: pictures are drawn as if voxels were cubes.")
	}
	return notes
}

// found are the classes that are not support: the deposit, as a rule.
func (s *sheet[T]) found() []uint8 {
	var out []uint8
	for _, c := range s.classes {
		if !support[c.Name] {
			out = append(out, c.Value)
		}
	}
	return out
}

// addMaps projects the deposit along the three axes; it also decides where the stacks start.
func (s *sheet[T]) addMaps(ctx context.Context, out *Pictures) error {
	found := s.found()
	if len(found) == 0 {
		return nil
	}
	for _, axis := range []render.Axis{render.Z, render.Y, render.X} {
		depth, err := render.Depth(ctx, s.labels, axis, found, s.run(), s.o.Progress)
		if err != nil {
			return err
		}
		s.depth[axis] = depth
	}
	if s.labels.N[2] == 1 {
		return nil
	}
	if err := s.paintMaps(out); err != nil {
		return err
	}
	return s.paintHot(out)
}

// slice gives one picture of a stack.
func (s *sheet[T]) slice(axis render.Axis, i, side int) (Picture, error) {
	img, err := render.Slice(s.grey, axis, i, s.window)
	if err != nil {
		return Picture{}, err
	}
	labels, err := render.Plane(s.labels, axis, i)
	if err != nil {
		return Picture{}, err
	}
	width, height := render.PlaneSize(s.labels.Grid, axis)
	w, h := render.Fit(width, height, side)
	p := s.frame(axis)
	p.Label = s.place(axis, i)
	p.Alt = "Micro-CT slice across " + axis.String() + ", " + p.Label
	if p.Base, err = encodeJPEG(render.Shrink(img, w, h)); err != nil {
		return Picture{}, err
	}
	p.Layers = make([]File, len(s.classes))
	shares := render.Shares(labels, width, height, w, h)
	for k, c := range s.classes {
		ink, _ := parseColor(colorOf(c))
		if p.Layers[k], err = encodeLayer(shares[c.Value], ink); err != nil {
			return Picture{}, err
		}
	}
	return p, nil
}

// frame is an empty picture in the shape of the slices across axis.
func (s *sheet[T]) frame(axis render.Axis) Picture {
	width, height := render.PlaneSize(s.labels.Grid, axis)
	p := Picture{Width: float64(width), Height: float64(height), Calibrated: s.calibrated()}
	if p.Calibrated {
		across, down := render.PlaneSpacing(s.labels.Grid, axis)
		p.Width *= across
		p.Height *= down
	}
	return p
}

// place names a slice: in mm from the first one, and by its number.
func (s *sheet[T]) place(axis render.Axis, i int) string {
	number := fmt.Sprintf("slice %d of %d", i+1, s.labels.N[axis])
	if step := s.labels.Spacing[axis]; s.calibrated() {
		factor, unit := lengthUnit(step * float64(s.labels.N[axis]))
		return fmt.Sprintf("%v = %s %s, %s", axis, Number(float64(i)*step*factor, decimals(step*factor, 1)), unit, number)
	}
	return number
}

// addStacks makes the slices at falling sizes until all image files together are small enough.
func (s *sheet[T]) addStacks(ctx context.Context, out *Pictures) error {
	fixed := out.Bytes()
	side, err := s.affordable(ctx, s.o.MaxBytes-fixed)
	if err != nil {
		return err
	}
	for ; ; side = side * 4 / 5 {
		out.Stacks = nil
		for _, axis := range []render.Axis{render.Z, render.Y, render.X} {
			stack, err := s.stack(ctx, axis, side)
			if err != nil {
				return err
			}
			if len(stack.Slices) > 0 {
				out.Stacks = append(out.Stacks, stack)
			}
		}
		switch size := out.Bytes(); {
		case size <= s.o.MaxBytes:
			return nil
		case side*4/5 < leastSide:
			return fmt.Errorf("%d bytes of pictures, of which %d are not slices, do not fit into %d: ask for fewer", size, fixed, s.o.MaxBytes)
		}
	}
}

// affordable is the side of slices that will probably need no more than so many bytes, by some slices of each
// stack: to make all of them in vain takes longer than to measure them.
func (s *sheet[T]) affordable(ctx context.Context, bytes int) (side int, err error) {
	n := s.labels.N
	for side = min(sliceSide, max(n[0], n[1], n[2])); side*4/5 >= leastSide; side = side * 4 / 5 {
		need, err := s.estimate(ctx, side)
		if err != nil {
			return 0, err
		}
		if need <= 0.97*float64(bytes) {
			break
		}
	}
	return side, nil
}

// sampled is how many slices of a stack its size is estimated from.
const sampled = 4

// estimate is about how many bytes the slices of a side need.
func (s *sheet[T]) estimate(ctx context.Context, side int) (bytes float64, err error) {
	for _, axis := range []render.Axis{render.Z, render.Y, render.X} {
		at, start, err := s.places(axis)
		if errors.Is(err, errNoSlices) {
			continue
		}
		if err != nil {
			return 0, err
		}
		some := [sampled]int{start, len(at) / 6, len(at) / 2, 5 * len(at) / 6}
		var size [sampled]int
		err = parallel.Each(ctx, sampled, s.run(), nil, func(_ context.Context, k int) error {
			p, err := s.slice(axis, at[some[k]], side)
			size[k] = bytesOf([]Picture{p})
			return err
		})
		if err != nil {
			return 0, err
		}
		for _, n := range size {
			bytes += float64(n*len(at)) / sampled
		}
	}
	return bytes, nil
}

var errNoSlices = errors.New("no slices across this axis")

func (s *sheet[T]) stack(ctx context.Context, axis render.Axis, side int) (Stack, error) {
	at, start, err := s.places(axis)
	if errors.Is(err, errNoSlices) {
		return Stack{}, nil
	}
	all := make([]Picture, len(at))
	s.o.Progress.Stage(fmt.Sprintf("slices across %v", axis), len(at))
	err = parallel.Each(ctx, len(at), s.run(), s.o.Progress, func(_ context.Context, k int) error {
		var err error
		all[k], err = s.slice(axis, at[k], side)
		return err
	})
	return Stack{Axis: axis.String(), Slices: all, Start: start}, err
}
