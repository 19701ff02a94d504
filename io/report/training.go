package report

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"io"
	"slices"
	"sync"

	"explant/analysis/classify"
	"explant/analysis/forest"
	"explant/assets"
)

var loadTraining = sync.OnceValues(func() (*template.Template, error) {
	data, err := assets.Report.ReadFile("report/training.html")
	if err != nil {
		return nil, err
	}
	return template.New("training").Parse(string(data))
})

// trainingPage is what the template of a classifier is filled with.
type trainingPage struct {
	Style, Extra any
	Model        *classify.Model
	Pixel        string
	Matrices     []matrix
	Rows         []trainingRow
	Features     []trainingFeature
}

// trainingRow is a class.
type trainingRow struct {
	classify.Class
	Recall, Precision, Dice, Area string
}

// trainingFeature is one of the features that tell most.
type trainingFeature struct {
	Name, Share string
	Width       float64 // of its bar, percent
}

// matrix is a confusion matrix with colours.
type matrix struct {
	Heading, Note string
	Names         []string
	Rows          []matrixRow
}

type matrixRow struct {
	Name  string
	Cells []cell
}

type cell struct {
	Text, Title string
	Style       template.CSS
}

// topFeatures are shown.
const topFeatures = 12

// WriteTraining writes a classifier as one page that needs no network: classes, confusion matrices, regions,
// warnings. The same classifier gives the same bytes.
func WriteTraining(w io.Writer, m *classify.Model) error {
	parts, err := load()
	if err != nil {
		return fmt.Errorf("load the style of reports: %w", err)
	}
	page, err := loadTraining()
	if err != nil {
		return fmt.Errorf("load the template of classifiers: %w", err)
	}
	extra, err := assets.Report.ReadFile("report/training.css")
	if err != nil {
		return err
	}
	p := trainingPage{Style: parts.style, Extra: template.CSS(extra), Model: m, Pixel: pixelOf(m.Input.Spacing), Rows: trainingRows(m), Features: strongest(m.Importance)}
	if m.Cross != nil {
		p.Matrices = append(p.Matrices, newMatrix(m.Classes, m.Cross.Confusion, fmt.Sprintf("Cross-validation over regions, %d folds", m.Cross.Folds),
			fmt.Sprintf("Each region was classified by a forest that has seen none of its fold. Agreement beyond chance (kappa): %.2f.", m.Cross.Agreement)))
	}
	p.Matrices = append(p.Matrices, newMatrix(m.Classes, m.OutOfBag, "Out of bag",
		fmt.Sprintf("Each pixel by the trees that have not seen it: %.1f\u202f%% wrong. Its neighbours were seen, so this is too good where regions are few.", 100*m.OutOfBag.Error())))
	var b bytes.Buffer
	if err := page.Execute(&b, p); err != nil {
		return fmt.Errorf("write the report of a classifier: %w", err)
	}
	_, err = w.Write(b.Bytes())
	return err
}

func pixelOf(mm [3]float64) string {
	switch {
	case mm[0] == 0:
		return "of unknown size"
	case mm[2] == 0:
		return fmt.Sprintf("%.4g x %.4g µm", 1000*mm[0], 1000*mm[1])
	}
	return fmt.Sprintf("%.4g x %.4g x %.4g µm", 1000*mm[0], 1000*mm[1], 1000*mm[2])
}

func trainingRows(m *classify.Model) []trainingRow {
	rows := make([]trainingRow, len(m.Classes))
	for k, c := range m.Classes {
		rows[k] = trainingRow{Class: c, Recall: "not known", Precision: "not known", Dice: "not known", Area: "not known"}
		if m.Cross == nil {
			continue
		}
		own, given, right := m.Cross.Confusion.Class(k)
		rows[k].Recall, rows[k].Precision, rows[k].Dice = shareText(right, own), shareText(right, given), shareText(2*right, own+given)
		if c.AreaError != nil {
			rows[k].Area = fmt.Sprintf("%.1f\u202f%%", 100**c.AreaError)
		}
	}
	return rows
}

func shareText(num, den int64) string {
	if den == 0 {
		return "not known"
	}
	return fmt.Sprintf("%.1f\u202f%%", 100*float64(num)/float64(den))
}

// newMatrix colours each cell by its share of the row.
func newMatrix(classes []classify.Class, c forest.Confusion, heading, note string) matrix {
	m := matrix{Heading: heading, Note: note}
	for _, k := range classes {
		m.Names = append(m.Names, k.Name)
	}
	for i, row := range c {
		own, _, _ := c.Class(i)
		r := matrixRow{Name: classes[i].Name}
		for j, n := range row {
			share := float64(n) / float64(max(own, 1))
			hue := "213,94,0"
			if i == j {
				hue = "0,114,178"
			}
			r.Cells = append(r.Cells, cell{
				Text: fmt.Sprintf("%.1f\u202f%%", 100*share), Title: fmt.Sprintf("%d of %d pixels of %s were taken for %s", n, own, classes[i].Name, classes[j].Name),
				Style: template.CSS(fmt.Sprintf("background:rgba(%s,%.2f)", hue, 0.75*share)),
			})
		}
		m.Rows = append(m.Rows, r)
	}
	return m
}

// strongest are the features that tell most, with bars in proportion to the first.
func strongest(importance map[string]float64) []trainingFeature {
	names := make([]string, 0, len(importance))
	for n := range importance {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(importance[b], importance[a]), cmp.Compare(a, b))
	})
	var out []trainingFeature
	for _, n := range names[:min(len(names), topFeatures)] {
		out = append(out, trainingFeature{Name: n, Share: fmt.Sprintf("%.1f\u202f%%", 100*importance[n]), Width: 100 * importance[n] / max(importance[names[0]], 1e-9)})
	}
	return out
}
