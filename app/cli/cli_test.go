package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func call(t *testing.T, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = Main(t.Context(), args, &o, &e)
	return code, o.String(), e.String()
}

func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEveryCommandHasHelpWithExamples(t *testing.T) {
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		if !c.Hidden && c.Example == "" {
			t.Errorf("%s has no example", c.CommandPath())
		}
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit((&session{}).root())
}

func TestMistakesSayWhatWhereAndWhatToDo(t *testing.T) {
	unknown := file(t, "unknown.yaml", "extends: slide-dab\nsegment:\n  nonsense: 3\n")
	loop := file(t, "self.yaml", "")
	if err := os.WriteFile(loop, []byte("extends: "+loop+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	image := file(t, "image.tif", "not a TIFF at all")
	for name, c := range map[string]struct {
		args []string
		code int
		want []string
	}{
		"no such command":   {[]string{"analyse"}, exitUsage, []string{"analyse"}},
		"no such flag":      {[]string{"info", "--nonsense", "x"}, exitUsage, []string{"--nonsense"}},
		"no image":          {[]string{"analyze"}, exitUsage, []string{"at least one image", "--help"}},
		"no protocol":       {[]string{"analyze", image}, exitUsage, []string{"--protocol", "oxygenator-ct"}},
		"unknown protocol":  {[]string{"analyze", image, "-p", "magic"}, exitUsage, []string{"magic", "slide-dab"}},
		"unknown key":       {[]string{"protocol", "check", unknown}, exitUsage, []string{unknown, "line 3", "nonsense"}},
		"extends itself":    {[]string{"protocol", "check", loop}, exitUsage, []string{"extends itself"}},
		"spacing, no unit":  {[]string{"analyze", image, "-p", "ct-panel", "--spacing", "20"}, exitUsage, []string{"--spacing", "unit"}},
		"both spacings":     {[]string{"analyze", image, "-p", "ct-panel", "--spacing", "20um", "--pixel-size", "1um"}, exitUsage, []string{"not both"}},
		"bad axis":          {[]string{"analyze", image, "-p", "ct-panel", "--axis", "w"}, exitUsage, []string{"--axis", "w"}},
		"no shard":          {[]string{"analyze", image, "-p", "ct-panel", "--out", "x", "--shard", "6/5"}, exitUsage, []string{"--shard", "2/5"}},
		"not in shards":     {[]string{"analyze", image, "-p", "oxygenator-ct", "--out", "x", "--shard", "1/2"}, exitUsage, []string{"oxygenator-ct", "ct-panel"}},
		"shard nowhere":     {[]string{"analyze", image, "-p", "ct-panel", "--shard", "1/2"}, exitUsage, []string{"--out"}},
		"gather nowhere":    {[]string{"gather", "part1"}, exitUsage, []string{"--out"}},
		"no shard there":    {[]string{"gather", "absent", "--out", "x"}, exitFailed, []string{"absent", "--shard"}},
		"no scratch folder": {[]string{"info", image, "--scratch", "absent"}, exitUsage, []string{"scratch", "absent"}},
		"no such phantom":   {[]string{"phantom", "dragon"}, exitUsage, []string{"dragon", "oxygenator"}},
		"no such image":     {[]string{"info", "absent.tif"}, exitFailed, []string{"absent.tif"}},
		"not an image":      {[]string{"info", image}, exitFailed, []string{"image.tif"}},
		"one of two images": {[]string{"info", image, "absent.tif"}, exitPartly, []string{"2 of 2"}},
	} {
		code, _, said := call(t, c.args...)
		if code != c.code {
			t.Errorf("%s: exit code %d, want %d (%s)", name, code, c.code, said)
		}
		for _, w := range c.want {
			if !strings.Contains(said, w) {
				t.Errorf("%s: %q does not name %q", name, said, w)
			}
		}
	}
}

func TestProtocolShowPrintsAFileThatChecks(t *testing.T) {
	_, list, _ := call(t, "protocol", "list")
	for _, line := range strings.Split(strings.TrimSpace(list), "\n") {
		name := strings.Fields(line)[0]
		code, text, said := call(t, "protocol", "show", name)
		if code != exitDone {
			t.Fatalf("show %s: %s", name, said)
		}
		code, checked, said := call(t, "protocol", "check", file(t, "mine.yaml", text))
		method := strings.TrimPrefix(strings.SplitN(text, "\n", 2)[0], "# method ")
		if code != exitDone || !strings.Contains(checked, method) {
			t.Errorf("%s: what show prints has another method: %q %q", name, checked, said)
		}
	}
}

func TestJSONLinesAreJSON(t *testing.T) {
	code, out, _ := call(t, "phantom", "dab", "--size", "256", "--out", t.TempDir(), "--json")
	if code != exitDone {
		t.Fatalf("exit code %d", code)
	}
	last := ""
	for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
		var v map[string]any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		last, _ = v["event"].(string)
	}
	if last != "done" {
		t.Errorf("the last event is %q", last)
	}
}

func TestOwnProtocolsComeBeforeBuiltInOnes(t *testing.T) {
	own := file(t, "mine.yaml", "extends: slide-dab\nname: mine\ntitle: of this laboratory\nsegment: {classes: {\"marker:dab\": {min_od: {dab: 0.3}}}}\n")
	folder := filepath.Dir(own)
	if _, out, said := call(t, "protocol", "list", "--protocols", folder); !strings.Contains(out, "of this laboratory") {
		t.Errorf("the list lacks it: %s %s", out, said)
	}
	code, out, said := call(t, "protocol", "show", "mine", "--protocols", folder)
	if code != exitDone || !strings.Contains(out, "dab: 0.3") {
		t.Errorf("exit code %d: %s %s", code, out, said)
	}
}

func TestOneBadImageAmongSeveralIsExitCode3(t *testing.T) {
	dir := t.TempDir()
	if code, _, said := call(t, "phantom", "psr", "--size", "300", "--out", dir); code != exitDone {
		t.Fatal(said)
	}
	out := filepath.Join(dir, "out")
	code, _, said := call(t, "analyze", filepath.Join(dir, "slide.png"), "absent.png", "-p", "slide-psr", "--out", out)
	if code != exitPartly || !strings.Contains(said, "absent.png") || !strings.Contains(said, "1 of 2") {
		t.Errorf("exit code %d: %s", code, said)
	}
	if _, err := os.Stat(filepath.Join(out, "slide.png.explant", "result.json")); err != nil {
		t.Error(err)
	}
}

func TestConvertToldInJSON(t *testing.T) {
	dir := t.TempDir()
	if code, _, said := call(t, "phantom", "psr", "--size", "300", "--out", dir); code != exitDone {
		t.Fatal(said)
	}
	in, out := filepath.Join(dir, "slide.png"), filepath.Join(dir, "slide.ome.tif")
	code, lines, said := call(t, "convert", in, out, "--pixel-size", "0.25um", "--json")
	if code != exitDone {
		t.Fatal(said)
	}
	var done convertLine
	all := strings.Split(strings.TrimSpace(lines), "\n")
	if err := json.Unmarshal([]byte(all[len(all)-1]), &done); err != nil || done.Event != "done" || done.Out != out || done.SpacingMM[0] != 0.00025 {
		t.Errorf("%s: %v", all[len(all)-1], err)
	}
	if code, _, said := call(t, "convert", in, out); code != exitUsage || !strings.Contains(said, "--force") {
		t.Errorf("a second time: exit code %d: %s", code, said)
	}
	code, text, _ := call(t, "convert", in, out, "--force")
	if code != exitDone || !strings.Contains(text, "OME-TIFF, 300 x 300 pixels") {
		t.Errorf("exit code %d: %s", code, text)
	}
}

func TestThumbnailIsForOneImage(t *testing.T) {
	dir := t.TempDir()
	if code, _, said := call(t, "phantom", "psr", "--size", "300", "--out", dir); code != exitDone {
		t.Fatal(said)
	}
	in, small := filepath.Join(dir, "slide.png"), filepath.Join(dir, "small.png")
	if code, out, said := call(t, "info", in, "--thumbnail", small); code != exitDone || !strings.Contains(out, small) {
		t.Errorf("exit code %d: %s %s", code, out, said)
	}
	if _, err := os.Stat(small); err != nil {
		t.Error(err)
	}
	if code, _, said := call(t, "info", in, in, "--thumbnail", small); code != exitUsage || !strings.Contains(said, "one image") {
		t.Errorf("two images: exit code %d: %s", code, said)
	}
}
