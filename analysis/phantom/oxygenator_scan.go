package phantom

import (
	"context"

	"explant/volume"
	"explant/volume/parallel"
)

// scanner is the part of o that says how it is scanned.
func (o Oxygenator) scanner() Scanner {
	return Scanner{PSFVoxels: o.PSFVoxels, NoiseGrey: o.NoiseGrey, GaussGrey: o.GaussGrey, Reference: o.PolymerGrey,
		Correlation: o.Correlation, RingGrey: o.RingGrey, Cupping: o.Cupping, Drift: o.Drift}
}

// Scan gives the image that o's scanner makes of the greys in clean, which has o.N voxels and is used
// up. It is for scenes of other solids than fibres.
func (o Oxygenator) Scan(ctx context.Context, clean *volume.Volume[float32], popt parallel.Options, p parallel.Progress) (*volume.Volume[uint16], error) {
	return exposure{o.scanner(), o.Grid(), o.scanSeed()}.image(ctx, clean, popt, p)
}
