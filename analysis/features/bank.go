package features

import (
	"fmt"
	"math"
)

// MaxFeatures is the largest number of features of a [Bank].
const MaxFeatures = 256

// MaxLevels is the largest number of levels: the widest smooths by 37 pixels and reaches 222.
const MaxLevels = 6

// Bank says which features are computed.
type Bank struct {
	Channels int  // greys that a pixel has
	Levels   int  // scales, 1 to MaxLevels
	Volume   bool // in three dimensions; else each slice is a picture of its own
}

// Check reports a bank that cannot be computed.
func (b Bank) Check() error {
	switch {
	case b.Channels < 1:
		return fmt.Errorf("features of %d channels: at least one is wanted", b.Channels)
	case b.Levels < 1 || b.Levels > MaxLevels:
		return fmt.Errorf("features at %d levels: 1 to %d are wanted", b.Levels, MaxLevels)
	case b.Channels > MaxFeatures || b.Len() > MaxFeatures:
		return fmt.Errorf("%d features of %d channels at %d levels: at most %d are wanted; take fewer channels or levels", b.Len(), b.Channels, b.Levels, MaxFeatures)
	}
	return nil
}

func (b Bank) axes() int {
	if b.Volume {
		return 3
	}
	return 2
}

// single is the number of features that a channel has without levels: the grey and its contrast.
const single = 2

// perLevel is smoothed grey, gradient, Laplacian and the eigenvalues of two tensors.
func (b Bank) perLevel() int { return 3 + 2*b.axes() }

func (b Bank) perChannel() int { return single + b.Levels*b.perLevel() }

// Len is the number of features of a pixel.
func (b Bank) Len() int { return b.Channels * b.perChannel() }

// Halo is how far the features of a pixel reach, in pixels along x, y and z.
func (b Bank) Halo() [3]int {
	h := b.margin(b.Levels - 1)
	if b.Volume {
		return [3]int{h, h, h}
	}
	return [3]int{h, h, 0}
}

// step is the distance of the taps of a level.
func step(level int) int { return 1 << level }

// reach is how far the smoothing of a level reaches.
func reach(level int) int { return 2 * (2<<level - 1) }

// margin is how far the features of a level reach: those of the structure tensor the farthest, which is
// smoothed again.
func (b Bank) margin(level int) int { return reach(level) + 3*step(level) }

// Sigma is the standard deviation of the smoothing of a level in pixels.
func Sigma(level int) float64 { return math.Sqrt((math.Pow(4, float64(level+1)) - 1) / 3) }

// Names are the features in the order of [Bank.Compute], those of channels[0] first.
func (b Bank) Names(channels []string) []string {
	var names []string
	ordinal := []string{"largest", "middle", "smallest"}
	if !b.Volume {
		ordinal = []string{"largest", "smallest"}
	}
	for _, c := range channels {
		names = append(names, c+" grey", c+" contrast")
		for level := range b.Levels {
			at := fmt.Sprintf(" at %.2g px", Sigma(level))
			names = append(names, c+" smoothed"+at, c+" gradient"+at, c+" Laplacian"+at)
			for _, tensor := range []string{" structure tensor, ", " Hessian, "} {
				for _, o := range ordinal {
					names = append(names, c+tensor+o+at)
				}
			}
		}
	}
	return names
}
