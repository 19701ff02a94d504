package runner

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"explant/analysis/protocol"
	"explant/analysis/result"
	"explant/app/cli"
	"explant/app/pipeline"
	"explant/volume/parallel"
)

// phantomOf names a phantom that each protocol can measure, and its size.
var phantomOf = map[string]struct {
	kind string
	size int
}{
	"ct-panel": {"oxygenator", 64}, "volume-threshold": {"oxygenator", 64}, "oxygenator-ct": {"oxygenator", 96}, "connector-ct": {"connector", 128},
	"if-net": {"if", 384}, "if-markers": {"if", 384}, "sem-fibrin": {"sem", 320}, "slide-marker": {"dab", 256},
}

func phantom(t *testing.T, kind string, size int) string {
	t.Helper()
	made, err := pipeline.MakePhantom(t.Context(), kind, t.TempDir(), pipeline.PhantomOptions{Size: size, Seed: 3}, pipeline.Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	return made.Image
}

// run runs an order to its end.
func run(t *testing.T, o Order) Task {
	t.Helper()
	ended := make(chan Task, 1)
	r := New(func(k Task) {
		if k.Stand.Over() {
			ended <- k
		}
	})
	if _, err := r.Start(o, pipeline.Limits{}); err != nil {
		t.Fatal(err)
	}
	k := <-ended
	r.Close()
	return k
}

// sameBytes runs an order from the window and from the command line.
func sameBytes(t *testing.T, o Order) Task {
	t.Helper()
	theirs := o
	o.Out, theirs.Out = t.TempDir(), t.TempDir()
	k := run(t, o)
	var text bytes.Buffer
	code := cli.Main(context.Background(), theirs.Args(), io.Discard, &text)
	if k.Stand != Done || code != 0 {
		t.Fatalf("the window's run: %s %v; the command line's: %d %s", k.Stand, k.Err, code, text.String())
	}
	labels := pipeline.VolumeLabels
	if k.Result.Image.Size[2] == 1 {
		labels = pipeline.SlideLabels
	}
	for _, file := range []string{pipeline.ResultFile, pipeline.TableFile, labels} {
		a, errA := os.ReadFile(filepath.Join(o.Out, file))
		b, errB := os.ReadFile(filepath.Join(theirs.Out, file))
		if errA != nil || errB != nil || len(a) == 0 || !bytes.Equal(a, b) {
			t.Errorf("%s: %d and %d bytes, %v %v", file, len(a), len(b), errA, errB)
		}
	}
	return k
}

// TestSameBytesAsTheCommandLine runs each built-in protocol from both.
func TestSameBytesAsTheCommandLine(t *testing.T) {
	for _, name := range protocol.Builtin() {
		t.Run(name, func(t *testing.T) {
			made, ok := phantomOf[name]
			if !ok { // of a stain or a microscope: its phantom has its name
				made.kind, made.size = strings.Split(strings.TrimPrefix(name, "slide-"), "-")[0], 256
			}
			k := sameBytes(t, Order{Image: phantom(t, made.kind, made.size), Protocol: name, Views: -1})
			if rows := Rows(k.Result); len(rows) < len(k.Result.Measurements) || rows[0].Value == "" {
				t.Errorf("%d rows of %d measurements", len(rows), len(k.Result.Measurements))
			}
		})
	}
}

// write writes a file of the test.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// barred is the preview of a phantom as a grey picture with a white line of 100 pixels in a dark strip below it.
func barred(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Open(filepath.Join(filepath.Dir(path), "preview.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	grey, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	b := grey.Bounds()
	out := image.NewGray(b)
	draw.Draw(out, b, grey, b.Min, draw.Src)
	draw.Draw(out, image.Rect(0, b.Max.Y-40, b.Max.X, b.Max.Y), image.NewUniform(color.Gray{30}), image.Point{}, draw.Src)
	draw.Draw(out, image.Rect(60, b.Max.Y-20, 160, b.Max.Y-17), image.White, image.Point{}, draw.Src)
	var text bytes.Buffer
	if err := png.Encode(&text, out); err != nil {
		t.Fatal(err)
	}
	return write(t, "barred.png", text.String())
}

// TestEveryInputOfTheCommandLineCanBeTyped runs what goes in beside the rules from both, and looks for its
// trace in the result.
func TestEveryInputOfTheCommandLineCanBeTyped(t *testing.T) {
	scan, field := phantom(t, "oxygenator", 32), phantom(t, "if", 192)
	unused, again := phantom(t, "oxygenator", 32), phantom(t, "if", 192)
	zones := write(t, "zones.nrrd", "NRRD0005\ntype: uint8\ndimension: 3\nspace dimension: 3\nsizes: 32 32 32\nspace directions: (0.02,0,0) (0,0.02,0) (0,0,0.021)\n"+
		"space units: \"mm\" \"mm\" \"mm\"\nencoding: raw\n\n"+strings.Repeat("\x01", 16*32*32)+strings.Repeat("\x02", 16*32*32))
	flat := [3]float64{0.02, 0.02, 0.021} // no cubes: without the phantom of the detection floor, which takes long
	for name, c := range map[string]struct {
		o    Order
		want string // in the inputs or the device of the result
	}{
		"spacing, axis, scale error, memory": {Order{
			Image: scan, Protocol: "ct-panel", Spacing: [3]float64{0.02, 0.02, 0.03}, Axis: "-x", ScaleError: "0.2%", Memory: "3GiB", Sample: "left, upper",
			Sets: []string{"measure.profile_bins=3", "segment.margin_voxels=[2,2,2]"},
		}, "scale_error"},
		"zones": {Order{Image: scan, Protocol: "ct-panel", Spacing: flat, Zones: zones}, "zones"},
		"frame": {Order{Image: scan, Protocol: "ct-panel", Spacing: flat, Frame: write(t, "frame.yaml",
			"version: 1\nkind: stacked\ninlet: [0.3, 0.3, 0]\noutlet: [0.3, 0.3, 0.6]\n")}, "frame"},
		"two points, reference, device": {Order{
			Image: scan, Protocol: "ct-panel", Spacing: flat, Axis: "0.3,0.3,0:0.3,0.3,0.6", Reference: unused,
			Device: write(t, "device.yaml", "device:\n  id: D 7\n"),
		}, "reference"},
		"burnt-in bar":      {Order{Image: barred(t, phantom(t, "sem", 320)), Protocol: "sem-fibrin", ScaleBar: "1um"}, "scale_bar"},
		"channels, control": {Order{Image: field, Protocol: "if-markers", Channels: []string{"dna=1"}, Controls: []string{again}}, "control_1"},
	} {
		t.Run(name, func(t *testing.T) {
			c.o.Views = -1
			k := sameBytes(t, c.o)
			if k.Result.Inputs[c.want] == "" {
				t.Errorf("%s is not in the inputs %v", c.want, k.Result.Inputs)
			}
		})
	}
}

// TestMarkersAreDeclaredInTheWindowToo names what DAB shows from both.
func TestMarkersAreDeclaredInTheWindowToo(t *testing.T) {
	k := sameBytes(t, Order{Image: phantom(t, "dab", 256), Protocol: "slide-dab", Marker: "cd61"})
	if !slices.ContainsFunc(k.Result.Classes, func(c result.Class) bool { return c.Name == "marker:cd61" }) {
		t.Errorf("classes %v", k.Result.Classes)
	}
}

// TestClassifierDecidesInTheWindowToo trains one on two rectangles and runs it from both.
func TestClassifierDecidesInTheWindowToo(t *testing.T) {
	image := phantom(t, "dab", 128)
	square := func(class string, x, y int) string {
		return fmt.Sprintf(`{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[%d,%d],[%d,%d],[%d,%d],[%d,%d],[%d,%d]]]},"properties":{"objectType":"annotation","classification":{"name":%q}}}`,
			x, y, x+20, y, x+20, y+20, x, y+20, x, y, class)
	}
	var marks []string
	for i := range 3 {
		marks = append(marks, square("fibrin", 5+40*i, 5), square("other", 5+40*i, 80))
	}
	drawn := write(t, "drawn.geojson", `{"type":"FeatureCollection","features":[`+strings.Join(marks, ",")+"]}")
	model := filepath.Join(t.TempDir(), "m.model")
	var text bytes.Buffer
	args := []string{"train", drawn, "--image", image, "--out", model, "--levels", "1", "--trees", "3", "--samples", "300"}
	if code := cli.Main(context.Background(), args, io.Discard, &text); code != 0 {
		t.Fatal(text.String())
	}
	k := sameBytes(t, Order{Image: image, Classifier: model, Axis: "z", Views: -1})
	if k.Result.Protocol.Name != "classifier" {
		t.Errorf("measured by %s", k.Result.Protocol.Name)
	}
	if _, err := (Order{Image: image, Classifier: model, Frame: "frame.yaml"}).Job(); err == nil {
		t.Error("a classifier and a frame were taken")
	}
}

// TestOrdersAreChecked holds what cannot be done to an error that says so.
func TestOrdersAreChecked(t *testing.T) {
	image := phantom(t, "oxygenator", 32)
	r := New(func(Task) {})
	defer r.Close()
	for want, o := range map[string]Order{
		"no protocol":      {Protocol: "none-such"},
		"is no percentage": {Protocol: "ct-panel", ScaleError: "0.2"},
		"memory:":          {Protocol: "ct-panel", Memory: "much"},
		"--axis":           {Protocol: "ct-panel", Axis: "w"},
		"device file":      {Protocol: "ct-panel", Device: "/none.yaml"},
		"--channel":        {Protocol: "ct-panel", Channels: []string{"dna=1"}},
		"no such key":      {Protocol: "ct-panel", Sets: []string{"measure.nothing=1"}},
	} {
		o.Image, o.Out = image, t.TempDir()
		if _, err := r.Start(o, pipeline.Limits{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if n := len(r.Tasks()); n > 0 {
		t.Errorf("%d tasks of orders that cannot be done", n)
	}
}

func TestCommandIsQuotedForAShell(t *testing.T) {
	o := Order{Image: "my scan.nrrd", Out: "o", Protocol: "ct-panel", Sets: []string{"a=[1,2]"}, Sample: "it's", Axis: "-z"}
	want := `explant analyze 'my scan.nrrd' --protocol ct-panel --out o --set 'a=[1,2]' --axis=-z --sample 'it'\''s'`
	if got := o.Command(); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestCancelledRunLeavesNothing(t *testing.T) {
	image, out := phantom(t, "oxygenator", 96), t.TempDir()
	ended := make(chan Task, 1)
	var r *Runner
	var once sync.Once
	r = New(func(k Task) {
		if k.State.Stage != "" {
			once.Do(func() { r.Cancel(k.ID) })
		}
		if k.Stand.Over() {
			ended <- k
		}
	})
	began := time.Now()
	if _, err := r.Start(Order{Image: image, Out: out, Protocol: "oxygenator-ct"}, pipeline.Limits{}); err != nil {
		t.Fatal(err)
	}
	if k := <-ended; k.Stand != Cancelled || k.Err != nil {
		t.Errorf("the run ended %s, %v", k.Stand, k.Err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("the run ended %v after it was cancelled", took)
	}
	if left, _ := os.ReadDir(out); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	r.Close()
}

// TestQueueRunsOneAfterTheOther starts four, takes one out while it waits, and lets one fail.
func TestQueueRunsOneAfterTheOther(t *testing.T) {
	image := phantom(t, "dab", 128)
	var mu sync.Mutex
	var order []string
	release, ended := make(chan struct{}), make(chan Task, 4)
	var first sync.Once
	r := New(func(k Task) {
		first.Do(func() { <-release }) // the first waits until all are in the queue
		if k.Stand.Over() {
			mu.Lock()
			order = append(order, fmt.Sprint(k.ID, " ", k.Stand))
			mu.Unlock()
			ended <- k
		}
	})
	defer r.Close()
	for _, o := range []Order{{Image: image}, {Image: image}, {Image: "/none.png"}, {Image: image}} {
		o.Protocol, o.Out = "slide-dab", t.TempDir()
		if _, err := r.Start(o, pipeline.Limits{}); err != nil {
			t.Fatal(err)
		}
	}
	close(release)
	r.Cancel(2)
	for range 4 {
		<-ended
	}
	all := r.Tasks()
	if all[0].Stand != Done || all[1].Stand != Cancelled || all[2].Stand != Failed || all[2].Err == nil || all[3].Stand != Done {
		t.Errorf("they ended %v", order)
	}
	mu.Lock()
	defer mu.Unlock()
	if last := order[len(order)-1]; last != "4 done" {
		t.Errorf("they ended %v", order)
	}
}

func TestProgressTellsRateAndTimeLeft(t *testing.T) {
	var last State
	p := newProgress(func(s State) { last = s })
	at := time.Now()
	p.now = func() time.Time { return at }
	p.began = at
	p.Stage("segment", 100)
	at = at.Add(2 * time.Second)
	p.Add(20)
	if last.PerS != 10 || last.Left != 8*time.Second || last.Share() != 0.2 || last.Elapsed != 2*time.Second {
		t.Errorf("%+v", last)
	}
	if got := last.String(); got != "segment   20 / 100   10 per s   8s left   (2s)" {
		t.Errorf("%q", got)
	}
	p.Stage("write", 0)
	if last.Share() != -1 || last.Left != 0 {
		t.Errorf("%+v", last)
	}
}
