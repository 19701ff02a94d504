package shell

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"explant/app/desktop/annotate"
	"explant/app/desktop/library"
)

// drawerVariable names an image, and drawerData a data folder: with them this test's program opens a
// window and draws until it is killed.
const (
	drawerVariable = "EXPLANT_WINDOW_DRAWER"
	drawerData     = "EXPLANT_WINDOW_DATA"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(drawerVariable); path != "" {
		drawForever(path, os.Getenv(drawerData))
	}
	os.Exit(runTests(m))
}

// runTests runs the tests; beside a real window something else does.
var runTests = (*testing.M).Run

// drawForever draws rectangles with the pointer and says how many are there after each.
func drawForever(path, data string) {
	s := New(test.NewApp(), data, func(fn func()) { queue <- fn })
	s.win.Resize(fyne.NewSize(800, 600))
	s.Open(path)
	for s.image == nil {
		(<-queue)()
	}
	s.stage.picture(800, 600)
	s.tools.take(annotate.Rectangle)
	for i := 0; ; i++ {
		x, y := float32(50+i%600), float32(50+i/600%400)
		s.press(x, y)
		s.drag(x+20, y+15)
		s.release(x+20, y+15)
		fmt.Println("drawn", s.marker.Book.Len())
		for len(queue) > 0 {
			(<-queue)()
		}
	}
}

// killSeed makes the moments of the kills; a failure prints it.
const killSeed = 66

// TestKilledWindowLosesAtMostTheLastStroke kills a window while a script draws in it, 3 times or, with
// EXPLANT_SOAK=1, 100 times: everything opens again.
func TestKilledWindowLosesAtMostTheLastStroke(t *testing.T) {
	kills := 3
	if os.Getenv("EXPLANT_SOAK") != "" {
		kills = 100
	}
	path, data := slide(t), t.TempDir()
	rng := rand.New(rand.NewPCG(killSeed, 0))
	for i := range kills {
		said := killDrawer(t, path, data, time.Duration(rng.IntN(60000))*time.Microsecond)
		journal, err := library.Journal(path, data)
		if err != nil {
			t.Fatal(err)
		}
		book, torn, err := annotate.Open(journal, "tester")
		if err != nil {
			t.Fatalf("kill %d (seed %d): %v", i, killSeed, err)
		}
		if n := book.Len(); n < said || n > said+1 || said == 0 {
			t.Fatalf("kill %d (seed %d): %d strokes were on the screen, %d are there; %s", i, killSeed, said, n, torn)
		}
		_ = book.Close()
	}
	t.Logf("%d kills", kills)
	if _, err := os.Stat(filepath.Join(data, "journal")); err != nil {
		t.Error(err)
	}
}

// killDrawer starts a drawer, kills it some time after its first stroke, and returns the strokes that it
// said were there.
func killDrawer(t *testing.T, path, data string, after time.Duration) (said int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), drawerVariable+"="+path, drawerData+"="+data)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var kill sync.Once
	for lines := bufio.NewScanner(out); lines.Scan(); {
		n, err := strconv.Atoi(strings.TrimPrefix(lines.Text(), "drawn "))
		if err != nil {
			continue // the last line may be torn, too
		}
		said = n
		kill.Do(func() { time.AfterFunc(after, func() { _ = cmd.Process.Kill() }) })
	}
	_ = cmd.Wait()
	return said
}
