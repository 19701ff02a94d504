package fluorescence

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Noise with a tail of light to one side has its crest where the noise has its middle, to a twentieth of its SD.
func TestCrestIsTheMiddleOfNoise(t *testing.T) {
	const sd, tail = 20, 0.1
	for seed := range uint64(5) {
		r := rand.New(rand.NewPCG(seed, 4))
		v := make([]float32, 300000)
		for i := range v {
			v[i] = float32(500 + sd*r.NormFloat64())
			if r.Float64() < tail {
				v[i] += float32(200 * r.ExpFloat64())
			}
		}
		if got := crest(v); math.Abs(got-500) > sd/20. {
			t.Errorf("seed %d: the crest is at %v, want 500", seed, got)
		}
	}
	if got := crest(nil); got != 0 {
		t.Errorf("the crest of nothing is %v", got)
	}
	if got := crest([]float32{7, 7, 7}); got != 7 {
		t.Errorf("the crest of what is all the same is %v", got)
	}
}
