package pipeline

import (
	"bufio"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/gzip"

	"explant/analysis/measure"
	"explant/analysis/segment"
	"explant/volume"
)

// ShardFile is what one shard of a volume adds to its measurement. A gzip stream holds a line that names the
// format and its version, header and sums as values of encoding/gob, and the labels of its slices, one byte
// a voxel, x fastest.
const ShardFile = "shard.explant"

const shardFormat = "explant-shard/1\n"

// shardHeader says what a shard is a part of.
type shardHeader struct {
	Version      string // of the program
	Share        Share
	Job          Job    // with absolute paths, without its protocol
	Protocol     []byte // resolved, as JSON
	Inputs       map[string]string
	SHA256       string // of the image
	Method       string
	Size         [3]int               // voxels of the volume
	Segmentation segment.Segmentation // without labels
}

func writeShard(ctx context.Context, w io.Writer, h shardHeader, sums *measure.Sums, l *volume.Labels) error {
	b := bufio.NewWriterSize(w, 1<<16)
	z, err := gzip.NewWriterLevel(b, gzip.BestSpeed)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(z, shardFormat); err != nil {
		return err
	}
	enc := gob.NewEncoder(z)
	if err := errors.Join(enc.Encode(h), enc.Encode(sums)); err != nil {
		return fmt.Errorf("write %s: %w", ShardFile, err)
	}
	for at := sums.Z0; at < sums.Z1; at++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := z.Write(l.Slice(at)); err != nil {
			return fmt.Errorf("write %s: %w", ShardFile, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write %s: %w", ShardFile, err)
	}
	return b.Flush()
}

// shardReader reads a shard as far as it is asked for.
type shardReader struct {
	dir    string
	file   *os.File
	r      *bufio.Reader
	dec    *gob.Decoder
	header shardHeader
}

// openShard reads the header of the shard in a folder.
func openShard(dir string) (*shardReader, error) {
	f, err := os.Open(filepath.Join(dir, ShardFile))
	if err != nil {
		return nil, fmt.Errorf("%s holds no shard, 'explant analyze --shard' makes one: %w", dir, err)
	}
	s := &shardReader{dir: dir, file: f}
	if err := s.begin(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s is no whole shard of this program, make it again: %w", f.Name(), err), f.Close())
	}
	return s, nil
}

func (s *shardReader) begin() error {
	z, err := gzip.NewReader(bufio.NewReaderSize(s.file, 1<<16))
	if err != nil {
		return err
	}
	s.r = bufio.NewReaderSize(z, 1<<16) // gob reads no further than it must
	format := make([]byte, len(shardFormat))
	if _, err := io.ReadFull(s.r, format); err != nil {
		return err
	}
	if string(format) != shardFormat {
		return fmt.Errorf("its format is %q, not %q", format, shardFormat)
	}
	s.dec = gob.NewDecoder(s.r)
	return s.dec.Decode(&s.header)
}

// sums follow the header, and the labels the sums.
func (s *shardReader) sums() (out *measure.Sums, err error) {
	if err = s.dec.Decode(&out); err != nil {
		return nil, fmt.Errorf("%s: %w", s.file.Name(), err)
	}
	z0, z1 := s.header.Share.slices(s.header.Size[2])
	if out.Z0 != z0 || out.Z1 != z1 {
		return nil, fmt.Errorf("%s: slices %d to %d are not those of shard %v", s.file.Name(), out.Z0, out.Z1-1, s.header.Share)
	}
	return out, nil
}

// labels fills the slices of the shard, and sees that nothing follows and that its checksum is right.
func (s *shardReader) labels(ctx context.Context, l *volume.Labels) error {
	z0, z1 := s.header.Share.slices(l.N[2])
	for z := z0; z < z1; z++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := io.ReadFull(s.r, l.Slice(z)); err != nil {
			return fmt.Errorf("%s, labels of slice %d: %w", s.file.Name(), z, err)
		}
	}
	if _, err := s.r.ReadByte(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s does not end where it should: %w", s.file.Name(), errors.Join(err, measure.ErrShards))
	}
	return nil
}

func (s *shardReader) close() error { return s.file.Close() }
