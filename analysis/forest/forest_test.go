package forest

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"explant/volume/parallel"
)

// rings are samples of classes that lie in rings around a middle in the first two features; the others are
// noise.
func rings(n, features, classes int, seed uint64) Samples {
	r := rand.New(rand.NewPCG(seed, 0))
	s := Samples{Values: make([][]uint16, features), Class: make([]uint8, n), Classes: classes}
	for f := range s.Values {
		s.Values[f] = make([]uint16, n)
	}
	for i := range n {
		for f := range s.Values {
			s.Values[f][i] = uint16(min(max(30000+8000*r.NormFloat64(), 0), 65535))
		}
		d := math.Hypot(float64(s.Values[0][i])-30000, float64(s.Values[1][i])-30000) + 500*r.NormFloat64()
		s.Class[i] = uint8(min(max(int(d/6000), 0), classes-1))
	}
	return s
}

func grown(t testing.TB, s Samples, p Params, workers int) *Grown {
	t.Helper()
	g, err := Train(t.Context(), s, p, parallel.Options{Workers: workers}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// classify gives the class and the certainty of every sample.
func classify(f *Forest, s Samples) (class []int, percent []uint8) {
	b := new(Work)
	votes := make([]uint32, Block*f.Classes)
	for lo := 0; lo < s.Len(); lo += Block {
		n := min(Block, s.Len()-lo)
		for k, v := range s.Values {
			f.Bin(b, k, v[lo:lo+n])
		}
		f.Votes(votes[:n*f.Classes], b, n)
		for i := range n {
			c, p := Best(votes[i*f.Classes:][:f.Classes])
			class, percent = append(class, c), append(percent, p)
		}
	}
	return class, percent
}

func errorOf(f *Forest, s Samples) float64 {
	class, _ := classify(f, s)
	wrong := 0
	for i, c := range class {
		if c != int(s.Class[i]) {
			wrong++
		}
	}
	return float64(wrong) / float64(len(class))
}

func TestLearnsRings(t *testing.T) {
	p := Params{Trees: 40, Seed: 1, MinLeaf: 1}
	g := grown(t, rings(6000, 5, 3, 1), p, 2)
	unseen := errorOf(g.Forest, rings(4000, 5, 3, 2))
	if unseen > 0.10 {
		t.Errorf("unseen samples: %.1f %% wrong", 100*unseen)
	}
	if oob := g.OutOfBag.Error(); math.Abs(oob-unseen) > 0.03 { // fifteen trees judge a sample, not forty
		t.Errorf("out of bag %.3f, unseen samples %.3f", oob, unseen)
	}
	if total, _ := g.OutOfBag.Total(); total != 6000 {
		t.Errorf("%d samples judged out of bag", total)
	}
	if own := errorOf(g.Forest, rings(6000, 5, 3, 1)); own > 0.01 {
		t.Errorf("its own samples: %.1f %% wrong", 100*own)
	}
	if i := g.Importance; i[0]+i[1] < 0.7 || math.Abs(i[0]+i[1]+i[2]+i[3]+i[4]-1) > 1e-9 {
		t.Errorf("importance %v: the first two features tell the class", i)
	}
}

func TestSameBytesForAnyNumberOfWorkers(t *testing.T) {
	s := rings(3000, 9, 4, 5)
	want := grown(t, s, Params{Trees: 12, Seed: 3, MinLeaf: 2, Balanced: true}, 1)
	for _, workers := range []int{2, 8} {
		got := grown(t, s, Params{Trees: 12, Seed: 3, MinLeaf: 2, Balanced: true}, workers)
		if !bytes.Equal(got.Encode(), want.Encode()) || !slices.Equal(got.Importance, want.Importance) {
			t.Errorf("%d workers give another forest", workers)
		}
		if fmt.Sprint(got.OutOfBag) != fmt.Sprint(want.OutOfBag) {
			t.Errorf("%d workers judge otherwise", workers)
		}
	}
	if other := grown(t, s, Params{Trees: 12, Seed: 4, MinLeaf: 2, Balanced: true}, 2); bytes.Equal(other.Encode(), want.Encode()) {
		t.Error("another seed gives the same forest")
	}
}

// TestForestIsThatOfTheRecord holds a small forest against the bytes that it had on amd64: another machine must
// make the same.
func TestForestIsThatOfTheRecord(t *testing.T) {
	g := grown(t, fixedSamples(), Params{Trees: 5, Seed: 11, MinLeaf: 1, Balanced: true}, 2)
	const record = "f3d189067825e7918e45fd2d4b7b06fba16ad0db4a9db0aee675a9d0f30af93c"
	if got := fmt.Sprintf("%x", hash(g.Encode())); got != record {
		t.Errorf("hash %s, on record %s", got, record)
	}
}

// fixedSamples are made of whole numbers alone.
func fixedSamples() Samples {
	s := Samples{Values: make([][]uint16, 6), Classes: 3}
	r := rand.New(rand.NewPCG(9, 9))
	for range 500 {
		sum := 0
		for f := range s.Values {
			v := r.IntN(60000)
			s.Values[f] = append(s.Values[f], uint16(v))
			sum += v * (f % 3)
		}
		s.Class = append(s.Class, uint8(min(sum/90000, 2)))
	}
	return s
}

// TestSplitEqualsTrying compares both ways to look for a split with trying every cut.
func TestSplitEqualsTrying(t *testing.T) {
	for _, n := range []int{12, 20, few, few + 1, 400} {
		s := rings(n, 3, 3, uint64(n))
		cuts := make([]Cuts, 3)
		for f := range cuts {
			cuts[f] = newCuts(s.Values[f])
		}
		g := s.grower(s.binned(cuts), Params{Trees: 1, MinLeaf: 2, Balanced: true}, 0)
		g.tried = 3
		g.draw()
		got, ok := g.best(part{0, 0, len(g.at), 0})
		score := 0.0
		for _, b := range g.bins {
			for cut := range bins {
				score = max(score, g.tryOut(b, uint8(cut)))
			}
		}
		if ok && got.score != score {
			t.Errorf("%d samples: score %v, by trying %v", n, got.score, score)
		}
		if !ok && score > 0 && n > 20 {
			t.Errorf("%d samples: no split, by trying %v", n, score)
		}
	}
}

// tryOut is the score of a cut by definition; 0 where a side is too small.
func (g *grower) tryOut(b []uint8, cut uint8) float64 {
	var weight [2][3]float64
	var drawn [2]int
	for _, at := range g.at {
		side := 0
		if b[at] > cut {
			side = 1
		}
		weight[side][g.class[at]] += float64(g.bag[at]) * float64(g.weight[g.class[at]])
		drawn[side] += int(g.bag[at])
	}
	if drawn[0] < g.leaf || drawn[1] < g.leaf {
		return 0
	}
	score := 0.0
	for _, w := range weight {
		score += (w[0]*w[0] + w[1]*w[1] + w[2]*w[2]) / (w[0] + w[1] + w[2])
	}
	return score
}

func TestWeightsHelpTheRareClass(t *testing.T) {
	s := rings(8000, 4, 2, 8)
	var keep []int // one in fifty of the inner class
	for i, c := range s.Class {
		if c == 1 || i%50 == 0 {
			keep = append(keep, i)
		}
	}
	rare := s.Take(keep)
	recall := func(balanced bool) float64 {
		g := grown(t, rare, Params{Trees: 30, Seed: 1, MinLeaf: 5, Balanced: balanced}, 2)
		own, _, right := g.OutOfBag.Class(0)
		return float64(right) / float64(own)
	}
	if plain, even := recall(false), recall(true); even <= plain {
		t.Errorf("the rare class is found to %.2f without and %.2f with weights", plain, even)
	}
}

func TestCutsPartEvenly(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	values := make([]uint16, 25600)
	for i := range values {
		values[i] = uint16(r.IntN(65536))
	}
	for name, c := range map[string]struct {
		values []uint16
		bins   int
	}{
		"many values": {values, 256}, "one value": {[]uint16{7, 7, 7}, 1}, "two at the ends": {[]uint16{0, 65535}, 2},
		"top value only": {[]uint16{65535}, 1}, "three": {[]uint16{1, 2, 3, 3, 3, 2, 1}, 3},
	} {
		table := newCuts(c.values).table()
		seen := map[uint8]int{}
		for _, v := range c.values {
			seen[table[v]]++
		}
		if len(seen) != c.bins {
			t.Errorf("%s: %d bins, wanted %d", name, len(seen), c.bins)
		}
	}
}

func TestSharesSumToTheWhole(t *testing.T) {
	for _, w := range [][]uint32{{1, 0}, {1, 1}, {1, 1, 1}, {7, 1, 5, 3, 11}, {1 << 31, 1}} {
		sum := 0
		for _, s := range shared(w) {
			sum += int(s)
		}
		if sum != whole {
			t.Errorf("%v: shares %v sum to %d", w, shared(w), sum)
		}
	}
}

func TestRefusesSamplesWithoutUse(t *testing.T) {
	ok := rings(100, 2, 2, 1)
	for name, s := range map[string]Samples{
		"one class": {ok.Values, ok.Class, 1}, "a class without sample": {ok.Values, ok.Class, 3}, "no feature": {nil, ok.Class, 2},
		"short feature": {[][]uint16{{1}}, ok.Class, 2},
	} {
		if _, err := Train(t.Context(), s, Params{Trees: 1, MinLeaf: 1}, parallel.Options{}, nil); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for _, p := range []Params{{Trees: 0, MinLeaf: 1}, {Trees: MaxTrees + 1, MinLeaf: 1}, {Trees: 1}} {
		if _, err := Train(t.Context(), ok, p, parallel.Options{}, nil); err == nil {
			t.Errorf("%+v: no error", p)
		}
	}
}

func BenchmarkTrain(b *testing.B) {
	for _, n := range []int{5000, 50000} {
		s := rings(n, 30, 4, 1)
		b.Run(fmt.Sprintf("samples=%d/features=30/trees=100", n), func(b *testing.B) {
			b.SetBytes(int64(n))
			for b.Loop() {
				grown(b, s, Params{Trees: 100, Seed: 1, MinLeaf: 1}, 2)
			}
		})
	}
}

func BenchmarkVotes(b *testing.B) {
	g := grown(b, rings(50000, 30, 4, 1), Params{Trees: 100, Seed: 1, MinLeaf: 1}, 2)
	s := rings(20000, 30, 4, 2)
	b.Run("pixels=20000/features=30/trees=100", func(b *testing.B) {
		b.SetBytes(int64(s.Len()))
		for b.Loop() {
			classify(g.Forest, s)
		}
	})
}
