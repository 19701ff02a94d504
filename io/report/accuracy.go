package report

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"html/template"
	"io"
	"math"
	"strconv"
	"strings"
	"sync"

	"explant/analysis/accuracy"
	"explant/analysis/metrics"
	"explant/assets"
)

// accuracyColumns are the columns of accuracy.csv, in order.
var accuracyColumns = []string{
	"phantom", "variant", "protocol", "metric", "part", "n", "bias_percent", "bias_low_percent", "bias_high_percent", "sd_percent", "rms_percent",
	"loa_low_percent", "loa_high_percent", "intervals", "covered", "coverage_low", "coverage_high", "half_width_percent", "half_width_over_rms",
	"recall", "precision", "limit_bias_percent", "limit_rms_percent", "limit_coverage", "limit_half_width_over_rms", "limit_recall_precision",
	"verdict", "failures", "note",
}

// WriteAccuracyCSV writes one line a row of t under a line of column names, as RFC 4180 has it. What does
// not apply is empty.
func WriteAccuracyCSV(w io.Writer, t accuracy.Table) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(accuracyColumns); err != nil {
		return fmt.Errorf("write accuracy table: %w", err)
	}
	for _, r := range t.Rows {
		if err := out.Write(accuracyLine(r)); err != nil {
			return fmt.Errorf("write accuracy table: %w", err)
		}
	}
	out.Flush()
	return out.Error()
}

func accuracyLine(r accuracy.Row) []string {
	when := func(ok bool, v float64) string {
		if !ok {
			return ""
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	values, intervals, objects := r.Found == nil, r.Intervals > 0, r.Found != nil
	line := []string{r.Phantom, r.Variant, r.Protocol, r.Metric, r.Part, strconv.Itoa(r.N)}
	for _, v := range []float64{r.Bias, r.BiasLow, r.BiasHigh, r.SD, r.RMS, r.Low, r.High} {
		line = append(line, when(values, v))
	}
	line = append(line, when(values, float64(r.Intervals)), when(intervals, float64(r.Covered)))
	for _, v := range []float64{r.Wilson[0], r.Wilson[1], r.HalfWidth, r.WidthRMS} {
		line = append(line, when(intervals, v))
	}
	var found accuracy.Found
	if objects {
		found = *r.Found
	}
	line = append(line, when(objects, found.Recall()), when(objects, found.Precision()))
	l := r.Limits
	for _, v := range []float64{l.Bias, l.RMS, l.Coverage, l.Width, l.Found} {
		line = append(line, when(v > 0, v))
	}
	return append(line, verdict(r.Pass), strings.Join(r.Why, "; "), r.Note)
}

func verdict(pass bool) string {
	if pass {
		return "PASS"
	}
	return "FAIL"
}

// accuracyPage is what the template of the accuracy table is filled with.
type accuracyPage struct {
	Style, Extra any
	Table        accuracy.Table
	Verdict      string
	Seeds        int // phantoms measured
	Groups       []accuracyGroup
	Methods      []fact
}

// accuracyGroup is the rows of one kind of phantom and protocol.
type accuracyGroup struct {
	Heading, Notes string
	Rows           []accuracyRow
}

type accuracyRow struct {
	accuracy.Row
	Name, Bias, Limits, Interval, Width, Asked string
	Strip                                      template.HTML
	Verdict                                    string
}

var loadAccuracy = sync.OnceValues(func() (*template.Template, error) {
	data, err := assets.Report.ReadFile("report/accuracy.html")
	if err != nil {
		return nil, err
	}
	return template.New("accuracy").Parse(string(data))
})

// WriteAccuracyHTML writes t as one page that needs no network, in the look of a report. The same table
// gives the same bytes.
func WriteAccuracyHTML(w io.Writer, t accuracy.Table) error {
	parts, err := load()
	if err != nil {
		return fmt.Errorf("load the style of reports: %w", err)
	}
	page, err := loadAccuracy()
	if err != nil {
		return fmt.Errorf("load the template of accuracy: %w", err)
	}
	extra, err := assets.Report.ReadFile("report/accuracy.css")
	if err != nil {
		return err
	}
	p := accuracyPage{Style: parts.style, Extra: template.CSS(extra), Table: t, Verdict: verdict(t.Pass), Groups: accuracyGroups(t.Rows), Methods: facts(t.Methods)}
	for i, r := range t.Rows {
		if i == 0 || r.Phantom != t.Rows[i-1].Phantom || r.Variant != t.Rows[i-1].Variant || r.Protocol != t.Rows[i-1].Protocol {
			p.Seeds += r.N
		}
	}
	var b bytes.Buffer
	if err := page.Execute(&b, p); err != nil {
		return fmt.Errorf("write accuracy: %w", err)
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write accuracy: %w", err)
	}
	return nil
}

func accuracyGroups(rows []accuracy.Row) []accuracyGroup {
	var out []accuracyGroup
	for i, r := range rows {
		if i == 0 || r.Phantom != rows[i-1].Phantom || r.Variant != rows[i-1].Variant || r.Protocol != rows[i-1].Protocol {
			out = append(out, accuracyGroup{Heading: fmt.Sprintf("%s, %s, by %s", r.Phantom, r.Variant, r.Protocol), Notes: r.Note})
		}
		g := &out[len(out)-1]
		g.Rows = append(g.Rows, newAccuracyRow(r))
	}
	return out
}

func newAccuracyRow(r accuracy.Row) accuracyRow {
	a := accuracyRow{Row: r, Name: named(r.Metric, r.Part), Verdict: verdict(r.Pass), Asked: asked(r.Limits)}
	if r.Found != nil {
		a.Name = "Pieces found"
		a.Bias = fmt.Sprintf("recall %.3f (%d of %d), precision %.3f (%d of %d)", r.Found.Recall(), r.Found.Seen, r.Found.True, r.Found.Precision(), r.Found.Correct, r.Found.Called)
		return a
	}
	if _, ok := metrics.Lookup(r.Metric); !ok {
		a.Name = r.Metric
	}
	a.Bias = signed(r.Bias) + "\u202f%"
	if r.N > 1 {
		a.Limits = signed(r.Low) + " to " + signed(r.High) + "\u202f%"
	}
	if r.Intervals > 0 {
		a.Interval = fmt.Sprintf("%d of %d", r.Covered, r.Intervals)
		a.Width = fmt.Sprintf("±\u202f%s\u202f%%, %s\u202fRMS", Number(r.HalfWidth, 2), Number(r.WidthRMS, 1))
	}
	a.Strip = strip(r)
	return a
}

func signed(v float64) string {
	if v > 0 {
		return "+" + Number(v, 2)
	}
	return Number(v, 2)
}

// asked says the limits in words.
func asked(l accuracy.Limits) string {
	var parts []string
	add := func(v float64, format string) {
		if v > 0 {
			parts = append(parts, fmt.Sprintf(format, v))
		}
	}
	add(l.Bias, "bias ≤ %g %%")
	add(l.RMS, "RMS ≤ %g %%")
	add(100*l.Coverage, "coverage ≥ %g %%")
	add(l.Width, "width ≤ %g × RMS")
	add(l.Found, "both ≥ %g")
	return strings.Join(parts, ", ")
}

// strip draws the error of every phantom as a dot on a scale about 0, with the bias and the limits of
// agreement as a bar behind them.
func strip(r accuracy.Row) template.HTML {
	const width, height = 260.0, 30.0
	most := r.Limits.RMS
	for _, e := range append([]float64{r.Low, r.High}, r.Errors...) {
		most = max(most, math.Abs(e))
	}
	if most == 0 {
		return ""
	}
	most = 1.06 * most
	x := func(e float64) float64 { return width/2 + e/most*(width/2-6) }
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="strip" viewBox="0 0 %g %g" role="img" aria-label="Errors of %d phantoms, on a scale of ± %s %%">`, width, height, r.N, Number(most, 1))
	fmt.Fprintf(&b, `<line class="zero" x1="%g" x2="%g" y1="2" y2="%g"/>`, width/2, width/2, height-2)
	fmt.Fprintf(&b, `<rect class="loa" x="%.2f" y="9" width="%.2f" height="12"/>`, x(r.Low), max(x(r.High)-x(r.Low), 1))
	fmt.Fprintf(&b, `<line class="bias" x1="%.2f" x2="%.2f" y1="6" y2="24"/>`, x(r.Bias), x(r.Bias))
	for i, e := range r.Errors {
		fmt.Fprintf(&b, `<circle cx="%.2f" cy="%.2f" r="2.2"/>`, x(e), height/2+5*math.Sin(float64(2.4*float64(i))))
	}
	b.WriteString("</svg>")
	return template.HTML(b.String()) // numbers alone
}
