package micrograph

import (
	"context"
	"math"
	"sync"
	"testing"

	"explant/volume/parallel"
)

// largeIF is made once for all tests that want many objects.
var largeIF = DefaultIF(900, 900, 2)

var largeFields = sync.OnceValues(func() (made struct {
	img, labels *Planes
	truth       IFTruth
}, err error) {
	made.img, made.labels, made.truth, err = largeIF.Make(context.Background(), parallel.Options{}, nil)
	return made, err
})

func makeLargeIF(t *testing.T) (*Planes, *Planes, IFTruth) {
	t.Helper()
	made, err := largeFields()
	if err != nil {
		t.Fatal(err)
	}
	return made.img, made.labels, made.truth
}

// A phantom judges a method only where a plain recipe fails and a good one does not. Five times the background
// as the threshold of each channel: DNA alone, and DNA with a marker but without taking intact nuclei off, find
// far too much NET; DNA near a marker outside the true nuclei finds most of it.
func TestIFIsNeitherTooEasyNorImpossible(t *testing.T) {
	f := largeIF
	img, labels, truth := makeLargeIF(t)
	over := func(ch, i int) bool { return float64(img.Data[ch][i]) > f.OffsetCounts+5*f.Gain*f.BackgroundE[ch] }
	var alone, naive, rule, both, nets float64
	for y := range f.H {
		for x := range f.W {
			i := y*f.W + x
			net := labels.Data[ifNET][i] > 0
			if net {
				nets++
			}
			if labels.Data[ifFibre][i] > 0 || !over(DNA, i) {
				continue
			}
			marked := over(H3Cit, i) || over(MPO, i)
			if marked {
				naive++
			}
			if labels.Data[ifNucleus][i] == 0 {
				alone++
				if marked {
					rule++
					if net {
						both++
					}
				}
			}
		}
	}
	um2 := f.PixelSizeUM * f.PixelSizeUM
	if v := truth.NETs.VisibleUM2; alone*um2 < 1.25*v || naive*um2 < 1.2*v {
		t.Errorf("DNA alone finds %v, DNA with a marker %v of %v µm² of NET: too easy", alone*um2, naive*um2, v)
	}
	if dice := 2 * both / (rule + nets); dice < 0.75 || dice > 0.95 {
		t.Errorf("a good rule has a Dice of %v", dice)
	}
}

// Otsu's threshold takes deep fibres for open area.
func TestSEMIsNotTooEasy(t *testing.T) {
	s := DefaultSEM(600, 450, 1)
	img, _, truth := makeSEM(t, s)
	var h [256]float64
	for _, v := range img.Pix[:s.W*s.FieldH()] {
		h[v]++
	}
	n, all := float64(s.W*s.FieldH()), 0.0
	for g, v := range h {
		all += float64(g) * v
	}
	best, open, weight, sum := 0.0, 0.0, 0.0, 0.0
	for g, v := range h {
		weight += v
		sum += float64(g) * v
		if weight == 0 || weight == n {
			continue
		}
		if between := math.Pow(all*weight/n-sum, 2) / (weight * (n - weight)); between > best {
			best, open = between, weight/n
		}
	}
	if open < truth.Open+0.05 {
		t.Errorf("Otsu finds an open area of %v, truth %v: too easy", open, truth.Open)
	}
}

// Noise of two photographs of a batch has nothing in common.
func TestIFPhotographsHaveTheirOwnNoise(t *testing.T) {
	f := DefaultIF(256, 256, 1)
	f.FibreOuterUM, f.Nuclei, f.RedCells = 0, 0, 0
	a, _, _ := makeIF(t, f.As(Blank))
	b, _, _ := makeIF(t, f.As(Secondary))
	for ch := range Channels {
		x, y := edges(a.Data[ch], f.W), edges(b.Data[ch], f.W)
		if r := correlation(x, y, f.W, f.H, [2]int{}) / correlation(x, x, f.W, f.H, [2]int{}); math.Abs(r) > 5/256. {
			t.Errorf("%s: correlation %v", ChannelNames[ch], r)
		}
	}
}
