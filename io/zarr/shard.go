package zarr

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
)

// shards says how chunks lie together in larger objects, each with an index at one of its ends.
//
// Source: Zarr sharding codec version 1.0, https://zarr-specs.readthedocs.io/en/latest/v3/codecs/sharding-indexed.
type shards struct {
	per       []int // chunks in a shard along each axis
	atStart   bool
	bigEndian bool
	sum       bool // four bytes of CRC-32C behind the index
}

const maxIndex = 64 << 20 // bytes of an index

// sharded takes the chunks of the grid for shards, and those within for the chunks.
func (g *grid) sharded(codec named) error {
	var c struct {
		Shape    []int   `json:"chunk_shape"`
		Codecs   []named `json:"codecs"`
		Index    []named `json:"index_codecs"`
		Location string  `json:"index_location"`
	}
	if err := codec.settings(&c); err != nil {
		return err
	}
	outer, s := g.chunk, &shards{atStart: c.Location == "start"}
	g.chunk, g.shards = c.Shape, s
	if c.Location != "" && c.Location != "start" && c.Location != "end" {
		return fmt.Errorf("index_location %.40q is neither start nor end", c.Location)
	}
	if len(c.Codecs) > 0 && c.Codecs[0].Name == "sharding_indexed" {
		return errors.New("shards within shards are not read")
	}
	if err := g.check(); err != nil {
		return err
	}
	if err := s.indexCodecs(c.Index); err != nil {
		return err
	}
	entries := 1
	for a, n := range g.chunk {
		if len(outer) != len(g.chunk) || outer[a] < n || outer[a]%n != 0 || outer[a] > math.MaxInt32 || outer[a]/n > maxIndex/16/entries {
			return fmt.Errorf("chunks of %v in shards of %v are not read", g.chunk, outer)
		}
		s.per = append(s.per, outer[a]/n)
		entries *= outer[a] / n
	}
	return g.chunkCodecs(c.Codecs)
}

// indexCodecs takes bytes, and behind them a sum.
func (s *shards) indexCodecs(codecs []named) error {
	if len(codecs) == 0 || codecs[0].Name != "bytes" || len(codecs) > 2 || len(codecs) == 2 && codecs[1].Name != "crc32c" {
		return errors.New("an index of shards that is packed otherwise than with bytes and crc32c is not read")
	}
	var c struct {
		Endian string `json:"endian"`
	}
	err := codecs[0].settings(&c)
	s.bigEndian, s.sum = c.Endian == "big", len(codecs) == 2
	return err
}

// indexBytes is the size of an index with its sum.
func (s *shards) indexBytes() int {
	n := 16
	for _, p := range s.per {
		n *= p
	}
	if s.sum {
		n += 4
	}
	return n
}

// index reads the index of a shard: offset and size of each chunk, little-endian.
func (s *shards) index(st store, key string) ([]byte, error) {
	size, err := st.size(key)
	if err != nil {
		return nil, err
	}
	n := s.indexBytes()
	if int64(n) > size {
		return nil, errors.New("the shard is cut short")
	}
	at := size - int64(n)
	if s.atStart {
		at = 0
	}
	b := make([]byte, n)
	if err := st.readAt(key, b, at); err != nil {
		return nil, err
	}
	if s.sum {
		if b, err = checkSum(b, n); err != nil {
			return nil, fmt.Errorf("the index of the shard: %w", err)
		}
	}
	if s.bigEndian {
		for i := 0; i < len(b); i += 8 {
			slices.Reverse(b[i : i+8])
		}
	}
	return b, nil
}

// entry reads the packed bytes of chunk i of a shard, at most limit; fs.ErrNotExist when it is not stored.
func (s *shards) entry(st store, key string, index []byte, i int, limit int) ([]byte, error) {
	at, n := binary.LittleEndian.Uint64(index[16*i:]), binary.LittleEndian.Uint64(index[16*i+8:])
	if at == math.MaxUint64 && n == math.MaxUint64 {
		return nil, fs.ErrNotExist
	}
	size, err := st.size(key)
	if err != nil {
		return nil, err
	}
	if at > uint64(size) || n > uint64(size)-at || n > uint64(limit) {
		return nil, errors.New("the index of the shard points outside of it")
	}
	b := make([]byte, n)
	return b, st.readAt(key, b, int64(at))
}
