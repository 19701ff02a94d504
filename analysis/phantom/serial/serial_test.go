package serial

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"reflect"
	"testing"

	"explant/analysis/stain"
	"explant/volume"
	"explant/volume/parallel"
)

func makeBlock(t *testing.T, b Block) ([]*image.RGBA, *volume.Labels, Truth) {
	t.Helper()
	sections, labels, truth, err := b.Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return sections, labels, truth
}

// The volumes are a recount of the labels, and of eight times as many samples of the block itself.
func TestVolumesAreARecount(t *testing.T) {
	b := Default(120, 110, 3)
	b.Sections, b.Lost, b.PixelSizeUM = 6, 0, 2.5
	_, labels, truth := makeBlock(t, b)
	voxel := b.PixelSizeUM * b.PixelSizeUM * b.ThicknessUM * 1e-9
	s, err := newScene(b)
	if err != nil {
		t.Fatal(err)
	}
	var of, fine [classCount]float64
	for i, l := range labels.Data {
		of[l] += voxel
		x, y, z := float64(i%b.W), float64(i/b.W%b.H), float64(i/(b.W*b.H))
		for k := range 8 {
			at := func(v float64, bit int) float64 { return v - 0.25 + 0.5*float64(k>>bit&1) }
			fine[s.component(at(x, 0)*b.PixelSizeUM, at(y, 1)*b.PixelSizeUM, at(z, 2)*b.ThicknessUM)] += voxel / 8
		}
	}
	total := 0.0
	for k, name := range classNames {
		total += truth.VolumeMM3[k]
		sections := 0.0
		for _, row := range truth.BySection {
			sections += row[k]
		}
		if v := truth.Volume(name); math.Abs(v-sections) > 1e-12 || v == 0 {
			t.Errorf("%s: %v mm³, by section %v", name, v, sections)
		} else if math.Abs(v-fine[k]) > 0.015*v || math.Abs(v-of[k]) > 0.1*v {
			t.Errorf("%s: %v mm³, by finer samples %v, by labels %v", name, v, fine[k], of[k])
		}
	}
	if want := voxel * float64(labels.Len()); math.Abs(total-want) > 1e-9*want || truth.Volume("dragon") != 0 {
		t.Errorf("volumes add up to %v mm³ of %v", total, want)
	}
	g := labels.Grid
	if g.Spacing != [3]float64{0.0025, 0.0025, 0.005} || g.N != [3]int{120, 110, 6} {
		t.Errorf("grid %+v", g)
	}
}

// A pixel of a section shows clot or glass as the block does where the truth's matrix and displacement take
// it; without them far fewer agree, and with the matrix alone somewhat fewer.
func TestSectionsLieWhereTheTruthSays(t *testing.T) {
	b := Default(220, 200, 5)
	b.NoiseGrey, b.ElasticUM = 0, 2*b.ElasticUM
	sections, labels, truth := makeBlock(t, b)
	for k, img := range sections {
		if img == nil {
			continue
		}
		s := truth.Sections[k]
		full := agreement(b, img, labels, k, s.ToBlock)
		flat := agreement(b, img, labels, k, func(x, y float64) [3]float64 { return Section{Affine: s.Affine, Displacement: still}.ToBlock(x, y) })
		none := agreement(b, img, labels, k, func(x, y float64) [3]float64 { return [3]float64{x, y, s.ZMM} })
		if full < 0.991 || flat > full-0.003 || none > flat-0.005 {
			t.Errorf("section %d: %.4f of its pixels agree with the block, %.4f without the displacement, %.4f as they lie", s.Number, full, flat, none)
		}
	}
}

// still is a displacement of nothing.
var still = Displacement{Nodes: 2, SizeMM: [2]float64{1, 1}, Offsets: make([][2]float64, 4)}

func agreement(b Block, img *image.RGBA, labels *volume.Labels, k int, toBlock func(x, y float64) [3]float64) float64 {
	mm := b.PixelSizeUM / 1000
	same, all := 0, 0
	for y := range b.H {
		for x := range b.W {
			p := toBlock(float64(x)*mm, float64(y)*mm)
			i, j := int(math.Round(p[0]/mm)), int(math.Round(p[1]/mm))
			if i < 1 || j < 1 || i >= b.W-1 || j >= b.H-1 || math.Abs(p[2]-float64(k)*b.ThicknessUM/1000) > 1e-12 {
				continue
			}
			in := labels.At(i, j, k) != void
			if in != (labels.At(i-1, j, k) != void) || in != (labels.At(i+1, j, k) != void) || in != (labels.At(i, j-1, k) != void) || in != (labels.At(i, j+1, k) != void) {
				continue // an edge runs through the pixel
			}
			all++
			c := img.RGBAAt(x, y)
			clot := float64(min(c.R, c.G, c.B)) < b.GlassGrey-20
			if clot == in {
				same++
			}
		}
	}
	return float64(same) / float64(all)
}

// The displacement is that of its nodes there, and a linear one everywhere, edges included.
func TestDisplacementInterpolates(t *testing.T) {
	d := Displacement{Nodes: 5, SizeMM: [2]float64{2, 1}}
	linear := func(x, y float64) [2]float64 { return [2]float64{0.1*x - 0.2*y + 0.3, 0.05*x + 0.4*y - 0.1} }
	for j := range 5 {
		for i := range 5 {
			d.Offsets = append(d.Offsets, linear(float64(i)/2, float64(j)/4))
		}
	}
	for _, p := range [][2]float64{{0, 0}, {2, 1}, {0.13, 0.02}, {1.99, 0.98}, {1, 0.5}, {-0.001, 1.001}} {
		got, want := d.At(p[0], p[1]), linear(p[0], p[1])
		if math.Hypot(got[0]-want[0], got[1]-want[1]) > 1e-12 {
			t.Errorf("at %v: %v, want %v", p, got, want)
		}
	}
	d.Offsets[12] = [2]float64{7, -3}
	if got := d.At(1, 0.5); math.Hypot(got[0]-7, got[1]+3) > 1e-12 {
		t.Errorf("the middle node gives %v", got)
	}
}

func TestSectionsAreTurnedAndLostAsAskedFor(t *testing.T) {
	b := Default(64, 64, 8)
	b.Sections, b.Lost = 40, 5
	sections, _, truth := makeBlock(t, b)
	lost := 0
	middle := 31.5 * b.PixelSizeUM / 1000
	for k, s := range truth.Sections {
		if (sections[k] == nil) != s.Lost || s.Number != k+1 {
			t.Fatalf("section %d: %+v", k, s)
		}
		if s.Lost {
			lost++
		}
		a := s.Affine
		x, y := a[0][0]*middle+a[0][1]*middle+a[0][3]-middle, a[1][0]*middle+a[1][1]*middle+a[1][3]-middle
		if math.Hypot(x-s.ShiftMM[0], y-s.ShiftMM[1]) > 1e-12 || math.Hypot(x, y) > math.Sqrt2*b.ShiftUM/1000 {
			t.Errorf("section %d moves its middle by %v, %v mm, truth %v", s.Number, x, y, s.ShiftMM)
		}
		turned := math.Atan2(a[1][0], a[0][0]) * 180 / math.Pi
		if det := a[0][0]*a[1][1] - a[0][1]*a[1][0]; math.Abs(turned-s.RotationDeg) > 1e-9 || math.Abs(det-1) > 2.1*b.Strain || math.Abs(turned) > b.RotationDeg {
			t.Errorf("section %d is turned by %v degrees, truth %v, determinant %v", s.Number, turned, s.RotationDeg, det)
		}
		if s.ElasticRMS > 2*b.ElasticUM/1000 || s.ElasticRMS < b.ElasticUM/1000 {
			t.Errorf("section %d is bent by %v mm", s.Number, s.ElasticRMS)
		}
	}
	if lost != 5 || truth.Sections[0].Lost || truth.Sections[39].Lost {
		t.Errorf("%d sections are lost", lost)
	}
}

// The density of platelets, where they fill the section, is that of the truth's stain strengths.
func TestStainStrengthIsMeasured(t *testing.T) {
	b := Default(260, 260, 2)
	b.NoiseGrey, b.Unevenness = 0, 0
	sections, _, truth := makeBlock(t, b)
	p, err := stain.Builtin("msb")
	if err != nil {
		t.Fatal(err)
	}
	s, err := newScene(b)
	if err != nil {
		t.Fatal(err)
	}
	measured := 0
	for k, img := range sections {
		if img == nil {
			continue
		}
		var od, want [3]float64
		n := 0.0
		for y := range b.H {
			for x := range b.W {
				if s.onSection(k, float64(x), float64(y), -0.33) != platelet || s.onSection(k, float64(x), float64(y), 0.33) != platelet || s.onSection(k, float64(x), float64(y), 0) != platelet {
					continue
				}
				n++
				for ch := range od {
					od[ch] -= math.Log10(float64(img.Pix[y*img.Stride+4*x+ch]) / b.GlassGrey)
				}
			}
		}
		if n < 400 {
			continue
		}
		measured++
		for i, st := range p.Stains {
			for ch := range want {
				want[ch] += amounts[platelet][i] * truth.Sections[k].Stain[st.Name] * st.OD[ch]
			}
		}
		for ch := range od {
			if got := od[ch] / n; math.Abs(got-want[ch]) > 0.04*want[ch]+0.004 {
				t.Errorf("section %d, channel %d: density %v, want %v", k+1, ch, got, want[ch])
			}
		}
	}
	if measured < 3 {
		t.Errorf("platelets in %d sections", measured)
	}
}

func TestTheSameWithAnyNumberOfWorkers(t *testing.T) {
	b := Default(70, 50, 5)
	b.Sections = 5
	sections, labels, truth, err := b.Make(t.Context(), parallel.Options{Workers: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, workers := range []int{2, 8} {
		sections2, labels2, truth2, err := b.Make(t.Context(), parallel.Options{Workers: workers, Depth: 3}, nil)
		if err != nil || !reflect.DeepEqual(sections, sections2) || !reflect.DeepEqual(labels, labels2) || !reflect.DeepEqual(truth, truth2) {
			t.Errorf("%d workers cut another block, %v", workers, err)
		}
	}
	b.H, b.Sections, b.Lost, b.ElasticUM = 8, 30, 2, 0.01 // several sections a slab
	makeBlock(t, b)
}

func TestImpossibleBlocks(t *testing.T) {
	for name, change := range map[string]func(*Block){
		"size": func(b *Block) { b.W = 0 }, "large": func(b *Block) { b.W, b.H, b.Sections = 1<<14, 1<<14, 2 }, "none": func(b *Block) { b.Sections = 0 },
		"pixel": func(b *Block) { b.PixelSizeUM = math.NaN() }, "lost": func(b *Block) { b.Lost = 11 }, "turned": func(b *Block) { b.RotationDeg = -1 },
		"shift": func(b *Block) { b.ShiftUM = 1e6 }, "strain": func(b *Block) { b.Strain = 1 }, "nodes": func(b *Block) { b.Nodes = 1 },
		"bent": func(b *Block) { b.ElasticUM = 10 }, "stain": func(b *Block) { b.StainSpread = -1 }, "glass": func(b *Block) { b.GlassGrey = 300 },
	} {
		b := Default(64, 64, 1)
		change(&b)
		if _, _, _, err := b.Make(t.Context(), parallel.Options{}, nil); !errors.Is(err, ErrPhantom) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, _, err := Default(64, 64, 1).Make(ctx, parallel.Options{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestMontageLeavesThePlaceOfALostSectionGrey(t *testing.T) {
	white := image.NewRGBA(image.Rect(0, 0, 30, 20))
	for i := range white.Pix {
		white.Pix[i] = 255
	}
	m := Montage([]*image.RGBA{white, nil, white, white, white}, 30, 20, 15)
	if m.Rect.Dx() != 4*19 || m.Rect.Dy() != 2*14 {
		t.Fatalf("montage of %v", m.Rect)
	}
	if a, b := m.RGBAAt(7, 5), m.RGBAAt(26, 5); a.R != 255 || b.R != 160 {
		t.Errorf("section %v, place of the lost one %v", a, b)
	}
}

func ExampleBlock_Make() {
	b := Default(48, 40, 1)
	b.Sections, b.Lost = 4, 1
	sections, labels, truth, err := b.Make(context.Background(), parallel.Options{}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(sections), "sections,", labels.N, truth.Classes)
	// Output: 4 sections, [48 40 4] [void other fibrin rbc platelet]
}

func BenchmarkSerial(b *testing.B) {
	b.Run("sections=4/px=16384", func(b *testing.B) {
		block := Default(128, 128, 1)
		block.Sections = 4
		b.SetBytes(4 * 128 * 128 * 4)
		for b.Loop() {
			if _, _, _, err := block.Make(b.Context(), parallel.Options{}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
