// Package app_test checks the shape of the whole program: which way imports point, who may import what,
// and that the headless program links no window system.
package app_test

import (
	"debug/elf"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

const (
	module = "explant/"
	tags   = "-tags=gocv_specific_modules,gocv_features2d,gocv_calib3d,gocv_photo"
)

// listed is the part of a package in `go list -json` that the rules need.
type listed struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

// imports returns what p or its tests import.
func (p listed) imports() []string {
	all := slices.Concat(p.Imports, p.TestImports, p.XTestImports)
	slices.Sort(all)
	return slices.Compact(all)
}

// arrows says which top-level folders the packages of each one may import, beside the folder itself.
var arrows = map[string][]string{
	"assets":   {},
	"volume":   {},
	"analysis": {"volume", "assets"},
	"io":       {"volume", "analysis", "assets"},
	"app":      {"volume", "analysis", "io", "assets"},
}

// owners says which packages alone may import a library; the first prefix that fits decides.
var owners = []struct {
	library string
	allowed []string
	reason  string
}{
	{"gocv.io/x/gocv", []string{"analysis/opencv"}, "a Mat must not leave the package that closes it"},
	{"github.com/spf13/viper", []string{"app/config"}, "settings are read once, into checked structs"},
	{"fyne.io/fyne/v2/app", []string{"app/explant-desktop"}, "it links OpenGL, which tests of widgets must not need"},
	{"fyne.io/fyne/v2", []string{"app/desktop", "app/explant-desktop"}, "the engine serves programs without a window"},
}

// single are libraries that one package may import, whichever it is.
var single = map[string]string{
	"github.com/disintegration/imaging": "it panics on images that its one wrapper refuses",
}

// broken returns a line for each rule that the import graph breaks.
func broken(graph []listed) []string {
	var lines []string
	importers := map[string][]string{}
	for _, p := range graph {
		name, ours := strings.CutPrefix(p.ImportPath, module)
		if !ours {
			continue
		}
		for _, imported := range p.imports() {
			if reason := forbidden(name, imported); reason != "" {
				lines = append(lines, fmt.Sprintf("%s imports %s: %s", name, imported, reason))
			}
			if _, ok := single[imported]; ok {
				importers[imported] = append(importers[imported], name)
			}
		}
	}
	for library, names := range importers {
		if len(names) > 1 {
			lines = append(lines, fmt.Sprintf("%s import %s: one may, %s", strings.Join(names, ", "), library, single[library]))
		}
	}
	slices.Sort(lines)
	return lines
}

// forbidden returns why package name, without the module, must not import the other; "" when it may.
func forbidden(name, imported string) string {
	if target, ours := strings.CutPrefix(imported, module); ours {
		from, to := folder(name), folder(target)
		allowed, known := arrows[from]
		if !known {
			return from + " is none of the folders volume, analysis, io, app, assets"
		}
		if from == "assets" || from != to && !slices.Contains(allowed, to) {
			return "imports point volume <- analysis <- io <- app, and assets imports nothing of ours"
		}
		return ""
	}
	for _, o := range owners {
		if !within(imported, o.library) {
			continue
		}
		if slices.ContainsFunc(o.allowed, func(owner string) bool { return within(name, owner) }) {
			return ""
		}
		return fmt.Sprintf("only %s may, %s", strings.Join(o.allowed, " and "), o.reason)
	}
	return ""
}

func folder(name string) string {
	top, _, _ := strings.Cut(name, "/")
	return top
}

// within reports whether path is folder or lies below it.
func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}

// windowPackages returns the packages that open windows.
func windowPackages(deps []string) []string {
	return slices.DeleteFunc(slices.Clone(deps), func(path string) bool {
		return !within(path, "fyne.io") && !within(path, "github.com/fyne-io") && !within(path, "github.com/go-gl")
	})
}

// windowLibraries returns the shared libraries that open windows or play video.
func windowLibraries(needed []string) []string {
	prefixes := []string{"libGL", "libEGL", "libX", "libxcb", "libwayland", "libgtk", "libgdk", "libQt",
		"libopencv_highgui", "libopencv_videoio"}
	return slices.DeleteFunc(slices.Clone(needed), func(name string) bool {
		return !slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
	})
}

func TestImports(t *testing.T) {
	graph := list(t, "./...")
	if len(graph) < len(arrows) {
		t.Fatalf("go list names %d packages", len(graph))
	}
	for _, line := range broken(graph) {
		t.Error(line)
	}
}

func TestHeadlessDependencies(t *testing.T) {
	var deps []string
	for _, p := range list(t, "-deps", "./app/explant") {
		deps = append(deps, p.ImportPath)
	}
	if !slices.Contains(deps, "gocv.io/x/gocv") {
		t.Errorf("./app/explant does not reach gocv: the list of %d packages is not the program's", len(deps))
	}
	for _, path := range windowPackages(deps) {
		t.Errorf("./app/explant depends on %s, which opens windows", path)
	}
}

func TestHeadlessLibraries(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads an ELF file, which", runtime.GOOS, "does not make")
	}
	program := filepath.Join(t.TempDir(), "explant")
	run(t, "go", "build", tags, "-o", program, "./app/explant")
	file, err := elf.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	needed, err := file.ImportedLibraries()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(needed, func(name string) bool { return strings.HasPrefix(name, "libopencv_core.") }) {
		t.Errorf("explant does not load libopencv_core: %v is not the program's list", needed)
	}
	for _, name := range windowLibraries(needed) {
		t.Errorf("explant loads %s", name)
	}
}

// TestRulesFire shows that each rule can fail: the same functions judge graphs that break one rule each.
func TestRulesFire(t *testing.T) {
	for _, c := range []struct {
		name, from, to string
		want           string // part of the one line expected; "" is none
	}{
		{"app to io", "app/pipeline", "explant/io/open", ""},
		{"app to app", "app/explant", "explant/app/cli", ""},
		{"io to analysis", "io/report", "explant/analysis/result", ""},
		{"analysis to volume", "analysis/segment", "explant/volume/label", ""},
		{"analysis to assets", "analysis/protocol", "explant/assets", ""},
		{"volume to volume", "volume/label", "explant/volume", ""},
		{"standard library of the same name", "volume", "io", ""},
		{"volume to analysis", "volume/label", "explant/analysis/result", "imports point"},
		{"volume to assets", "volume/render", "explant/assets", "imports point"},
		{"analysis to io", "analysis/segment", "explant/io/open", "imports point"},
		{"io to app", "io/open", "explant/app/config", "imports point"},
		{"assets to assets", "assets", "explant/assets/icons", "imports point"},
		{"folder nobody knows", "util", "explant/volume", "none of the folders"},
		{"opencv to gocv", "analysis/opencv", "gocv.io/x/gocv", ""},
		{"another to gocv", "analysis/slide", "gocv.io/x/gocv", "only analysis/opencv may"},
		{"name that begins alike", "analysis/opencvx", "gocv.io/x/gocv", "only analysis/opencv may"},
		{"config to viper", "app/config", "github.com/spf13/viper", ""},
		{"another to viper", "app/cli", "github.com/spf13/viper", "only app/config may"},
		{"view to widgets", "app/desktop/viewer", "fyne.io/fyne/v2/widget", ""},
		{"view to window", "app/desktop", "fyne.io/fyne/v2/app", "only app/explant-desktop may"},
		{"main to window", "app/explant-desktop", "fyne.io/fyne/v2/app", ""},
		{"another to widgets", "app/cli", "fyne.io/fyne/v2/widget", "only app/desktop and app/explant-desktop may"},
		{"one to imaging", "io/raster", "github.com/disintegration/imaging", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			for kind, p := range map[string]listed{
				"program":       {Imports: []string{c.to}},
				"test":          {TestImports: []string{c.to}},
				"external test": {XTestImports: []string{c.to}},
			} {
				p.ImportPath = module + c.from
				lines := broken([]listed{p})
				fired := len(lines) == 1 && c.want != "" && strings.Contains(lines[0], c.want)
				if quiet := len(lines) == 0 && c.want == ""; !fired && !quiet {
					t.Errorf("%s: got %q, want %q", kind, lines, c.want)
				}
			}
		})
	}
}

func TestSingleImporterFires(t *testing.T) {
	imaging := []string{"github.com/disintegration/imaging"}
	lines := broken([]listed{{ImportPath: "explant/io/a", Imports: imaging}, {ImportPath: "explant/io/b", TestImports: imaging}})
	if len(lines) != 1 || !strings.Contains(lines[0], "io/a, io/b import") {
		t.Errorf("got %q", lines)
	}
}

func TestWindowRulesFire(t *testing.T) {
	deps := []string{"fmt", "fyne.io/fyne/v2/widget", "github.com/go-gl/glfw/v3.3/glfw", "github.com/fyne-io/image/ico", "gocv.io/x/gocv"}
	if got := windowPackages(deps); len(got) != 3 {
		t.Errorf("of %q only %q open windows", deps, got)
	}
	needed := []string{"libc.so.6", "libGL.so.1", "libX11.so.6", "libgtk-3.so.0", "libQt5Core.so.5", "libopencv_core.so.406",
		"libopencv_highgui.so.406", "libopencv_videoio.so.410"}
	if got := windowLibraries(needed); len(got) != 6 {
		t.Errorf("of %q only %q open windows", needed, got)
	}
}

// list returns what `go list` says of the packages that args name.
func list(t *testing.T, args ...string) []listed {
	t.Helper()
	out := run(t, "go", append([]string{"list", "-e", tags, "-json=ImportPath,Imports,TestImports,XTestImports"}, args...)...)
	var packages []listed
	for decoder := json.NewDecoder(strings.NewReader(out)); decoder.More(); {
		var p listed
		if err := decoder.Decode(&p); err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
	return packages
}

// run runs a command in the root of the repository and returns its output.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = ".."
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", cmd, err)
	}
	return string(out)
}
