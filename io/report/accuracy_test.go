package report

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"explant/analysis/accuracy"
)

// accuracyDemo has a row of each kind: with intervals, failed, without, and of objects.
func accuracyDemo(t *testing.T) accuracy.Table {
	t.Helper()
	table := accuracy.Table{Program: "explant", Version: "1.0", Extent: "quick", Seed: 1, Methods: map[string]string{"oxygenator-ct": strings.Repeat("ab", 32)}}
	pairs := []accuracy.Pair{{Value: 98, Truth: 100, Interval: &[2]float64{95, 101}}, {Value: 101, Truth: 100, Interval: &[2]float64{98, 104}}, {Value: 97, Truth: 100, Interval: &[2]float64{94, 99}}}
	for _, limits := range []accuracy.Limits{{Bias: 3, RMS: 4, Coverage: 0.5}, {Bias: 1}} {
		r := accuracy.Row{Phantom: "oxygenator", Variant: "128 voxels <default>", Protocol: "oxygenator-ct", Metric: "dep.vol", Limits: limits, Errors: []float64{-2, 1, -3}}
		var err error
		if r.Agreement, err = accuracy.Agree(pairs); err != nil {
			t.Fatal(err)
		}
		r.Judge()
		table.Rows = append(table.Rows, r)
	}
	objects := accuracy.Row{Phantom: "oxygenator", Variant: "128 voxels <default>", Protocol: "oxygenator-ct", Metric: "dep.n", Found: &accuracy.Found{True: 20, Seen: 19, Called: 21, Correct: 20}, Limits: accuracy.Limits{Found: 0.9}, Note: "A note."}
	objects.N = 3
	objects.Judge()
	table.Rows = append(table.Rows, objects)
	table.Close()
	return table
}

func accuracyHTML(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteAccuracyHTML(&b, accuracyDemo(t)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAccuracyTableAsCSV(t *testing.T) {
	var b bytes.Buffer
	if err := WriteAccuracyCSV(&b, accuracyDemo(t)); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(lines) != 4 {
		t.Fatalf("%d lines: %v", len(lines), err)
	}
	at := map[string]int{}
	for i, name := range lines[0] {
		at[name] = i
	}
	for _, c := range []struct {
		line int
		name string
		want string
	}{
		{1, "verdict", "PASS"}, {1, "covered", "2"}, {1, "intervals", "3"}, {1, "recall", ""}, {1, "limit_bias_percent", "3"},
		{2, "verdict", "FAIL"}, {2, "limit_coverage", ""}, {3, "recall", "0.95"}, {3, "bias_percent", ""}, {3, "intervals", ""},
	} {
		if got := lines[c.line][at[c.name]]; got != c.want {
			t.Errorf("line %d, %s: %q, want %q", c.line, c.name, got, c.want)
		}
	}
}

func TestAccuracyPage(t *testing.T) {
	page := string(accuracyHTML(t))
	for _, want := range []string{"128 voxels &lt;default&gt;", "outside their limits: 1", "recall 0.950 (19 of 20)", "2 of 3", "Deposit volume", `class="strip"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "<script") || strings.Contains(page, "http://") {
		t.Error("the page has a script or a link")
	}
	if !bytes.Equal(accuracyHTML(t), []byte(page)) {
		t.Error("another page of the same table")
	}
}

func TestAccuracyPageInChromium(t *testing.T) {
	b := startBrowser(t)
	path := filepath.Join(t.TempDir(), "accuracy.html")
	fatal(t, os.WriteFile(path, accuracyHTML(t), 0o644))
	b.size(1280, 900, "light")
	b.open(path)
	fits(b, "accuracy")
	b.quiet("accuracy")
}
