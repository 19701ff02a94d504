package report

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"slices"

	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/render"
)

// places are evenly spaced slices across axis, and which of them shows the most deposit. Across x and
// y a volume of one slice has none.
func (s *sheet[T]) places(axis render.Axis) (at []int, start int, err error) {
	n := s.labels.N[axis]
	if s.labels.N[2] == 1 && axis != render.Z {
		return nil, 0, errNoSlices
	}
	count := min(s.o.slices(axis), n)
	loads := s.loads(axis)
	most := -1.0
	for k := range count {
		i := (2*k + 1) * n / (2 * count)
		at = append(at, i)
		if loads[i] > most {
			most, start = loads[i], k
		}
	}
	if most <= 0 {
		start = count / 2
	}
	return at, start, nil
}

// loads counts the deposit voxels in each slice across axis, from the depths along another one.
func (s *sheet[T]) loads(axis render.Axis) []float64 {
	loads := make([]float64, s.labels.N[axis])
	along := render.Z // its picture has x as columns and y as rows
	if axis == render.Z {
		along = render.X // y as columns and z as rows, the last on top
	}
	width, _ := render.PlaneSize(s.labels.Grid, along)
	for i, d := range s.depth[along] {
		switch axis {
		case render.X:
			loads[i%width] += d
		case render.Y:
			loads[i/width] += d
		default:
			loads[len(loads)-1-i/width] += d
		}
	}
	return loads
}

// mapSteps is the number of colours of a map.
const mapSteps = 64

// paintMaps draws the depths in one scale of colours for all three.
func (s *sheet[T]) paintMaps(out *Pictures) error {
	factor, unit, step := 1.0, "voxels", [3]float64{1, 1, 1}
	if s.calibrated() {
		step = s.labels.Spacing
	}
	most := 0.0
	for a, depth := range s.depth {
		most = max(most, slices.Max(depth)*step[a])
	}
	if most == 0 {
		return nil
	}
	if s.calibrated() {
		factor, unit = lengthUnit(most)
	}
	out.Scale = Scale{Most: most * factor, Unit: unit}
	out.Scale.Colors = ramp()
	for _, axis := range []render.Axis{render.Z, render.Y, render.X} {
		width, height := render.PlaneSize(s.labels.Grid, axis)
		img := render.Grey(s.depth[axis], width, height, render.Window{High: most / step[axis]})
		file, err := encodePNG(heat(render.Shrink(img, fitted(width, mapSide, width, height), fitted(height, mapSide, width, height))))
		if err != nil {
			return err
		}
		p := s.frame(axis)
		p.Base = file
		p.Label = "Along " + axis.String()
		p.Alt = fmt.Sprintf("Deposit along the line of sight, looking along %v, up to %s %s", axis, free(slices.Max(s.depth[axis])*step[axis]*factor), unit)
		out.Maps = append(out.Maps, p)
	}
	return nil
}

// fitted is one side of a picture of width by height that is to be at most side long.
func fitted(length, side, width, height int) int {
	w, h := render.Fit(width, height, side)
	if length == width {
		return w
	}
	return h
}

// heat colours a grey picture; whatever is above 0 differs from the ground.
func heat(grey *image.Gray) *image.Paletted {
	palette := make(color.Palette, mapSteps)
	for i := range palette {
		palette[i] = render.RampColor(render.Heat, float64(i)/(mapSteps-1))
	}
	out := image.NewPaletted(grey.Rect, palette)
	for i, v := range grey.Pix {
		out.Pix[i] = uint8((int(v)*(mapSteps-1) + 254) / 255)
	}
	return out
}

// addViews draws the deposit opaque and what it sits on translucent, at even steps around z.
func (s *sheet[T]) addViews(ctx context.Context, out *Pictures) error {
	surfaces := s.surfaces()
	if s.o.Views < 0 || s.labels.N[2] == 1 || len(surfaces) == 0 {
		return nil
	}
	labels := s.labels
	if !s.calibrated() {
		labels = &volume.Labels{Grid: labels.Grid, Data: labels.Data}
		labels.Spacing = [3]float64{}
	}
	scene, err := render.NewScene(ctx, labels, surfaces, render.SceneOptions{Side: sceneSide, Workers: s.o.Workers}, s.o.Progress)
	if err != nil {
		return err
	}
	if f := scene.Reduced(); f != [3]int{1, 1, 1} {
		out.Notes = append(out.Notes, fmt.Sprintf("The 3D view is drawn from blocks of %d × %d × %d voxels; the thinnest films may not show there. In the slices a single voxel stays visible.", f[0], f[1], f[2]))
	}
	_, rows, _ := scene.Size(render.View{Elevation: viewAbove, Width: viewWidth})
	width := viewWidth
	if rows > viewWidth*3/2 { // a tall volume: as high as its neighbours in the report
		width = max(viewWidth*viewWidth*3/2/rows, 1)
	}
	s.o.Progress.Stage("3D views", s.o.Views)
	for k := range s.o.Views {
		p, err := s.view(ctx, scene, render.View{Azimuth: 360 * float64(k) / float64(s.o.Views), Elevation: viewAbove, Width: width})
		if err != nil {
			return err
		}
		out.Views = append(out.Views, p)
		s.o.Progress.Add(1)
	}
	return nil
}

func (s *sheet[T]) view(ctx context.Context, scene *render.Scene, v render.View) (Picture, error) {
	img, err := scene.Draw(ctx, v, parallel.Discard{})
	if err != nil {
		return Picture{}, err
	}
	file, err := encodeJPEG(onBackdrop(img))
	if err != nil {
		return Picture{}, err
	}
	w, h, length := scene.Size(v)
	return Picture{
		Label: fmt.Sprintf("%.0f°", v.Azimuth),
		Alt:   fmt.Sprintf("3D view of the deposit and what it sits on, turned by %.0f degrees", v.Azimuth),
		Base:  file, Width: length, Height: length * float64(h) / float64(w), Calibrated: s.calibrated(),
	}, nil
}

// surfaces are what the 3D view shows; a gas lumen is inside its fibre and is left out.
func (s *sheet[T]) surfaces() []render.Surface {
	var out []render.Surface
	ghost := render.Surface{Ghost: true, Color: color.NRGBA{0xc8, 0xd4, 0xe0, 255}}
	for _, c := range s.classes {
		ink, _ := parseColor(colorOf(c))
		switch {
		case !support[c.Name]:
			out = append(out, render.Surface{Classes: []uint8{c.Value}, Color: ink})
		case c.Name != lumen:
			ghost.Classes = append(ghost.Classes, c.Value)
		}
	}
	if len(ghost.Classes) > 0 {
		out = append(out, ghost)
	}
	return out
}
