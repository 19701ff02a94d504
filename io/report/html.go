package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"sync"

	"explant/analysis/result"
	"explant/assets"
)

// page is what the template of the report is filled with: words and pictures, all made.
type page struct {
	Style, Script, ScriptHash any
	Name, Device, ID          string
	Heading                   template.HTML // Name, with places to break it
	Status, Software          string
	Protocol                  result.Protocol
	MethodShort               string
	Size, Spacing             string
	Volume, Calibrated        bool
	Withheld, Remedy          string
	Cards                     []card
	Composed                  *composed
	Curves                    []plotted
	Groups                    []group
	IntervalHeading           string
	Flagged                   []flagged
	Absent                    []absent
	Missing                   []Field
	Stated, ImageFacts        []fact
	Warnings                  []string
	Rules, Algos              []fact
	Inputs, Diagnostics       []fact
	gallery
}

// loaded is the template and what it is filled with every time.
type loaded struct {
	template            *template.Template
	style, script, hash any
}

var load = sync.OnceValues(func() (loaded, error) {
	text := map[string]string{}
	for _, name := range []string{"report.html", "report.css", "report.js"} {
		data, err := assets.Report.ReadFile("report/" + name)
		if err != nil {
			return loaded{}, err
		}
		text[name] = string(data)
	}
	t, err := template.New("report").Parse(text["report.html"])
	sum := sha256.Sum256([]byte(text["report.js"]))
	return loaded{
		template: t,
		style:    template.CSS(text["report.css"]),
		script:   template.JS(text["report.js"]),
		hash:     "sha256-" + base64.StdEncoding.EncodeToString(sum[:]),
	}, err
})

// WriteHTML writes the report of r as one file that needs no network. The same result and pictures
// give the same bytes. Headings, definitions and sources are those of the metric dictionary.
func WriteHTML(w io.Writer, r result.Result, pics Pictures) error {
	parts, err := load()
	if err != nil {
		return fmt.Errorf("load the report template: %w", err)
	}
	for i, m := range r.Measurements {
		if err := checkFinite(m); err != nil {
			return fmt.Errorf("write report: measurement %d: %w", i+1, err)
		}
	}
	p := newPage(r)
	p.Style, p.Script, p.ScriptHash = parts.style, parts.script, parts.hash
	if p.gallery, err = newGallery(pics); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	found, rest := curves(r.Measurements)
	layered(found, r.Measurements)
	if p.Curves, err = plotAll(found, colorsOf(r.Classes)); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	if z, ok, err := zones(r.Measurements); err != nil {
		return fmt.Errorf("write report: %w", err)
	} else if ok {
		p.Curves = append(p.Curves, z)
	}
	if p.Composed, err = compose(rest, colorsOf(r.Classes)); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	p.Cards = cards(rest, r)
	p.Groups = groups(rest)
	var b bytes.Buffer
	if err := parts.template.Execute(&b, p); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

func colorsOf(classes []result.Class) map[string]string {
	colors := map[string]string{}
	for _, c := range classes {
		colors[c.Name] = colorOf(c)
	}
	return colors
}
