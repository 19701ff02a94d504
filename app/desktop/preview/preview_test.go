package preview

import (
	"os"
	"testing"
	"time"

	"explant/analysis/protocol"
	"explant/app/desktop/viewport"
	"explant/app/pipeline"
	"explant/io/imagefile"
	"explant/io/open"
	"explant/volume"
	"explant/volume/parallel"
)

func pyramid() imagefile.Info {
	return imagefile.Info{Grid: volume.Grid{N: [3]int{8000, 4000, 1}}, Type: imagefile.Uint8, Channels: 3, Levels: []imagefile.Level{
		{N: [3]int{8000, 4000, 1}, Downsample: 1}, {N: [3]int{2000, 1000, 1}, Downsample: 4},
	}}
}

// TestWindowIsWhatIsInView goes through zooms: the level is fine enough, the window is that of the view.
func TestWindowIsWhatIsInView(t *testing.T) {
	view := viewport.Fit([2]float64{8000, 4000}, [2]float64{1, 1}, [2]int{1000, 800})
	w, step := Flat(pyramid(), view, protocol.Slide)
	if step != 2 || w.Level != 1 || w.Min != [3]int{0, 0, 0} || w.Max != [3]int{2000, 1000, 1} {
		t.Errorf("whole: %+v", w)
	}
	view.Scale = 1
	view = view.CenterOn(2000, 1000)
	w, step = Flat(pyramid(), view, protocol.Slide)
	if step != 1 || w.Level != 0 || w.Min != [3]int{1500, 600, 0} || w.Max != [3]int{2500, 1400, 1} {
		t.Errorf("at 1: %+v", w)
	}
	wide := viewport.Fit([2]float64{8000, 4000}, [2]float64{1, 1}, [2]int{8000, 4000})
	w, _ = Flat(pyramid(), wide, protocol.Slide)
	if n := w.N(); n[0]*n[1] > 1<<20 || n[0]*n[1] < 3<<18 || w.Min[0]+w.Max[0] < 7990 || w.Min[0]+w.Max[0] > 8010 {
		t.Errorf("a large screen: %+v", w)
	}
}

func TestBoxIsAroundTheCrossHair(t *testing.T) {
	info := imagefile.Info{Grid: volume.Grid{N: [3]int{500, 500, 300}}}
	w := Box(info, [3]int{}, info.Grid.N, [3]int{490, 250, 150}, protocol.Oxygenator)
	n := w.N()
	if v := n[0] * n[1] * n[2]; v > 1<<20 || v < 1<<19 || w.Max[0] != 500 || w.Min[1]+w.Max[1] < 498 || w.Min[1]+w.Max[1] > 502 {
		t.Errorf("%+v", w)
	}
	if w = Box(info, [3]int{10, 20, 30}, [3]int{50, 60, 70}, [3]int{20, 30, 40}, protocol.Oxygenator); w.N() != [3]int{40, 40, 40} {
		t.Errorf("a small one is cut: %+v", w)
	}
	if w = Box(info, [3]int{10, 20, 30}, [3]int{50, 60, 70}, [3]int{20, 30, 40}, protocol.Fluorescence); w.Min[2] != 0 || w.Max[2] != 300 {
		t.Errorf("planes are left out: %+v", w)
	}
}

// TestPatchLiesWhereItsWindowIs holds every pixel of both levels against the label below it.
func TestPatchLiesWhereItsWindowIs(t *testing.T) {
	info := pyramid()
	p := pipeline.Preview{Window: imagefile.Window{Level: 1, Min: [3]int{100, 50, 0}, Max: [3]int{110, 56, 1}}, N: [3]int{10, 6, 1}, Labels: make([]uint8, 60)}
	for i := range p.Labels {
		p.Labels[i] = uint8(i + 1)
	}
	patch := NewPatch(info, p)
	for level, box := range map[int][2]int{0: {390, 195}, 1: {95, 45}} {
		d := int(info.Levels[level].Downsample)
		b, err := patch.Read(t.Context(), imagefile.Window{Level: level, Min: [3]int{box[0], box[1], 0}, Max: [3]int{box[0] + 60, box[1] + 40, 1}})
		if err != nil {
			t.Fatal(err)
		}
		for y := range 40 {
			for x := range 60 {
				i, j := (box[0]+x)*d/4-100, (box[1]+y)*d/4-50
				want := uint8(0)
				if (box[0]+x)*d >= 400 && (box[1]+y)*d >= 200 && i < 10 && j < 6 {
					want = uint8(j*10 + i + 1)
				}
				if got := b.Data[y*60+x]; got != want {
					t.Fatalf("level %d, (%d, %d): %d, want %d", level, box[0]+x, box[1]+y, got, want)
				}
			}
		}
	}
	if _, err := patch.Read(t.Context(), imagefile.Window{Max: [3]int{9000, 1, 1}}); err == nil {
		t.Error("a window outside was read")
	}
}

func TestProjectedPatchIsInEveryPlane(t *testing.T) {
	info := imagefile.Info{Grid: volume.Grid{N: [3]int{4, 3, 5}}, Type: imagefile.Uint16, Channels: 2, Levels: []imagefile.Level{{N: [3]int{4, 3, 5}, Downsample: 1}}}
	p := pipeline.Preview{Window: imagefile.Window{Max: [3]int{4, 3, 5}}, N: [3]int{4, 3, 1}, Labels: []uint8{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}}
	b, err := NewPatch(info, p).Read(t.Context(), imagefile.Window{Max: [3]int{4, 3, 5}})
	if err != nil || b.Data[0] != 1 || b.Data[4*12+11] != 12 {
		t.Errorf("%v %v", b.Data, err)
	}
}

// TestNewestWishIsTold asks many times at once: the last one is told, and what it replaced may be left out.
func TestNewestWishIsTold(t *testing.T) {
	made, err := pipeline.MakePhantom(t.Context(), "dab", t.TempDir(), pipeline.PhantomOptions{Size: 256, Seed: 2}, pipeline.Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	in, err := open.Path(t.Context(), made.Image, open.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	rules, err := protocol.Resolve("slide-dab", os.ReadFile, nil)
	if err != nil {
		t.Fatal(err)
	}
	told := make(chan Shown, 99)
	p := New(func(s Shown, err error) {
		if err != nil {
			t.Errorf("%v", err)
		}
		told <- s
	})
	w := Wish{Job: func() (pipeline.Job, error) { return pipeline.Job{Input: made.Image, Protocol: rules}, nil }, Image: in}
	for k := range 8 {
		w.Window = imagefile.Window{Max: [3]int{100 + k, 90, 1}}
		p.Ask(w)
	}
	for end := time.After(30 * time.Second); ; {
		select {
		case s := <-told:
			if s.Window.Max[0] != 107 {
				continue
			}
			if got := s.Text(in.Info()); got != "preview of 107 x 90 px" || len(s.Labels) != 107*90 {
				t.Errorf("%q, %d labels", got, len(s.Labels))
			}
		case <-end:
			t.Fatal("the last wish was not told")
		}
		break
	}
	p.Ask(w)
	p.Stop()
	if p.Stop(); len(told) > 1 {
		t.Errorf("%d told after the last", len(told))
	}
}
