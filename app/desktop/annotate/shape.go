package annotate

import (
	"math"

	"explant/io/geojson"
)

// inside reports whether a place is in a polygon and in none of its holes.
func inside(p geojson.Polygon, x, y float64) bool {
	in := false
	for _, ring := range p {
		for i, a := range ring {
			b := ring[(i+1)%len(ring)]
			if (a[1] > y) != (b[1] > y) && x < (b[0]-a[0])*(y-a[1])/(b[1]-a[1])+a[0] {
				in = !in
			}
		}
	}
	return in
}

// distance is how far a place is from the line between two points.
func distance(x, y float64, a, b geojson.Point) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = min(max(((x-a[0])*dx+(y-a[1])*dy)/l, 0), 1)
	}
	return math.Hypot(x-a[0]-t*dx, y-a[1]-t*dy)
}

// Hit reports whether an object is at a place, give or take a distance.
func Hit(o *Object, x, y, reach float64) bool {
	for _, p := range o.Geometry.Polygons {
		if inside(p, x, y) {
			return true
		}
	}
	for _, l := range o.Geometry.Lines {
		for i := range len(l) - 1 {
			if distance(x, y, l[i], l[i+1]) <= reach {
				return true
			}
		}
	}
	for _, p := range o.Geometry.Points {
		if math.Hypot(x-p[0], y-p[1]) <= reach {
			return true
		}
	}
	return false
}

// Area is the area of an object in pixels, holes taken off.
func Area(o *Object) (area float64) {
	for _, p := range o.Geometry.Polygons {
		for i, ring := range p {
			if a := math.Abs(signed(ring)); i == 0 {
				area += a
			} else {
				area -= a
			}
		}
	}
	return area
}

// signed is the area of a ring: positive where it runs from x to y.
func signed(ring []geojson.Point) (area float64) {
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		area += a[0]*b[1] - b[0]*a[1]
	}
	return area / 2
}

// moved is a geometry elsewhere.
func moved(g geojson.Geometry, dx, dy float64) geojson.Geometry {
	return mapped(g, func(p geojson.Point) geojson.Point { return geojson.Point{p[0] + dx, p[1] + dy} })
}

// mapped is a geometry whose points went elsewhere.
func mapped(g geojson.Geometry, to func(geojson.Point) geojson.Point) geojson.Geometry {
	each := func(points []geojson.Point) []geojson.Point {
		out := make([]geojson.Point, len(points))
		for i, p := range points {
			out[i] = to(p)
		}
		return out
	}
	out := g
	out.Polygons, out.Lines, out.Points = nil, nil, nil
	for _, p := range g.Polygons {
		var q geojson.Polygon
		for _, ring := range p {
			q = append(q, each(ring))
		}
		out.Polygons = append(out.Polygons, q)
	}
	for _, l := range g.Lines {
		out.Lines = append(out.Lines, each(l))
	}
	if len(g.Points) > 0 {
		out.Points = each(g.Points)
	}
	return out
}

// rectangle is the polygon between two corners.
func rectangle(a, b geojson.Point) geojson.Polygon {
	return geojson.Polygon{{{a[0], a[1]}, {b[0], a[1]}, {b[0], b[1]}, {a[0], b[1]}}}
}

// ellipsePoints are the corners of the polygon that stands for an ellipse.
const ellipsePoints = 64

// ellipse is the polygon of the ellipse in the box between two corners.
func ellipse(a, b geojson.Point) geojson.Polygon {
	ring := make([]geojson.Point, ellipsePoints)
	for i := range ring {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / ellipsePoints)
		ring[i] = geojson.Point{(a[0]+b[0])/2 + (b[0]-a[0])/2*cos, (a[1]+b[1])/2 + (b[1]-a[1])/2*sin}
	}
	return geojson.Polygon{ring}
}
