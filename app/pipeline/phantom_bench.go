package pipeline

import (
	"context"
	"fmt"
	"os"

	"explant/analysis/phantom"
	"explant/analysis/segment"
	"explant/io/nrrd"
	"explant/volume"
	"explant/volume/parallel"
)

const (
	sphereLong = `A volume of equal balls of deposit (--object, 240 µm) in air around a polymer rod: volume.nrrd, the true labels
truth.nrrd, and truth.json with volumes, areas and thickness as closed forms.`
	filmLong = `A volume of parallel hollow fibres of 380 µm, tilted against the voxels, with sleeves of deposit of one thickness
(--object, 100 µm) on them: volume.nrrd, the true labels truth.nrrd, and truth.json with closed forms.`
	latticeLong = `A volume of parallel hollow fibres of 380 µm, tilted against the voxels, with films of deposit on parts of them, 60
to 120 µm thick (--object is the mean): volume.nrrd, the true labels truth.nrrd, and truth.json with closed forms.`
)

// bench puts the options that phantoms of closed-form solids share into b.
func (o PhantomOptions) bench(b *phantom.Bench) {
	if o.VoxelUM > 0 {
		b.SpacingUM = o.VoxelUM
	}
	if o.Noise > 0 {
		b.Scanner.NoiseGrey *= o.Noise
		b.Scanner.GaussGrey *= o.Noise
	}
}

func spherePhantom(ctx context.Context, s *stage, o PhantomOptions, l Limits, p parallel.Progress) (MadePhantom, error) {
	scene := phantom.DefaultSpheres(o.Size, o.Seed)
	o.bench(&scene.Bench)
	if o.Bare {
		scene.RodUM = 0
	}
	if o.ObjectUM > 0 {
		scene.PitchUM *= max(o.ObjectUM/scene.DiameterUM, (o.ObjectUM+2*scene.SpacingUM)/scene.PitchUM)
		scene.DiameterUM = o.ObjectUM
	}
	return benchPhantom(ctx, s, o, l, p, scene.Make)
}

func filmPhantom(ctx context.Context, s *stage, o PhantomOptions, l Limits, p parallel.Progress) (MadePhantom, error) {
	return latticeOf(ctx, s, o, l, p, phantom.DefaultFilm(o.Size, o.Seed))
}

func latticePhantom(ctx context.Context, s *stage, o PhantomOptions, l Limits, p parallel.Progress) (MadePhantom, error) {
	return latticeOf(ctx, s, o, l, p, phantom.DefaultLattice(o.Size, o.Seed))
}

// latticeOf scales the films to the mean thickness that is asked for and keeps the room between the fibres.
func latticeOf(ctx context.Context, s *stage, o PhantomOptions, l Limits, p parallel.Progress, scene phantom.Lattice) (MadePhantom, error) {
	o.bench(&scene.Bench)
	if o.ObjectUM > 0 {
		was := scene.FilmUM
		for k := range scene.FilmUM {
			scene.FilmUM[k] *= 2 * o.ObjectUM / (was[0] + was[1])
		}
		scene.PitchUM += max(2*(scene.FilmUM[1]-was[1]), 0)
	}
	return benchPhantom(ctx, s, o, l, p, scene.Make)
}

// benchPhantom makes and writes a phantom of closed-form solids.
func benchPhantom(ctx context.Context, s *stage, o PhantomOptions, l Limits, p parallel.Progress, draw func(context.Context, parallel.Options, parallel.Progress) (*volume.Volume[uint16], *volume.Labels, phantom.BenchTruth, error)) (MadePhantom, error) {
	if err := phantomFits(o.Size, l); err != nil {
		return MadePhantom{}, err
	}
	grey, labels, truth, err := draw(ctx, parallel.Options{Workers: l.Workers}, p)
	if err != nil {
		return MadePhantom{}, err
	}
	err = s.writeAll([]staged{
		{"volume.nrrd", func(f *os.File) error { return nrrd.Write(ctx, f, grey, nil) }},
		{"truth.nrrd", func(f *os.File) error { return nrrd.Write(ctx, f, labels, segment.Classes()) }},
		{"truth.json", func(f *os.File) error { return writeJSON(f, truth) }},
	})
	return MadePhantom{Image: "volume.nrrd", Truth: fmt.Sprintf("%.4g mm³ of deposit in %d pieces, %.4g %% of the blood-side space", truth.VolumeMM3.Deposit, truth.ObjectCount, truth.BurdenPct)}, err
}
