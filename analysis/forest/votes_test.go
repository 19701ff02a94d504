package forest

import (
	"math/rand/v2"
	"slices"
	"testing"

	"explant/volume/parallel"
)

// everyTree sums the shares of the leaves that sample i reaches.
func everyTree(f *Forest, binned [][]uint8, i int) []uint32 {
	votes := make([]uint32, f.Classes)
	for _, root := range f.roots {
		for c, share := range f.shares(f.leafOf[f.walkDown(root, binned, i)]) {
			votes[c] += uint32(share)
		}
	}
	return votes
}

// Votes of a block are those of a plain walk: for numbers of pixels that fill no group, more classes than a number
// holds, and more trees than are summed at once.
func TestVotesEqualThePlainWalk(t *testing.T) {
	for _, c := range []struct{ features, classes, trees, pixels int }{{3, 2, 7, 1}, {30, 4, 20, 77}, {9, 5, 300, 8}, {256, 6, 3, 250}} {
		g := grown(t, rings(3000, c.features, c.classes, 1), Params{Trees: c.trees, Seed: 1, MinLeaf: 1}, 2)
		s := rings(c.pixels, c.features, c.classes, 2)
		var w Work
		for f, v := range s.Values {
			g.Bin(&w, f, v)
		}
		votes := make([]uint32, c.pixels*c.classes)
		g.Votes(votes, &w, c.pixels)
		binned := s.binned(g.Cuts)
		for i := 0; i < c.pixels; i += 1 + c.pixels/9 {
			if got, want := votes[i*c.classes:][:c.classes], everyTree(g.Forest, binned, i); !slices.Equal(got, want) {
				t.Errorf("%+v, pixel %d: votes %v, want %v", c, i, got, want)
			}
		}
	}
}

// Eight lanes side by side reach the leaves that a plain walk reaches, with plain Go and where nodes are too many to
// be short.
func TestDescendEqualsThePlainWalk(t *testing.T) {
	g := grown(t, rings(5000, 12, 3, 1), Params{Trees: 5, Seed: 3, MinLeaf: 1}, 2)
	r := rand.New(rand.NewPCG(4, 5))
	features := len(g.Cuts)
	bins := make([]uint8, 40*features)
	for i := range bins {
		bins[i] = uint8(r.IntN(256))
	}
	for tree := range g.Trees() {
		lo, hi := g.tree(tree)
		fast, plain := make([]uint32, 40), make([]uint32, 40)
		descend(fast, g.short[lo:hi], bins, features)
		plainDescend(plain, g.short[lo:hi], bins, features)
		for i := range fast {
			if want := g.walk(uint32(lo), bins, i) - uint32(lo); fast[i] != want || plain[i] != want {
				t.Errorf("tree %d, pixel %d: leaf %d, in plain Go %d, want %d", tree, i, fast[i], plain[i], want)
			}
		}
	}
}

// A tree of more nodes than short ones can number gives the same votes.
func TestVotesOfALargeTree(t *testing.T) {
	s := rings(120000, 2, 2, 1)
	r := rand.New(rand.NewPCG(6, 7))
	for i := range s.Class {
		s.Class[i] = uint8(r.IntN(2)) // nothing can be learnt: every sample has a leaf of its own
		s.Values[0][i], s.Values[1][i] = uint16(r.Uint32()), uint16(r.Uint32())
	}
	g, err := Train(t.Context(), s, Params{Trees: 1, Seed: 1, MinLeaf: 1}, parallel.Options{Workers: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if g.Nodes() <= mostShort {
		t.Fatalf("%d nodes can be short", g.Nodes())
	}
	part := Samples{Values: [][]uint16{s.Values[0][:50], s.Values[1][:50]}, Class: s.Class[:50], Classes: 2}
	var w Work
	for f, v := range part.Values {
		g.Bin(&w, f, v)
	}
	votes := make([]uint32, 100)
	g.Votes(votes, &w, 50)
	binned := part.binned(g.Cuts)
	for i := range 50 {
		if got, want := votes[2*i:][:2], everyTree(g.Forest, binned, i); !slices.Equal(got, want) {
			t.Errorf("pixel %d: votes %v, want %v", i, got, want)
		}
	}
}
