package classify

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"explant/analysis/stain"
	"explant/volume"
)

// Kind is the kind of images that a classifier takes.
type Kind string

// The kinds.
const (
	Colour   Kind = "colour"   // red, green and blue of a stained slide or field
	Channels Kind = "channels" // measured channels of a fluorescence field
	Grey     Kind = "grey"     // one grey: an electron micrograph
	Volume   Kind = "volume"   // a grey volume
)

// Channel is one grey that features are made of, and the values that become 0 and 65535.
type Channel struct {
	Name string  `json:"name" yaml:"name"`
	Low  float64 `json:"low" yaml:"low"`
	High float64 `json:"high" yaml:"high"`
}

// Input says which images a classifier takes.
type Input struct {
	Kind     Kind           `json:"kind"`
	Channels []Channel      `json:"channels"`
	Stain    *stain.Profile `json:"stain,omitempty"` // of colour: the channels are the amounts of its stains; nil: red, green, blue
	Spacing  [3]float64     `json:"spacing_mm"`      // mm a pixel; 0 where it was unknown
	OwnRange bool           `json:"own_range"`       // each image is scaled by its own range, whatever the channels state
}

// sizeTolerance is how far the size of pixels may be from that of the model: features are lengths in pixels.
const sizeTolerance = 0.05

// rawChannels is how many values a pixel of the file has.
func (in Input) rawChannels() int {
	if in.Kind == Colour {
		return 3
	}
	return len(in.Channels)
}

// Volumetric says whether the images are volumes.
func (in Input) Volumetric() bool { return in.Kind == Volume }

// Check reports an input that nothing can be read by.
func (in Input) Check() error {
	var bad []error
	switch in.Kind {
	case Colour, Channels:
	case Grey, Volume:
		if len(in.Channels) != 1 {
			bad = append(bad, fmt.Errorf("kind %s has one channel, not %d", in.Kind, len(in.Channels)))
		}
	default:
		bad = append(bad, fmt.Errorf("kind %q is none of colour, channels, grey, volume", in.Kind))
	}
	if n := len(in.Channels); n < 1 || n > 12 {
		bad = append(bad, fmt.Errorf("%d channels: 1 to 12 are wanted", n))
	}
	if in.Kind == Colour && in.Stain == nil && len(in.Channels) != 3 {
		bad = append(bad, fmt.Errorf("colour without a stain has three channels, not %d", len(in.Channels)))
	}
	for _, c := range in.Channels {
		if !(c.High > c.Low) || math.IsInf(c.High-c.Low, 0) || math.IsNaN(c.High-c.Low) {
			bad = append(bad, fmt.Errorf("channel %q: values from %v to %v", c.Name, c.Low, c.High))
		}
	}
	if in.Stain != nil {
		bad = append(bad, in.checkStain())
	}
	for _, s := range in.Spacing {
		if !(s >= 0 && s < 1000) {
			bad = append(bad, fmt.Errorf("pixels of %v mm", s))
		}
	}
	return errors.Join(bad...)
}

func (in Input) checkStain() error {
	if in.Kind != Colour {
		return fmt.Errorf("kind %s has no stains", in.Kind)
	}
	if err := in.Stain.Check(); err != nil {
		return err
	}
	if len(in.Stain.Stains) != len(in.Channels) {
		return fmt.Errorf("%d channels for %d stains", len(in.Channels), len(in.Stain.Stains))
	}
	return nil
}

// of is the input with the ranges of src itself, where they are wanted.
func (in Input) of(src Source) (Input, error) {
	if !in.OwnRange {
		return in, nil
	}
	own, ok := src.(Ranged)
	if !ok {
		return in, fmt.Errorf("an image of kind %s has no range of its own", in.Kind)
	}
	in.Channels = slices.Clone(in.Channels)
	for c, r := range own.Ranges() {
		in.Channels[c].Low, in.Channels[c].High = r[0], r[1]
	}
	return in, in.Check()
}

// Found is what an image is, to be held against an Input.
type Found struct {
	Kind     Kind
	Channels []string // names of measured channels; of other kinds nil
	Grid     volume.Grid
}

// Fit reports every reason why an image cannot be classified.
func (in Input) Fit(f Found) error {
	if f.Kind != in.Kind {
		return fmt.Errorf("the classifier was made for images of kind %s, and this one is of kind %s", in.Kind, f.Kind)
	}
	if in.Kind == Channels {
		if err := in.fitChannels(f.Channels); err != nil {
			return err
		}
	}
	return in.fitSize(f.Grid)
}

func (in Input) fitChannels(names []string) error {
	var want []string
	for _, c := range in.Channels {
		want = append(want, c.Name)
	}
	if len(names) != len(want) {
		return fmt.Errorf("the classifier wants %d channels %q, and the image has %d %q: state them with --channel NAME=NUMBER or NAME=FILE", len(want), want, len(names), names)
	}
	for i, n := range names {
		if n != want[i] {
			return fmt.Errorf("channel %d is %q where the classifier wants %q: say which is which with --channel %s=NUMBER or FILE", i+1, n, want[i], want[i])
		}
	}
	return nil
}

func (in Input) fitSize(g volume.Grid) error {
	for a, want := range in.Spacing {
		got := g.Spacing[a]
		switch {
		case want == 0 || a == 2 && !in.Volumetric():
		case got == 0:
			return fmt.Errorf("the classifier was trained on pixels of %.4g µm, and the size of this image's is unknown: state it with --pixel-size or --spacing", 1000*want)
		case math.Abs(got/want-1) > sizeTolerance:
			return fmt.Errorf("the classifier was trained on pixels of %.4g µm along %c, and this image has %.4g µm: resample it, or train on images of this size", 1000*want, "xyz"[a], 1000*got)
		}
	}
	return nil
}

// Sized says whether the size of pixels was known when the classifier was made.
func (in Input) Sized() bool { return in.Spacing[0] > 0 }
