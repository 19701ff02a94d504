package shell

import (
	"image/color"
	"regexp"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
	"golang.org/x/sys/unix"
)

// watched is a theme that remembers who asks for its colours and sizes, as widgets do whenever they change: in tests
// the thread of the test is that of the UI, and no goroutine elsewhere that this program started may.
type watched struct {
	fyne.Theme
	owner int // thread of the test, which its goroutine keeps

	mu     sync.Mutex
	strays map[string]string // the places, with a stack each
}

// watch looks after the widgets of a window until the test ends.
func watch(t *testing.T, s *Shell) {
	runtime.LockOSThread()
	t.Cleanup(runtime.UnlockOSThread)
	w := &watched{Theme: s.app.Settings().Theme(), owner: unix.Gettid(), strays: map[string]string{}}
	s.app.Settings().SetTheme(w)
	t.Cleanup(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		for place, stack := range w.strays {
			t.Errorf("a widget changed off the UI thread, in what %s began:\n%s", place, stack)
		}
	})
}

// beganBy is the function of this program that started a goroutine, in a stack.
var beganBy = regexp.MustCompile(`created by (explant/\S+)`)

func (w *watched) look() {
	if unix.Gettid() == w.owner {
		return
	}
	stack := string(debug.Stack())
	if by := beganBy.FindStringSubmatch(stack); by != nil {
		w.mu.Lock()
		w.strays[by[1]] = stack
		w.mu.Unlock()
	}
}

// Color is part of fyne.Theme.
func (w *watched) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	w.look()
	return w.Theme.Color(n, v)
}

// Size is part of fyne.Theme.
func (w *watched) Size(n fyne.ThemeSizeName) float32 {
	w.look()
	return w.Theme.Size(n)
}

// TestWidgetsOffTheirThreadAreSeen changes a label from another goroutine: what every test of this package would fail
// for. On the thread of the test nothing is said.
func TestWidgetsOffTheirThreadAreSeen(t *testing.T) {
	s := open(t)
	w, ok := s.app.Settings().Theme().(*watched)
	if !ok {
		t.Fatal("nobody looks after the widgets")
	}
	label := s.status.message
	label.SetText("here")
	if len(w.strays) != 0 {
		t.Errorf("on its own thread: %v", w.strays)
	}
	for what, change := range map[string]func(){
		"text":     func() { label.SetText("elsewhere") },
		"button":   func() { s.status.calibration.Disable() },
		"new ones": func() { widget.NewLabel("new").MinSize() },
	} {
		done := make(chan struct{})
		go func() {
			defer close(done)
			change()
		}()
		<-done
		w.mu.Lock()
		if len(w.strays) == 0 {
			t.Errorf("%s: not seen", what)
		}
		clear(w.strays)
		w.mu.Unlock()
	}
}
