package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"explant/analysis/measure"
	"explant/analysis/result"
	"explant/analysis/segment"
	"explant/io/open"
	"explant/volume"
	"explant/volume/parallel"
)

// Gathering joins the shards of one volume.
type Gathering struct {
	Dirs  []string // folders of the shards, in any order
	Out   string   // receives what Analyze writes
	Input string   // where the image lies now; "" for where the shards found it
}

// Gather joins shards to the files that [Analyze] writes of the whole volume, with the same bytes. The image is
// read once more, for the pictures of the report and for what is measured on a volume as a whole. Shards of
// another image, method or count, and missing ones, are refused.
func Gather(ctx context.Context, g Gathering, l Limits, p parallel.Progress) (res result.Result, err error) {
	var all shards
	defer func() { err = errors.Join(err, all.close()) }()
	for _, dir := range g.Dirs {
		s, err := openShard(dir)
		if err != nil {
			return res, err
		}
		all.parts = append(all.parts, s)
	}
	if err := all.check(); err != nil {
		return res, err
	}
	job, err := all.parts[0].header.job()
	if err != nil {
		return res, err
	}
	job.Out = g.Out
	if g.Input != "" {
		job.Input = g.Input
	}
	err = begin(ctx, job, l, p, func(ctx context.Context, r *run) (err error) {
		if err := all.of(ctx, r); err != nil {
			return err
		}
		if err := all.join(); err != nil {
			return err
		}
		r.shards = &all
		res, err = r.analyze(ctx)
		return err
	})
	return res, err
}

// shards are those of one volume.
type shards struct {
	parts []*shardReader // in order once they are checked
	sums  *measure.Sums
}

// check puts the shards into their order and refuses those that do not belong together.
func (s *shards) check() error {
	if len(s.parts) == 0 {
		return fmt.Errorf("no folder: %w", measure.ErrShards)
	}
	slices.SortStableFunc(s.parts, func(a, b *shardReader) int { return a.header.Share.I - b.header.Share.I })
	first := s.parts[0]
	for _, p := range s.parts {
		if what := first.header.differs(p.header); what != "" {
			return fmt.Errorf("%s and %s are of different %s: %w", first.dir, p.dir, what, measure.ErrShards)
		}
	}
	var missing []string
	n := first.header.Share.N
	at := 0
	for i := 1; i <= n; i++ {
		if at < len(s.parts) && s.parts[at].header.Share.I == i {
			at++
		} else {
			missing = append(missing, Share{i, n}.String())
		}
		if at > 0 && at < len(s.parts) && s.parts[at].header.Share.I == i {
			return fmt.Errorf("%s and %s are both shard %d/%d: %w", s.parts[at-1].dir, s.parts[at].dir, i, n, measure.ErrShards)
		}
		if len(missing) == 10 {
			missing = append(missing, "…")
			break
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("shards %v are missing: %w", missing, measure.ErrShards)
	}
	return nil
}

// differs names what keeps two shards from being joined, "" for nothing.
func (h shardHeader) differs(o shardHeader) string {
	switch {
	case h.SHA256 != o.SHA256 || h.Size != o.Size:
		return "images"
	case h.Method != o.Method:
		return "methods"
	case h.Share.N != o.Share.N:
		return fmt.Sprintf("cuts, into %d and into %d shards", h.Share.N, o.Share.N)
	case !maps.Equal(h.Inputs, o.Inputs):
		return "inputs, such as --spacing or --axis"
	case h.Version != o.Version:
		return "versions of the program, " + h.Version + " and " + o.Version
	case summary(h.Segmentation) != summary(o.Segmentation):
		return "thresholds, though of one image"
	}
	return ""
}

// summary is what shards of one volume must agree on, NaN included.
func summary(s segment.Segmentation) string {
	steps := segment.Steps{}
	if s.Steps != nil {
		steps = *s.Steps
	}
	return fmt.Sprint(s.Levels, s.VOI, s.Rule, s.Replicates, steps, s.Flags, s.Diagnostics)
}

// of refuses an image, or rules, that are no longer those of the shards.
func (s *shards) of(ctx context.Context, r *run) error {
	h := s.parts[0].header
	sum, err := open.Hash(ctx, r.job.Input, r.info.Beside...)
	if err != nil {
		return err
	}
	if sum != h.SHA256 || r.info.Grid.N != h.Size {
		return fmt.Errorf("%s is another image than that of the shards: name theirs with --input: %w", r.job.Input, measure.ErrShards)
	}
	method, err := r.job.Protocol.Method()
	if err != nil {
		return err
	}
	if method != h.Method || !maps.Equal(r.job.inputs(), h.Inputs) {
		return fmt.Errorf("this program, or a file of the frame, is another than that of the shards: make them again: %w", measure.ErrShards)
	}
	return nil
}

func (s *shards) join() (err error) {
	var parts []*measure.Sums
	for _, p := range s.parts {
		sums, err := p.sums()
		if err != nil {
			return err
		}
		parts = append(parts, sums)
	}
	s.sums, err = measure.Join(parts)
	return err
}

// segmentation is that of the shards, their labels put together.
func (s *shards) segmentation(ctx context.Context, g volume.Grid) (*segment.Segmentation, error) {
	out := s.parts[0].header.Segmentation
	var err error
	if out.Labels, err = volume.Make[uint8](ctx, g); err != nil {
		return nil, err
	}
	for _, p := range s.parts {
		if err := p.labels(ctx, out.Labels); err != nil {
			return nil, err
		}
	}
	return &out, nil
}

func (s *shards) close() (err error) {
	for _, p := range s.parts {
		err = errors.Join(err, p.close())
	}
	return err
}
