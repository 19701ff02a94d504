//go:build desktop

package shell

import (
	"fmt"
	"image"
	"os"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"explant/volume/render"
)

// window is the shell on a real display, while the tests of this file run.
var window *Shell

// With the tag desktop and goals to hold, the tests run beside a real window, whose goroutine is the first.
func init() {
	if os.Getenv(framesVariable) == "" {
		return
	}
	runTests = func(m *testing.M) (code int) {
		data, err := os.MkdirTemp("", "explant-window")
		if err != nil {
			fmt.Println(err)
			return 1
		}
		defer func() { _ = os.RemoveAll(data) }()
		window = New(app.NewWithID("org.explant.desktop.frames"), data, fyne.Do)
		go func() {
			code = m.Run()
			fyne.Do(window.quit)
		}()
		window.Run()
		return code
	}
}

// onWindow does something on the UI thread.
func onWindow(fn func()) { fyne.DoAndWait(fn) }

// paints tells each time that a new frame is given to the painter of the window.
func paints() <-chan time.Time {
	told := make(chan time.Time, 1<<12)
	var last image.Image
	paint := window.stage.picture
	onWindow(func() {
		window.stage.raster.Generator = func(w, h int) image.Image {
			f := paint(w, h)
			if f != last {
				last = f
				told <- time.Now()
			}
			return f
		}
	})
	return told
}

// intervals changes what is shown as soon as the change before is painted, and returns the times between
// paints. What was painted before the first change does not count.
func intervals(t *testing.T, told <-chan time.Time, n int, change func(i int)) (all []time.Duration) {
	t.Helper()
	for len(told) > 0 {
		<-told
	}
	var last time.Time
	before := processor(t)
	for i := range n {
		onWindow(func() { change(i) })
		select {
		case at := <-told:
			if !last.IsZero() {
				all = append(all, at.Sub(last))
			}
			last = at
		case <-time.After(20 * time.Second):
			t.Fatal("nothing was painted")
		}
	}
	perFrame(t, before, n)
	return all
}

// shows opens an image in the window.
func shows(t *testing.T, path string) {
	t.Helper()
	onWindow(func() { window.Open(path) })
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		there := false
		onWindow(func() { there = window.image != nil && window.image.Path == path && window.stage.scene.Frame() != nil })
		if there {
			return
		}
		if time.Now().After(end) {
			t.Fatal("the image did not come")
		}
	}
}

// TestFramesOfTheWindow measures the times between paints of the real window of 1280 x 800, panels and all.
// The painter begins no frame sooner than 1/60 s after the last.
func TestFramesOfTheWindow(t *testing.T) {
	dir, _ := full(t)
	told := paints()
	shows(t, bigSlide(t, dir, 20000))
	onWindow(func() { window.slide.Show(9000, 9000, 1) })
	holdFrames(t, "window: panning over cold tiles", intervals(t, told, 200, func(int) { window.slide.Pan(-24, -10) }))
	holdFrames(t, "window: zooming", intervals(t, told, 200, func(i int) { window.slide.ZoomMiddle(1 + 0.08*float64(1-2*(i/20%2))) }))
	shows(t, bigVolume(t, dir, 1024))
	holdFrames(t, "window: slices while reading", intervals(t, told, 200, func(i int) { window.volume.Step(render.Z, 1-2*(i/8%2)) }))
	for window.volume.Stack.Progress() < 1 {
		time.Sleep(100 * time.Millisecond)
	}
	holdFrames(t, "window: slices", intervals(t, told, 200, func(i int) { window.volume.Step(render.Axis(i%3), 1-2*(i/8%2)) }))
}
