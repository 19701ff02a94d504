package zarr

import (
	"errors"
	"fmt"
	"math"
	"path"
	"strconv"
	"strings"
)

// Bounds of what is taken for honest.
const (
	maxDims  = 8
	maxChunk = 1 << 30 // bytes of one chunk
	maxRatio = 33000   // unpacked bytes for each packed one: zstd repeats a byte 131072 times in four bytes
)

// grid is one array: how its samples are cut into chunks and how these are packed.
type grid struct {
	key       string
	dtype     dtype
	bigEndian bool
	shape     []int
	chunk     []int // samples of a chunk along each axis
	perm      []int // the order of the axes in a chunk, the slowest first
	fill      []byte
	unpack    chain
	shards    *shards
	names     []string // of the axes, where the array says them

	prefix, separator string // of the keys of chunks
}

// check refuses sizes that are not believable.
func (g *grid) check() error {
	if len(g.shape) > maxDims || len(g.chunk) != len(g.shape) {
		return fmt.Errorf("%d axes with chunks of %d axes are not read", len(g.shape), len(g.chunk))
	}
	samples, bytes := 1, g.dtype.size
	for a, n := range g.shape {
		c := g.chunk[a]
		if n < 1 || n > math.MaxInt32 || c < 1 || c > math.MaxInt32 {
			return fmt.Errorf("shape %v in chunks of %v is not read", g.shape, g.chunk)
		}
		if n > 1<<50/samples || c > maxChunk/bytes {
			return fmt.Errorf("shape %v in chunks of %v is too large: a chunk of at most %d MiB is read", g.shape, g.chunk, maxChunk>>20)
		}
		samples, bytes = samples*n, bytes*c
	}
	return nil
}

// chunkBytes is the size of a chunk as it is stored, unpacked.
func (g *grid) chunkBytes() int {
	n := g.dtype.size
	for _, c := range g.chunk {
		n *= c
	}
	return n
}

// strides are the distances of neighbours along each axis in a chunk, in samples.
func (g *grid) strides() []int {
	out, step := make([]int, len(g.chunk)), 1
	for i := len(g.perm) - 1; i >= 0; i-- {
		out[g.perm[i]] = step
		step *= g.chunk[g.perm[i]]
	}
	return out
}

// counts are the numbers of chunks along each axis.
func (g *grid) counts() []int {
	out := make([]int, len(g.shape))
	for a, n := range g.shape {
		out[a] = (n + g.chunk[a] - 1) / g.chunk[a]
	}
	return out
}

// objectKey is the key of the object at index: a chunk, or a shard of many.
func (g *grid) objectKey(index []int) string {
	words := make([]string, 0, len(index)+1)
	if g.prefix != "" {
		words = append(words, g.prefix)
	}
	for _, i := range index {
		words = append(words, strconv.Itoa(i))
	}
	return path.Join(g.key, strings.Join(words, g.separator))
}

// identity is the order of axes that are not turned.
func identity(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// transposed is perm after another transposition of what it gives.
func transposed(perm, by []int) ([]int, error) {
	if len(by) != len(perm) {
		return nil, fmt.Errorf("a transposition of %d axes", len(by))
	}
	out, seen := make([]int, len(perm)), make([]bool, len(perm))
	for i, a := range by {
		if a < 0 || a >= len(perm) || seen[a] {
			return nil, errors.New("a transposition that names an axis twice or not at all")
		}
		out[i], seen[a] = perm[a], true
	}
	return out, nil
}
