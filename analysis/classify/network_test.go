package classify

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"explant/volume/parallel"
)

// mixture declares the network of the tests of package opencv: a convolution of 1 x 1 pixel, whose weights are
// (1, -2, 0.5) + 0.25 for the first class and (0, 3, -1) - 4 for the second.
const mixture = `
network: convolution.onnx
kind: colour
channels: [{name: red, mean: 10, scale: 0.5}, {name: green, mean: 0, scale: 1}, {name: blue, mean: 100, scale: 0.25}]
side: 16
overlap: 3
classes: [{name: first, color: "#112233"}, {name: second, color: "#445566"}]
`

// colours is a picture in memory.
type colours struct {
	w, h   int
	planes [3][]float32
}

func newColours(w, h int) colours {
	r := rand.New(rand.NewPCG(2, 3))
	c := colours{w: w, h: h}
	for k := range c.planes {
		for range w * h {
			c.planes[k] = append(c.planes[k], float32(r.IntN(256)))
		}
	}
	return c
}

func (c colours) Size() [3]int { return [3]int{c.w, c.h, 1} }

func (c colours) Read(_ context.Context, lo, hi [3]int, dst [][]float32) error {
	for k := range dst {
		for y := lo[1]; y < hi[1]; y++ {
			copy(dst[k][(y-lo[1])*(hi[0]-lo[0]):], c.planes[k][y*c.w+lo[0]:y*c.w+hi[0]])
		}
	}
	return nil
}

func network(t *testing.T, declaration string) *Classifier {
	t.Helper()
	onnx, err := os.ReadFile("../opencv/testdata/convolution.onnx")
	if err != nil {
		t.Fatal(err)
	}
	n, err := ParseNetwork([]byte(declaration))
	if err != nil {
		t.Fatal(err)
	}
	c, err := n.Classifier([]byte(declaration), onnx)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNetworkDecidesByItsWeights(t *testing.T) {
	src := newColours(41, 30)
	var first []uint8
	for _, overlap := range []string{"overlap: 3", "overlap: 0", "overlap: 7"} {
		c := network(t, strings.Replace(mixture, "overlap: 3", overlap, 1))
		var labels []uint8
		n, err := c.Apply(t.Context(), src, parallel.Options{Workers: 2}, nil, func(_, _ [3]int, l, _ []uint8) error {
			labels = append(labels, l...)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, got := range labels {
			r, g, b := (src.planes[0][i]-10)*0.5, src.planes[1][i], (src.planes[2][i]-100)*0.25
			want := uint8(1)
			if 3*g-b-4 > r-2*g+0.5*b+0.25 {
				want = 2
			}
			if got != want {
				t.Fatalf("%s: pixel %d got class %d, by the weights %d", overlap, i, got, want)
			}
		}
		if first == nil {
			first = labels
		}
		if !bytes.Equal(labels, first) || n.All != 41*30 || len(labels) != 41*30 {
			t.Errorf("%s: other classes, %+v", overlap, n)
		}
	}
}

func TestDeclarationsSayWhatIsWrong(t *testing.T) {
	for change, want := range map[string]string{
		"side: 16|side: 4":                              "side: 4",
		"overlap: 3|overlap: 8":                         "leaves nothing",
		"kind: colour|kind: volume":                     "none of colour",
		"scale: 0.5|scale: 0":                           "scale 0",
		"side: 16|size: 16":                             "size",
		`color: "#112233"|color: red`:                   "color",
		"classes: |output: maybe\nclasses: ":            "neither scores nor shares",
		"{name: red, mean: 10, scale: 0.5}, |":          "three channels",
		"network: convolution.onnx|pixel_size_um: 0.25": "ONNX file",
	} {
		from, to, _ := strings.Cut(change, "|")
		if _, err := ParseNetwork([]byte(strings.Replace(mixture, from, to, 1))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, wanted %q", change, err, want)
		}
	}
	n, err := ParseNetwork([]byte(mixture))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Classifier(nil, []byte("no network")); err == nil {
		t.Error("text passes for a network")
	}
}
