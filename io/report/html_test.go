package report

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"explant/analysis/result"
)

type buffer = bytes.Buffer

var testContext = context.Background()

// TestDemoFiles leaves the demo reports where EXPLANT_PICTURES says, for eyes.
func TestDemoFiles(t *testing.T) {
	dir := os.Getenv("EXPLANT_PICTURES")
	for name := range demos() {
		data := demoHTML(t, name)
		if len(data) > 8<<20 {
			t.Errorf("%s: %d bytes, want at most 8 MB", name, len(data))
		}
		if dir != "" {
			fatal(t, os.WriteFile(dir+"/"+name+".html", data, 0o644))
		}
	}
}

// void are the elements of HTML that have no end.
var void = []string{"meta", "link", "img", "input", "br", "wbr"}

// attribute finds attributes without a value, which XML does not know.
var attribute = regexp.MustCompile(`\s(hidden|checked)(\s|>)`)

// wellFormed reports markup that is not closed or not nested, by reading it as strict XML after the
// differences between HTML and XML are taken out: empty elements, bare attributes, style and script.
func wellFormed(html string) error {
	html = strings.TrimPrefix(html, "<!DOCTYPE html>\n")
	html = regexp.MustCompile(`(?s)<(style|script)([^>]*)>.*?</(style|script)>`).ReplaceAllString(html, "<$1$2></$3>")
	html = attribute.ReplaceAllString(html, ` $1="$1"$2`)
	for _, name := range void {
		html = regexp.MustCompile(`<`+name+`\b([^>]*)>`).ReplaceAllString(html, "<"+name+"$1/>")
	}
	d := xml.NewDecoder(strings.NewReader(html))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func TestHTMLIsWellFormed(t *testing.T) {
	for name := range demos() {
		if err := wellFormed(string(demoHTML(t, name))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, broken := range []string{"<p><b></p></b>", "<div>", "<p>a & b</p>"} {
		if wellFormed(broken) == nil {
			t.Errorf("%q passes", broken)
		}
	}
}

func TestHTMLRefersToNothingOutside(t *testing.T) {
	outside := regexp.MustCompile(`(?i)(src|href|action|data|poster|srcset)\s*=\s*["']?\s*(?:https?:|//)|url\(\s*["']?(?:https?:|//)|@import|https?://`)
	for name := range demos() {
		for _, found := range outside.FindAll(demoHTML(t, name), -1) {
			t.Errorf("%s holds %q", name, found)
		}
	}
}

func TestHTMLSays(t *testing.T) {
	for name, want := range map[string][]string{
		"volume": {
			"<h1>bundle-inlet.nrrd</h1>", "preliminary report", "6.42", "5.85 to 6.99", "mm³", "detection floor", `id="flag-touches-border"`,
			"Scan a larger region", "No component has 500 voxels", "device.lot", "4a58b3c01d92e47fa6650c8be1d5aa973f2046bd8e5f71c3902a9b1f6f0c2d7e",
			"segment.smooth.median", "3, 3, 3", "explant 0.1.0", "across z", "Position along the flow axis (mm)", "Distance from the polymer (µm)",
		},
		"volume-uncalibrated": {"The voxel size is unknown", "--spacing 20um,20um,20um", "1000\u202fµm", "not measured", "drawn as if voxels were cubes"},
		"slide":               {"fibrin", "of tissue", "of region", "100 µm", "cells/mm²", "0.5\u202fµm"},
		"slide-uncalibrated":  {"The pixel size is unknown", "--pixel-size 0.5um", "352.777\u202fµm", "200 px"},
	} {
		html := string(demoHTML(t, name))
		for _, w := range want {
			if !strings.Contains(html, w) {
				t.Errorf("%s does not say %q", name, w)
			}
		}
	}
	if found := regexp.MustCompile(`[0-9>]\x{202f}?mm²`).Find(demoHTML(t, "slide-uncalibrated")); found != nil {
		t.Errorf("an uncalibrated slide has an area in mm²: %s", found)
	}
}

// Every picture has a text for those who cannot see it, every column of a table a scope.
func TestHTMLIsAccessible(t *testing.T) {
	for name := range demos() {
		html := string(demoHTML(t, name))
		for _, img := range regexp.MustCompile(`<img [^>]*>`).FindAllString(html, -1) {
			alt := regexp.MustCompile(`alt="([^"]*)"`).FindStringSubmatch(img)
			if alt == nil || alt[1] == "" && !strings.Contains(img, `class="layer"`) {
				t.Errorf("%s: a picture without a text: %.60s", name, img)
			}
		}
		for _, th := range regexp.MustCompile(`<th\b[^>]*>`).FindAllString(html, -1) {
			if !strings.Contains(th, "scope=") {
				t.Errorf("%s: %s has no scope", name, th)
			}
		}
		for _, svg := range regexp.MustCompile(`<svg [^>]*>`).FindAllString(html, -1) {
			if !strings.Contains(svg, "aria-label=") && !strings.Contains(svg, "aria-hidden=") {
				t.Errorf("%s: %s has no text", name, svg)
			}
		}
		checkIDs(t, name, html)
	}
}

// checkIDs looks for ids that stand twice and for links that lead nowhere.
func checkIDs(t *testing.T, name, html string) {
	var ids []string
	for _, m := range regexp.MustCompile(`\sid="([^"]*)"`).FindAllStringSubmatch(html, -1) {
		if slices.Contains(ids, m[1]) {
			t.Errorf("%s: id %s stands twice", name, m[1])
		}
		ids = append(ids, m[1])
	}
	for _, m := range regexp.MustCompile(`(?:href="#|aria-labelledby=")([^"]*)"`).FindAllStringSubmatch(html, -1) {
		if !slices.Contains(ids, m[1]) {
			t.Errorf("%s: %s leads nowhere", name, m[0])
		}
	}
}

func TestHTMLIsTheSameEveryTime(t *testing.T) {
	for name := range demos() {
		if !bytes.Equal(demoHTML(t, name), demoHTML(t, name)) {
			t.Errorf("%s differs between two runs", name)
		}
	}
}

// Words from files and protocols are shown as words, whatever they hold.
func TestHTMLEscapes(t *testing.T) {
	const evil = `"><script>alert(1)</script>$1&`
	r := demoVolumeResult(0.06)
	r.Image.Name, r.Protocol.Title, r.Device["device.id"], r.Image.Warnings = evil, evil, evil, []string{evil}
	r.Flags[0].Text, r.NotMeasured[0].Reason, r.Protocol.Rules = evil, evil, map[string]any{evil: evil}
	r.Classes = append(r.Classes, result.Class{Value: 9, Name: evil, Color: `red;}</style>`})
	for k := range fewestBins {
		m := measure("h.layer"+evil, evil+" "+[]string{"0..1", "1..2", "2..3", "3..4"}[k]+" "+evil, 1, 0.1, "%")
		r.Measurements = append(r.Measurements, m)
	}
	pics := demoPictures()["volume"]
	pics.Layers = slices.Clone(pics.Layers)
	pics.Layers[0].Name, pics.Layers[0].Color = evil, `red;}</style>`
	var b buffer
	fatal(t, WriteHTML(&b, r, pics))
	html := b.String()
	if strings.Contains(html, "<script>alert") || strings.Contains(html, "}</style>.") || strings.Count(html, "</style>") != 1 {
		t.Error("text of the input became markup")
	}
	if err := wellFormed(html); err != nil {
		t.Error(err)
	}
}

// A result with nothing in it still makes a page, without pictures, curves or tables.
func TestHTMLOfAnEmptyResult(t *testing.T) {
	var b buffer
	fatal(t, WriteHTML(&b, result.Result{Image: result.Image{Name: "empty.png", Size: [3]int{1, 1, 1}}}, Pictures{}))
	if html := b.String(); !strings.Contains(html, "Nothing could be measured") || strings.Contains(html, "<script") {
		t.Error("the page of an empty result has a script, or does not say that nothing was measured")
	}
	if err := wellFormed(b.String()); err != nil {
		t.Error(err)
	}
}
