package annotate

import (
	"math"
	"slices"

	"explant/io/geojson"
)

// grip is a point that an object can be held by.
type grip struct {
	at    geojson.Point
	moved func(to geojson.Point) geojson.Geometry // the object with the point elsewhere
}

// mostGrips is the number of corners over which an outline is changed by the brush and the eraser instead.
const mostGrips = 64

// grips are the corners of the box of rectangles and ellipses, and the corners of everything else that has
// few of them.
func grips(g geojson.Geometry) (out []grip) {
	if box, ok := boxed(g); ok {
		return boxGrips(g, box)
	}
	corners := func(get func(g *geojson.Geometry) []geojson.Point, n int) {
		for i := range n {
			out = append(out, grip{get(&g)[i], func(to geojson.Point) geojson.Geometry {
				next := moved(g, 0, 0)
				get(&next)[i] = to
				return next
			}})
		}
	}
	for p := range g.Polygons {
		for r := range g.Polygons[p] {
			corners(func(g *geojson.Geometry) []geojson.Point { return g.Polygons[p][r] }, len(g.Polygons[p][r]))
		}
	}
	for l := range g.Lines {
		corners(func(g *geojson.Geometry) []geojson.Point { return g.Lines[l] }, len(g.Lines[l]))
	}
	corners(func(g *geojson.Geometry) []geojson.Point { return g.Points }, len(g.Points))
	if len(out) > mostGrips {
		return nil
	}
	return out
}

// boxed is the box of an ellipse or of a rectangle along the axes.
func boxed(g geojson.Geometry) (b Box, ok bool) {
	if len(g.Polygons) != 1 || len(g.Polygons[0]) != 1 {
		return b, false
	}
	b.X0, b.Y0, b.X1, b.Y1 = g.Bounds()
	ring := g.Polygons[0][0]
	ok = g.Ellipse || len(ring) == 4
	for _, p := range ring {
		ok = ok && (g.Ellipse || (p[0] == b.X0 || p[0] == b.X1) && (p[1] == b.Y0 || p[1] == b.Y1))
	}
	return b, ok && (g.Ellipse || math.Abs(signed(ring)) == (b.X1-b.X0)*(b.Y1-b.Y0))
}

func boxGrips(g geojson.Geometry, b Box) (out []grip) {
	corners := [4]geojson.Point{{b.X0, b.Y0}, {b.X1, b.Y0}, {b.X1, b.Y1}, {b.X0, b.Y1}}
	for i, at := range corners {
		fixed := corners[(i+2)%4]
		out = append(out, grip{at, func(to geojson.Point) geojson.Geometry {
			next := g
			next.Polygons = []geojson.Polygon{rectangle(fixed, to)}
			if g.Ellipse {
				next.Polygons = []geojson.Polygon{ellipse(fixed, to)}
			}
			return next
		}})
	}
	return out
}

// held is the grip of an object within a distance of a place; nil for none.
func held(o *Object, at geojson.Point, reach float64) *grip {
	if o == nil || o.Locked {
		return nil
	}
	all := grips(o.Geometry)
	i := slices.IndexFunc(all, func(g grip) bool { return math.Hypot(g.at[0]-at[0], g.at[1]-at[1]) <= reach })
	if i < 0 {
		return nil
	}
	return &all[i]
}

// flat reports a shape that has lost its area or its length.
func flat(g geojson.Geometry, least float64) bool {
	x0, y0, x1, y1 := g.Bounds()
	return len(g.Points) == 0 && (max(x1-x0, y1-y0) < least || len(g.Polygons) > 0 && min(x1-x0, y1-y0) < least/2)
}
