package accuracy

import (
	"fmt"
	"math"
)

// Limits are what a row of the table must keep; nothing is asked where one is 0.
type Limits struct {
	Bias     float64 `json:"bias_percent"`        // the mean error is at most this, either way
	RMS      float64 `json:"rms_percent"`         // so is the RMS error
	Coverage float64 `json:"coverage"`            // intervals hold the truth at least this often, as a share
	Width    float64 `json:"half_width_over_rms"` // mean half-width over RMS error, at most
	Found    float64 `json:"recall_precision"`    // both at least this
}

// fewestForWidth is the least number of intervals of which the ratio of width to error is judged: that of
// fewer is too uncertain.
const fewestForWidth = 10

// Row is one metric of one phantom by one protocol.
type Row struct {
	Phantom  string `json:"phantom"` // "oxygenator"
	Variant  string `json:"variant"` // "default, 128 voxels"
	Protocol string `json:"protocol"`
	Metric   string `json:"metric"` // id of the metric dictionary
	Part     string `json:"part"`
	Agreement
	Errors []float64 `json:"errors_percent"` // seed by seed
	Found  *Found    `json:"objects,omitempty"`
	Limits Limits    `json:"limits"`
	Note   string    `json:"note,omitempty"` // what is known of this row
	Pass   bool      `json:"pass"`
	Why    []string  `json:"failures"` // what was not kept
}

// Judge sets Pass and Why. Coverage is judged by the upper end of its Wilson interval, so that a
// small number of seeds does not fail by chance.
func (r *Row) Judge() {
	r.Why = []string{}
	fail := func(format string, v ...any) { r.Why = append(r.Why, fmt.Sprintf(format, v...)) }
	l, a := r.Limits, r.Agreement
	if l.Bias > 0 && !(math.Abs(a.Bias) <= l.Bias) {
		fail("bias %+.2f %%, at most %g %%", a.Bias, l.Bias)
	}
	if l.RMS > 0 && !(a.RMS <= l.RMS) {
		fail("RMS error %.2f %%, at most %g %%", a.RMS, l.RMS)
	}
	if l.Coverage > 0 && a.Intervals < a.N {
		fail("%d of %d values have an interval", a.Intervals, a.N)
	} else if l.Coverage > 0 && a.Wilson[1] < l.Coverage {
		fail("%d of %d intervals hold the truth, at least %g %%", a.Covered, a.Intervals, 100*l.Coverage)
	}
	if l.Width > 0 && a.Intervals >= fewestForWidth && !(a.WidthRMS <= l.Width) {
		fail("half-width %.2f times the RMS error, at most %g", a.WidthRMS, l.Width)
	}
	if r.Found != nil && l.Found > 0 && (r.Found.Recall() < l.Found || r.Found.Precision() < l.Found) {
		fail("recall %.3f, precision %.3f, at least %g", r.Found.Recall(), r.Found.Precision(), l.Found)
	}
	r.Pass = len(r.Why) == 0
}

// Table is the accuracy of a build of the program on its phantoms; it marshals to accuracy.json.
type Table struct {
	Schema   string            `json:"schema"` // "explant-accuracy/1"
	Program  string            `json:"program"`
	Version  string            `json:"version"`
	Extent   string            `json:"extent"`  // "quick", "full"
	Seed     uint64            `json:"seed"`    // of the first phantom of each row
	Methods  map[string]string `json:"methods"` // method hash of each protocol
	Rows     []Row             `json:"rows"`
	Pass     bool              `json:"pass"`
	Failures int               `json:"failed_rows"`
}

// Close counts the rows that failed.
func (t *Table) Close() {
	t.Failures = 0
	for _, r := range t.Rows {
		if !r.Pass {
			t.Failures++
		}
	}
	t.Pass = t.Failures == 0 && len(t.Rows) > 0
}
