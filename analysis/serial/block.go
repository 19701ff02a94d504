package serial

import (
	"context"

	"explant/volume/parallel"
)

// Block is how sections lie on each other.
type Block struct {
	Pairs      []Pair // neighbours first, then every second one
	Placed     []Placement
	Lost       []int     // sections between each and the next that are missing, by their likeness alone
	ResidualPX []float64 // of each section and the next as they are placed
	Places     []int     // of the sections at which it was measured
	Similarity []float64
	Mirrored   []bool // lies the other way than the middle section
}

// span is the largest distance of sections that are registered to each other.
const span = 2

// Align registers neighbouring sections, and finds the places of all. steps are the distances between neighbours
// that their numbers tell, in sections.
func Align(ctx context.Context, pictures []*Picture, steps []float64, o parallel.Options, prog parallel.Progress) (*Block, error) {
	b := &Block{}
	for d := 1; d <= span; d++ {
		for k := 0; k+d < len(pictures); k++ {
			b.Pairs = append(b.Pairs, Pair{Fixed: k, Moving: k + d})
		}
	}
	prog.Stage("register sections", len(b.Pairs))
	err := parallel.Each(ctx, len(b.Pairs), o, prog, func(ctx context.Context, i int) error {
		fixed, moving := b.Pairs[i].Fixed, b.Pairs[i].Moving
		p, err := Register(ctx, pictures[fixed], pictures[moving])
		p.Fixed, p.Moving = fixed, moving
		b.Pairs[i] = p
		return err
	})
	if err != nil {
		return nil, err
	}
	b.Lost = Lost(len(pictures), b.Pairs, steps)
	distances := apart(steps, b.Lost)
	if b.Placed, err = Place(pictures, b.Pairs, distances, len(pictures)/2); err != nil {
		return nil, err
	}
	if err := settle(ctx, pictures, b.Placed, distances, o, prog); err != nil {
		return nil, err
	}
	b.Mirrored = make([]bool, len(pictures))
	for k, p := range b.Placed {
		b.Mirrored[k] = p.Affine.Det() < 0
	}
	b.ResidualPX, b.Places, b.Similarity = make([]float64, len(steps)), make([]int, len(steps)), make([]float64, len(steps))
	prog.Stage("measure the tolerance", len(steps))
	return b, parallel.Each(ctx, len(steps), o, prog, func(_ context.Context, k int) error {
		b.ResidualPX[k], b.Places[k], b.Similarity[k] = Tolerance(pictures[k], pictures[k+1], &b.Placed[k], &b.Placed[k+1])
		return nil
	})
}

// apart are the distances of neighbours with the sections that are lost between them.
func apart(steps []float64, lost []int) []float64 {
	out := make([]float64, len(steps))
	for k, s := range steps {
		out[k] = s + float64(lost[k])
	}
	return out
}
