// Package stack reads a folder of image slices as one volume.
//
// The slices are the TIFF, PNG, JPEG or BMP files of one kind in the folder, in natural order (img2 before
// img10). Every slice must have the size, the type and the channels of the first; gaps in the
// numbering and files that are left out are warnings. The size of a pixel is taken from the slices
// when all agree; no slice knows the distance to the next one, so that the spacing along z stays
// unknown until a person states it, or the log of a SkyScan reconstruction in the folder or beside it does.
package stack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"explant/io/imagefile"
)

// Opener opens one slice.
type Opener func(ctx context.Context, path string) (imagefile.Reader, error)

// Reader reads a folder. Its methods may be called from several goroutines at once.
type Reader struct {
	folder string
	names  []string
	open   Opener
	info   imagefile.Info
	light  []imagefile.Reader // by slice: readers that hold nothing between reads, nil where there is none
	slots  chan struct{}      // bounds the slices that are open at once, whoever asks
}

// ErrNoSlices is returned for a folder without images.
var ErrNoSlices = errors.New("no TIFF, PNG, JPEG or BMP slices in the folder")

// Open lists the slices of a folder and reads the header of each, several at once.
func Open(ctx context.Context, folder string, open Opener) (*Reader, error) {
	r := &Reader{folder: folder, open: open, slots: make(chan struct{}, runtime.GOMAXPROCS(0))}
	left, err := r.list()
	if err != nil {
		return nil, fmt.Errorf("read folder %s: %w", filepath.Base(folder), err)
	}
	infos, err := r.headers(ctx)
	if err != nil {
		return nil, fmt.Errorf("read folder %s: %w", filepath.Base(folder), err)
	}
	if err := r.agree(infos); err != nil {
		return nil, fmt.Errorf("read folder %s: %w", filepath.Base(folder), err)
	}
	r.describe(infos, left)
	return r, nil
}

var kinds = map[string]string{".tif": "TIFF", ".tiff": "TIFF", ".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".bmp": "BMP"}

// order is that of the kinds when two are equally frequent.
var order = []string{"TIFF", "PNG", "JPEG", "BMP"}

// list finds the slices and the names of files that are left out.
func (r *Reader) list() (left []string, err error) {
	entries, err := os.ReadDir(r.folder)
	if err != nil {
		return nil, err
	}
	byKind := map[string][]string{}
	for _, e := range entries {
		kind := kinds[strings.ToLower(filepath.Ext(e.Name()))]
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case kind == "" || e.IsDir():
			left = append(left, e.Name())
		default:
			byKind[kind] = append(byKind[kind], e.Name())
		}
	}
	kind := ""
	for _, k := range order { // the most frequent; of equals the first
		if len(byKind[k]) > len(byKind[kind]) {
			kind = k
		}
	}
	if kind == "" {
		return nil, ErrNoSlices
	}
	r.names = byKind[kind]
	for _, k := range order {
		if k != kind {
			left = append(left, byKind[k]...)
		}
	}
	r.leaveOut(&left)
	slices.SortFunc(r.names, natural)
	return left, nil
}

// leaveOut drops the pictures that scanners and reconstruction programs put beside their slices:
// SkyScan's NAME_spr.bmp and the like carry no number where the others do.
func (r *Reader) leaveOut(left *[]string) {
	series := map[string]int{}
	for _, name := range r.names {
		before, _, after, ok := number(stem(name))
		series[fmt.Sprint(ok, before, "\x00", after)]++
	}
	best, most := "", 0
	for s, n := range series {
		if n > most || n == most && s < best {
			best, most = s, n
		}
	}
	if most < 3 || len(r.names)-most > most/10+2 {
		return // no clear series: keep all, and let the sizes decide
	}
	r.names = slices.DeleteFunc(r.names, func(name string) bool {
		before, _, after, ok := number(stem(name))
		out := fmt.Sprint(ok, before, "\x00", after) != best
		if out {
			*left = append(*left, name)
		}
		return out
	})
}

func stem(name string) string { return strings.TrimSuffix(name, filepath.Ext(name)) }

func (r *Reader) path(z int) string { return filepath.Join(r.folder, r.names[z]) }

// headers reads the description of every slice.
func (r *Reader) headers(ctx context.Context) ([]imagefile.Info, error) {
	infos := make([]imagefile.Info, len(r.names))
	r.light = make([]imagefile.Reader, len(r.names))
	err := r.each(ctx, 0, len(r.names), func(ctx context.Context, z int) error {
		f, err := r.open(ctx, r.path(z))
		if err != nil {
			return err
		}
		infos[z] = f.Info()
		if _, ok := f.(imagefile.Light); ok {
			r.light[z] = f
			return nil
		}
		return f.Close()
	})
	return infos, err
}

// each calls fn for slices lo to hi-1, several at once, and returns the first error.
func (r *Reader) each(ctx context.Context, lo, hi int, fn func(ctx context.Context, z int) error) error {
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(cap(r.slots))
	for z := lo; z < hi && gctx.Err() == nil; z++ {
		g.Go(func() error {
			select {
			case r.slots <- struct{}{}:
			case <-gctx.Done():
				return gctx.Err()
			}
			defer func() { <-r.slots }()
			return fn(gctx, z)
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// agree reports the first slice that cannot belong to the stack of the first one.
func (r *Reader) agree(infos []imagefile.Info) error {
	first := infos[0]
	for z, i := range infos {
		switch {
		case i.Grid.N[2] != 1:
			return fmt.Errorf("%s is a stack of %d slices itself", r.names[z], i.Grid.N[2])
		case i.Grid.N != first.Grid.N || i.Type != first.Type || i.Channels != first.Channels:
			return fmt.Errorf("its slices differ: %s is %s, %s is %s", r.names[0], shape(first), r.names[z], shape(i))
		}
	}
	return nil
}

func shape(i imagefile.Info) string {
	return fmt.Sprintf("%d x %d, %d channels of %s", i.Grid.N[0], i.Grid.N[1], i.Channels, i.Type)
}
