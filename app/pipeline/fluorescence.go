package pipeline

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"explant/analysis/fluorescence"
	"explant/analysis/result"
	"explant/io/imagefile"
	"explant/io/ometiff"
	"explant/io/open"
	"explant/io/report"
	"explant/volume"
)

// fluorescence measures the channels of a field, with the control slides of its batch.
func (r *run) fluorescence(ctx context.Context, in imagefile.Reader) (f found, err error) {
	params := *r.job.Protocol.Fluorescence
	var controls []fluorescence.Field
	for _, path := range r.job.Controls {
		k, err := r.control(ctx, path)
		if err != nil {
			return f, fmt.Errorf("control slide %s: %w", path, err)
		}
		controls = append(controls, k)
	}
	if isWide(r.info.Grid) {
		return r.wideFluorescence(ctx, in, controls)
	}
	field, err := r.field(ctx, in, r.info, true)
	if err != nil {
		return f, err
	}
	var labels []uint8
	if f.Findings, labels, err = fluorescence.Analyze(ctx, field, controls, params, r.options(), r.progress); err != nil {
		return f, err
	}
	if flag, projected := r.projection(); projected {
		f.Flags = append(f.Flags, flag)
	}
	return f, r.fieldFiles(ctx, field, labels, &f)
}

// fieldFiles writes the labels and makes the pictures, of a stack those of its projection.
func (r *run) fieldFiles(ctx context.Context, field fluorescence.Field, labels []uint8, f *found) (err error) {
	if field.Grid.N[2] > 1 {
		r.stage.gone = append(r.stage.gone, SlideLabels)
		err = r.stackLabels(ctx, field.Grid, labels, f.Classes)
		field, labels = field.Projected(), topmost(labels, field.Grid)
	} else {
		r.stage.gone = append(r.stage.gone, VolumeLabels)
		err = r.fieldLabels(ctx, field.Grid, labels, f.Classes)
	}
	if err != nil {
		return err
	}
	view := newOverview(field.Grid)
	view.addLabels(image.Rect(0, 0, field.Grid.N[0], field.Grid.N[1]), labels)
	view.addLight(field)
	f.pictures, err = report.FieldPictures(ctx, view.rgb, view.labels, f.Classes, report.PictureOptions{Reduced: view.step, Workers: r.limits.Workers, Progress: r.progress})
	return err
}

// fieldLabels writes the classes of a field.
func (r *run) fieldLabels(ctx context.Context, g volume.Grid, labels []uint8, classes []result.Class) error {
	return r.stage.write(SlideLabels, func(file *os.File) error {
		w, err := ometiff.Create(file, g, classes)
		if err != nil {
			return err
		}
		if err := writeTiles(ctx, w, image.Rect(0, 0, g.N[0], g.N[1]), labels); err != nil {
			return err
		}
		return w.Close()
	})
}

// labelTile is the side of the tiles of a label image.
const labelTile = 512

// writeTiles writes whole rows of tiles, which all is.
func writeTiles(ctx context.Context, w *ometiff.Writer, all image.Rectangle, labels []uint8) error {
	for y := all.Min.Y; y < all.Max.Y; y += labelTile {
		for x := 0; x < all.Dx(); x += labelTile {
			if err := ctx.Err(); err != nil {
				return err
			}
			r := image.Rect(x, y, x+labelTile, y+labelTile).Intersect(all)
			tile := make([]uint8, 0, r.Dx()*r.Dy())
			for row := r.Min.Y; row < r.Max.Y; row++ {
				tile = append(tile, labels[(row-all.Min.Y)*all.Dx()+r.Min.X:(row-all.Min.Y)*all.Dx()+r.Max.X]...)
			}
			if err := w.WriteTile(r, tile); err != nil {
				return err
			}
		}
	}
	return nil
}

// control reads a control slide. Its channels are found as those of the field; files that --channel names
// belong to the field alone.
func (r *run) control(ctx context.Context, path string) (f fluorescence.Field, err error) {
	in, err := open.Path(ctx, path, open.Options{})
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	info := in.Info()
	r.job.calibrate(&info.Grid)
	return r.field(ctx, in, info, false)
}

// field reads the channels that are markers of the protocol, those of files of their own where own.
func (r *run) field(ctx context.Context, in imagefile.Reader, info imagefile.Info, own bool) (f fluorescence.Field, err error) {
	read := open.Planes
	f.Grid = info.Grid
	if r.asVolume(info.Grid) {
		read = open.Stacks
	} else {
		f.Grid.N[2], f.Grid.Spacing[2] = 1, 0
	}
	planes, full, err := read(ctx, in)
	if err != nil {
		return f, err
	}
	stated, err := parseChannels(r.job.Channels)
	if err != nil {
		return f, err
	}
	for c, counts := range planes {
		name := channelName(info, c)
		if marker := r.marker(stated, c, name); marker != "" {
			f.Channels = append(f.Channels, fluorescence.Channel{Marker: marker, Name: name, Counts: counts, Full: full})
		}
	}
	for _, s := range stated {
		if s.file != "" && own {
			c, err := channelOf(ctx, s, f.Grid)
			if err != nil {
				return f, err
			}
			f.Channels = append(f.Channels, c)
		}
	}
	return f, r.known(f, info)
}

// channelName is the name of channel c in its file, or its number from 1.
func channelName(info imagefile.Info, c int) string {
	if c < len(info.ChannelNames) {
		return info.ChannelNames[c]
	}
	return strconv.Itoa(c + 1)
}

// known reports a field without any marker, and markers stated that are none of the protocol.
func (r *run) known(f fluorescence.Field, info imagefile.Info) error {
	rules := r.job.Protocol.Fluorescence.Markers
	for _, c := range f.Channels {
		if _, ok := rules[c.Marker]; !ok {
			return fmt.Errorf("--channel %s=…: protocol %s has no such marker", c.Marker, r.job.Protocol.Name)
		}
	}
	if len(f.Channels) == 0 {
		return fmt.Errorf("none of its %d channels %q is a marker of protocol %s by its name: say which is which, such as --channel dna=1", info.Channels, info.ChannelNames, r.job.Protocol.Name)
	}
	return nil
}

// channelOf reads a channel that has a file of its own, of the same size as the field.
func channelOf(ctx context.Context, s stated, g volume.Grid) (c fluorescence.Channel, err error) {
	in, err := openChannel(ctx, s, g)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	read := open.Planes
	if g.N[2] > 1 {
		read = open.Stacks
	}
	planes, full, err := read(ctx, in)
	if err != nil {
		return c, err
	}
	return fluorescence.Channel{Marker: s.marker, Name: filepath.Base(s.file), Counts: planes[0], Full: full}, nil
}

// openChannel opens the file of a channel, which must have the size of the field.
func openChannel(ctx context.Context, s stated, g volume.Grid) (imagefile.Reader, error) {
	in, err := open.Path(ctx, s.file, open.Options{})
	if err != nil {
		return nil, err
	}
	n, info := g.N, in.Info()
	if of := info.Grid.N; of[0] != n[0] || of[1] != n[1] || info.Channels != 1 || n[2] > 1 && of[2] != n[2] {
		return nil, errors.Join(fmt.Errorf("--channel %s=%s: %d x %d x %d pixels of %d channels beside a field of %d x %d x %d: one channel of the same size is wanted",
			s.marker, s.file, of[0], of[1], of[2], info.Channels, n[0], n[1], n[2]), in.Close())
	}
	return in, nil
}

// hashBatch names the channels that were stated, and the control slides, by their content.
func (j *Job) hashBatch(ctx context.Context) error {
	j.batch = map[string]string{}
	all, err := parseChannels(j.Channels)
	if err != nil {
		return err
	}
	for _, s := range all {
		where := strconv.Itoa(s.number)
		if s.file != "" {
			if where, err = hashed(ctx, s.file); err != nil {
				return fmt.Errorf("--channel %s: %w", s.marker, err)
			}
		}
		j.batch["channel_"+s.marker] = where
	}
	for i, c := range j.Controls {
		if j.batch["control_"+strconv.Itoa(i+1)], err = hashed(ctx, c); err != nil {
			return fmt.Errorf("--control: %w", err)
		}
	}
	return nil
}

// hashed is a file by its base name and its content.
func hashed(ctx context.Context, path string) (string, error) {
	sum, err := open.Hash(ctx, path)
	return ImageName(path) + " sha256:" + sum, err
}

// stated is one --channel: a marker and the number (from 1) or the file of its channel.
type stated struct {
	marker string
	number int
	file   string
}

func parseChannels(flags []string) (all []stated, err error) {
	for _, f := range flags {
		marker, where, ok := strings.Cut(f, "=")
		if !ok || marker == "" || where == "" {
			return nil, fmt.Errorf("--channel %s: MARKER=NUMBER or MARKER=FILE is wanted, such as dna=1", f)
		}
		s := stated{marker: marker}
		if n, err := strconv.Atoi(where); err == nil && n > 0 {
			s.number = n
		} else {
			s.file = where
		}
		all = append(all, s)
	}
	return all, nil
}

// marker is the marker of channel c: the one stated, else the one whose names fit, "" for none.
func (r *run) marker(all []stated, c int, name string) string {
	for _, s := range all {
		if s.number == c+1 {
			return s.marker
		}
	}
	found := r.job.Protocol.Fluorescence.Find(name)
	for _, s := range all {
		if s.marker == found {
			return "" // another channel was stated for it
		}
	}
	return found
}
