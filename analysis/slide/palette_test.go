package slide

import (
	"context"
	"errors"
	"image"
	"math/rand/v2"
	"reflect"
	"testing"

	"explant/volume/parallel"
)

// noise is a picture of more colours than a palette holds, half of them near glass, and what is excluded of it.
func noise(side int) (rgb, out []uint8) {
	r := rand.New(rand.NewPCG(1, 2))
	rgb, out = make([]uint8, 3*side*side), make([]uint8, side*side)
	for i := range rgb {
		rgb[i] = uint8(r.IntN(256))
		if i/3%2 == 0 {
			rgb[i] = 200 + rgb[i]/5
		}
	}
	for i := range out {
		if r.IntN(8) == 0 {
			out[i] = Carstairs().inkValue() + uint8(r.IntN(2))*2
		}
	}
	return rgb, out
}

func noiseClassifier(t testing.TB) *classifier {
	t.Helper()
	p := Carstairs()
	f, err := newTables(p, [3]float64{244, 242, 246})
	if err != nil {
		t.Fatal(err)
	}
	g := glassLevel{i0: [3]float64{244, 242, 246}}
	for k := range 9 {
		v := float64(k)
		g.left = append(g.left, [3]float64{243 + v/3, 242 - v/5, 246 + v/8})
	}
	own, half := make([]float64, len(f.rules)), make([][]float64, len(f.rules))
	for k, r := range f.rules {
		own[k] = r.MinOD[r.Amount]
	}
	return newClassifier(p, f, nil, levels{glassLevel: g, tables: f, own: own, ownLeft: half}.cuts())
}

// Counting colours gives what counting pixels one by one gives, however often the palette is full.
func TestPaletteCountsPixels(t *testing.T) {
	const side = 600
	c := noiseClassifier(t)
	rgb, out := noise(side)
	p, labels := c.newPalette(), make([]uint8, side*side)
	p.row(rgb, labels, out)
	p.flush()
	one := &palette{classifier: c, census: c.newCensus()}
	for i, got := range labels {
		key := colour(rgb[3*i], rgb[3*i+1], rgb[3*i+2])
		class, dense := c.shade(key)
		if o := out[i]; o != 0 && (dense || c.whole[o]) {
			class = o
			one.exclude(o)
		} else {
			c.count(key, 1, one.census)
		}
		if got != class {
			t.Fatalf("pixel %d: class %d, one by one %d", i, got, class)
		}
	}
	one.census.pixels = int64(len(labels))
	if !reflect.DeepEqual(p.census, one.census) {
		t.Error("the counts differ from those of pixels one by one")
	}
}

// A sink gets every tile once and in order, also when it fails; no goroutine is left waiting.
func TestQueueHandsOnInOrder(t *testing.T) {
	m := quarters(40*8, 8)
	broken := errors.New("disk full")
	for _, fail := range []bool{false, true} {
		next := 0
		q := newQueue(tiling{m, m.w, m.h, 8}, func(r image.Rectangle, _ []uint8) error {
			if fail && next == 20 {
				return broken
			}
			if r.Min.X != 8*next {
				t.Errorf("tile %v is number %d", r, next)
			}
			next++
			return nil
		})
		err := parallel.Each(t.Context(), 40, parallel.Options{Workers: 7}, nil, func(ctx context.Context, i int) error {
			l, err := q.begin(ctx, i)
			if err != nil {
				return err
			}
			return q.end(i, l)
		})
		if fail != errors.Is(err, broken) || !fail && next != 40 {
			t.Errorf("failing %v: %d tiles, error %v", fail, next, err)
		}
	}
}

func BenchmarkPalette(b *testing.B) {
	c, m := noiseClassifier(b), quarters(512, 512)
	b.Run("px=262144", func(b *testing.B) {
		p, labels, out := c.newPalette(), make([]uint8, m.w*m.h), make([]uint8, m.w*m.h)
		b.SetBytes(int64(len(m.rgb)))
		for b.Loop() {
			p.row(m.rgb, labels, out)
		}
	})
}
