package classify

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"explant/analysis/forest"
	"explant/volume/parallel"
)

// Classifier is a model or a network, ready to be applied.
type Classifier struct {
	Name       string // for people
	Hash       string // hex SHA-256 of all that decides
	Input      Input
	Classes    []Class
	Algorithms map[string]string
	tile       [3]int
	worker     func(Source) (worker, error)
}

// worker classifies tiles, with the memory of one goroutine.
type worker interface {
	// classify writes the class from 1 and the certainty in percent of the n pixels at lo, and returns how many
	// values lay beyond the range of training.
	classify(ctx context.Context, lo, n [3]int, labels, percent []uint8) (outside int64, err error)
}

// Sink gets the classes and the certainty in percent of the pixels of a slab [lo, hi), row by row: a band of rows
// of a picture, some slices of a volume. Slabs come in order, each pixel once; the memory is used again.
type Sink func(lo, hi [3]int, labels, percent []uint8) error

// slabs are how many tiles lie behind each other in a slab.
const planarSlab = 2 // of 256 rows: the 512 of a tile of a label image

// Apply classifies an image and counts. The same labels and counts come for any number of workers.
func (c *Classifier) Apply(ctx context.Context, src Source, o parallel.Options, prog parallel.Progress, sink Sink) (*Count, error) {
	if prog == nil {
		prog = parallel.Discard{}
	}
	size, tile := src.Size(), c.tile
	axis, deep := 1, tile[1]*planarSlab
	if c.Input.Volumetric() {
		axis, deep = 2, tile[2]
	}
	workers := sync.Pool{New: func() any { return nil }}
	count := newCount(len(c.Classes))
	columns := (size[0] + tile[0] - 1) / tile[0]
	rows := func(n int) int { return (n + tile[1] - 1) / tile[1] }
	prog.Stage("classify", columns*rows(size[1])*((size[2]+tile[2]-1)/tile[2]))
	var labels, percent []uint8
	for at := 0; at < size[axis]; at += deep {
		lo, hi := [3]int{}, size
		lo[axis], hi[axis] = at, min(at+deep, size[axis])
		n := [3]int{hi[0] - lo[0], hi[1] - lo[1], hi[2] - lo[2]}
		if need := n[0] * n[1] * n[2]; len(labels) < need {
			labels, percent = make([]uint8, need), make([]uint8, need)
		}
		slab := slab{lo: lo, n: n, labels: labels[:n[0]*n[1]*n[2]], percent: percent[:n[0]*n[1]*n[2]]}
		err := parallel.Each(ctx, columns*rows(n[1]), o, prog, func(ctx context.Context, k int) error {
			return c.tileOf(ctx, src, &workers, &slab, k%columns, k/columns)
		})
		if err != nil {
			return nil, err
		}
		count.add(&slab)
		if err := sink(lo, hi, slab.labels, slab.percent); err != nil {
			return nil, err
		}
	}
	return count, nil
}

// slab is a part of an image with its classes.
type slab struct {
	lo, n           [3]int
	labels, percent []uint8
	outside         atomic.Int64
}

// tileOf classifies tile (x, y) of a slab.
func (c *Classifier) tileOf(ctx context.Context, src Source, workers *sync.Pool, s *slab, x, y int) error {
	w, ok := workers.Get().(worker)
	if !ok {
		var err error
		if w, err = c.worker(src); err != nil {
			return err
		}
	}
	defer workers.Put(w)
	at := [3]int{x * c.tile[0], y * c.tile[1], 0}
	lo := [3]int{s.lo[0] + at[0], s.lo[1] + at[1], s.lo[2]}
	n := [3]int{min(c.tile[0], s.n[0]-at[0]), min(c.tile[1], s.n[1]-at[1]), s.n[2]}
	size := n[0] * n[1] * n[2]
	both := make([]uint8, 2*size)
	labels, percent := both[:size], both[size:]
	outside, err := w.classify(ctx, lo, n, labels, percent)
	if err != nil {
		return fmt.Errorf("classify the tile at %v: %w", lo, err)
	}
	s.outside.Add(outside)
	for z := range n[2] {
		for row := range n[1] {
			from := n[0] * (row + n[1]*z)
			to := at[0] + s.n[0]*(at[1]+row+s.n[1]*z)
			copy(s.labels[to:to+n[0]], labels[from:])
			copy(s.percent[to:to+n[0]], percent[from:])
		}
	}
	return nil
}

// Classifier is the model, ready to be applied.
func (m *Model) Classifier() *Classifier {
	return &Classifier{
		Name: "random forest", Hash: m.Hash, Input: m.Input, Classes: m.Classes, Algorithms: Algorithms(), tile: tileOf(m.Input),
		worker: func(src Source) (worker, error) {
			in, err := m.Input.of(src)
			if err != nil {
				return nil, err
			}
			g, err := newGreys(in)
			return &forestWorker{tiler: newTiler(src, g, m.Bank), forest: m.Forest, bins: new(forest.Work)}, err
		},
	}
}

type forestWorker struct {
	*tiler
	forest *forest.Forest
	bins   *forest.Work
	votes  []uint32
}

func (w *forestWorker) classify(ctx context.Context, lo, n [3]int, labels, percent []uint8) (int64, error) {
	before := w.outside
	planes, err := w.features(ctx, lo, n)
	if err != nil {
		return 0, err
	}
	k := w.forest.Classes
	if w.votes == nil {
		w.votes = make([]uint32, forest.Block*k)
	}
	for from := 0; from < len(labels); from += forest.Block {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		to := min(from+forest.Block, len(labels))
		for f, p := range planes {
			w.forest.Bin(w.bins, f, p[from:to])
		}
		votes := w.votes[:(to-from)*k]
		w.forest.Votes(votes, w.bins, to-from)
		for i := range to - from {
			class, sure := forest.Best(votes[i*k:][:k])
			labels[from+i], percent[from+i] = uint8(class+1), sure
		}
	}
	return w.outside - before, nil
}
