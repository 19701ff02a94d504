// Package library lists the images of a folder with their state and small pictures, knows an image again
// when it has moved, and keeps what belongs to it. It knows no window.
package library

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"explant/app/desktop/runner"
	"explant/app/desktop/source"
	"explant/app/desktop/tiles"
	"explant/app/pipeline"
	"explant/io/imagefile"
	"explant/volume/render"
)

// State is how far the work on an image is.
type State string

// The states of an image.
const (
	Fresh     State = "new"
	Annotated State = "annotated"
	Analysed  State = "analysed"
	Flagged   State = "flagged"
)

// Item is an image in a list.
type Item struct {
	Path  string
	Name  string
	State State
}

// endings are those of single files that a folder's list shows; what is in them is found when opened.
var endings = []string{
	".tif", ".tiff", ".svs", ".ndpi", ".mrxs", ".scn", ".bif", ".svslide", ".png", ".jpg", ".jpeg", ".bmp", ".dcm", ".nrrd", ".nhdr",
	".mha", ".mhd", ".nii", ".nii.gz", ".isq", ".aim", ".vtk", ".vti", ".vgi", ".zarr", ".ozx",
}

// Folder lists the images of a folder by name, without opening them; folders below are left out, unless
// they are images themselves.
func Folder(dir, data string) ([]Item, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var all []Item
	for _, e := range entries {
		name := strings.ToLower(e.Name())
		if name[0] == '.' || !slices.ContainsFunc(endings, func(end string) bool { return strings.HasSuffix(name, end) }) {
			continue
		}
		path := filepath.Join(dir, e.Name())
		all = append(all, Item{path, e.Name(), StateOf(path, data)})
	}
	return all, nil
}

// Many reports a folder of several images that are not slices of one: their names differ by more than a
// number.
func Many(items []Item) bool {
	if len(items) < 2 {
		return false
	}
	stem := func(s string) string {
		return strings.TrimRight(strings.TrimSuffix(s, filepath.Ext(s)), "0123456789_-. ")
	}
	for _, i := range items[1:] {
		if stem(i.Name) != stem(items[0].Name) || filepath.Ext(i.Name) != filepath.Ext(items[0].Name) {
			return true
		}
	}
	return false
}

// StateOf is the state of an image: of the results beside it and of its journal in data.
func StateOf(path, data string) State {
	if res, err := runner.Load(runner.Results(path, data)); err == nil {
		if len(res.Flags) > 0 {
			return Flagged
		}
		return Analysed
	}
	if j, err := Journal(path, data); err == nil {
		if st, err := os.Stat(j); err == nil && st.Size() > 0 {
			return Annotated
		}
	}
	return Fresh
}

// Journal is where the steps of an image are kept in data: under its name and a print of its content, so
// that they are found again when the image has moved.
func Journal(path, data string) (string, error) {
	print, err := Print(path)
	if err != nil {
		return "", err
	}
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:`, r) {
			return '-'
		}
		return r
	}, pipeline.ImageName(path))
	return filepath.Join(data, "journal", name+"."+print[:12]+".log"), nil
}

// printBytes is read from both ends of a file for its print.
const printBytes = 64 << 10

// Print knows an image again, in hexadecimal: a hash of the size, the first and the last 64 KiB of a
// file; of a folder, of the names and sizes of its files. It is no proof of the content, which results
// carry.
func Print(path string) (string, error) {
	h := sha256.New()
	st, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if st.IsDir() {
		entries, err := os.ReadDir(path)
		if err != nil {
			return "", err
		}
		for _, e := range entries {
			if info, err := e.Info(); err == nil {
				h.Write(fmt.Appendln(nil, e.Name(), info.Size())) // a hash takes everything
			}
		}
		return hex.EncodeToString(h.Sum(nil)), nil
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h.Write(fmt.Appendln(nil, st.Size())) // a hash takes everything
	for _, at := range []int64{0, max(st.Size()-printBytes, 0)} {
		if _, err := io.Copy(h, io.NewSectionReader(f, at, printBytes)); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// ThumbnailSide is the longest side of a small picture in pixels.
const ThumbnailSide = 96

// Thumbnail makes the small picture of an image: of a volume its middle slice.
func Thumbnail(ctx context.Context, path string) (*image.NRGBA, error) {
	m, err := source.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = m.Close() }()
	if m.Volume() {
		return middle(ctx, m)
	}
	var look source.Look
	if !m.Color() {
		if look.Channels, err = m.Channels(ctx); err != nil {
			return nil, err
		}
	}
	p := source.NewPyramid(m, look)
	top := len(p.Levels()) - 1
	l := p.Levels()[top]
	whole := image.NewRGBA(image.Rect(0, 0, l.W, l.H))
	for y := 0; y*tiles.Side < l.H; y++ {
		for x := 0; x*tiles.Side < l.W; x++ {
			t, err := p.Tile(ctx, tiles.Key{Level: top, X: x, Y: y})
			if err != nil {
				return nil, err
			}
			for row := range t.Rect.Dy() {
				copy(whole.Pix[whole.PixOffset(x*tiles.Side, y*tiles.Side+row):], t.Pix[row*t.Stride:][:4*t.Rect.Dx()])
			}
		}
	}
	w, h := render.Fit(l.W, l.H, ThumbnailSide)
	return render.ShrinkColor(whole, w, h), nil
}

// middle is the middle slice of a volume, small.
func middle(ctx context.Context, m *source.Image) (*image.NRGBA, error) {
	n := m.Info.Grid.N
	b, err := m.Reader().Read(ctx, imagefile.Window{Min: [3]int{0, 0, n[2] / 2}, Max: [3]int{n[0], n[1], n[2]/2 + 1}})
	if err != nil {
		return nil, err
	}
	values := imagefile.Values(b.Data, b.Type)
	first := make([]float64, 0, n[0]*n[1])
	for i := 0; i < len(values); i += b.Channels {
		first = append(first, values[i])
	}
	grey := render.Grey(first, n[0], n[1], source.Percentile(first, 0.5, 99.5))
	w, h := render.Fit(n[0], n[1], ThumbnailSide)
	return render.ShrinkColor(grey, w, h), nil
}
