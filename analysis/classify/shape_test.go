package classify

import (
	"math"
	"testing"
)

func pixelsOf(s Shape, w, h int) map[[2]int]int {
	seen := map[[2]int]int{}
	s.Each(w, h, func(x, y int) { seen[[2]int{x, y}]++ })
	return seen
}

// TestShapesHoldThePixelsWhoseMiddleTheyContain compares filling by rows with asking every pixel.
func TestShapesHoldThePixelsWhoseMiddleTheyContain(t *testing.T) {
	square := func(x0, y0, x1, y1 float64) [][2]float64 { return [][2]float64{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}} }
	for name, c := range map[string]struct {
		shape Shape
		n     int
	}{
		"square":          {Shape{Polygons: [][][][2]float64{{square(2, 3, 6, 9)}}}, 24},
		"with a hole":     {Shape{Polygons: [][][][2]float64{{square(2, 2, 12, 12), square(4, 4, 6, 6)}}}, 96},
		"two":             {Shape{Polygons: [][][][2]float64{{square(0, 0, 2, 2)}, {square(5, 5, 7, 8)}}}, 10},
		"beyond":          {Shape{Polygons: [][][][2]float64{{square(-50, -50, 3, 500)}}}, 60},
		"huge":            {Shape{Polygons: [][][][2]float64{{square(-1e300, -1e300, 1e300, 1e300)}}}, 600},
		"triangle":        {Shape{Polygons: [][][][2]float64{{{{0, 0}, {10, 0}, {0, 10}}}}}, 55 - 10},
		"ellipse":         {Shape{Polygons: [][][][2]float64{{square(5, 5, 15, 15)}}, Ellipse: true}, 80},
		"point":           {Shape{Points: [][2]float64{{3.9, 4.1}, {3.2, 4.5}, {-1, 2}, {7, 8}}}, 2},
		"line":            {Shape{Lines: [][][2]float64{{{2.5, 5.5}, {11.5, 5.5}}}}, 10},
		"line far beyond": {Shape{Lines: [][][2]float64{{{2.5, 5.5}, {1e9, 5.5}}}}, 28},
	} {
		got := pixelsOf(c.shape, 30, 20)
		if len(got) != c.n {
			t.Errorf("%s: %d pixels, wanted %d", name, len(got), c.n)
		}
		for y := range 20 {
			for x := range 30 {
				want := 0
				if c.shape.Contains(x, y) {
					want = 1
				}
				if got[[2]int{x, y}] != want {
					t.Errorf("%s: pixel %d, %d comes %d times, contained %d", name, x, y, got[[2]int{x, y}], want)
				}
			}
		}
	}
}

func TestSharesFillTheLimit(t *testing.T) {
	const limit = 3000
	for _, total := range [][]int64{{100000, 100000, 100000}, {100, 100000, 100000}, {10, 20, 30}, {5000, 500, 100000}} {
		for name, share := range map[string][]uint64{"balanced": shares(total, limit), "even": evenShares(total, limit)} {
			sum := 0.0
			for k, s := range share {
				sum += float64(s) / math.Pow(2, 64) * float64(total[k])
			}
			all := min(float64(total[0]+total[1]+total[2]), limit)
			if math.Abs(sum-all) > 0.01*all {
				t.Errorf("%s, %v: about %.0f pixels are taken, wanted %.0f", name, total, sum, all)
			}
			if name == "even" && (share[0] != share[1] || share[1] != share[2]) {
				t.Errorf("shares %v are not the same", share)
			}
		}
	}
}
