package forest

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"slices"
	"testing"
)

func hash(b []byte) [32]byte { return sha256.Sum256(b) }

func TestDecodingGivesTheSameForest(t *testing.T) {
	s := rings(2000, 6, 3, 4)
	g := grown(t, s, Params{Trees: 10, Seed: 2, MinLeaf: 1}, 2)
	f, err := Decode(g.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(f.Encode(), g.Encode()) || f.Trees() != 10 || f.Nodes() != g.Nodes() {
		t.Error("the second writing differs")
	}
	a, p := classify(g.Forest, s)
	b, q := classify(f, s)
	if !slices.Equal(a, b) || !slices.Equal(p, q) {
		t.Error("it classifies otherwise")
	}
}

func TestDamageIsAnError(t *testing.T) {
	whole := grown(t, fixedSamples(), Params{Trees: 3, Seed: 1, MinLeaf: 5}, 1).Encode()
	for n := range whole {
		if _, err := Decode(whole[:n]); !errors.Is(err, ErrDamaged) {
			t.Fatalf("the first %d bytes: %v", n, err)
		}
	}
	if _, err := Decode(append(slices.Clone(whole), 0)); !errors.Is(err, ErrDamaged) {
		t.Errorf("a byte too many: %v", err)
	}
	back := slices.Clone(whole)
	f, err := Decode(whole)
	if err != nil {
		t.Fatal(err)
	}
	first := len(whole) - len(f.leaves) - nodeBytes*f.Nodes()
	back[first], back[first+1] = 0, 0 // the root leads to itself
	if _, err := Decode(back); !errors.Is(err, ErrDamaged) {
		t.Errorf("a circle: %v", err)
	}
	back = slices.Clone(whole)
	back[first+5] = 255 // no bin lies above
	if _, err := Decode(back); !errors.Is(err, ErrDamaged) {
		t.Errorf("a cut that the feature does not have: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	g := grown(f, fixedSamples(), Params{Trees: 2, Seed: 1, MinLeaf: 20}, 1)
	f.Add(g.Encode())
	s := fixedSamples()
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := Decode(data)
		if err != nil {
			return
		}
		if !bytes.Equal(got.Encode(), data) {
			t.Error("what was read is written otherwise")
		}
		for len(s.Values) < len(got.Cuts) {
			s.Values = append(s.Values, s.Values[0])
		}
		classify(got, Samples{Values: s.Values[:len(got.Cuts)], Class: s.Class})
	})
}
