package render

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"testing"

	"explant/volume"
)

// Classes of the test volumes.
const (
	polymer = 1
	deposit = 2
)

// ball is a label volume with a ball of class deposit, of radius r mm, in its middle.
func ball(n [3]int, spacing [3]float64, r float64) *volume.Labels {
	v := volume.New[uint8](volume.Grid{N: n, Spacing: spacing})
	paint(v, deposit, func(p [3]float64) bool {
		d := 0.0
		for a := range 3 {
			c := p[a] - float64(n[a])*spacing[a]/2
			d += c * c
		}
		return d < r*r
	})
	return v
}

// paint sets class where inside holds for the centre of the voxel, in mm from the corner.
func paint(v *volume.Labels, class uint8, inside func(p [3]float64) bool) {
	for z := range v.N[2] {
		for y := range v.N[1] {
			for x := range v.N[0] {
				p := [3]float64{(float64(x) + 0.5) * v.Spacing[0], (float64(y) + 0.5) * v.Spacing[1], (float64(z) + 0.5) * v.Spacing[2]}
				if inside(p) {
					v.Data[v.Offset(x, y, z)] = class
				}
			}
		}
	}
}

// bundle is a block of fibres along z, some bridged by clots that lie denser near the first slices.
func bundle(n int) *volume.Labels {
	v := volume.New[uint8](volume.Grid{N: [3]int{n, n, n + n/2}, Spacing: [3]float64{0.02, 0.02, 0.02}})
	pitch := float64(n) * 0.02 / 8
	paint(v, polymer, func(p [3]float64) bool {
		dx := math.Mod(p[0], pitch) - pitch/2
		dy := math.Mod(p[1], pitch) - pitch/2
		return math.Hypot(dx, dy) < 0.3*pitch
	})
	for i := range 14 {
		f := float64(i)
		c := [3]float64{
			pitch * (1 + math.Mod(f*2.618, 6)), pitch * (1 + math.Mod(f*1.377, 6)), pitch * (0.6 + f*f/16),
		}
		r := pitch * (0.35 + 0.5*math.Mod(f*0.618, 1))
		paintOver(v, c, r)
	}
	return v
}

func paintOver(v *volume.Labels, c [3]float64, r float64) {
	for i, class := range v.Data {
		x, y, z := i%v.N[0], i/v.N[0]%v.N[1], i/v.N[0]/v.N[1]
		dx, dy, dz := float64(x)*0.02-c[0], float64(y)*0.02-c[1], float64(z)*0.02-c[2]
		if class == 0 && dx*dx+dy*dy+dz*dz*0.6 < r*r {
			v.Data[i] = deposit
		}
	}
}

var vermilion = color.NRGBA{213, 94, 0, 255}

func opaque() []Surface { return []Surface{{Classes: []uint8{deposit}, Color: vermilion}} }

func draw(t testing.TB, s *Scene, v View) *image.NRGBA {
	t.Helper()
	img, err := s.Draw(t.Context(), v, nil)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func scene(t testing.TB, v *volume.Labels, surfaces []Surface, o SceneOptions) *Scene {
	t.Helper()
	s, err := NewScene(t.Context(), v, surfaces, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A ball's outline has the area pi r² from every side, whatever the spacing and the reduction.
func TestBallHasTheSilhouetteOfABall(t *testing.T) {
	const tolerance = 0.015 // a voxel model of radius 40 and half a pixel of outline
	for name, c := range map[string]struct {
		n       [3]int
		spacing [3]float64
		side    int
	}{
		"cubic":       {[3]int{96, 96, 96}, [3]float64{0.1, 0.1, 0.1}, 0},
		"anisotropic": {[3]int{120, 96, 60}, [3]float64{0.08, 0.1, 0.16}, 0},
		"reduced":     {[3]int{192, 192, 192}, [3]float64{0.05, 0.05, 0.05}, 96},
	} {
		t.Run(name, func(t *testing.T) {
			const r = 4.0
			s := scene(t, ball(c.n, c.spacing, r), opaque(), SceneOptions{Side: c.side})
			for _, v := range []View{{Width: 300}, {Azimuth: 37, Elevation: 25, Width: 300}, {Azimuth: 200, Elevation: -90, Width: 300}} {
				_, _, length := s.Size(v)
				pixel := length / float64(v.Width)
				area := 0.0
				img := draw(t, s, v)
				for i := 3; i < len(img.Pix); i += 4 {
					area += float64(img.Pix[i]) / 255 * pixel * pixel
				}
				if want := math.Pi * r * r; math.Abs(area/want-1) > tolerance {
					t.Errorf("%+v: area %.3f mm², want %.3f", v, area, want)
				}
			}
		})
	}
}

// A ball lit from the eye looks the same when mirrored.
func TestFrontalLightIsSymmetric(t *testing.T) {
	s := scene(t, ball([3]int{80, 80, 80}, [3]float64{1, 1, 1}, 33), opaque(), SceneOptions{})
	img := draw(t, s, View{Width: 200, Frontal: true})
	w, h := img.Rect.Dx(), img.Rect.Dy()
	const tolerance = 6 // grey levels; the ray's steps are not mirrored
	for y := range h {
		for x := range w {
			a, b, c := img.NRGBAAt(x, y), img.NRGBAAt(w-1-x, y), img.NRGBAAt(x, h-1-y)
			if a.A != b.A || a.A != c.A {
				t.Fatalf("outline differs at %d, %d: %v, mirrored %v and %v", x, y, a, b, c)
			}
			if off(a.R, b.R) > tolerance || off(a.R, c.R) > tolerance {
				t.Fatalf("brightness differs at %d, %d: %v, mirrored %v and %v", x, y, a, b, c)
			}
		}
	}
	if c, e := img.NRGBAAt(w/2, h/2), img.NRGBAAt(w/2, h/2-h*2/7); c.R <= e.R {
		t.Errorf("the middle (%d) is not brighter than the rim (%d)", c.R, e.R)
	}
}

func off(a, b uint8) int { return max(int(a)-int(b), int(b)-int(a)) }

// Up, right and front are where View says: a ball displaced along an axis moves that way.
func TestViewDirections(t *testing.T) {
	v := volume.New[uint8](volume.Grid{N: [3]int{64, 64, 64}, Spacing: [3]float64{1, 1, 1}})
	paint(v, deposit, func(p [3]float64) bool {
		return math.Hypot(math.Hypot(p[0]-52, p[1]-12), p[2]-52) < 8
	})
	s := scene(t, v, opaque(), SceneOptions{})
	for _, c := range []struct {
		view  View
		right bool
		above bool
	}{
		{View{Width: 100}, true, true},                 // x right, z up
		{View{Width: 100, Azimuth: 180}, false, true},  // from behind
		{View{Width: 100, Azimuth: 90}, false, true},   // y to the right
		{View{Width: 100, Elevation: 90}, true, false}, // from above: y up
	} {
		img := draw(t, s, c.view)
		x, y := centre(img)
		if (x > float64(img.Rect.Dx())/2) != c.right || (y < float64(img.Rect.Dy())/2) != c.above {
			t.Errorf("%+v: seen at %.0f, %.0f of %v", c.view, x, y, img.Rect)
		}
	}
}

func centre(img *image.NRGBA) (x, y float64) {
	n := 0.0
	for i := 3; i < len(img.Pix); i += 4 {
		a := float64(img.Pix[i])
		x += a * float64(i/4%img.Rect.Dx())
		y += a * float64(i/4/img.Rect.Dx())
		n += a
	}
	return x / n, y / n
}

func TestViewIsTheSameWithAnyWorkers(t *testing.T) {
	v := bundle(48)
	var want []byte
	for _, workers := range []int{1, 2, 8} {
		s := scene(t, v, both(), SceneOptions{Side: 40, Workers: workers})
		img := draw(t, s, View{Azimuth: 30, Elevation: 20, Width: 160})
		if want == nil {
			want = img.Pix
		}
		if !bytes.Equal(want, img.Pix) {
			t.Errorf("%d workers give another picture than 1", workers)
		}
	}
}

func both() []Surface {
	return append(opaque(), Surface{Classes: []uint8{polymer}, Color: color.NRGBA{200, 210, 220, 255}, Ghost: true})
}

func TestGhostLetsTheDepositThrough(t *testing.T) {
	v := bundle(64)
	with := draw(t, scene(t, v, both(), SceneOptions{}), View{Azimuth: 30, Elevation: 20, Width: 200})
	alone := draw(t, scene(t, v, opaque(), SceneOptions{}), View{Azimuth: 30, Elevation: 20, Width: 200})
	warm, of := 0, 0
	for i := 0; i < len(alone.Pix); i += 4 {
		if alone.Pix[i+3] == 255 {
			of++
			if int(with.Pix[i]) > int(with.Pix[i+2])+20 {
				warm++
			}
		}
	}
	if of == 0 || float64(warm) < 0.8*float64(of) {
		t.Errorf("of %d pixels of deposit %d still look like it behind the fibres", of, warm)
	}
	if path := os.Getenv("EXPLANT_PICTURES"); path != "" {
		save(t, path+"/bundle.png", draw(t, scene(t, bundle(160), both(), SceneOptions{}), View{Azimuth: 30, Elevation: 20, Width: 640}))
	}
}

func save(t *testing.T, path string, img image.Image) {
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestSceneExtremes(t *testing.T) {
	for name, n := range map[string][3]int{"one voxel": {1, 1, 1}, "a line": {1, 1, 40}, "a slice": {30, 20, 1}} {
		for _, class := range []uint8{0, deposit} {
			v := volume.New[uint8](volume.Grid{N: n, Spacing: [3]float64{1, 1, 1}})
			for i := range v.Data {
				v.Data[i] = class
			}
			img := draw(t, scene(t, v, both(), SceneOptions{}), View{Azimuth: 20, Elevation: 30, Width: 60})
			if seen := bytes.ContainsFunc(img.Pix, func(r rune) bool { return r != 0 }); seen != (class == deposit) {
				t.Errorf("%s of class %d: seen %v", name, class, seen)
			}
		}
	}
}

// A single voxel of deposit in a large volume is seen, about as large as it is.
func TestSingleVoxelIsSeen(t *testing.T) {
	v := volume.New[uint8](volume.Grid{N: [3]int{60, 60, 60}, Spacing: [3]float64{1, 1, 1}})
	v.Data[v.Offset(30, 30, 30)] = deposit
	s := scene(t, v, opaque(), SceneOptions{})
	_, _, length := s.Size(View{Width: 600})
	pixel := length / 600
	area := 0.0
	img := draw(t, s, View{Width: 600})
	for i := 3; i < len(img.Pix); i += 4 {
		area += float64(img.Pix[i]) / 255 * pixel * pixel
	}
	if area < 0.3 || area > 1.2 {
		t.Errorf("a voxel with a face of 1 mm² is seen with %.2f mm²", area)
	}
}

func TestSceneSpacing(t *testing.T) {
	v := ball([3]int{20, 20, 20}, [3]float64{1, 1, 1}, 6)
	v.Spacing = [3]float64{}
	scene(t, v, opaque(), SceneOptions{}) // all unknown: cubic voxels
	v.Spacing = [3]float64{1, 1, 0}
	if _, err := NewScene(t.Context(), v, opaque(), SceneOptions{}, nil); !errors.Is(err, volume.ErrSpacing) {
		t.Errorf("spacing known in part: error %v, want %v", err, volume.ErrSpacing)
	}
}

func TestDrawStopsWhenCancelled(t *testing.T) {
	s := scene(t, ball([3]int{20, 20, 20}, [3]float64{1, 1, 1}, 6), opaque(), SceneOptions{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Draw(ctx, View{Width: 100}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := NewScene(ctx, bundle(16), opaque(), SceneOptions{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestRampColoursAlongItsAxis(t *testing.T) {
	v := volume.New[uint8](volume.Grid{N: [3]int{20, 20, 60}, Spacing: [3]float64{1, 1, 1}})
	for i := range v.Data {
		v.Data[i] = deposit
	}
	ramp := []color.NRGBA{{0, 0, 255, 255}, {255, 0, 0, 255}}
	img := draw(t, scene(t, v, []Surface{{Classes: []uint8{deposit}, Ramp: ramp, Along: Z}}, SceneOptions{}), View{Width: 60})
	low, high := img.NRGBAAt(30, img.Rect.Dy()*9/10), img.NRGBAAt(30, img.Rect.Dy()/10)
	if low.B < 5*low.R || high.R < 5*high.B {
		t.Errorf("bottom %v, top %v: want blue, red", low, high)
	}
}

func BenchmarkNewScene(b *testing.B) {
	for _, n := range []int{128, 256} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			v := bundle(n)
			b.SetBytes(int64(len(v.Data)))
			for b.Loop() {
				scene(b, v, both(), SceneOptions{Side: 192})
			}
		})
	}
}

func BenchmarkDraw(b *testing.B) {
	v := bundle(192)
	for name, surfaces := range map[string][]Surface{"opaque": opaque(), "opaque and ghost": both()} {
		s := scene(b, v, surfaces, SceneOptions{Side: 192})
		b.Run("layers="+name+"/width=560", func(b *testing.B) {
			w, h, _ := s.Size(View{Elevation: 20, Width: 560})
			b.SetBytes(int64(w * h))
			for b.Loop() {
				draw(b, s, View{Azimuth: 30, Elevation: 20, Width: 560})
			}
		})
	}
}

// Leaping never misses: the clearance of a cell is at most its distance to the nearest surface cell.
func TestClearanceIsSafe(t *testing.T) {
	s := scene(t, bundle(16), opaque(), SceneOptions{})
	n, most := s.n, s.layers[0].most
	reached := 0
	for i, away := range s.clear {
		x, y, z := i%n[0], i/n[0]%n[1], i/n[0]/n[1]
		nearest := 255
		for j, v := range most {
			if float64(v) > half {
				dx, dy, dz := x-j%n[0], y-j/n[0]%n[1], z-j/n[0]/n[1]
				nearest = min(nearest, max(dx, -dx, dy, -dy, dz, -dz))
			}
		}
		if int(away) > nearest {
			t.Fatalf("cell %d, %d, %d: clearance %d, a surface %d away", x, y, z, away, nearest)
		}
		if int(away) == nearest {
			reached++
		}
	}
	if 10*reached < 6*len(s.clear) {
		t.Errorf("only %d of %d cells have the distance itself", reached, len(s.clear))
	}
}
