package pipeline

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"explant/analysis/measure"
	"explant/volume/parallel"
)

// sharded measures the shards of a job, each into a folder of its own.
func sharded(t *testing.T, job Job, n int, l Limits) (dirs []string) {
	t.Helper()
	for i := n; i >= 1; i-- { // in no order
		job.Out = filepath.Join(t.TempDir(), fmt.Sprint(i))
		file, err := AnalyzeShard(t.Context(), job, Share{i, n}, l, parallel.Discard{})
		if err != nil {
			t.Fatal(err)
		}
		if got := names(t, job.Out); len(got) != 1 || filepath.Join(job.Out, got[0]) != file {
			t.Fatalf("shard %d/%d: %v", i, n, got)
		}
		dirs = append(dirs, job.Out)
	}
	return dirs
}

func TestGatheredShardsAreTheSingleRun(t *testing.T) {
	n, few := 64, []int{5}
	if os.Getenv("EXPLANT_SOAK") != "" {
		n, few = 320, []int{1, 2, 5}
	}
	input := phantomOf(t, n)
	for _, c := range []struct {
		protocol, axis string
		shards         []int
	}{{"ct-panel", "z", few}, {"volume-threshold", "-x", []int{2}}} {
		job := Job{Input: input, Protocol: rules(t, c.protocol), Axis: c.axis, Out: t.TempDir(), Views: -1, Sample: "s", Device: map[string]string{"device.id": "d"}}
		if _, err := Analyze(t.Context(), job, Limits{Workers: 1}, parallel.Discard{}); err != nil {
			t.Fatal(err)
		}
		whole := job.Out
		for i, n := range c.shards {
			dirs := sharded(t, job, n, Limits{Workers: []int{8, 1, 2}[i]})
			out := t.TempDir()
			if _, err := Gather(t.Context(), Gathering{Dirs: dirs, Out: out}, Limits{Workers: 2}, parallel.Discard{}); err != nil {
				t.Fatal(err)
			}
			equalRuns(t, fmt.Sprintf("%s along %s in %d shards", c.protocol, c.axis, n), whole, out)
		}
	}
}

func TestWrongShardsAreNotGathered(t *testing.T) {
	job := Job{Input: phantomOf(t, 48), Protocol: rules(t, "ct-panel"), Axis: "z", Views: -1}
	other := job
	other.Axis = "x"
	two := sharded(t, job, 2, Limits{})
	one := func(job Job, s Share) string {
		job.Out = t.TempDir()
		if _, err := AnalyzeShard(t.Context(), job, s, Limits{}, parallel.Discard{}); err != nil {
			t.Fatal(err)
		}
		return job.Out
	}
	third, along := one(job, Share{1, 3}), one(other, Share{1, 2})
	torn := filepath.Join(t.TempDir(), "torn")
	if err := os.CopyFS(torn, os.DirFS(two[0])); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(filepath.Join(torn, ShardFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(torn, ShardFile), whole[:len(whole)-30], 0o644); err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		dirs  []string
		input string
		want  string
	}{
		"missing":         {two[:1], "", "[1/2] are missing"},
		"twice":           {[]string{two[0], two[1], two[1]}, "", "are both shard"},
		"other cut":       {[]string{two[0], third}, "", "different cuts"},
		"other axis":      {[]string{two[0], along}, "", "--axis"},
		"no shard":        {[]string{t.TempDir()}, "", "holds no shard"},
		"torn":            {[]string{torn, two[1]}, "", ShardFile},
		"other image":     {two, phantomOf(t, 56), "another image"},
		"folder and file": {append(two[:2:2], "nowhere"), "", "nowhere"},
	} {
		out := filepath.Join(t.TempDir(), "out")
		_, err := Gather(t.Context(), Gathering{Dirs: c.dirs, Out: out, Input: c.input}, Limits{}, parallel.Discard{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", what, err, c.want)
		}
		if _, err := os.Stat(filepath.Join(out, ResultFile)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s left a result", what)
		}
	}
	if _, err := Gather(t.Context(), Gathering{}, Limits{}, parallel.Discard{}); !errors.Is(err, measure.ErrShards) {
		t.Errorf("no folder: %v", err)
	}
}

func TestSharesAreRead(t *testing.T) {
	if s, err := ParseShare("2/5"); err != nil || s != (Share{2, 5}) {
		t.Errorf("%v, %v", s, err)
	}
	for _, text := range []string{"", "2", "0/5", "6/5", "1/0", "a/b", "1/2/3", "-1/2"} {
		if _, err := ParseShare(text); err == nil {
			t.Errorf("%q was taken for a shard", text)
		}
	}
	for _, name := range []string{"oxygenator-ct", "connector-ct", "slide-he"} {
		_, err := AnalyzeShard(t.Context(), Job{Protocol: rules(t, name)}, Share{1, 2}, Limits{}, parallel.Discard{})
		if !errors.Is(err, ErrWhole) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := AnalyzeShard(t.Context(), Job{Input: phantomOf(t, 48), Out: t.TempDir(), Protocol: rules(t, "ct-panel")}, Share{1, 50}, Limits{}, parallel.Discard{}); err == nil {
		t.Error("50 shards of 48 slices")
	}
}
