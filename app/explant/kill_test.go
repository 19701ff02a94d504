package main

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// killSeed makes the moments of the kills; a failure prints it with the moment.
const killSeed = 20260

// TestKilledRunsLeaveNoHalfWrittenFile kills analyze -9 at random moments, 6 times or, with
// EXPLANT_SOAK=1, 50 times, and looks at what stands under a final name each time.
func TestKilledRunsLeaveNoHalfWrittenFile(t *testing.T) {
	kills := 6
	if os.Getenv("EXPLANT_SOAK") != "" {
		kills = 50
	}
	reference := filepath.Join(t.TempDir(), "reference")
	began := time.Now()
	mustAnalyze(t, "oxygenator", "ct-panel", reference)
	whole := time.Since(began)

	out := filepath.Join(t.TempDir(), "out")
	rng := rand.New(rand.NewPCG(killSeed, 0))
	for i := range kills {
		// Half of the moments fall into the last fifth of a run, where the files are written.
		at := time.Duration(rng.Float64() * float64(whole))
		if i%2 == 0 {
			at = time.Duration((0.8 + 0.25*rng.Float64()) * float64(whole))
		}
		cmd := analyze(t.Context(), "oxygenator", "ct-panel", out)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(at)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		checkWhole(t, reference, out, at)
	}
	mustAnalyze(t, "oxygenator", "ct-panel", out)
	if diff := differing(t, reference, out); diff != nil {
		t.Errorf("after the kills a run differs in %v", diff)
	}
	left, _ := filepath.Glob(filepath.Join(out, ".explant-partial-*"))
	if len(left) > 0 {
		t.Errorf("a finished run left %v", left)
	}
}

// checkWhole fails when a file under a final name is not byte for byte the file of a whole run.
func checkWhole(t *testing.T, reference, out string, at time.Duration) {
	t.Helper()
	for _, name := range same {
		if _, err := os.Stat(filepath.Join(out, name)); err != nil {
			continue
		}
		want, _ := os.ReadFile(filepath.Join(reference, name))
		got, err := os.ReadFile(filepath.Join(out, name))
		if err != nil || string(got) != string(want) {
			t.Errorf("killed after %v (seed %d): %s is not whole: %d of %d bytes, %v", at, killSeed, name, len(got), len(want), err)
		}
	}
	if text, err := os.ReadFile(filepath.Join(out, "provenance.json")); err == nil && !json.Valid(text) {
		t.Errorf("killed after %v (seed %d): provenance.json is not whole", at, killSeed)
	}
}
