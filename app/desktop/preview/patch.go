package preview

import (
	"context"

	"explant/app/pipeline"
	"explant/io/imagefile"
)

// Patch is a label image of the size of the image whose labels are those of a preview, and 0 around it.
type Patch struct {
	info imagefile.Info
	p    pipeline.Preview
	low  [3]float64 // of the window, in pixels of level 0
	per  [3]float64 // pixels of level 0 a label
}

// NewPatch lays a preview into the frame of its image.
func NewPatch(image imagefile.Info, p pipeline.Preview) *Patch {
	t := &Patch{info: image, p: p}
	t.info.Format, t.info.Type, t.info.Channels, t.info.ChannelNames, t.info.Beside = "preview", imagefile.Uint8, 1, nil, nil
	full, level := image.Levels[0].N, image.Levels[p.Window.Level].N
	for a, step := range [3]int{max(p.Step, 1), max(p.Step, 1), 1} {
		t.per[a] = float64(full[a]) / float64(level[a])
		t.low[a] = float64(p.Window.Min[a]) * t.per[a]
		t.per[a] *= float64(step)
		if p.N[a] == 1 && p.Window.N()[a] > 1 { // projected: the same in all planes
			t.per[a] *= float64(p.Window.N()[a])
		}
	}
	return t
}

// Info is part of imagefile.Reader.
func (t *Patch) Info() imagefile.Info { return t.info }

// Close is part of imagefile.Reader.
func (t *Patch) Close() error { return nil }

// Read is part of imagefile.Reader.
func (t *Patch) Read(ctx context.Context, w imagefile.Window) (b imagefile.Block, err error) {
	if err := imagefile.CheckWindow(t.info, w); err != nil {
		return b, err
	}
	if err := ctx.Err(); err != nil {
		return b, err
	}
	n := w.N()
	b = imagefile.Block{N: n, Channels: 1, Type: imagefile.Uint8, Data: make([]byte, n[0]*n[1]*n[2])}
	var at [3][]int
	for a := range at {
		at[a] = t.places(a, w)
	}
	for z, k := range at[2] {
		for y, j := range at[1] {
			if k < 0 || j < 0 {
				continue
			}
			row, from := b.Data[(z*n[1]+y)*n[0]:][:n[0]], t.p.Labels[(k*t.p.N[1]+j)*t.p.N[0]:]
			for x, i := range at[0] {
				if i >= 0 {
					row[x] = from[i]
				}
			}
		}
	}
	return b, nil
}

// places are the labels under the pixels of a window along one axis, -1 beside the preview.
func (t *Patch) places(axis int, w imagefile.Window) []int {
	out := make([]int, w.Max[axis]-w.Min[axis])
	scale := float64(t.info.Levels[0].N[axis]) / float64(t.info.Levels[w.Level].N[axis])
	for i := range out {
		at := ((float64(w.Min[axis]+i)+0.5)*scale - t.low[axis]) / t.per[axis]
		out[i] = -1
		if at >= 0 && int(at) < t.p.N[axis] {
			out[i] = int(at)
		}
	}
	return out
}
