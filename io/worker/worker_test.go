package worker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"explant/io/imagefile"
	"explant/io/tiff"
)

// The worker of these tests is this test program, in which files with some names do harm.
var _ = func() bool {
	plain := opener
	opener = func(ctx context.Context, d Decoder, path string) (imagefile.Reader, error) {
		switch filepath.Base(path) {
		case "crash.tif":
			_ = syscall.Kill(os.Getpid(), syscall.SIGSEGV)
			select {}
		case "hang.tif":
			time.Sleep(time.Hour)
		case "bomb.tif":
			for all := [][]byte{}; ; {
				all = append(all, bytes.Repeat([]byte{1}, 64<<20))
				kept.Store(&all)
			}
		case "slow.tif":
			r, err := plain(ctx, d, filepath.Join(filepath.Dir(path), "good.tif"))
			return deaf{r}, err
		}
		return plain(ctx, d, path)
	}
	return true
}()

// kept is what a bomb holds on to.
var kept atomic.Pointer[[][]byte]

// deaf is a reader that never answers.
type deaf struct{ imagefile.Reader }

func (deaf) ReadInto(context.Context, imagefile.Window, []byte) error {
	time.Sleep(time.Hour)
	return nil
}

// good is a small valid TIFF: 3 x 2 grey pixels of 8 bits.
var good = []byte("II*\x00\x10\x00\x00\x00" + "\x01\x02\x03\x04\x05\x06\x00\x00" +
	"\x08\x00" +
	"\x00\x01\x03\x00\x01\x00\x00\x00\x03\x00\x00\x00" + // width
	"\x01\x01\x03\x00\x01\x00\x00\x00\x02\x00\x00\x00" + // height
	"\x02\x01\x03\x00\x01\x00\x00\x00\x08\x00\x00\x00" + // bits
	"\x03\x01\x03\x00\x01\x00\x00\x00\x01\x00\x00\x00" + // not compressed
	"\x06\x01\x03\x00\x01\x00\x00\x00\x01\x00\x00\x00" + // 0 is black
	"\x11\x01\x04\x00\x01\x00\x00\x00\x08\x00\x00\x00" + // where the strip is
	"\x16\x01\x03\x00\x01\x00\x00\x00\x02\x00\x00\x00" + // its rows
	"\x17\x01\x04\x00\x01\x00\x00\x00\x06\x00\x00\x00" + // its bytes
	"\x00\x00\x00\x00")

func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"good.tif", "crash.tif", "hang.tif", "bomb.tif", "slow.tif"} {
		if err := os.WriteFile(filepath.Join(dir, name), good, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// shutdown ends the workers that wait for a file.
func shutdown() {
	idle.mu.Lock()
	all := idle.all
	idle.all = nil
	idle.mu.Unlock()
	for _, p := range all {
		p.stop()
	}
}

func mustRead(t *testing.T, path string) {
	t.Helper()
	r, err := Open(t.Context(), TIFF, path, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0))
	if err != nil || string(b.Data) != "\x01\x02\x03\x04\x05\x06" {
		t.Fatalf("%v %v", b, err)
	}
}

func TestHarmBecomesAnErrorAndTheNextFileIsRead(t *testing.T) {
	dir := folder(t)
	for _, c := range []struct {
		name, want string
		limits     Limits
	}{
		{"crash.tif", "crashed", Limits{}},
		{"hang.tif", "longer than 500ms", Limits{Open: 500 * time.Millisecond}},
		{"bomb.tif", "more than the 256 MiB", Limits{Memory: 256 << 20}},
		{"absent.tif", "no such file", Limits{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			begin := time.Now()
			r, err := Open(t.Context(), TIFF, filepath.Join(dir, c.name), c.limits)
			if err == nil {
				r.Close()
				t.Fatal("no error")
			}
			if s := err.Error(); !strings.Contains(s, c.name) || !strings.Contains(s, c.want) || strings.Contains(s, "\n") {
				t.Errorf("error %q", s)
			}
			if took := time.Since(begin); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
			mustRead(t, filepath.Join(dir, "good.tif"))
		})
	}
}

func TestCancellationReturnsWithinASecond(t *testing.T) {
	dir := folder(t)
	r, err := Open(t.Context(), TIFF, filepath.Join(dir, "slow.tif"), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	begin := time.Now()
	_, err = r.Read(ctx, imagefile.Whole(r.Info(), 0))
	if took := time.Since(begin); !errors.Is(err, context.DeadlineExceeded) || took > time.Second {
		t.Errorf("%v after %v", err, took)
	}
	mustRead(t, filepath.Join(dir, "good.tif"))
}

func TestAReaderOutlivesACancelledRead(t *testing.T) {
	r, err := Open(t.Context(), TIFF, filepath.Join(folder(t), "good.tif"), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	r.p.kill(cancelled)
	<-r.p.dead
	if b, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0)); err != nil || len(b.Data) != 6 {
		t.Errorf("%v %v", b, err)
	}
	r.p.kill("it did harm")
	<-r.p.dead
	if _, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0)); err == nil || !strings.Contains(err.Error(), "did harm") {
		t.Errorf("error %v", err)
	}
}

func TestAWorkerServesOneFileAfterTheOther(t *testing.T) {
	shutdown()
	path := filepath.Join(folder(t), "good.tif")
	var pids [2]int
	for i := range pids {
		r, err := Open(t.Context(), TIFF, path, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		pids[i] = r.p.cmd.Process.Pid
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if pids[0] != pids[1] {
		t.Errorf("workers %v", pids)
	}
	shutdown()
	if err := syscall.Kill(pids[0], 0); err == nil {
		t.Error("the worker survives a shutdown")
	}
}

func TestConcurrentReads(t *testing.T) {
	r, err := Open(t.Context(), TIFF, filepath.Join(folder(t), "good.tif"), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	errs := make(chan error)
	for i := range 64 {
		go func() {
			x, y := i%3, i%2
			b, err := r.Read(t.Context(), imagefile.Window{Min: [3]int{x, y, 0}, Max: [3]int{x + 1, y + 1, 1}})
			if err == nil && int(b.Data[0]) != 3*y+x+1 {
				err = fmt.Errorf("pixel %d, %d is %d", x, y, b.Data[0])
			}
			errs <- err
		}()
	}
	for range 64 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

// parent makes the test program open a file, tell the worker's process number and wait to be killed.
const parent = "EXPLANT_TEST_PARENT"

func TestMain(m *testing.M) {
	if path := os.Getenv(parent); path != "" {
		r, err := Open(context.Background(), TIFF, path, Limits{})
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(r.p.cmd.Process.Pid)
		time.Sleep(time.Minute)
	}
	os.Exit(m.Run())
}

func TestAWorkerDiesWithItsParent(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), parent+"="+filepath.Join(folder(t), "good.tif"))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Fscan(out, &pid); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	for range 100 {
		if !running(pid) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("worker %d outlives its parent", pid)
}

// running reports a process that is there and no zombie.
func running(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, state, _ := strings.Cut(string(b), ") ")
	return !strings.HasPrefix(state, "Z")
}

func TestPiecesCoverAWindowInOrder(t *testing.T) {
	for _, n := range [][3]int{{512, 512, 300}, {100_000, 1000, 2}, {5, 4, 3}, {30_000_000, 3, 1}} {
		r := &Reader{}
		r.info.Channels, r.info.Type = 1, imagefile.Uint16
		r.info.Levels = []imagefile.Level{{N: n, Tile: [2]int{n[0], 16}}}
		at := imagefile.Window{}
		total := 0
		for _, p := range r.pieces(imagefile.Whole(r.info, 0)) {
			if p.Min[2] < at.Min[2] || p.Min[2] == at.Min[2] && p.Min[1] < at.Max[1] && at.Max[1] > 0 {
				t.Fatalf("%v: piece %v behind %v", n, p, at)
			}
			if b := imagefile.Bytes(r.info, p); b > pieceBytes && p.Max[1]-p.Min[1] > 1 {
				t.Errorf("%v: piece of %d bytes", n, b)
			}
			total += imagefile.Bytes(r.info, p)
			at = p
		}
		if total != 2*n[0]*n[1]*n[2] {
			t.Errorf("%v: %d bytes covered", n, total)
		}
	}
}

var _ imagefile.IntoReader = (*tiff.Reader)(nil)
