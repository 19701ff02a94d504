package dicom

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/suyashkumar/dicom/pkg/tag"
)

// tile is where a frame says that it lies in the matrix of a slide.
type tile struct {
	column, row int32 // of its first pixel, from 1; 0 where it is not stated
	path        int32 // among header.paths
	z           float32
}

// place is told the elements that each frame of a slide has for itself.
func (h *header) place(s *scanner, e element) (bool, error) {
	if e.tag == tag.Item {
		h.tiles = append(h.tiles, tile{})
		return false, nil
	}
	at := &h.tiles[len(h.tiles)-1]
	switch {
	case (e.tag == tag.ColumnPositionInTotalImagePixelMatrix || e.tag == tag.RowPositionInTotalImagePixelMatrix) && e.length == 4:
		var b [4]byte
		err := s.read(b[:])
		to := &at.column
		if e.tag == tag.RowPositionInTotalImagePixelMatrix {
			to = &at.row
		}
		*to = int32(binary.LittleEndian.Uint32(b[:]))
		if h.syntax.big {
			*to = int32(binary.BigEndian.Uint32(b[:]))
		}
		return true, err
	case (e.tag == tag.OpticalPathIdentifier || e.tag == tag.ZOffsetInSlideCoordinateSystem) && e.length <= 64:
		b := make([]byte, e.length)
		err := s.read(b)
		text := strings.Trim(string(b), " \x00")
		if e.tag == tag.OpticalPathIdentifier {
			at.path = h.pathIndex(text)
		} else if z, err := strconv.ParseFloat(text, 32); err == nil && !math.IsNaN(z) {
			at.z = float32(z)
		}
		return true, err
	}
	return false, nil
}

// path is one way of light through a slide.
type path struct{ id, name string }

// pathIndex finds an optical path, or adds it.
func (h *header) pathIndex(id string) int32 {
	i := slices.IndexFunc(h.paths, func(p path) bool { return p.id == id })
	if i < 0 {
		i, h.paths = len(h.paths), append(h.paths, path{id, id})
	}
	return int32(i)
}

// namePaths completes the optical paths by what the file lists, in its order.
func (h *header) namePaths() error {
	var listed []path
	for _, item := range h.values.items(tag.OpticalPathSequence) {
		p := path{id: item.text(tag.OpticalPathIdentifier)}
		if p.name = item.text(tag.OpticalPathDescription); p.name == "" {
			p.name = p.id
		}
		listed = append(listed, p)
	}
	if len(h.tiles) > 0 && len(h.paths) > 0 { // frames name theirs
		h.relist(listed)
		return nil
	}
	n, err := h.values.integer(tag.NumberOfOpticalPaths, max(len(listed), 1))
	if err != nil || n < 1 || n > 64 {
		return fmt.Errorf("NumberOfOpticalPaths %d is not possible", n)
	}
	for len(listed) < n {
		id := strconv.Itoa(len(listed) + 1)
		listed = append(listed, path{id, id})
	}
	h.paths = listed[:n]
	return nil
}

// relist brings the optical paths that frames name into the order of the list, so that the files of a
// concatenation count them alike, unless one is not listed.
func (h *header) relist(listed []path) {
	to := make([]int32, len(h.paths))
	for i, p := range h.paths {
		k := slices.IndexFunc(listed, func(l path) bool { return l.id == p.id })
		if k < 0 {
			return
		}
		to[i] = int32(k)
	}
	for i := range h.tiles {
		h.tiles[i].path = to[h.tiles[i].path]
	}
	h.paths = listed
}

// grid is the arrangement of the tiles of a slide file.
type grid struct {
	columns, rows, across, down int // pixels of the matrix, tiles along it
}

func (h *header) grid() (g grid, err error) {
	for _, f := range []struct {
		to  *int
		tag tag.Tag
	}{{&g.columns, tag.TotalPixelMatrixColumns}, {&g.rows, tag.TotalPixelMatrixRows}} {
		n, err := h.values.integer(f.tag, 0)
		if err != nil || n < 1 || n > 1<<28 {
			return g, fmt.Errorf("%s %d is not possible", keyword(f.tag), n)
		}
		*f.to = n
	}
	g.across, g.down = (g.columns+h.columns-1)/h.columns, (g.rows+h.rows-1)/h.rows
	if g.across > maxFragments || g.down > maxFragments || g.across*g.down > maxFragments {
		return g, fmt.Errorf("%d x %d tiles are not believable", g.across, g.down)
	}
	return g, nil
}

// maxAbsent bounds the tiles of a matrix for each that is there.
const maxAbsent = 1024

// arrange lists for each optical path the frame of each tile, -1 where there is none. first is the number of
// the first frame of the file among those of a concatenation, of total frames.
func (h *header) arrange(g grid, first, total int) ([][]int32, []string, error) {
	tiles := g.across * g.down
	if tiles*len(h.paths) > maxFragments || tiles > maxAbsent*total {
		return nil, nil, fmt.Errorf("%d frames for %d tiles in %d optical paths are not believable", total, tiles, len(h.paths))
	}
	at := make([][]int32, len(h.paths))
	for p := range at {
		at[p] = slices.Repeat([]int32{-1}, tiles)
	}
	if h.values.text(tag.DimensionOrganizationType) == "TILED_FULL" || len(h.tiles) != h.frames {
		return h.arrangeFull(at, g, first, total)
	}
	return h.arrangeSparse(at, g)
}

// arrangeFull numbers the tiles of a full matrix: along rows, then down, through the focal planes, and for
// one optical path after the other. Source: DICOM PS3.3 C.7.6.17.3.
func (h *header) arrangeFull(at [][]int32, g grid, first, total int) ([][]int32, []string, error) {
	planes, err := h.values.integer(tag.TotalPixelMatrixFocalPlanes, 1)
	if err != nil || planes < 1 || planes > maxFragments {
		return nil, nil, fmt.Errorf("TotalPixelMatrixFocalPlanes %d is not possible", planes)
	}
	each := g.across * g.down
	if want := int64(each) * int64(planes) * int64(len(at)); int64(total) != want {
		return nil, nil, fmt.Errorf("%d frames where the tiles are %d", total, want)
	}
	for i := range h.frames {
		n := first + i
		if p, plane := n/each/planes, n/each%planes; p < len(at) && plane == planes/2 {
			at[p][n%each] = int32(i)
		}
	}
	return at, planesTold(planes), nil
}

// arrangeSparse puts tiles where they say that they lie.
func (h *header) arrangeSparse(at [][]int32, g grid) ([][]int32, []string, error) {
	var planes []float32
	for _, t := range h.tiles {
		if !slices.Contains(planes, t.z) && len(planes) < 1000 {
			planes = append(planes, t.z)
		}
	}
	slices.Sort(planes)
	for i, t := range h.tiles {
		x, y := int(t.column)-1, int(t.row)-1
		if x < 0 || y < 0 || x >= g.columns || y >= g.rows || x%h.columns != 0 || y%h.rows != 0 {
			return nil, nil, fmt.Errorf("tile %d at column %d, row %d: tiles that do not lie in the matrix edge to edge are not read", i+1, t.column, t.row)
		}
		if t.z == planes[len(planes)/2] {
			at[t.path][y/h.rows*g.across+x/h.columns] = int32(i)
		}
	}
	return at, planesTold(len(planes)), nil
}

func planesTold(n int) []string {
	if n < 2 {
		return nil
	}
	return []string{fmt.Sprintf("the slide has %d focal planes: the one in the middle is read", n)}
}
