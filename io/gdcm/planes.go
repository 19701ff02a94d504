package gdcm

import (
	"encoding/hex"
	"sync"
)

// probe is a frame of 2 x 2 pixels whose channels were packed one after the other: 1, 2, 3, 4 is the first.
const probe = "ffd8fff70011080002000203011100021100031100ffda00080101000000005a98ffda0008010200000000000001620e004040" +
	"ffda00080103000000000000016d0e004040ffffd9"

// keepsPlanes reports a GDCM that gives such channels one after the other; some versions interleave them,
// and none says so.
var keepsPlanes = sync.OnceValue(func() bool {
	b, err := hex.DecodeString(probe)
	if err != nil {
		return false
	}
	f, err := parseJPEG(b)
	if err != nil {
		return false
	}
	samples, err := decode(f, b)
	return err == nil && samples[1] == 2
})

// interleave puts the channels of each pixel together, where samples has them one after the other.
func interleave(f Frame, samples []byte) []byte {
	out, size := make([]byte, len(samples)), f.SampleBytes()
	pixels := f.Columns * f.Rows
	for c := range f.Samples {
		for i := range pixels {
			copy(out[(i*f.Samples+c)*size:][:size], samples[(c*pixels+i)*size:])
		}
	}
	return out
}
