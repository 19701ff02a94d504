package connector

import (
	"errors"
	"fmt"
)

// Errors that callers may want to tell apart with errors.Is.
var (
	ErrNoConnector = errors.New("no connector was recognised")
	ErrParameter   = errors.New("rule cannot be followed")
)

// remedy ends the message that a volume shows no connector.
const remedy = "state the flow axis with --axis, crop the scan to tube and connector, or use ct-panel or volume-threshold"

// Params are the rules of [Segment]; the zero value is the default.
type Params struct {
	// SpeckVoxels is the size below which a piece of deposit is taken for noise. Default 0 means 27.
	SpeckVoxels int `yaml:"speck_voxels" json:"speck_voxels"`
	// FilmVoxels is how far from the wall deposit must reach somewhere to be deposit: nearer, the blur of the wall looks
	// the same. Default 0 means 1.5 voxels.
	FilmVoxels float64 `yaml:"film_voxels" json:"film_voxels"`
}

// Defaults are the rules that the zero value of Params stands for, spelt out.
func Defaults() Params { return Params{}.withDefaults() }

func (p Params) withDefaults() Params {
	if p.SpeckVoxels == 0 {
		p.SpeckVoxels = 27
	}
	if p.FilmVoxels == 0 {
		p.FilmVoxels = 1.5
	}
	return p
}

// Check reports rules that cannot be followed.
func (p Params) Check() error {
	p = p.withDefaults()
	if p.SpeckVoxels < 1 {
		return fmt.Errorf("%w: speck_voxels is %d", ErrParameter, p.SpeckVoxels)
	}
	if !(p.FilmVoxels > 0 && p.FilmVoxels <= 10) {
		return fmt.Errorf("%w: film_voxels is %g, more than 0 and at most 10 is wanted", ErrParameter, p.FilmVoxels)
	}
	return nil
}

// Algorithms names the algorithms of this package and their versions, for the method hash. A version
// changes whenever the same input may give another result.
func Algorithms() map[string]string {
	return map[string]string{
		"connector.bore":      "1",
		"connector.wall":      "2",
		"connector.junctions": "1",
		"connector.deposit":   "1",
		"connector.measures":  "4",
	}
}
