package pipeline

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"

	"explant/analysis/phantom/focal"
	"explant/io/imagefile"
	"explant/io/nrrd"
	"explant/io/ometiff"
	"explant/volume"
	"explant/volume/parallel"
)

const focalLong = `A stack of 24 focal planes, 0.6 µm apart, of immunofluorescence in 0.325 µm pixels: DNA, H3Cit, MPO and CD61 in
16 bits. Nuclei, many of them touching, NETs of strands, and platelets; a point spread that is longer along the axis,
background and noise. Files: stack.ome.tif; control.ome.tif, the secondary-only control of the batch; nuclei.nrrd with
the number of the nucleus at each voxel; truth.json.`

// perFocalVoxel is about what the making of a stack takes, in bytes a voxel.
const perFocalVoxel = 40

func focalPhantom(ctx context.Context, s *stage, o PhantomOptions, l Limits, p parallel.Progress) (MadePhantom, error) {
	spec := focal.Default(o.Size, o.Seed)
	g := spec.Grid()
	if err := phantomTakes(perFocalVoxel*float64(g.N[0])*float64(g.N[1])*float64(g.N[2]), fmt.Sprintf("%d x %d x %d voxels", g.N[0], g.N[1], g.N[2]), l); err != nil {
		return MadePhantom{}, err
	}
	p.Stage("make stack", 0)
	img, truth, err := spec.Make(ctx, parallel.Options{Workers: l.Workers})
	if err != nil {
		return MadePhantom{}, err
	}
	control, _, err := spec.As(true).Make(ctx, parallel.Options{Workers: l.Workers})
	if err != nil {
		return MadePhantom{}, err
	}
	number := &volume.Volume[uint16]{Grid: g, Data: img.Number}
	err = s.writeAll([]staged{
		{"stack.ome.tif", writeStack(ctx, img, p)},
		{"control.ome.tif", writeStack(ctx, control, p)},
		{"nuclei.nrrd", func(w *os.File) error { return nrrd.Write(ctx, w, number, nil) }},
		{"truth.json", func(w *os.File) error { return writeJSON(w, truth) }},
	})
	return MadePhantom{Image: "stack.ome.tif", Truth: fmt.Sprintf("%d nuclei, %d NETs of %.4g µm³", truth.Nuclei, truth.NETs, truth.UM3["net"])}, err
}

func writeStack(ctx context.Context, img *focal.Image, p parallel.Progress) func(*os.File) error {
	return func(w *os.File) error {
		_, err := ometiff.WriteImage(ctx, w, focalReader{img}, p)
		return err
	}
}

// focalReader gives the channels of a stack to the writers of image formats.
type focalReader struct{ img *focal.Image }

// Info tells what the stack holds.
func (r focalReader) Info() imagefile.Info {
	g := r.img.Grid()
	return imagefile.Info{
		Format: "phantom", Type: imagefile.Uint16, Channels: focal.Channels, ChannelNames: focal.ChannelNames, Grid: g,
		Levels: []imagefile.Level{{N: g.N, Downsample: 1, Tile: [2]int{g.N[0], 1}}},
	}
}

// Close frees nothing.
func (focalReader) Close() error { return nil }

// Read interleaves the channels of a window.
func (r focalReader) Read(ctx context.Context, w imagefile.Window) (imagefile.Block, error) {
	return imagefile.ReadBlock(ctx, r, w)
}

// ReadInto interleaves the channels of a window.
func (r focalReader) ReadInto(ctx context.Context, w imagefile.Window, dst []byte) error {
	info := r.Info()
	if err := imagefile.CheckInto(info, w, dst); err != nil {
		return err
	}
	for z := w.Min[2]; z < w.Max[2]; z++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		for y := w.Min[1]; y < w.Max[1]; y++ {
			for x := w.Min[0]; x < w.Max[0]; x++ {
				for _, counts := range r.img.Counts {
					binary.LittleEndian.PutUint16(dst, counts[info.Grid.Offset(x, y, z)])
					dst = dst[2:]
				}
			}
		}
	}
	return nil
}
