package viewport

import "explant/volume/render"

// Sheet names the picture that a place lies on: a slice of a volume, across an axis. A slide has one
// sheet, the zero one.
type Sheet struct {
	Axis  render.Axis
	Slice int
}

// Place is where the pointer is in a picture.
type Place struct {
	Sheet
	X, Y     float64 // in pixels of the picture
	PerPixel float64 // pixels of the picture, along their smaller side, a pixel of the screen
}
