package pipeline

import (
	"context"
	"fmt"
	"os"
	"strings"

	"explant/analysis/result"
	"explant/io/geojson"
	"explant/volume/outline"
)

// SlideRegions holds the outlines of the classes of a slide, for QuPath and others.
const SlideRegions = "classes.geojson"

// leastRegion is the area of the smallest region that is outlined, in pixels of the overview.
const leastRegion = 4

// writeRegions outlines the classes of the overview, one feature a class, in pixels of the full slide. Clear glass
// is what is left.
func (r *run) writeRegions(ctx context.Context, view *overview, classes []result.Class) error {
	var all []geojson.Feature
	for _, c := range classes {
		if c.Name == "excluded:glass" {
			continue
		}
		pieces, err := outline.Trace(ctx, view.labels, c.Value, leastRegion, r.options())
		if err != nil {
			return fmt.Errorf("outlines of %s: %w", c.Name, err)
		}
		if len(pieces) == 0 {
			continue
		}
		f := geojson.Feature{Class: strings.ReplaceAll(c.Name, ":", ": "), Name: c.Name, Color: new([3]uint8)}
		if _, err := fmt.Sscanf(c.Color, "#%02x%02x%02x", &f.Color[0], &f.Color[1], &f.Color[2]); err != nil {
			return fmt.Errorf("colour %q of %s: %w", c.Color, c.Name, err)
		}
		for _, p := range pieces {
			polygon := geojson.Polygon{view.onSlide(p.Outer)}
			for _, h := range p.Holes {
				polygon = append(polygon, view.onSlide(h))
			}
			f.Geometry.Polygons = append(f.Geometry.Polygons, polygon)
		}
		all = append(all, f)
	}
	return r.stage.write(SlideRegions, func(file *os.File) error { return geojson.Write(file, all) })
}

// onSlide turns corners of the overview into places on the slide.
func (v *overview) onSlide(corners []outline.Point) []geojson.Point {
	out := make([]geojson.Point, len(corners))
	for i, p := range corners {
		out[i] = geojson.Point{float64(min(p.X*v.step, v.size.X)), float64(min(p.Y*v.step, v.size.Y))}
	}
	return out
}
