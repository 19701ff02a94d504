package stack

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"explant/io/imagefile"
	"explant/volume"
)

// describe makes the description of the stack out of those of its slices.
func (r *Reader) describe(infos []imagefile.Info, left []string) {
	i := infos[0]
	i.Format += " slices"
	i.Warnings = nil
	i.Grid.N[2] = len(infos)
	i.Levels = []imagefile.Level{{N: i.Grid.N, Downsample: 1, Tile: i.Levels[0].Tile}}
	r.calibrate(&i.Grid, infos)
	stems := make([]string, len(r.names))
	for z, name := range r.names {
		stems[z] = stem(name)
	}
	left = r.applyLog(&i, stems, left)
	i.Warnings = append(i.Warnings, numbering(stems)...)
	i.Warnings = append(i.Warnings, leftOut(left)...)
	for z := range infos {
		for _, id := range infos[z].Identifiers {
			if !slices.Contains(i.Identifiers, id) {
				i.Identifiers = append(slices.Clip(i.Identifiers), id)
			}
		}
	}
	i.Warnings = append(i.Warnings, shared(infos)...)
	r.info = i
}

// shared are the warnings of the slices, each once; where some slices have it and others not, with their
// number, since a series should be alike.
func shared(infos []imagefile.Info) []string {
	var order []string
	count := map[string]int{}
	for _, i := range infos {
		for _, w := range i.Warnings {
			if count[w]++; count[w] == 1 {
				order = append(order, w)
			}
		}
	}
	for k, w := range order {
		if n := count[w]; n < len(infos) {
			order[k] = fmt.Sprintf("in %d of %d slices %s", n, len(infos), w)
		}
	}
	return order
}

// calibrate keeps the pixel size when all slices state the same.
func (r *Reader) calibrate(g *volume.Grid, infos []imagefile.Info) {
	c := &g.Calibration
	for z := range infos {
		if s := infos[z].Grid.Spacing; s[0] != g.Spacing[0] || s[1] != g.Spacing[1] {
			c.Withheld = fmt.Sprintf("the slices state different pixel sizes: %s %.6g µm, %s %.6g µm",
				r.names[0], g.Spacing[0]*1000, r.names[z], s[0]*1000)
			g.Spacing, c.Source = [3]float64{}, volume.Unknown
			return
		}
	}
	if g.Spacing[0] > 0 && g.N[2] > 1 {
		c.Withheld = "the distance between slices is not stated"
	}
}

// leftOut tells of files that are no slices; a log beside the slices is usual and only noted.
func leftOut(names []string) (warnings []string) {
	names = slices.Sorted(slices.Values(names))
	var logs, others []string
	for _, n := range names {
		switch strings.ToLower(filepath.Ext(n)) {
		case ".log", ".txt", ".ini", ".pcr", ".xml", ".csv":
			logs = append(logs, n)
		default:
			others = append(others, n)
		}
	}
	if len(logs) > 0 {
		warnings = append(warnings, "beside the slices lies "+listed(logs)+", which is not read")
	}
	if len(others) > 0 {
		warnings = append(warnings, "left out, as no slices of this stack: "+listed(others))
	}
	return warnings
}

func listed(names []string) string {
	if len(names) > 3 {
		return strings.Join(names[:3], ", ") + fmt.Sprintf(" and %d more", len(names)-3)
	}
	return strings.Join(names, ", ")
}

// Info tells what the folder holds.
func (r *Reader) Info() imagefile.Info { return r.info }

// Read decodes a window.
func (r *Reader) Read(ctx context.Context, w imagefile.Window) (imagefile.Block, error) {
	return imagefile.ReadBlock(ctx, r, w)
}

// ReadInto decodes a window into dst, which must have its size, several slices at once.
func (r *Reader) ReadInto(ctx context.Context, w imagefile.Window, dst []byte) error {
	if err := imagefile.CheckInto(r.info, w, dst); err != nil {
		return fmt.Errorf("read folder %s: %w", filepath.Base(r.folder), err)
	}
	size := len(dst) / (w.Max[2] - w.Min[2])
	return r.each(ctx, w.Min[2], w.Max[2], func(ctx context.Context, z int) error {
		return r.slice(ctx, w, z, dst[(z-w.Min[2])*size:][:size])
	})
}

// slice reads one slice. Unless its reader is light it is opened and closed for it, so that a stack of
// any depth needs few open files.
func (r *Reader) slice(ctx context.Context, w imagefile.Window, z int, dst []byte) error {
	w.Min[2], w.Max[2] = 0, 1
	if f := r.light[z]; f != nil {
		return imagefile.ReadInto(ctx, f, w, dst)
	}
	f, err := r.open(ctx, r.path(z))
	if err != nil {
		return err
	}
	defer f.Close()
	i := f.Info()
	if i.Grid.N[0] != r.info.Grid.N[0] || i.Grid.N[1] != r.info.Grid.N[1] || i.Type != r.info.Type || i.Channels != r.info.Channels {
		return fmt.Errorf("read %s: it has changed since the folder was opened", r.names[z])
	}
	return imagefile.ReadInto(ctx, f, w, dst)
}

// Close does nothing: no file stays open.
func (r *Reader) Close() error { return nil }
