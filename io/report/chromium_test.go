package report

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The report opens from a file in Chromium without an error or a request, answers its controls, and
// fits screens of every width in both themes.
func TestReportInChromium(t *testing.T) {
	b := startBrowser(t)
	for name := range demos() {
		path := filepath.Join(t.TempDir(), name+".html")
		fatal(t, os.WriteFile(path, demoHTML(t, name), 0o644))
		b.size(1280, 900, "light")
		b.open(path)
		operate(b)
		fits(b, name)
		b.quiet(name)
	}
}

// operate moves every control of the page.
func operate(b *browser) {
	b.eval(`(() => {
		for (const slider of document.querySelectorAll("input[type=range]")) {
			slider.value = Number(slider.max) / 2;
			slider.dispatchEvent(new Event("input"));
		}
		for (const box of document.querySelectorAll("input[type=checkbox], input[type=radio], #spin")) { box.click(); box.click(); }
		document.querySelectorAll("input[type=radio][value='0'], input[type=radio][value='1']").forEach((r) => r.click());
		document.querySelectorAll("details").forEach((d) => { d.open = true; });
	})()`, nil)
}

// fits looks for anything that sticks out sideways, and for pictures that did not decode.
func fits(b *browser, name string) {
	b.t.Helper()
	for _, width := range []int{360, 400, 768, 1280, 1920} {
		for _, theme := range []string{"light", "dark"} {
			b.size(width, 900, theme)
			var state struct {
				Wide   int      `json:"wide"`
				Out    []string `json:"out"`
				Broken int      `json:"broken"`
			}
			b.eval(lookForOverflow, &state)
			if state.Wide > width || len(state.Out) > 0 || state.Broken > 0 {
				b.t.Errorf("%s at %d pixels, %s: page %d wide, sticking out %v, %d broken pictures", name, width, theme, state.Wide, state.Out, state.Broken)
			}
			if width == 400 || width == 1280 {
				b.eval(`document.querySelectorAll("details").forEach((d) => { d.open = false; })`, nil)
				b.shoot(fmt.Sprintf("%s-%d-%s", name, width, theme))
			}
		}
	}
}

const lookForOverflow = `(async () => {
	const images = [...document.images].filter((i) => i.getAttribute("src") && !i.hidden);
	await Promise.all(images.map((i) => i.decode().catch(() => {})));
	const scrolled = (el) => el.closest(".scroll, .zoomable, .hidden, .skip, .quiet, thead");
	const out = [...document.querySelectorAll("body *")].filter((el) => {
		const box = el.getBoundingClientRect();
		return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1) && !scrolled(el);
	}).map((el) => el.tagName + "." + el.className);
	return { wide: document.documentElement.scrollWidth, out, broken: images.filter((i) => !i.naturalWidth).length };
})()`

// quiet fails for console messages of weight, exceptions, refused content and any request that leaves the file.
func (b *browser) quiet(name string) {
	b.t.Helper()
	for _, e := range b.events {
		switch e.Method {
		case "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded":
			b.t.Errorf("%s: %s %s", name, e.Method, e.Params)
		case "Network.requestWillBeSent":
			var sent struct {
				Request struct {
					URL string `json:"url"`
				} `json:"request"`
			}
			fatal(b.t, json.Unmarshal(e.Params, &sent))
			if url := sent.Request.URL; !strings.HasPrefix(url, "data:") && !strings.HasPrefix(url, "file://") {
				b.t.Errorf("%s asks the network for %s", name, url)
			}
		}
	}
}
