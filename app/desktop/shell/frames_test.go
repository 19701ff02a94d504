package shell

import (
	"fmt"
	"image"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"explant/app/desktop/annotate"
	"explant/app/desktop/slideview"
	"explant/app/desktop/source"
	"explant/app/desktop/volumeview"
	"explant/io/geojson"
	"explant/volume/render"
)

// framesVariable names a folder for large images, which are made there once: with it the tests of this file
// measure and hold what they measure against the goals; without it they run small and hold nothing.
const framesVariable = "EXPLANT_FRAMES"

// The goals at 1280 x 800 on software rendering.
const (
	slideGoal  = 1500 * time.Millisecond // to the first picture of 20 000 x 20 000 pixels
	volumeGoal = 2 * time.Second         // and of 1024³ voxels
	frameGoal  = 20 * time.Millisecond   // for 95 % of the frames
	sharpGoal  = 200 * time.Millisecond  // from the last move to a sharp picture
	strokeGoal = 33 * time.Millisecond   // from letting go to the stroke in a frame
	undoGoal   = 50 * time.Millisecond
	memoryGoal = 1.5 * (1 << 30) // bytes, with both images open
)

// stageWidth and stageHeight are the pixels of the whole window: more than its stage has.
const stageWidth, stageHeight = 1280, 800

// full reports whether the goals are held, and the folder of the images.
func full(t *testing.T) (dir string, yes bool) {
	if dir = os.Getenv(framesVariable); dir != "" {
		return dir, true
	}
	return t.TempDir(), false
}

// hold tells a measurement, and with the goals in force fails when it is beyond.
func hold(t *testing.T, what string, took, goal time.Duration) {
	t.Helper()
	t.Logf("%-46s %7.1f ms (goal %v)", what, float64(took)/float64(time.Millisecond), goal)
	if _, yes := full(t); yes && took > goal {
		t.Errorf("%s took %v, more than %v", what, took, goal)
	}
}

// holdFrames tells how long frames took, and holds the 95th percentile against the goal.
func holdFrames(t *testing.T, what string, all []time.Duration) {
	t.Helper()
	slices.Sort(all)
	t.Logf("%-46s median %.1f, largest %.1f ms of %d", what, float64(all[len(all)/2])/1e6, float64(all[len(all)-1])/1e6, len(all))
	hold(t, what+": 95 % within", all[len(all)*95/100], frameGoal)
}

// processor is the time that this process has had of the processors: on a busy machine it says more than
// the clock.
func processor(t *testing.T) time.Duration {
	t.Helper()
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		t.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// shown waits for a frame that fulfils a condition, doing what waits for the UI thread, and returns how long
// that took.
func (s *Shell) shown(t *testing.T, what string, ok func(*image.RGBA) bool) time.Duration {
	t.Helper()
	began := time.Now()
	for end := time.After(2 * time.Minute); ; {
		if s.stage.scene != nil {
			if f := s.stage.scene.Frame(); f != nil && ok(f) {
				return time.Since(began)
			}
		}
		select {
		case fn := <-queue:
			fn()
		case <-end:
			t.Fatalf("%s did not come", what)
		}
	}
}

// firstPicture opens an image and waits for its first frame at the size of the window.
func (s *Shell) firstPicture(t *testing.T, path string) time.Duration {
	t.Helper()
	began := time.Now()
	s.Open(path)
	eventually(t, "the image", func() bool { return s.image != nil && s.image.Path == path })
	s.stage.picture(stageWidth, stageHeight)
	s.shown(t, "a picture", func(f *image.RGBA) bool {
		c := f.RGBAAt(stageWidth/2-30, stageHeight/2-30)
		return f.Rect.Dx() == stageWidth && c != slideview.Ground && c.R > 0
	})
	return time.Since(began)
}

// frames changes what is shown as soon as the frame before is there, n times, and returns how long each
// frame took.
func (s *Shell) frames(t *testing.T, n int, change func(i int)) (all []time.Duration) {
	t.Helper()
	last, before := s.stage.scene.Frame(), processor(t)
	for i := range n {
		began := time.Now()
		change(i)
		s.shown(t, "a frame", func(f *image.RGBA) bool { return f != last })
		last = s.stage.scene.Frame()
		all = append(all, time.Since(began))
	}
	perFrame(t, before, n)
	return all
}

// perFrame tells the time of the processors that a frame took, with the tiles that were made beside it.
func perFrame(t *testing.T, before time.Duration, n int) {
	t.Helper()
	if n > 1 {
		t.Logf("%-46s %7.1f ms of the processors a frame", "", float64(processor(t)-before)/float64(n)/1e6)
	}
}

// TestFramesOfASlide pans over cold tiles and zooms in a large pyramid.
func TestFramesOfASlide(t *testing.T) {
	dir, yes := full(t)
	n, count := 2048, 10
	if yes {
		n, count = 20000, 300
	}
	path := bigSlide(t, dir, n)
	s := open(t)
	hold(t, fmt.Sprintf("first picture of %d x %d", n, n), s.firstPicture(t, path), slideGoal)
	s.slide.Show(float64(n)/4, float64(n)/4, 1)
	holdFrames(t, "panning over cold tiles", s.frames(t, count, func(int) { s.slide.Pan(-24, -10) }))
	hold(t, "sharp after the last move", s.shown(t, "a sharp picture", func(*image.RGBA) bool { return s.slide.Sharp() }), sharpGoal)
	holdFrames(t, "zooming", s.frames(t, count, func(i int) { s.slide.ZoomMiddle(1 + 0.08*math.Sin(float64(i)/12)) }))
	s.slide.Fit()
	if err := s.slide.Err(); err != nil {
		t.Error(err)
	}
}

// TestFramesOfAVolume goes through slices while a large volume is still read, and when it is there; then the
// slide is open, too, and the memory of both is told.
func TestFramesOfAVolume(t *testing.T) {
	dir, yes := full(t)
	n, slide, count := 48, 1024, 10
	if yes {
		n, slide, count = 1024, 20000, 200
	}
	path := bigVolume(t, dir, n)
	s := open(t)
	hold(t, fmt.Sprintf("first picture of %d³ voxels of 16 bits", n), s.firstPicture(t, path), volumeGoal)
	through := func(a render.Axis) func(int) { return func(i int) { s.volume.Step(a, 1-2*(i/8%2)) } }
	holdFrames(t, "slices across z while reading", s.frames(t, count, through(render.Z)))
	began := time.Now()
	eventually(t, "the volume", func() bool { return s.volume.Stack.Progress() == 1 })
	t.Logf("%-46s %7.1f s more", "all of it read", time.Since(began).Seconds())
	for _, a := range []render.Axis{render.Z, render.X, render.Y} {
		holdFrames(t, fmt.Sprintf("slices across %s", a), s.frames(t, count, through(a)))
	}
	s.volume.SetSlab(volumeview.Slab{Slices: 20})
	holdFrames(t, "thick slab across z", s.frames(t, count, through(render.Z)))
	m, err := source.Open(t.Context(), bigSlide(t, dir, slide))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = m.Close() }()
	v, err := slideview.New(t.Context(), m, func() {})
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	v.Resize(stageWidth, stageHeight, 1)
	for i := range 10 * count {
		v.Show(float64(slide)*float64(i%40)/40, float64(slide)*float64(i/40)/float64(count/4), 1)
		time.Sleep(2 * time.Millisecond)
	}
	resident := residentBytes(t)
	t.Logf("%-46s %7.2f GiB (goal %.1f)", "resident memory with both open", resident/(1<<30), memoryGoal/(1<<30))
	if yes && resident > memoryGoal {
		t.Errorf("%.2f GiB", resident/(1<<30))
	}
}

// residentBytes is the memory that the system has given to this process.
func residentBytes(t *testing.T) float64 {
	t.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("no /proc: ", err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 64)
			if err != nil {
				t.Fatal(err)
			}
			return kb * 1024
		}
	}
	t.Fatal("no VmRSS in /proc/self/status")
	return 0
}

// settle waits until nothing more waits for the UI thread, every tile made and every frame drawn, and tells
// when the last frame came.
func (s *Shell) settle() (last time.Time) {
	last = time.Now()
	for {
		f := s.stage.scene.Frame()
		select {
		case fn := <-queue:
			fn()
			if s.stage.scene.Frame() != f {
				last = time.Now()
			}
		case <-time.After(200 * time.Millisecond):
			return last
		}
	}
}

// TestFramesOfStrokes draws and takes back among many objects, on a slide and on a slice of a volume, and
// waits for the frame that shows it.
func TestFramesOfStrokes(t *testing.T) {
	dir, yes := full(t)
	objects, count := 200, 1
	if yes {
		objects, count = 10000, 30
	}
	for name, path := range map[string]string{"slide": bigSlide(t, dir, 1024), "volume": bigVolume(t, dir, 64)} {
		s := open(t)
		s.firstPicture(t, path)
		if s.slide != nil {
			s.slide.Show(500, 500, 1)
		}
		on := s.image.Grid().N
		side := int(math.Ceil(math.Sqrt(float64(objects))))
		var many []annotate.Object
		for i := range objects {
			x, y := float64(on[0])*float64(i%side)/float64(side), float64(on[1])*float64(i/side)/float64(side)
			r := float64(on[0]) / float64(side) / 3
			o := annotate.Object{Class: "rbc", Color: &[3]uint8{200, 0, 0}, Geometry: geojson.Geometry{Polygons: []geojson.Polygon{{{{x, y}, {x + r, y}, {x + r, y + r}, {x, y + r}}}}}}
			if on[2] > 1 {
				o.Geometry.Plane = &geojson.Plane{C: -1, Z: on[2] / 2}
			}
			many = append(many, o)
		}
		if err := s.marker.Import(many); err != nil {
			t.Fatal(err)
		}
		s.tools.take(annotate.Brush)
		s.marks.setClass(3)
		s.settle()
		var strokes, undos []time.Duration
		before := processor(t)
		for i := range count {
			x, y := float32(120+7*(i%10)), float32(120+9*(i/10))
			s.press(x, y)
			s.drag(x+60, y+20)
			s.settle()
			strokes = append(strokes, s.frames(t, 1, func(int) { s.release(x+60, y+20) })...)
			s.settle()
			began := time.Now()
			s.undo()
			undos = append(undos, s.settle().Sub(began))
		}
		perFrame(t, before, 2*count)
		slices.Sort(strokes)
		slices.Sort(undos)
		hold(t, fmt.Sprintf("%s: stroke among %d objects, 95 %%", name, objects), strokes[len(strokes)*95/100], strokeGoal)
		hold(t, fmt.Sprintf("%s: undo among %d objects, 95 %%", name, objects), undos[len(undos)*95/100], undoGoal)
	}
}
