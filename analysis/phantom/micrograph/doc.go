// Package micrograph makes flat phantoms from a seed: a field of immunofluorescence with NETs ([IF]) and a field
// of a fibre network in a scanning electron microscope ([SEM]), both with their truth.
//
// What is drawn in sequence (the objects) is drawn by one generator before any pixel is made, and noise is
// a hash of the pixel's position, so that the pixels depend on the parameters and the seed alone. Truth
// comes from the 16 samples of each pixel that the objects are painted with.
//
// Lengths of objects are in pixels inside this package, with x to the right, y down and pixel (i, j)
// covering [i, i+1) x [j, j+1); parameters and truth are in µm or nm as their names say.
package micrograph

import (
	"errors"
	"fmt"
)

// ErrPhantom is wrapped by the errors of parameters of which no phantom can be made.
var ErrPhantom = errors.New("impossible phantom")

// checks collects what is wrong with parameters.
type checks []error

func (c *checks) want(ok bool, format string, v ...any) {
	if !ok {
		*c = append(*c, fmt.Errorf(format, v...))
	}
}

// err is what was found, nil when nothing was.
func (c checks) err(what string) error {
	if len(c) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %s: %w", ErrPhantom, what, errors.Join(c...))
}

func within(v, lo, hi float64) bool { return v >= lo && v <= hi }
