package fluorescence

import (
	"image"
	"math"
	"testing"

	"explant/analysis/opencv"
	"explant/volume"
)

// A strip as thin as the point spread that was blurred by it gets back to its width.
func TestSharpeningTakesThePointSpreadOff(t *testing.T) {
	const w, h, size, sigma = 81, 9, 0.325, 0.25
	g := volume.Grid{N: [3]int{w, h, 1}, Spacing: [3]float64{size / 1000, size / 1000, 0}}
	for _, width := range []float64{0.65, 1, 3} { // µm
		plane := make([]float32, w*h)
		for i := range plane {
			x := (float64(i%w) - (w-1)/2.) * size
			edge := func(at float64) float64 { return 0.5 * math.Erf((x-at)/math.Hypot(sigma, pixelSigma*size)/math.Sqrt2) }
			plane[i] = float32(1000 * (edge(-width/2) - edge(width/2)))
		}
		k := cleaner{Field: Field{Grid: g}, p: Params{PointSpreadUM: sigma}, um: size}
		p, err := k.peaks(plane, Marker{ContourShare: 0.5, ContourReachUM: size})
		if err != nil {
			t.Fatal(err)
		}
		row := p.smooth[4*w:][:w]
		got := 0.0 // between the crossings of half of the middle
		half := row[w/2] / 2
		for x := w / 2; x < w-1; x++ {
			if row[x] >= half && row[x+1] < half {
				got = 2 * (float64(x-w/2) + float64((row[x]-half)/(row[x]-row[x+1]))) * size
				break
			}
		}
		if math.Abs(got-width) > 0.2*width {
			t.Errorf("a strip of %.3g µm is %.3g µm wide", width, got)
		}
	}
}

func TestSharpeningKeepsTheLight(t *testing.T) {
	sum := 0.0
	for i, v := range sharpening(0.8, 0.4, sharpenTurns) { // the half with the middle first
		sum += float64(v) * float64(1+min(i, 1))
	}
	if math.Abs(sum-1) > 1e-5 {
		t.Errorf("the weights sum to %v", sum)
	}
}

// Four lobes of one nucleus are joined, those of its neighbour are not, whatever the order of their numbers.
func TestLobesAreClustered(t *testing.T) {
	const w, h = 60, 40
	lobes := [][3]float64{{12, 15, 4}, {19, 15, 4}, {12, 22, 4}, {40, 15, 4}, {33, 15, 4}, {19, 23, 3.5}}
	number := make([]uint32, w*h)
	for i := range number {
		for k, l := range lobes {
			if math.Hypot(float64(i%w)-l[0], float64(i/w)-l[1]) < l[2]-0.7 {
				number[i] = uint32(k + 1)
			}
		}
	}
	if n := clustered(number, len(lobes), w, image.Point{}, 3, 18, 400); n != 2 {
		t.Fatalf("%d clusters, want 2", n)
	}
	at := func(k int) uint32 { return number[int(lobes[k][1])*w+int(lobes[k][0])] }
	for k, want := range []uint32{1, 1, 1, 2, 2, 1} {
		if at(k) != want {
			t.Errorf("lobe %d is of cluster %d, want %d", k+1, at(k), want)
		}
	}
	if n := clustered(make([]uint32, 4), 0, 2, image.Point{}, 1, 5, 9); n != 0 {
		t.Errorf("%d clusters of nothing", n)
	}
}

func TestQueueGivesTheHighestFirst(t *testing.T) {
	var q queue
	for i, v := range []float32{3, 9, 1, 9, 4, 0, 7} {
		q.push(pending{v, i, i})
	}
	for _, want := range []int{1, 3, 6, 4, 0, 2, 5} {
		if got := q.pop().i; got != want {
			t.Errorf("%d comes, want %d", got, want)
		}
	}
}

func BenchmarkSharpening(b *testing.B) {
	p := opencv.Plane{W: 1024, H: 1024, Pix: make([]float32, 1<<20)}
	k := cleaner{Field: Field{Grid: volume.Grid{N: [3]int{1024, 1024, 1}}}, p: Params{PointSpreadUM: 0.25}, um: 0.325}
	b.Run("sigma=0.25um/n=1024x1024", func(b *testing.B) {
		b.SetBytes(4 << 20)
		for b.Loop() {
			if _, err := k.sharpened(p.Pix); err != nil {
				b.Fatal(err)
			}
		}
	})
}
