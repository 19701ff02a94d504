package pipeline

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"explant/io/geojson"
	"explant/volume/parallel"
)

// The outlines of a slide's classes enclose the areas that are measured; at one pixel of the overview a pixel of the
// slide, all but the smallest pieces and the pixels at borders that count as half.
func TestClassesAreOutlined(t *testing.T) {
	dir := t.TempDir()
	made, err := MakePhantom(t.Context(), "msb", dir, PhantomOptions{Size: 400, Seed: 3}, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	job := Job{Input: made.Image, Protocol: rules(t, "slide-msb"), Out: filepath.Join(dir, "result")}
	res := analyzed(t, job)
	file, err := os.Open(filepath.Join(job.Out, SlideRegions))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all, err := geojson.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if f.Class != "fibrin" {
			continue
		}
		var area float64
		for _, p := range f.Geometry.Polygons {
			for _, ring := range p {
				for i, a := range ring {
					b := ring[(i+1)%len(ring)]
					area += (a[0]*b[1] - a[1]*b[0]) / 2
				}
			}
		}
		want := value(t, res, "h.area.c", "fibrin", "region") / 100 * 400 * 400
		if math.Abs(area-want) > 0.15*want || f.Color == nil || *f.Color != [3]uint8{0xd7, 0x30, 0x1f} {
			t.Errorf("fibrin of %v pixels is outlined in %v, measured %v", area, f.Color, want)
		}
		return
	}
	t.Errorf("no fibrin among %d features", len(all))
}
