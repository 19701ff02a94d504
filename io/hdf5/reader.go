//go:build hdf5

package hdf5

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"

	"explant/io/array"
	"explant/io/imagefile"
)

// cacheBytes bounds the decoded chunks that the library keeps for one data set: one layer of chunks, so that
// reading slice after slice decodes each chunk once, where a layer is not larger.
const cacheBytes = 256 << 20

// reader reads one image. Its methods may be called from several goroutines at once; the library reads for
// one after the other.
type reader struct {
	name   string
	f      *file
	image  *image
	info   imagefile.Info
	mu     sync.Mutex
	sets   map[string]*data
	closed bool
}

// Open understands a file; no sample is decoded. A data set may be named behind it, FILE:/PATH.
func Open(_ context.Context, path string) (imagefile.Reader, error) {
	name, dataset := Split(path)
	r, err := open(name, dataset)
	if err != nil {
		return nil, fmt.Errorf("read HDF5 %s: %w", filepath.Base(name), err)
	}
	return r, nil
}

func open(name, dataset string) (*reader, error) {
	f, err := openFile(name)
	if err != nil {
		return nil, err
	}
	i, err := f.find(dataset)
	if err != nil {
		f.close()
		return nil, err
	}
	r := &reader{name: filepath.Base(name), f: f, image: i, sets: map[string]*data{}}
	if err := r.describe(); err != nil {
		f.close()
		return nil, err
	}
	return r, nil
}

// describe tells what the image is.
func (r *reader) describe() error {
	i := r.image
	first := i.levels[0][0].set
	r.info = imagefile.Info{Format: i.format, Type: first.sampleType(), Channels: len(i.levels[0]), Warnings: i.warnings}
	for k, n := range i.n {
		down := float64(i.n[0][0]) / float64(n[0])
		tile := [2]int{n[0], n[1]}
		if c := i.levels[k][0]; c.set.chunk[0] > 0 {
			tile = [2]int{c.set.chunk[c.zyx[2]], c.set.chunk[c.zyx[1]]}
		}
		r.info.Levels = append(r.info.Levels, imagefile.Level{N: n, Downsample: down, Tile: tile})
	}
	r.info.Grid.N = i.n[0]
	i.size.Apply(&r.info.Grid)
	for _, level := range i.levels {
		for _, c := range level {
			if c.set.sampleType() != r.info.Type {
				return errors.New("its channels have different types")
			}
		}
	}
	if first.size == 8 && first.kind != 'f' {
		r.info.Warnings = append(r.info.Warnings, array.Note64)
	}
	if n := len(i.levels[0]); n > 1 && (n != 3 || r.info.Type != imagefile.Uint8 || len(i.names) > 0) {
		for c := range n {
			name := fmt.Sprintf("channel %d", c+1)
			if c < len(i.names) && i.names[c] != "" && !slices.Contains(r.info.ChannelNames, i.names[c]) {
				name = i.names[c]
			}
			r.info.ChannelNames = append(r.info.ChannelNames, name)
		}
	}
	return r.info.Grid.Check()
}

// Info tells what the file holds.
func (r *reader) Info() imagefile.Info { return r.info }

// Read decodes a window.
func (r *reader) Read(ctx context.Context, w imagefile.Window) (imagefile.Block, error) {
	return imagefile.ReadBlock(ctx, r, w)
}

// ReadInto decodes a window into dst, which must have its size.
func (r *reader) ReadInto(ctx context.Context, w imagefile.Window, dst []byte) error {
	err := imagefile.CheckInto(r.info, w, dst)
	for c := 0; err == nil && c < r.info.Channels; c++ {
		if err = ctx.Err(); err == nil {
			err = r.channel(w, c, dst)
		}
	}
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("read %s: %w", r.name, err)
	}
	return err
}

// channel decodes one channel of a window and puts it between the others.
func (r *reader) channel(w imagefile.Window, c int, dst []byte) error {
	ch := r.image.levels[w.Level][c]
	d, err := r.open(ch)
	if err != nil {
		return fmt.Errorf("data set %s: %w", ch.set.path, err)
	}
	start, count := slices.Clone(ch.start), slices.Repeat([]int{1}, len(ch.start))
	for k, a := range ch.zyx {
		if a >= 0 {
			start[a], count[a] = w.Min[2-k], w.N()[2-k]
		}
	}
	size, direct := r.info.Type.Size(), r.info.Channels == 1 && ch.inOrder()
	raw := dst
	if !direct {
		raw = make([]byte, len(dst)/r.info.Channels)
	}
	kind := ch.set.kind
	if r.info.Type == imagefile.Float64 {
		kind = 'f'
	}
	if err := d.read(start, count, kind, size, raw); err != nil {
		return fmt.Errorf("data set %s: %w", ch.set.path, err)
	}
	if !direct {
		ch.place(dst, raw, w.N(), count, size, r.info.Channels, c)
	}
	return nil
}

// inOrder reports axes that lie as z, y, x.
func (c channel) inOrder() bool { return c.zyx[0] < c.zyx[1] && c.zyx[1] < c.zyx[2] }

// place copies samples that lie in the order of the data set to theirs among the channels.
func (c channel) place(dst, raw []byte, n [3]int, count []int, size, channels, at int) {
	var step [3]int
	for k, a := range c.zyx {
		if a >= 0 {
			step[k] = size
			for _, m := range count[a+1:] {
				step[k] *= m
			}
		}
	}
	at *= size
	for z := range n[2] {
		for y := range n[1] {
			from := z*step[0] + y*step[1]
			for range n[0] {
				copy(dst[at:at+size], raw[from:])
				at, from = at+channels*size, from+step[2]
			}
		}
	}
}

// open opens the data set of a channel once.
func (r *reader) open(c channel) (*data, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, errors.New("the reader is closed")
	}
	if d := r.sets[c.set.path]; d != nil {
		return d, nil
	}
	d, err := r.f.open(c.set.path, cacheBytes/len(r.image.levels[0]))
	if err == nil {
		r.sets[c.set.path] = d
	}
	return d, err
}

// Close frees the file.
func (r *reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil
	}
	r.closed = true
	for _, d := range r.sets {
		d.close()
	}
	r.f.close()
	return nil
}
