package dicom

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/suyashkumar/dicom/pkg/tag"
)

// headers reads the files of a folder, in the order of names; what is no DICOM image is left out. The first
// file that cannot be read is told, unless the others are of several series.
func headers(ctx context.Context, folder string, names []string) (files []*header, left []string, err error) {
	all, errs := make([]*header, len(names)), make([]error, len(names))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, name := range names {
		if gctx.Err() != nil {
			break
		}
		g.Go(func() error {
			path := filepath.Join(folder, name)
			if gctx.Err() != nil || !isFile(path) {
				return gctx.Err()
			}
			h, err := readHeader(path)
			switch {
			case err == nil:
				all[i] = h
			case !errors.Is(err, errNoImage) && !errors.Is(err, errNotDICOM):
				errs[i] = fmt.Errorf("%s: %w", name, err)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, nil, err
	}
	for i, h := range all {
		switch {
		case h != nil:
			files = append(files, h)
		case errs[i] == nil:
			left = append(left, names[i])
		case err == nil:
			err = errs[i]
		}
	}
	return files, left, cmp.Or(ctx.Err(), oneSeries(files), err)
}

// siblings are the files of the series of a slide in the folder of one of them, that one too, in the order
// of names. Those that cannot be read are named.
func siblings(ctx context.Context, h *header) (files []*header, left []string, err error) {
	uid := h.values.text(tag.SeriesInstanceUID)
	t := h.values.texts(tag.ImageType)
	folder := filepath.Dir(h.path)
	names, err := list(folder)
	if err != nil || uid == "" || len(t) > 2 && t[2] != "VOLUME" {
		return []*header{h}, nil, nil // the picture of a label was meant
	}
	all, errs := make([]*header, len(names)), make([]error, len(names))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, name := range names {
		g.Go(func() error {
			path := filepath.Join(folder, name)
			switch {
			case gctx.Err() != nil:
				return gctx.Err()
			case name == h.name:
				all[i] = h
			case seriesOf(path) == uid:
				all[i], errs[i] = readHeader(path)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, nil, err
	}
	for i, f := range all {
		switch {
		case errs[i] != nil:
			left = append(left, names[i])
		case f != nil && f.tiled:
			files = append(files, f)
		}
	}
	return files, left, nil
}

// oneSeries reports a folder with the files of several series.
func oneSeries(files []*header) error {
	count := map[string]int{}
	var order []*header // the first of each
	for _, h := range files {
		uid := h.values.text(tag.SeriesInstanceUID)
		if count[uid] == 0 {
			order = append(order, h)
		}
		count[uid]++
	}
	if len(order) <= 1 {
		return nil
	}
	var each []string
	for i, h := range order {
		if i == 5 {
			each = append(each, fmt.Sprintf("and %d more", len(order)-i))
			break
		}
		files := "1 file"
		if n := count[h.values.text(tag.SeriesInstanceUID)]; n > 1 {
			files = fmt.Sprintf("%d files", n)
		}
		each = append(each, files+" like "+h.name)
	}
	return fmt.Errorf("the folder holds %d series (%s): give each series a folder of its own", len(order), strings.Join(each, "; "))
}

// listed names at most three files.
func listed(names []string) string {
	if len(names) > 3 {
		return strings.Join(names[:3], ", ") + fmt.Sprintf(" and %d more", len(names)-3)
	}
	return strings.Join(names, ", ")
}
