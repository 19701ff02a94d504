package journal

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
)

// writerVariable makes this test's program write into a journal until it is killed.
const writerVariable = "EXPLANT_JOURNAL_WRITER"

func TestMain(m *testing.M) {
	if path := os.Getenv(writerVariable); path != "" {
		writeForever(path)
	}
	os.Exit(m.Run())
}

// writeForever appends records and says the number of each when it is on the disk.
func writeForever(path string) {
	j, _, err := Open(path, "writer", func(Record) error { return nil })
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	for i := 0; ; i++ {
		seq, err := j.Append(op(i))
		if err != nil {
			os.Exit(1)
		}
		fmt.Println(seq)
	}
}

// killSeed makes the moments of the kills; a failure prints it.
const killSeed = 6

// TestKilledWriterLosesAtMostTheLastStep kills a writer at random moments, 25 times or, with
// EXPLANT_SOAK=1, 1000 times, on one journal that grows: what was said to be saved is there each time.
func TestKilledWriterLosesAtMostTheLastStep(t *testing.T) {
	kills := 25
	if os.Getenv("EXPLANT_SOAK") != "" {
		kills = 1000
	}
	path := filepath.Join(t.TempDir(), "killed.log")
	rng := rand.New(rand.NewPCG(killSeed, 0))
	torn := 0
	for i := range kills {
		said := killWriter(t, path, time.Duration(rng.IntN(12000))*time.Microsecond)
		j, all, lost := open(t, path)
		_ = j.Close()
		if lost.String() != "" {
			torn++
		}
		if n := uint64(len(all)); said == 0 || n < said || n > said+1 {
			t.Fatalf("kill %d (seed %d): %d steps were saved, %d are there", i, killSeed, said, n)
		}
	}
	t.Logf("%d kills, %d torn records dropped", kills, torn)
}

// killWriter starts a writer, kills it some time after its first step, and returns the last step that it
// said was saved, 0 when it said none.
func killWriter(t *testing.T, path string, after time.Duration) (said uint64) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), writerVariable+"="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	var kill sync.Once
	for lines.Scan() {
		kill.Do(func() { time.AfterFunc(after, func() { _ = cmd.Process.Kill() }) })
		n, err := strconv.ParseUint(strings.TrimSpace(lines.Text()), 10, 64)
		if err != nil {
			t.Fatalf("the writer said %q", lines.Text())
		}
		said = n
	}
	_ = cmd.Wait()
	return said
}
