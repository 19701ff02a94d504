package geojson

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// quPath is a collection in the form of QuPath 0.4: a hole, a derived class, an ellipse, a slice.
const quPath = `{"type":"FeatureCollection","features":[
{"type":"Feature","id":"6ec8f1f3-6d2e-4d0c-9a8e-3d1d0e6b8d11","geometry":{"type":"Polygon","coordinates":[[[0,0],[10.5,0],[10.5,8],[0,8],[0,0]],[[2,2],[2,4],[4,4],[2,2]]]},
 "properties":{"objectType":"annotation","name":"core","isLocked":true,"classification":{"name":"fibrin","color":[200,0,10]},"measurements":{"Area µm^2":12.5}}},
{"type":"Feature","id":"a","geometry":{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[5,5],[6,5],[6,6],[5,5]]]],"plane":{"c":-1,"z":3,"t":0}},
 "properties":{"objectType":"annotation","classification":{"names":["net","dense"],"color":[1,2,3]}}},
{"type":"Feature","id":"b","geometry":{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,4],[0,0]]],"isEllipse":true},"properties":{"objectType":"annotation"}},
{"type":"Feature","id":"c","geometry":{"type":"LineString","coordinates":[[1,2],[3,4]]},"properties":{"objectType":"annotation"}},
{"type":"Feature","id":"d","geometry":{"type":"MultiPoint","coordinates":[[1,2],[3,4]]},"properties":{"objectType":"detection"}}
]}`

func read(t *testing.T, text string) []Feature {
	t.Helper()
	all, err := Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestRoundTripLosesNothing compares the JSON values of both sides, whatever the order of keys.
func TestRoundTripLosesNothing(t *testing.T) {
	var out bytes.Buffer
	if err := Write(&out, read(t, quPath)); err != nil {
		t.Fatal(err)
	}
	var want, got any
	if err := json.Unmarshal([]byte(quPath), &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(want, got) {
		t.Errorf("got %s", out.String())
	}
	var again bytes.Buffer
	if err := Write(&again, read(t, out.String())); err != nil || again.String() != out.String() {
		t.Errorf("the second writing differs: %v\n%s", err, again.String())
	}
}

func TestReadsClassesHolesAndPlanes(t *testing.T) {
	all := read(t, quPath)
	first := all[0]
	if first.Class != "fibrin" || *first.Color != [3]uint8{200, 0, 10} || first.Name != "core" || !first.Locked {
		t.Errorf("%+v", first)
	}
	if p := first.Geometry.Polygons; len(p) != 1 || len(p[0]) != 2 || len(p[0][0]) != 4 || len(p[0][1]) != 3 {
		t.Errorf("polygons %v", p)
	}
	if all[1].Class != "net: dense" || all[1].Geometry.Plane.Z != 3 || !all[2].Geometry.Ellipse {
		t.Errorf("%+v, %+v", all[1], all[2])
	}
	if x0, y0, x1, y1 := first.Geometry.Bounds(); [4]float64{x0, y0, x1, y1} != [4]float64{0, 0, 10.5, 8} {
		t.Errorf("bounds %v %v %v %v", x0, y0, x1, y1)
	}
}

func TestReadsOlderForms(t *testing.T) {
	all := read(t, `[{"type":"Feature","id":"PathAnnotationObject","geometry":{"type":"Point","coordinates":[1,2]},
		"properties":{"classification":{"name":"Tumor","colorRGB":-3670016},"isLocked":false,"measurements":[]}}]`)
	if f := all[0]; f.Class != "Tumor" || *f.Color != [3]uint8{200, 0, 0} || f.Geometry.Points[0] != (Point{1, 2}) {
		t.Errorf("%+v", f)
	}
}

func TestRefusesWhatIsNotWhole(t *testing.T) {
	for name, text := range map[string]string{
		"no JSON":          `{`,
		"another type":     `{"type":"Topology"}`,
		"no feature":       `[{"type":"Polygon"}]`,
		"ring of 2 points": `[{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[1,1],[0,0]]]}}]`,
		"no ring":          `[{"type":"Feature","geometry":{"type":"Polygon","coordinates":[]}}]`,
		"line of 1 point":  `[{"type":"Feature","geometry":{"type":"LineString","coordinates":[[0,0]]}}]`,
		"words":            `[{"type":"Feature","geometry":{"type":"Point","coordinates":["a","b"]}}]`,
		"a collection":     `[{"type":"Feature","geometry":{"type":"GeometryCollection","geometries":[]}}]`,
		"no geometry":      `[{"type":"Feature","properties":{}}]`,
	} {
		if all, err := Read(strings.NewReader(text)); err == nil {
			t.Errorf("%s: %+v", name, all)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(quPath)
	f.Fuzz(func(t *testing.T, text string) {
		all, err := Read(strings.NewReader(text))
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := Write(&out, all); err != nil {
			t.Errorf("what was read cannot be written: %v", err)
		}
	})
}
