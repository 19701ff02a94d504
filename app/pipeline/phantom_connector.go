package pipeline

import (
	"context"
	"os"

	"explant/analysis/phantom"
	"explant/analysis/segment"
	"explant/io/nrrd"
	"explant/volume/parallel"
)

const connectorLong = `A volume of 3/8 inch tubing over a barbed connector, 16.4 mm wide, with a step at the connector's tip, a
crevice, a gap to a second piece, and clot over all of them: volume.nrrd, the true labels truth.nrrd, and
truth.json with the lumen on every plane, the ledges and the clot of each junction. With --unused the same
connector without clot, otherwise placed in the scanner: a reference to compare with.`

func connectorPhantom(ctx context.Context, s *stage, o PhantomOptions, l Limits, p parallel.Progress) (MadePhantom, error) {
	if err := phantomFits(o.Size, l); err != nil {
		return MadePhantom{}, err
	}
	scene := phantom.DefaultConnector(o.Size, o.Seed)
	scene.Unused = o.Unused
	grey, labels, truth, err := scene.Make(ctx, parallel.Options{Workers: l.Workers}, p)
	if err != nil {
		return MadePhantom{}, err
	}
	classes := segment.Classes()
	err = s.writeAll([]staged{
		{"volume.nrrd", func(f *os.File) error { return nrrd.Write(ctx, f, grey, nil) }},
		{"truth.nrrd", func(f *os.File) error { return nrrd.Write(ctx, f, labels, classes) }},
		{"truth.json", func(f *os.File) error { return writeJSON(f, truth) }},
	})
	return MadePhantom{Image: "volume.nrrd", Truth: truth.String()}, err
}
