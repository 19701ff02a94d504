package fluorescence

import (
	"bytes"
	"math"
	"unsafe"
)

// peaks is what a channel's contours are drawn on: sharpened light, and the brightest of it within reach.
type peaks struct {
	smooth, top []float32
	noise       float64  // SD of the sharpened light where there is nothing
	may         []uint32 // the pixels that a mask may hold; nil: any
}

// topSmooth is how much wider than the light the light of nuclei is smoothed, so that a single grain of
// texture does not rule its neighbourhood.
const topSmooth = 2

// peaks sharpens the light of a channel and finds its brightest within reach, by its marker's rules.
func (k cleaner) peaks(light []float32, m Marker) (p peaks, err error) {
	if p.smooth, err = k.sharpened(light); err != nil {
		return p, err
	}
	p.noise = k.smoothedNoise(light, p.smooth, k.p.SmoothUM)
	if m.ContourShare == 0 {
		return p, nil
	}
	reach := max(math.Round(m.ContourReachUM/k.um), 1)
	top, err := k.brightest(p.smooth, reach*k.um)
	if err != nil {
		return p, err
	}
	defer planes.give(top)
	p.top, err = k.gaussian(top, sharpenCalm)
	return p, err
}

// mask is where the light reaches the threshold and the share of the brightest light within reach.
func (p peaks) mask(threshold, share float64, in []bool) []bool {
	out := make([]bool, len(p.smooth))
	t, s := float32(max(threshold, sharpNoise*p.noise)), float32(share)
	for _, i := range p.may {
		if v := p.smooth[i]; v >= t && (p.top == nil || v >= s*p.top[i]) {
			out[i] = true
		}
	}
	if p.may != nil {
		return out
	}
	for i, v := range p.smooth {
		if v >= t && (in == nil || in[i]) && (p.top == nil || v >= s*p.top[i]) {
			out[i] = true
		}
	}
	return out
}

// within keeps to the pixels of a mask, for masks that lie in it.
func (p peaks) within(mask []bool) peaks {
	p.may = make([]uint32, 0, count(mask))
	for i, in := range mask {
		if in {
			p.may = append(p.may, uint32(i))
		}
	}
	return p
}

func count(m []bool) int { return bytes.Count(octets(m), []byte{1}) }

// octets are the bytes of a mask: 0 and 1.
func octets(m []bool) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(m))), len(m))
}
