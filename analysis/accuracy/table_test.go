package accuracy

import (
	"slices"
	"strings"
	"testing"
)

func TestJudge(t *testing.T) {
	good := Agreement{N: 20, Bias: -1, RMS: 1.5, Intervals: 20, Covered: 19, Wilson: Wilson(19, 20), WidthRMS: 2}
	limits := Limits{Bias: 2, RMS: 3, Coverage: 0.9, Width: 3, Found: 0.95}
	for _, c := range []struct {
		name   string
		change func(*Row)
		why    string // "" for a row that passes
	}{
		{"kept", func(*Row) {}, ""},
		{"bias", func(r *Row) { r.Bias = -2.1 }, "bias -2.10 %"},
		{"rms", func(r *Row) { r.RMS = 3.1 }, "RMS error 3.10 %"},
		{"coverage", func(r *Row) { r.Covered, r.Wilson = 12, Wilson(12, 20) }, "12 of 20 intervals"},
		{"chance of few seeds", func(r *Row) { r.N, r.Intervals, r.Covered, r.Wilson = 4, 4, 3, Wilson(3, 4) }, ""},
		{"no interval", func(r *Row) { r.Intervals = 19 }, "19 of 20 values"},
		{"wide", func(r *Row) { r.WidthRMS = 3.2 }, "half-width 3.20 times"},
		{"wide, of few", func(r *Row) { r.N, r.Intervals, r.Covered, r.WidthRMS = 9, 9, 9, 5 }, ""},
		{"objects", func(r *Row) { r.Found = &Found{100, 94, 100, 100} }, "recall 0.940"},
		{"all objects", func(r *Row) { r.Found = &Found{100, 96, 100, 97} }, ""},
		{"nothing asked", func(r *Row) { r.Limits, r.Bias, r.Intervals = Limits{}, 99, 0 }, ""},
	} {
		r := Row{Agreement: good, Limits: limits}
		c.change(&r)
		r.Judge()
		if why := strings.Join(r.Why, "; "); r.Pass != (c.why == "") || !strings.HasPrefix(why, c.why) {
			t.Errorf("%s: pass %v, %q", c.name, r.Pass, why)
		}
	}
}

func TestTableCloses(t *testing.T) {
	table := Table{Rows: []Row{{Pass: true}, {Pass: false}, {Pass: true}}}
	if table.Close(); table.Pass || table.Failures != 1 {
		t.Errorf("%+v", table)
	}
	table.Rows = slices.Delete(table.Rows, 1, 2)
	if table.Close(); !table.Pass {
		t.Error("all rows pass")
	}
	empty := Table{}
	if empty.Close(); empty.Pass {
		t.Error("nothing was measured, and it passed")
	}
}
