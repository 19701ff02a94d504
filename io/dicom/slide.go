package dicom

import (
	"context"
	"runtime"
	"sort"

	"golang.org/x/sync/errgroup"

	"explant/io/imagefile"
)

// slide is a pyramid of tiles.
type slide struct {
	levels []*level // the largest first
	pixel  int      // bytes of a pixel
}

// level is one matrix of tiles, for each channel of its own or with all channels together.
type level struct {
	grid
	tileW, tileH int
	parts        []*pixels // of files
	first        []int32   // the number of the first frame of each part
	tables       []*palette
	at           [][]int32 // for each channel that has frames of its own: the frame of each tile, or -1
	absent       byte      // what fills a tile that is not there
}

// piece is the part of a tile that a window wants.
type piece struct {
	channel int
	frame   int32
	in      imagefile.Window // of the tile
	x, y    int              // where it begins in the window
}

func (s *slide) readInto(ctx context.Context, w imagefile.Window, dst []byte) error {
	l := s.levels[w.Level]
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for c := range l.at {
		for ty := w.Min[1] / l.tileH; ty*l.tileH < w.Max[1]; ty++ {
			for tx := w.Min[0] / l.tileW; tx*l.tileW < w.Max[0] && gctx.Err() == nil; tx++ {
				g.Go(func() error { return s.paste(gctx, l, l.piece(w, c, tx, ty), w.N()[0], dst) })
			}
		}
	}
	return g.Wait()
}

// piece finds what window w wants of tile (tx, ty).
func (l *level) piece(w imagefile.Window, c, tx, ty int) piece {
	x, y := tx*l.tileW, ty*l.tileH
	p := piece{channel: c, frame: l.at[c][ty*l.across+tx]}
	p.in.Min = [3]int{max(w.Min[0]-x, 0), max(w.Min[1]-y, 0), 0}
	p.in.Max = [3]int{min(w.Max[0]-x, l.tileW), min(w.Max[1]-y, l.tileH), 1}
	p.x, p.y = x+p.in.Min[0]-w.Min[0], y+p.in.Min[1]-w.Min[1]
	return p
}

// paste decodes a piece and puts it in its place in a window of the given width.
func (s *slide) paste(ctx context.Context, l *level, p piece, width int, dst []byte) error {
	n := p.in.N()
	each := s.pixel / len(l.at) // bytes of a pixel that one frame gives
	buf := make([]byte, n[0]*n[1]*each)
	if p.frame < 0 {
		for i := range buf {
			buf[i] = l.absent
		}
	} else {
		k := sort.Search(len(l.first), func(i int) bool { return l.first[i] > p.frame }) - 1
		f := slice{stored: int(p.frame - l.first[k]), slope: 1, table: l.tables[k]}
		if err := l.parts[k].read(ctx, p.in, f, buf); err != nil {
			return err
		}
	}
	for y := range n[1] {
		row := buf[y*n[0]*each:][:n[0]*each]
		out := dst[((p.y+y)*width+p.x)*s.pixel:]
		if len(l.at) == 1 {
			copy(out, row)
			continue
		}
		for x := range n[0] {
			copy(out[x*s.pixel+p.channel*each:][:each], row[x*each:])
		}
	}
	return nil
}

// share divides the memory for decoded frames among the files.
func (s *slide) share() {
	var all []*encapsulated
	for _, l := range s.levels {
		for _, p := range l.parts {
			if e, ok := p.stored.(*encapsulated); ok {
				all = append(all, e)
			}
		}
	}
	for _, e := range all {
		e.kept.limit /= len(all)
	}
}

func (s *slide) close() error {
	var err error
	for _, l := range s.levels {
		for _, p := range l.parts {
			if e := p.stored.Close(); err == nil {
				err = e
			}
		}
	}
	return err
}
