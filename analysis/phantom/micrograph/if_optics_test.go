package micrograph

import (
	"math"
	"testing"

	"explant/volume/parallel"
)

// seen is a field with optics and camera but no background, so that ratios can be formed.
func seen(f IF) IF {
	f.BackgroundE, f.WallE, f.OffsetCounts, f.Noise = [Channels]float64{}, [Channels]float64{}, 0, false
	return f
}

// Where there is DNA alone, the H3Cit channel sees 3 % of it: measured as a regression through the origin.
func TestIFBleedThroughIsMeasured(t *testing.T) {
	f := seen(DefaultIF(400, 400, 3))
	f.NETs, f.RedCells, f.Mesh, f.Clusters, f.FibreOuterUM = 0, 0, 0, 0, 0
	img, labels, _ := makeIF(t, f)
	var dna2, both float64
	for y := 12; y < f.H-12; y++ {
		for x := 12; x < f.W-12; x++ {
			i := y*f.W + x
			if img.Data[DNA][i] == saturated || f.reached(labels, x, y, 12) {
				continue
			}
			d, h := float64(img.Data[DNA][i]), float64(img.Data[H3Cit][i])
			dna2 += d * d
			both += d * h
		}
	}
	if got := both / dna2; math.Abs(got-f.BleedThrough) > 0.0005 {
		t.Errorf("bleed-through of DNA into H3Cit %v, want %v", got, f.BleedThrough)
	}
}

// reached tells whether H3Cit lies so near that its blur may reach a pixel.
func (f IF) reached(labels *Planes, x, y, reach int) bool {
	for v := y - reach; v <= y+reach; v++ {
		for u := x - reach; u <= x+reach; u++ {
			if labels.Data[ifH3Cit][v*f.W+u] > 0 {
				return true
			}
		}
	}
	return false
}

// The shift of a channel is found by cross-correlation of the noisy field with what the same channel shows
// unshifted.
func TestIFShiftIsMeasured(t *testing.T) {
	for _, channel := range []int{DNA, MPO, CD61} {
		f := DefaultIF(240, 220, 8)
		f.FibreOuterUM, f.Clusters = 0, 400
		f.Shifted, f.ShiftPX = channel, [2]float64{0.42, -0.56}
		shifted, _, _ := makeIF(t, f)
		f.ShiftPX, f.Noise = [2]float64{}, false
		still, _, _ := makeIF(t, f)
		got := displacement(edges(still.Data[channel], f.W), edges(shifted.Data[channel], f.W), f.W, f.H)
		if math.Abs(got[0]-0.42) > 0.1 || math.Abs(got[1]+0.56) > 0.1 {
			t.Errorf("%s: shift measured %.3f px, want 0.42 -0.56", ChannelNames[channel], got)
		}
	}
}

// edges takes the mean of the neighbours from each pixel, so that large things at the border do not pull.
func edges(plane []uint16, w int) []float64 {
	out := make([]float64, len(plane))
	for i := w + 1; i < len(plane)-w-1; i++ {
		out[i] = float64(plane[i]) - (float64(plane[i-1])+float64(plane[i+1])+float64(plane[i-w])+float64(plane[i+w]))/4
	}
	return out
}

// displacement is the peak of the cross-correlation, which is band-limited as the images are, between whole
// lags by Lanczos interpolation.
func displacement(a, b []float64, w, h int) (best [2]float64) {
	const reach = 6
	var c [2*reach + 1][2*reach + 1]float64
	for j := range c {
		for i := range c {
			c[j][i] = correlation(a, b, w, h, [2]int{i - reach, j - reach})
		}
	}
	weight := func(d float64) float64 {
		if d == 0 {
			return 1
		}
		return math.Sin(math.Pi*d) * math.Sin(math.Pi*d/reach) * reach / (math.Pi * math.Pi * d * d)
	}
	peak := math.Inf(-1)
	for v := -1.5; v <= 1.5; v += 0.02 {
		for u := -1.5; u <= 1.5; u += 0.02 {
			sum := 0.0
			for j := 1; j < 2*reach; j++ {
				for i := 1; i < 2*reach; i++ {
					if dy, dx := v-float64(j-reach), u-float64(i-reach); math.Abs(dx) < reach && math.Abs(dy) < reach {
						sum += c[j][i] * weight(dx) * weight(dy)
					}
				}
			}
			if sum > peak {
				peak, best = sum, [2]float64{u, v}
			}
		}
	}
	return best
}

// correlation is the covariance of a with b moved by lag.
func correlation(a, b []float64, w, h int, lag [2]int) float64 {
	var sa, sb, sab, n float64
	for y := 6; y < h-6; y++ {
		for x := 6; x < w-6; x++ {
			u, v := a[y*w+x], b[(y+lag[1])*w+x+lag[0]]
			sa += u
			sb += v
			sab += u * v
			n++
		}
	}
	return sab/n - sa/n*sb/n
}

// The variance of the counts is gain² (electrons + read noise²), in the dark and in the light.
func TestIFNoiseIsShotAndReadNoise(t *testing.T) {
	f := DefaultIF(400, 400, 7)
	noisy, _, _ := makeIF(t, f)
	f.Noise = false
	calm, _, _ := makeIF(t, f)
	for ch := range Channels {
		var sum [3]float64
		var n [3]float64
		for i, v := range calm.Data[ch] {
			e := (float64(v) - f.OffsetCounts) / f.Gain
			bin := 0
			if e > 200 {
				bin = 1
			}
			if e > 1000 {
				bin = 2
			}
			if noisy.Data[ch][i] == saturated {
				continue
			}
			d := float64(noisy.Data[ch][i]) - float64(v)
			sum[bin] += d * d / (f.Gain*f.Gain*(e+f.ReadE*f.ReadE) + 1./6) // two roundings
			n[bin]++
		}
		for bin := range sum {
			if n[bin] < 1000 {
				continue
			}
			if ratio := sum[bin] / n[bin]; math.Abs(ratio-1) > 5*math.Sqrt(2/n[bin]) {
				t.Errorf("%s, bin %d: variance is %.4f of that of shot and read noise (%v pixels)", ChannelNames[ch], bin, ratio, n[bin])
			}
		}
	}
}

// The blank shows the background of the field: its mean, and its rise to the lower right.
func TestIFControlsShareTheBackground(t *testing.T) {
	f := DefaultIF(300, 300, 12)
	f.FibreOuterUM = 0
	blank, labels, truth := makeIF(t, f.As(Blank))
	for ch := range Channels {
		var mean, slope float64
		for y := range f.H {
			for x := range f.W {
				e := (float64(blank.Data[ch][y*f.W+x]) - f.OffsetCounts) / f.Gain
				u := (float64(x) + float64(y) + 1) / float64(f.W+f.H)
				mean += e
				slope += e * (u - 0.5)
			}
		}
		n := float64(f.W * f.H)
		mean, slope = mean/n, slope/n*24 // the variance of u is 1/24
		if math.Abs(mean-f.BackgroundE[ch]) > 0.5 || math.Abs(slope-f.Gradient*f.BackgroundE[ch]) > 2 {
			t.Errorf("%s: background %v e-, gradient %v", ChannelNames[ch], mean, slope)
		}
	}
	if truth.Kind != "if-control-blank" || truth.Nuclei.Intact != 0 {
		t.Errorf("the blank is %+v", truth)
	}
	for k, plane := range labels.Data {
		if n, _ := objects(plane); n > 0 {
			t.Errorf("the blank holds %d objects of %s", n, labels.Names[k])
		}
	}
	_, labels, truth = makeIF(t, f.As(Secondary))
	for _, name := range []string{"net", "marker:h3cit", "marker:mpo", "nucleus:crushed", "fibrin", "platelet"} {
		if n, _ := objects(labels.Plane(name)); n > 0 {
			t.Errorf("the secondary-only control holds %d objects of %s", n, name)
		}
	}
	if truth.Nuclei.Intact == 0 || truth.NETs.N != 0 {
		t.Errorf("the secondary-only control is %+v", truth.Nuclei)
	}
}

// A point keeps its light through lens and haze, moves by the shift, and spreads by the sigma of both.
func TestLensKeepsLightAndMovesIt(t *testing.T) {
	const n = 161
	plane := make([]float32, n*n)
	for i := range 16 { // one of the pixels that haze is computed on
		plane[(80+i/4)*n+80+i%4] = 1000. / 16
	}
	shift := [2]float64{0.56, -1.3}
	for _, share := range []float64{0, 0.3} {
		out, err := newLens(0.8, 8, share, shift).blur(t.Context(), plane, n, n, parallel.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var sum, x, y, xx float64
		for i, v := range out {
			sum += float64(v)
			x += float64(v) * (float64(i%n) - 81.5)
			y += float64(v) * (float64(i/n) - 81.5)
			xx += float64(v) * (float64(i%n) - 81.5) * (float64(i%n) - 81.5)
		}
		x, y, xx = x/sum, y/sum, xx/sum
		// the block itself, the Gaussian and its pixel; of the haze the interpolation between bins too
		want := (1-share)*(15./12+0.64+1./12) + share*(64+16./12+16./6)
		if math.Abs(sum-1000) > 0.5 || math.Abs(x-shift[0]) > 0.01 || math.Abs(y-shift[1]) > 0.01 || math.Abs(xx-x*x-want) > 0.02*want {
			t.Errorf("haze %v: sum %v at (%v, %v), variance %v, want %v", share, sum, x, y, xx-x*x, want)
		}
	}
}
