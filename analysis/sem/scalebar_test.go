package sem

import (
	"errors"
	"math"
	"testing"

	"explant/volume"
)

// drawn is a grey picture of 600 x 400 pixels with white rectangles [x0, y0, x1, y1).
func drawn(white ...[4]int) Field {
	f := Field{Grid: volume.Grid{N: [3]int{600, 400, 1}}, Grey: make([]float32, 600*400)}
	for i := range f.Grey {
		f.Grey[i] = 90 + float32(i%7)
	}
	for _, r := range white {
		for y := r[1]; y < r[3]; y++ {
			for x := r[0]; x < r[2]; x++ {
				f.Grey[y*600+x] = 255
			}
		}
	}
	return f
}

func TestScaleBarIsFound(t *testing.T) {
	var ticks [][4]int
	for k := range 11 {
		ticks = append(ticks, [4]int{300 + 20*k, 360, 303 + 20*k, 370})
	}
	for name, c := range map[string]struct {
		f    Field
		want float64
	}{
		"line":               {drawn([4]int{50, 380, 170, 383}), 120},
		"line with caps":     {drawn([4]int{50, 380, 173, 383}, [4]int{50, 372, 53, 391}, [4]int{170, 372, 173, 391}), 120},
		"caps among lines":   {drawn([4]int{50, 380, 173, 383}, [4]int{50, 372, 53, 391}, [4]int{170, 372, 173, 391}, [4]int{300, 380, 400, 382}), 120},
		"ticks":              {drawn(ticks...), 200},
		"under a frame line": {drawn([4]int{0, 350, 600, 352}, [4]int{50, 380, 170, 383}), 120},
	} {
		b, err := FindBar(c.f)
		if err != nil || math.Abs(b.PX()-c.want) > 1e-9 {
			t.Errorf("%s: %v, want %v px: %v", name, b, c.want, err)
		}
	}
	for name, f := range map[string]Field{
		"nothing": drawn(), "a block": drawn([4]int{50, 300, 170, 380}), "white": drawn([4]int{0, 0, 600, 200}), "two lines": drawn([4]int{50, 380, 170, 383}, [4]int{300, 380, 400, 382}), "short": drawn([4]int{50, 380, 60, 383}),
	} {
		if b, err := FindBar(f); !errors.Is(err, ErrNoBar) {
			t.Errorf("%s: %v, %v", name, b, err)
		}
	}
}
