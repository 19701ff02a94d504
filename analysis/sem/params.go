package sem

import (
	"errors"
	"fmt"
)

// Params are the rules of an electron microscopy protocol.
type Params struct {
	// LeastPX and MostPX are the pixels a fibre between which its diameter is measured best (Daraei 2021); others are flagged.
	LeastPX float64 `yaml:"min_px_per_fibre" json:"min_px_per_fibre"`
	MostPX  float64 `yaml:"max_px_per_fibre" json:"max_px_per_fibre"`
	// LeastPieces is the number of pieces of fibres below which the diameter is flagged.
	LeastPieces int `yaml:"min_pieces" json:"min_pieces"`
	// PlateletUM and CellUM are the diameters of the largest disc in a smooth body from which it is a platelet or a cell.
	PlateletUM float64 `yaml:"platelet_min_um" json:"platelet_min_um"`
	CellUM     float64 `yaml:"cell_min_um" json:"cell_min_um"`
	// EdgeShare of the gradient at the edge of a fibre makes an edge; what has none over more than a fibre is a body.
	EdgeShare float64 `yaml:"edge_share" json:"edge_share"`
	// BrightShare of the grey of fibres, above that of bare places, has a platelet or cell at least.
	BrightShare float64 `yaml:"bright_share" json:"bright_share"`
	// DataBar says whether a data bar is looked for: "auto" or "none".
	DataBar string `yaml:"data_bar" json:"data_bar"`
}

// Defaults are the rules of the protocol sem-fibrin.
func Defaults() Params {
	return Params{LeastPX: 8, MostPX: 25, LeastPieces: 30, PlateletUM: 1, CellUM: 3.2, EdgeShare: 0.45, BrightShare: 0.6, DataBar: "auto"}
}

// Check reports every rule that cannot be followed, by the name of its key.
func (p Params) Check() error {
	var bad []error
	if p.DataBar != "auto" && p.DataBar != "none" {
		bad = append(bad, fmt.Errorf("data_bar: %q is neither auto nor none", p.DataBar))
	}
	return errors.Join(append(bad,
		inRange("min_px_per_fibre", p.LeastPX, 0, 100), inRange("max_px_per_fibre", p.MostPX, p.LeastPX, 1000),
		inRange("min_pieces", float64(p.LeastPieces), 0, 1e6), inRange("platelet_min_um", p.PlateletUM, 0.2, 10),
		inRange("cell_min_um", p.CellUM, p.PlateletUM, 50), inRange("edge_share", p.EdgeShare, 0.05, 1), inRange("bright_share", p.BrightShare, 0, 2))...)
}

func inRange(key string, v, lo, hi float64) error {
	if !(v >= lo && v <= hi) {
		return fmt.Errorf("%s: %v is not in %v to %v", key, v, lo, hi)
	}
	return nil
}
