package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"explant/analysis/measure"
	"explant/analysis/protocol"
	"explant/analysis/segment"
	"explant/io/open"
	"explant/volume"
	"explant/volume/parallel"
)

// Share is shard I of N, from 1, of a volume cut along z.
type Share struct{ I, N int }

// ErrWhole says that a protocol measures volumes as a whole.
var ErrWhole = errors.New("cannot be cut into shards")

// ParseShare reads "2/5".
func ParseShare(text string) (Share, error) {
	i, n, ok := strings.Cut(text, "/")
	s := Share{}
	var err, err2 error
	s.I, err = strconv.Atoi(i)
	s.N, err2 = strconv.Atoi(n)
	if !ok || err != nil || err2 != nil || s.I < 1 || s.I > s.N {
		return s, fmt.Errorf("%q is no shard: write the second of five as 2/5", text)
	}
	return s, nil
}

func (s Share) String() string { return fmt.Sprintf("%d/%d", s.I, s.N) }

// slices are those of the share, [z0, z1).
func (s Share) slices(nz int) (z0, z1 int) { return (s.I - 1) * nz / s.N, s.I * nz / s.N }

// Sharded reports a job whose protocol measures volumes, or pictures, as a whole.
func (j Job) Sharded() error {
	if j.Protocol.Prepare != nil {
		return fmt.Errorf("protocol %s prepares the scan and %w: run it without --shard", j.Protocol.Name, ErrWhole)
	}
	switch j.Protocol.Engine {
	case protocol.Panel, protocol.Ranges:
		return nil
	}
	return fmt.Errorf("protocol %s %w: run it without --shard; ct-panel and volume-threshold can be", j.Protocol.Name, ErrWhole)
}

// AnalyzeShard measures the slices of one share of a volume and writes what they add to it into job.Out, as
// ShardFile. The whole volume is read and segmented, which takes a quarter of the time: thresholds hang on
// all of it. It returns the path of the file.
func AnalyzeShard(ctx context.Context, job Job, share Share, l Limits, p parallel.Progress) (string, error) {
	if err := job.Sharded(); err != nil {
		return "", err
	}
	err := begin(ctx, job, l, p, func(ctx context.Context, r *run) error {
		if nz := r.info.Grid.N[2]; share.N > nz {
			return fmt.Errorf("%s: %d shards of %d slices: ask for fewer", job.Input, share.N, nz)
		}
		v, err := r.load(ctx, r.image)
		if err == nil {
			err = r.shard(ctx, v, share)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", job.Input, err)
		}
		return r.stage.commit(ShardFile)
	})
	return filepath.Join(job.Out, ShardFile), err
}

func (r *run) shard(ctx context.Context, v any, share Share) error {
	switch v := v.(type) {
	case *volume.Volume[uint8]:
		return shardOf(ctx, r, v, share)
	case *volume.Volume[uint16]:
		return shardOf(ctx, r, v, share)
	case *volume.Volume[int16]:
		return shardOf(ctx, r, v, share)
	case *volume.Volume[float32]:
		return shardOf(ctx, r, v, share)
	}
	return fmt.Errorf("volumes of %T are not measured", v)
}

func shardOf[T volume.Voxel](ctx context.Context, r *run, v *volume.Volume[T], share Share) error {
	v.Grid = r.info.Grid
	s, _, err := segmented(ctx, r, v)
	if err != nil {
		return err
	}
	z0, z1 := share.slices(v.N[2])
	sums, err := measure.Collect(ctx, v, s, *r.job.Protocol.Measure, r.input(), z0, z1, r.options(), r.progress)
	if err != nil {
		return err
	}
	h, err := r.header(ctx, share, s)
	if err != nil {
		return err
	}
	return r.stage.write(ShardFile, func(f *os.File) error { return writeShard(ctx, f, h, sums, s.Labels) })
}

// job is that of the shard again.
func (h shardHeader) job() (j Job, err error) {
	j = h.Job
	j.Protocol, err = protocol.Resolve("shard.yaml", func(string) ([]byte, error) { return h.Protocol, nil }, nil)
	return j, err
}

// header says what a shard is a part of.
func (r *run) header(ctx context.Context, share Share, s *segment.Segmentation) (shardHeader, error) {
	h := shardHeader{Version: Version, Share: share, Job: r.job, Size: r.info.Grid.N, Inputs: r.job.inputs(), Segmentation: *s}
	h.Segmentation.Labels, h.Job.Protocol = nil, protocol.Protocol{}
	var err error
	if h.Protocol, err = json.Marshal(r.job.Protocol); err != nil {
		return h, err
	}
	for _, path := range []*string{&h.Job.Input, &h.Job.Frame, &h.Job.Zones} {
		if *path != "" {
			if *path, err = filepath.Abs(*path); err != nil {
				return h, err
			}
		}
	}
	if h.Method, err = r.job.Protocol.Method(); err != nil {
		return h, err
	}
	h.SHA256, err = open.Hash(ctx, r.job.Input, r.info.Beside...)
	return h, err
}
