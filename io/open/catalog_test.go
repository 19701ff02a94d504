package open

import (
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"explant/io/imagefile"
	"explant/volume"
)

// The table of sample files in docs/formats.md lies between these lines.
const (
	tableBegins = "| file | read as | size | samples | values | voxel or pixel size |\n|---|---|---|---|---|---|\n"
	tableEnds   = "\nThat table is made"
)

// mostRefused is the share of the sample files that may be refused.
const mostRefused = 0.05

// TestCatalog reads every sample file that is not there for its damage and compares what it found with
// the table in docs/formats.md; EXPLANT_UPDATE=1 writes the table instead.
func TestCatalog(t *testing.T) {
	root := filepath.Dir(filepath.Dir(sample(t, "tiff_variants/BigTIFF.tif")))
	var table strings.Builder
	rows, refused := 0, 0
	for _, name := range images(t, root) {
		row, ok := catalogued(t, filepath.Join(root, name))
		if rows++; !ok {
			refused++
		}
		fmt.Fprintf(&table, "| `%s` | %s |\n", name, row)
	}
	if float64(refused) > mostRefused*float64(rows) {
		t.Errorf("%d of %d sample files are refused", refused, rows)
	}
	doc := filepath.Join("..", "..", "docs", "formats.md")
	text, err := os.ReadFile(doc)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(text), tableBegins)
	old, tail, ok2 := strings.Cut(rest, tableEnds)
	if !ok || !ok2 {
		t.Fatal("docs/formats.md has no table of sample files")
	}
	if os.Getenv("EXPLANT_UPDATE") != "" {
		err := os.WriteFile(doc, []byte(head+tableBegins+table.String()+tableEnds+tail), 0o644)
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	was, is := strings.Split(old, "\n"), strings.Split(table.String(), "\n")
	for _, line := range is {
		if !slices.Contains(was, line) {
			t.Errorf("docs/formats.md does not say %s", line)
		}
	}
	if len(was) != len(is) {
		t.Errorf("docs/formats.md lists %d files of %d", len(was), len(is))
	}
}

// images are the files below root that hold pictures, and the folders that are read as one image.
func images(t *testing.T, root string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		name, err2 := filepath.Rel(root, path)
		switch {
		case err != nil || err2 != nil:
			return fmt.Errorf("%w, %w", err, err2)
		case name == "malformed":
			return fs.SkipDir
		case name == filepath.Join("same_volume_six_formats", "dicom"), strings.HasSuffix(name, ".zarr"):
			names = append(names, filepath.ToSlash(name))
			return fs.SkipDir
		case d.IsDir(), slices.Contains([]string{".md", ".log", ".xml"}, filepath.Ext(name)):
			return nil
		}
		names = append(names, filepath.ToSlash(name))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// catalogued is what one file is read as, or the reason why it is not.
func catalogued(t *testing.T, path string) (row string, ok bool) {
	t.Helper()
	r, err := Path(t.Context(), path, Options{})
	if err != nil {
		return "refused: " + strings.ReplaceAll(err.Error(), path, filepath.Base(path)) + " | | | |", false
	}
	defer r.Close()
	i := r.Info()
	values, err := span(t, r)
	if err != nil {
		return "refused: " + err.Error() + " | | | |", false
	}
	size := fmt.Sprintf("%d x %d", i.Grid.N[0], i.Grid.N[1])
	if i.Grid.N[2] > 1 {
		size += fmt.Sprintf(" x %d", i.Grid.N[2])
	}
	if len(i.Levels) > 1 {
		size += fmt.Sprintf(", %d levels", len(i.Levels))
	}
	samples := string(i.Type)
	if i.Channels > 1 {
		samples = fmt.Sprintf("%d x %s", i.Channels, samples)
	}
	return strings.Join([]string{i.Format, size, samples, values, spacing(i.Grid)}, " | "), true
}

// span is the smallest, the largest and the mean value of level 0.
func span(t *testing.T, r imagefile.Reader) (string, error) {
	t.Helper()
	lo, hi, sum, n := math.Inf(1), math.Inf(-1), 0.0, 0
	i := r.Info()
	for z := range i.Grid.N[2] {
		for y := 0; y < i.Grid.N[1]; y += 512 {
			w := imagefile.Window{Min: [3]int{0, y, z}, Max: [3]int{i.Grid.N[0], min(y+512, i.Grid.N[1]), z + 1}}
			b, err := r.Read(t.Context(), w)
			if err != nil {
				return "", err
			}
			for _, v := range imagefile.Values(b.Data, b.Type) {
				lo, hi, sum, n = min(lo, v), max(hi, v), sum+v, n+1
			}
		}
	}
	return fmt.Sprintf("%.6g to %.6g, mean %.6g", lo, hi, sum/float64(n)), nil
}

func spacing(g volume.Grid) string {
	c := g.Calibration
	if c.Source == volume.Unknown {
		return c.Withheld
	}
	text := fmt.Sprintf("%.6g x %.6g", 1000*g.Spacing[0], 1000*g.Spacing[1])
	if g.N[2] > 1 {
		text += fmt.Sprintf(" x %.6g", 1000*g.Spacing[2])
	}
	if text += " µm"; c.Withheld != "" {
		text += "; " + c.Withheld
	}
	return text
}
