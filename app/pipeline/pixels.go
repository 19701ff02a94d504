package pipeline

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"slices"
	"strings"

	"explant/analysis/classify"
	"explant/analysis/fluorescence"
	"explant/io/imagefile"
	"explant/io/open"
	"explant/volume"
	"explant/volume/parallel"
)

// pixels is an image as a classifier takes it.
type pixels struct {
	classify.Found
	source classify.Source
	ranges [][2]float64       // by channel: least and largest value; 0 and 255 of 8 bits
	field  fluorescence.Field // the planes of channels and of a grey, for pictures
	volume any                // *volume.Volume of a type
}

// readPixels reads an image for a classifier. stated are the channels that the user named; where there are none, those
// of the file that have names. A colour image stays in its file, others are read.
func readPixels(ctx context.Context, in imagefile.Reader, info imagefile.Info, channels []stated, o parallel.Options, p parallel.Progress) (px pixels, warnings []string, err error) {
	px.Grid = info.Grid
	switch {
	case info.Grid.N[2] > 1 && info.Channels == 1 && len(channels) == 0:
		px.Kind = classify.Volume
		warnings, err = px.readVolume(ctx, in, o, p)
	case info.Channels == 3 && len(info.ChannelNames) == 0 && len(channels) == 0:
		px.Kind = classify.Colour
		px.ranges = [][2]float64{{0, 255}, {0, 255}, {0, 255}}
		var picture *open.Picture
		picture, err = open.RGB(in)
		px.source = colourSource{picture}
	default:
		err = px.readPlanes(ctx, in, info, channels)
	}
	return px, warnings, err
}

// readPlanes reads measured channels, or one grey.
func (px *pixels) readPlanes(ctx context.Context, in imagefile.Reader, info imagefile.Info, channels []stated) error {
	px.Kind = classify.Channels
	planes, _, err := open.Planes(ctx, in)
	if err != nil {
		return err
	}
	px.Grid.N[2], px.Grid.Spacing[2] = 1, 0
	px.field.Grid = px.Grid
	if len(channels) == 0 {
		for c := range planes {
			name := channelName(info, c)
			px.field.Channels = append(px.field.Channels, fluorescence.Channel{Marker: name, Name: name, Counts: planes[c]})
		}
		if len(planes) == 1 {
			px.Kind = classify.Grey
		}
	}
	for _, s := range channels {
		switch {
		case s.file != "":
			c, err := channelOf(ctx, s, px.Grid)
			if err != nil {
				return err
			}
			px.field.Channels = append(px.field.Channels, c)
		case s.number > len(planes):
			return fmt.Errorf("--channel %s=%d: the image has %d channels", s.marker, s.number, len(planes))
		default:
			px.field.Channels = append(px.field.Channels, fluorescence.Channel{Marker: s.marker, Name: s.marker, Counts: planes[s.number-1]})
		}
	}
	src := planeSource{n: px.Grid.N}
	for _, c := range px.field.Channels {
		px.Channels = append(px.Channels, c.Marker)
		src.planes = append(src.planes, c.Counts)
		px.ranges = append(px.ranges, rangeOf(c.Counts, info.Type))
	}
	px.source = src
	return nil
}

// arrange puts measured channels into the order in which a classifier names them.
func (px *pixels) arrange(in classify.Input) error {
	if px.Kind != classify.Channels || in.Kind != classify.Channels {
		return nil
	}
	src := planeSource{n: px.Grid.N}
	var names []string
	var ordered []fluorescence.Channel
	for _, want := range in.Channels {
		for _, c := range px.field.Channels {
			if strings.EqualFold(c.Marker, want.Name) {
				names, ordered, src.planes = append(names, want.Name), append(ordered, c), append(src.planes, c.Counts)
				break
			}
		}
	}
	if len(names) != len(in.Channels) {
		return in.Fit(px.Found) // says what is missing
	}
	px.Channels, px.field.Channels, px.source = names, ordered, src
	return nil
}

func (px *pixels) readVolume(ctx context.Context, in imagefile.Reader, o parallel.Options, p parallel.Progress) (warnings []string, err error) {
	if px.volume, warnings, err = open.Volume(ctx, in, open.Load{Workers: o.Workers}, p); err != nil {
		return nil, err
	}
	switch v := px.volume.(type) {
	case *volume.Volume[uint8]:
		err = takeVolume(px, v, imagefile.Uint8)
	case *volume.Volume[uint16]:
		err = takeVolume(px, v, imagefile.Uint16)
	case *volume.Volume[int16]:
		err = takeVolume(px, v, imagefile.Int16)
	case *volume.Volume[float32]:
		err = takeVolume(px, v, imagefile.Float32)
	default:
		err = fmt.Errorf("volumes of %T are not classified", v)
	}
	return warnings, err
}

func takeVolume[T volume.Voxel](px *pixels, v *volume.Volume[T], t imagefile.Type) error {
	v.Grid = px.Grid
	px.source = volumeSource[T]{v}
	px.ranges = [][2]float64{rangeOf(v.Data, t)}
	return nil
}

// rangeOf is the least and the largest number among values.
func rangeOf[T volume.Voxel](values []T, t imagefile.Type) [2]float64 {
	if t == imagefile.Uint8 {
		return [2]float64{0, 255}
	}
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if x := float64(v); !math.IsInf(x, 0) && !math.IsNaN(x) {
			lo, hi = min(lo, x), max(hi, x)
		}
	}
	return [2]float64{lo, hi}
}

// colourSource reads windows of a slide.
type colourSource struct{ picture *open.Picture }

func (s colourSource) Size() [3]int {
	w, h := s.picture.Size()
	return [3]int{w, h, 1}
}

func (s colourSource) Read(ctx context.Context, lo, hi [3]int, dst [][]float32) error {
	r := image.Rect(lo[0], lo[1], hi[0], hi[1])
	rgb := make([]uint8, 3*r.Dx()*r.Dy())
	if err := s.picture.ReadRGB(ctx, r, rgb); err != nil {
		return err
	}
	for c := range dst {
		for i := range dst[c] {
			dst[c][i] = float32(rgb[3*i+c])
		}
	}
	return nil
}

// planeSource is channels in memory.
type planeSource struct {
	n      [3]int
	planes [][]float32
}

func (s planeSource) Size() [3]int { return s.n }

func (s planeSource) Read(_ context.Context, lo, hi [3]int, dst [][]float32) error {
	if len(dst) != len(s.planes) {
		return errors.New("another number of channels is wanted than the image has")
	}
	w := hi[0] - lo[0]
	for c, p := range s.planes {
		for y := lo[1]; y < hi[1]; y++ {
			copy(dst[c][(y-lo[1])*w:][:w], p[y*s.n[0]+lo[0]:])
		}
	}
	return nil
}

// The percentiles of the values of an image that become the ends of its own range.
const (
	lowPercentile  = 1
	highPercentile = 99.8
)

// Ranges are the low and the high percentile of each channel.
func (s planeSource) Ranges() [][2]float64 {
	var all [][2]float64
	for _, p := range s.planes {
		sorted := slices.Sorted(slices.Values(p))
		at := func(percent float64) float64 { return float64(sorted[int(percent/100*float64(len(sorted)-1))]) }
		all = append(all, [2]float64{at(lowPercentile), at(highPercentile)})
	}
	return all
}

// volumeSource is a volume in memory.
type volumeSource[T volume.Voxel] struct{ v *volume.Volume[T] }

func (s volumeSource[T]) Size() [3]int { return s.v.N }

func (s volumeSource[T]) Read(_ context.Context, lo, hi [3]int, dst [][]float32) error {
	to := 0
	for z := lo[2]; z < hi[2]; z++ {
		for y := lo[1]; y < hi[1]; y++ {
			from := s.v.Offset(lo[0], y, z)
			for _, x := range s.v.Data[from : from+hi[0]-lo[0]] {
				dst[0][to] = float32(x)
				to++
			}
		}
	}
	return nil
}
