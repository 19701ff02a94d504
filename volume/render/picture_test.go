package render

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"testing"

	"explant/volume"
	"explant/volume/parallel"
)

// numbered is a volume whose voxel (x, y, z) holds 100x + 10y + z.
func numbered(n [3]int) *volume.Volume[int32] {
	v := volume.New[int32](volume.Grid{N: n})
	for z := range n[2] {
		for y := range n[1] {
			for x := range n[0] {
				v.Data[v.Offset(x, y, z)] = int32(100*x + 10*y + z)
			}
		}
	}
	return v
}

func TestPlane(t *testing.T) {
	v := numbered([3]int{2, 3, 2})
	for _, c := range []struct {
		axis Axis
		i    int
		want []int32
	}{
		{Z, 1, []int32{1, 101, 11, 111, 21, 121}},
		{Y, 2, []int32{21, 121, 20, 120}}, // the last z on top
		{X, 1, []int32{101, 111, 121, 100, 110, 120}},
	} {
		got, err := Plane(v, c.axis, c.i)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("across %v: %v, %v, want %v", c.axis, got, err, c.want)
		}
		w, h := PlaneSize(v.Grid, c.axis)
		if w*h != len(got) {
			t.Errorf("across %v: size %d x %d for %d values", c.axis, w, h, len(got))
		}
	}
	for _, i := range []int{-1, 3} {
		if _, err := Plane(v, Y, i); err == nil {
			t.Errorf("slice %d: no error", i)
		}
	}
}

func TestPercentilesOfARamp(t *testing.T) {
	v := volume.New[uint16](volume.Grid{N: [3]int{100, 100, 1}})
	for i := range v.Data {
		v.Data[i] = uint16(i)
	}
	const bin = 9999.0 / windowBins
	w, err := Percentiles(v, 1, 99)
	if err != nil || math.Abs(w.Low-100) > 2*bin || math.Abs(w.High-9899) > 2*bin {
		t.Errorf("window %v, %v, want 100 to 9899", w, err)
	}
	if w.Grey(w.Low) != 0 || w.Grey(w.High) != 255 || w.Grey((w.Low+w.High)/2) != 128 {
		t.Errorf("grey %d, %d, %d", w.Grey(w.Low), w.Grey((w.Low+w.High)/2), w.Grey(w.High))
	}
}

func TestPercentilesExtremes(t *testing.T) {
	g := volume.Grid{N: [3]int{3, 1, 1}}
	constant := &volume.Volume[uint8]{Grid: g, Data: []uint8{7, 7, 7}}
	if w, err := Percentiles(constant, 0, 100); err != nil || w.Grey(7) != 0 || w.Grey(8) != 255 {
		t.Errorf("constant: %v, %v", w, err)
	}
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	if w, err := Percentiles(&volume.Volume[float32]{Grid: g, Data: []float32{nan, 2, inf}}, 0, 100); err != nil || w.Low != 2 {
		t.Errorf("with not-a-number: %v, %v", w, err)
	}
	if _, err := Percentiles(&volume.Volume[float32]{Grid: g, Data: []float32{nan, nan, inf}}, 0, 100); err == nil {
		t.Error("nothing finite: no error")
	}
	if _, err := Percentiles(constant, 60, 40); err == nil {
		t.Error("percentiles 60 to 40: no error")
	}
	if (Window{0, 1}).Grey(math.NaN()) != 0 {
		t.Error("not-a-number is not black")
	}
}

// Shrinking keeps the mean, also by factors that are not whole.
func TestShrinkKeepsTheMean(t *testing.T) {
	for _, c := range [][4]int{{60, 40, 30, 20}, {70, 50, 31, 23}, {9, 9, 1, 1}, {64, 3, 20, 3}} {
		src := image.NewGray(image.Rect(0, 0, c[0], c[1]))
		for i := range src.Pix {
			src.Pix[i] = uint8(i * i % 251)
		}
		out := Shrink(src, c[2], c[3])
		if out.Rect.Dx() != c[2] || out.Rect.Dy() != c[3] {
			t.Fatalf("%v: size %v", c, out.Rect)
		}
		const rounding = 0.5
		if a, b := mean(src.Pix), mean(out.Pix); math.Abs(a-b) > rounding {
			t.Errorf("%v: mean %.2f became %.2f", c, a, b)
		}
	}
	src := image.NewGray(image.Rect(0, 0, 4, 4))
	if Shrink(src, 8, 8) != src {
		t.Error("a picture was enlarged")
	}
}

func mean(pix []uint8) float64 {
	sum := 0
	for _, v := range pix {
		sum += int(v)
	}
	return float64(sum) / float64(len(pix))
}

func TestShrinkColorMeansEachChannel(t *testing.T) {
	src := image.NewRGBA(image.Rect(2, 2, 4, 3)) // a picture whose corner is not at 0
	src.SetRGBA(2, 2, color.RGBA{200, 10, 0, 255})
	src.SetRGBA(3, 2, color.RGBA{100, 30, 0, 255})
	if got := ShrinkColor(src, 1, 1).NRGBAAt(0, 0); got != (color.NRGBA{150, 20, 0, 255}) {
		t.Errorf("got %v", got)
	}
}

func TestFit(t *testing.T) {
	for _, c := range [][5]int{{1000, 500, 100, 100, 50}, {50, 60, 100, 50, 60}, {3000, 1, 100, 100, 1}} {
		if w, h := Fit(c[0], c[1], c[2]); w != c[3] || h != c[4] {
			t.Errorf("%v: %d x %d", c, w, h)
		}
	}
}

// Shares are what shrinking the picture of each class gives.
func TestSharesAreShrunkClasses(t *testing.T) {
	for _, c := range [][4]int{{60, 40, 30, 20}, {70, 50, 61, 43}, {9, 9, 1, 1}, {64, 3, 20, 3}, {5, 5, 5, 5}} {
		labels := make([]uint8, c[0]*c[1])
		for i := range labels {
			labels[i] = uint8(i / 7 * i / 300 % 5)
		}
		for class, got := range Shares(labels, c[0], c[1], c[2], c[3]) {
			white, found := image.NewGray(image.Rect(0, 0, c[0], c[1])), false
			for i, l := range labels {
				if int(l) == class {
					white.Pix[i], found = 255, true
				}
			}
			if (got != nil) != found || found && !slices.Equal(got.Pix, Shrink(white, c[2], c[3]).Pix) {
				t.Errorf("%v: class %d", c, class)
			}
		}
	}
}

func BenchmarkShares_n2048_to1800(b *testing.B) {
	labels := make([]uint8, 2048*2048)
	for i := range labels {
		labels[i] = uint8((i%2048/60 + i/2048/45) % 5)
	}
	b.SetBytes(int64(len(labels)))
	for b.Loop() {
		Shares(labels, 2048, 2048, 1800, 1800)
	}
}

// A single pixel of a class stays visible in a layer shrunk tenfold.
func TestLayerKeepsSmallThings(t *testing.T) {
	labels := make([]uint8, 100*100)
	labels[5050] = deposit
	l := Layer(Shares(labels, 100, 100, 10, 10)[deposit], vermilion)
	visible := 0
	for _, i := range l.Pix {
		if _, _, _, a := l.Palette[i].RGBA(); a > 0 {
			visible++
		}
	}
	if visible != 1 {
		t.Errorf("%d pixels visible, want 1", visible)
	}
}

// Depth is the sum of the planes along its axis, with any number of workers.
func TestDepthSumsThePlanes(t *testing.T) {
	v := volume.New[uint8](volume.Grid{N: [3]int{5, 4, 3}})
	for i := range v.Data {
		v.Data[i] = uint8(i * 7 % 5) // classes 0 to 4
	}
	for _, axis := range []Axis{X, Y, Z} {
		var want []float64
		for i := range v.N[axis] {
			plane, err := Plane(v, axis, i)
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, make([]float64, len(plane)-len(want))...)
			for at, class := range plane {
				if class == 2 || class == deposit {
					want[at]++
				}
			}
		}
		for _, workers := range []int{1, 2, 8} {
			got, err := Depth(t.Context(), v, axis, []uint8{2, deposit}, parallel.Options{Workers: workers, Depth: 1}, nil)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("along %v, %d workers: %v, %v, want %v", axis, workers, got, err, want)
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Depth(ctx, v, Z, []uint8{deposit}, parallel.Options{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestDepthOfABall(t *testing.T) {
	v := ball([3]int{40, 40, 40}, [3]float64{1, 1, 1}, 15)
	for _, axis := range []Axis{X, Y, Z} {
		depth, err := Depth(t.Context(), v, axis, []uint8{deposit}, parallel.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if most := slices.Max(depth); most != 30 {
			t.Errorf("along %v: depth %g, want the diameter 30", axis, most)
		}
	}
}

func TestRampColor(t *testing.T) {
	for at, want := range map[float64]color.NRGBA{-1: Heat[0], 0: Heat[0], 0.5: Heat[3], 1: Heat[6], 2: Heat[6]} {
		if got := RampColor(Heat, at); got != want {
			t.Errorf("at %g: %v, want %v", at, got, want)
		}
	}
}

func BenchmarkDepth(b *testing.B) {
	const n = 128
	v := volume.New[uint8](volume.Grid{N: [3]int{n, n, n}})
	for _, axis := range []Axis{X, Z} {
		b.Run(fmt.Sprintf("axis=%v/n=%d", axis, n), func(b *testing.B) {
			b.SetBytes(n * n * n)
			for b.Loop() {
				if _, err := Depth(b.Context(), v, axis, []uint8{deposit}, parallel.Options{}, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Each pixel is the mean over all source pixels, weighted by what it covers of them.
func TestShrinkEqualsTheSumOverAllPixels(t *testing.T) {
	covered := func(from, to, i, s int) int { return max(min((s+1)*to, (i+1)*from)-max(s*to, i*from), 0) }
	for _, c := range [][4]int{{7, 5, 3, 2}, {12, 9, 12, 4}, {5, 5, 1, 5}, {13, 11, 12, 10}, {8, 6, 4, 2}} {
		src := image.NewGray(image.Rect(0, 0, c[0], c[1]))
		for i := range src.Pix {
			src.Pix[i] = uint8(i * i * 7 % 256)
		}
		out := Shrink(src, c[2], c[3])
		for i, got := range out.Pix {
			sum, area := 0, c[0]*c[1]
			for k, v := range src.Pix {
				sum += int(v) * covered(c[0], c[2], i%c[2], k%c[0]) * covered(c[1], c[3], i/c[2], k/c[0])
			}
			if want := uint8((sum + area/2) / area); got != want {
				t.Fatalf("%v: pixel %d is %d, want %d", c, i, got, want)
			}
		}
	}
}

func BenchmarkShrink(b *testing.B) {
	src := image.NewGray(image.Rect(0, 0, 1024, 1024))
	b.Run("from=1024/to=560", func(b *testing.B) {
		b.SetBytes(1024 * 1024)
		for b.Loop() {
			Shrink(src, 560, 560)
		}
	})
}

func ExampleSlice() {
	v := volume.New[uint8](volume.Grid{N: [3]int{4, 3, 2}})
	img, err := Slice(v, Z, 1, Window{Low: 0, High: 255})
	fmt.Println(img.Bounds().Size(), err)
	// Output: (4,3) <nil>
}
