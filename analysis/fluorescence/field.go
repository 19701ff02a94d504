package fluorescence

import (
	"errors"
	"fmt"

	"explant/analysis/opencv"
	"explant/volume"
)

// Field is what was photographed: channels of one size, linear counts of the camera. Several focal planes are
// measured as a volume.
type Field struct {
	Grid     volume.Grid // N[2] focal planes
	Channels []Channel
}

// Channel is one marker of a field, row by row.
type Channel struct {
	Marker string    // the name by which the rules know it
	Name   string    // the name in the file
	Counts []float32 // Grid.Len()
	Full   float32   // the count at which the camera is full, 0 where it is not known
}

// Check reports a field that cannot be measured.
func (f Field) Check() error {
	if err := f.Grid.Check(); err != nil {
		return err
	}
	if len(f.Channels) == 0 {
		return errors.New("a field without channels: at least one is wanted")
	}
	seen := map[string]bool{}
	for _, c := range f.Channels {
		if seen[c.Marker] {
			return fmt.Errorf("two channels are %s", c.Marker)
		}
		seen[c.Marker] = true
	}
	return f.checkPlanes()
}

// errNoSize is returned where a rule in µm meets a field whose pixel size is unknown.
var errNoSize = errors.New("the pixel size is unknown and rules of the protocol are lengths: state it with --pixel-size 0.325um")

// pixelUM is the side of a pixel in µm; pixels must be square to a percent.
func (f Field) pixelUM() (float64, error) {
	s := f.Grid.Spacing
	if s[0] <= 0 || s[1] <= 0 {
		return 0, errNoSize
	}
	if r := s[0] / s[1]; r < 0.99 || r > 1.01 {
		return 0, fmt.Errorf("pixels of %.4g x %.4g µm are not square: resample the field", 1000*s[0], 1000*s[1])
	}
	return 1000 * (s[0] + s[1]) / 2, nil
}

// plane is a channel for the kernels.
func (f Field) plane(data []float32) opencv.Plane {
	return opencv.Plane{W: f.Grid.N[0], H: f.Grid.N[1], Pix: data}
}
