package slide

import (
	"context"
	"image"
	"math"
	"os"
	"slices"
	"testing"

	"explant/analysis/phantom"
	"explant/analysis/result"
	"explant/volume/parallel"
)

// A patch that is out of focus is excluded, and shares of the rest are as true as without it. With
// EXPLANT_VALIDATE=1 in every stain, on larger slides, and printed for several blurs.
func TestBlurredTissueIsExcluded(t *testing.T) {
	const least, most = 0.75, 1.5 // Dice of the patch, measured 0.79 to 0.94; points of a share
	size, kinds, blurs := 640, []string{phantom.SlideMSB}, []float64{5}
	if os.Getenv("EXPLANT_VALIDATE") != "" {
		size, kinds, blurs = 1024, []string{phantom.SlideMSB, phantom.SlideCarstairs, phantom.SlideDAB, phantom.SlideHE}, []float64{3, 5, 8}
	}
	for _, c := range composed3 {
		if !slices.Contains(kinds, c.kind) {
			continue
		}
		for _, blur := range blurs {
			s := phantom.DefaultSlide(c.kind, size, size, 1)
			s.DefocusUM = blur
			dice, scores, f := patchDice(t, s, c.p)
			t.Logf("%s, blur of %v µm: Dice of the patch %.3f", c.kind, blur, dice)
			if blur < 5 {
				continue // partly found
			}
			if dice < least || !slices.Contains(ids(f), "out-of-focus") {
				t.Errorf("%s: the patch has a Dice of %.3f, flags %v", c.kind, dice, ids(f))
			}
			for class, v := range scores {
				if math.Abs(v.points) > most && c.kind != phantom.SlideHE {
					t.Errorf("%s: the share of %s is %.2f points off", c.kind, class, v.points)
				}
			}
		}
	}
}

// patchDice is the overlap of what is excluded as out of focus with the patch that is, beside the scores of the classes.
func patchDice(t *testing.T, s phantom.Slide, p Params) (float64, map[string]scored, result.Findings) {
	t.Helper()
	im, truth, facts, err := s.Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	f, labels := labelledAt(t, fromImage(im), p, s.PixelSizeUM/1000, tileSize, 0)
	var both, sum float64
	for i, l := range labels {
		ours, theirs := l == p.excluded(focusClass), facts.Classes[truth[i]] == focusClass
		if ours && theirs {
			both += 2
		}
		if ours {
			sum++
		}
		if theirs {
			sum++
		}
	}
	scores := map[string]scored{}
	for _, k := range p.measured() {
		scores[k.class] = scored{points: shareOf(t, f, k.class).Value - facts.Area(k.class).TissuePercent}
	}
	return both / sum, scores, f
}

// Tissue without structure, all of it as smooth as noise allows, is not taken for blurred.
func TestSmoothTissueIsInFocus(t *testing.T) {
	m := patches(900, 900, builtin("hdab"), [3]float64{244, 242, 246}, func(x, y int) [3]float64 {
		switch {
		case x < 300:
			return [3]float64{}
		case x < 600:
			return [3]float64{0.1 + 0.5*float64((x/6+y/6)%2)}
		}
		return [3]float64{0.05, 0.6}
	})
	f, _ := labelledAt(t, m, DAB(), 0.001, tileSize, 0)
	if got := f.Diagnostics["focus_percent"]; got != 0 {
		t.Errorf("%.2f %% of smooth tissue are excluded", got)
	}
}

// small is the smaller copy of m with pixels of mm.
func small(t testing.TB, m *memory, mm float64) *thumb {
	t.Helper()
	c := newThumb(m.grid(mm))
	whole := image.Rect(0, 0, m.w, m.h)
	px := make([]uint8, 3*m.w*m.h)
	if err := m.ReadRGB(context.Background(), whole, px); err != nil {
		t.Fatal(err)
	}
	c.merge(whole, c.part(whole, px))
	return c
}

// The sums of changes by the definition: every pair of cells of one kind in a row or a column that lies focusFar from
// the end, by the block of the first.
func TestChangesAgreeWithPairs(t *testing.T) {
	const side = 8
	c := small(t, quarters(70, 64), 0.002)
	k := c.looks(DAB(), [3]float64{246, 241, 249}, []circle{{40, 30, 6}})
	light, kinds := make([]int32, c.w*c.h), make([]uint8, c.w*c.h)
	for y := range c.h {
		c.row(y, k, light[y*c.w:][:c.w], kinds[y*c.w:][:c.w])
	}
	if kinds[30*c.w+40] != cellNeither || !slices.Contains(kinds, cellGlass) {
		t.Error("no glass, or the bubble is looked at")
	}
	b, err := c.changesOf(t.Context(), k, side, parallel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for block := range b.tissue {
		var want changes
		for y := block / b.w * side; y < min((block/b.w+1)*side, c.h-focusFar); y++ {
			for x := block % b.w * side; x < min((block%b.w+1)*side, c.w-focusFar); x++ {
				for _, d := range []int{1, c.w, focusFar, focusFar * c.w} {
					i := y*c.w + x
					if kinds[i] != cellTissue || kinds[i+d] != cellTissue {
						continue
					}
					by := int64(light[i+d]-light[i]) * int64(light[i+d]-light[i])
					if d == 1 || d == c.w {
						want.near, want.nears = want.near+by, want.nears+1
					} else {
						want.far, want.fars = want.far+by, want.fars+1
					}
				}
			}
		}
		if b.tissue[block] != want {
			t.Fatalf("block %d: %+v, by pairs %+v", block, b.tissue[block], want)
		}
	}
}

func BenchmarkUnfocused(b *testing.B) {
	b.Run("cells=262144", func(b *testing.B) {
		c := small(b, quarters(512, 512), 0.002)
		b.SetBytes(6 * 512 * 512)
		for b.Loop() {
			if _, err := c.unfocused(b.Context(), DAB(), [3]float64{246, 241, 249}, nil, parallel.Options{Workers: 1}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
