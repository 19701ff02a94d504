package pipeline

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"explant/analysis/pin"
	"explant/io/geojson"
	"explant/volume"
)

// pinFile lists places that slide and scan both show, as a person found them. Places on the slide count from its
// upper left corner.
type pinFile struct {
	Points []struct {
		SlidePX   *[2]float64 `yaml:"slide_px"`
		SlideMM   *[2]float64 `yaml:"slide_mm"`
		ScanMM    *[3]float64 `yaml:"scan_mm"`
		ScanVoxel *[3]float64 `yaml:"scan_voxel"` // (0, 0, 0) is the middle of the first one
	} `yaml:"points"`
}

// loadPairs reads pairs of points from a YAML file, or from the points of a GeoJSON file that carry a property
// scan_mm. slide and scan are the grids that turn pixels and voxels into mm.
func loadPairs(file string, slide, scan volume.Grid) ([]pin.Pair, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("points: %w", err)
	}
	read := pairsOfYAML
	switch strings.ToLower(filepath.Ext(file)) {
	case ".json", ".geojson":
		read = pairsOfGeoJSON
	}
	pairs, err := read(text, slide, scan)
	if err != nil {
		return nil, fmt.Errorf("points %s: %w", file, err)
	}
	return pairs, nil
}

func pairsOfYAML(text []byte, slide, scan volume.Grid) ([]pin.Pair, error) {
	var f pinFile
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil {
		return nil, err
	}
	var out []pin.Pair
	for i, p := range f.Points {
		if (p.SlidePX == nil) == (p.SlideMM == nil) || (p.ScanMM == nil) == (p.ScanVoxel == nil) {
			return nil, fmt.Errorf("point %d: slide_px or slide_mm, and scan_mm or scan_voxel are wanted, one of each", i+1)
		}
		q := pin.Pair{}
		if p.SlideMM != nil {
			q.Slide = *p.SlideMM
		} else {
			q.Slide = [2]float64{p.SlidePX[0] * slide.Spacing[0], p.SlidePX[1] * slide.Spacing[1]}
		}
		if p.ScanMM != nil {
			q.Scan = *p.ScanMM
		} else {
			q.Scan = placeOfVoxel(scan, *p.ScanVoxel)
		}
		out = append(out, q)
	}
	return out, nil
}

// placeOfVoxel is where a voxel lies, mm.
func placeOfVoxel(g volume.Grid, at [3]float64) [3]float64 {
	axes := g.Axes
	if axes == ([3][3]float64{}) {
		axes = [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}
	}
	out := g.Origin
	for a := range 3 {
		for b := range 3 {
			out[b] += at[a] * g.Spacing[a] * axes[a][b]
		}
	}
	return out
}

func pairsOfGeoJSON(text []byte, slide, _ volume.Grid) ([]pin.Pair, error) {
	features, err := geojson.Read(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	var out []pin.Pair
	for i, f := range features {
		raw, ok := f.Extra["scan_mm"]
		if !ok {
			continue
		}
		var at [3]float64
		if err := json.Unmarshal(raw, &at); err != nil || len(f.Geometry.Points) != 1 {
			return nil, fmt.Errorf("object %d: one point and a property scan_mm of three numbers are wanted", i+1)
		}
		p := f.Geometry.Points[0]
		out = append(out, pin.Pair{Slide: [2]float64{p[0] * slide.Spacing[0], p[1] * slide.Spacing[1]}, Scan: at})
	}
	return out, nil
}
