package frame

import (
	"math"
)

// Kind is how a device is built, which says what places in it mean something.
type Kind string

// The kinds of devices.
const (
	Stacked   Kind = "stacked"   // flat fibre mats across the flow
	Wound     Kind = "wound"     // mats wound about the axis
	Cuboid    Kind = "cuboid"    // a box with another inside
	Connector Kind = "connector" // tubing and a connector, or a piece of tubing
)

// Kinds are all kinds, in the order in which they are told.
var Kinds = []Kind{Stacked, Wound, Cuboid, Connector}

// Square reports whether the device has walls and corners rather than a radius.
func (k Kind) Square() bool { return k == Stacked || k == Cuboid }

// Round reports whether the device is round about its axis.
func (k Kind) Round() bool { return k == Wound || k == Connector }

// Frame is a device's own coordinates, as frame.yaml states them. Points are in mm in the scanner's
// coordinates. A Frame that came from [Parse] or [Straight] is whole and right.
type Frame struct {
	Version  int          `yaml:"version"`              // of the format: 1
	Kind     Kind         `yaml:"kind,omitempty"`       // "" where nobody said it
	Inlet    [3]float64   `yaml:"inlet,flow"`           // the point of the axis where u is 0
	Outlet   [3]float64   `yaml:"outlet,flow"`          // and where it is 1
	Axes     [][3]float64 `yaml:"axes,flow,omitempty"`  // unit vectors of u, v, w; completed where absent
	Width    []float64    `yaml:"width,flow,omitempty"` // mm along v and w, the axis in the middle; absent: what the scan shows
	Layers   [][2]float64 `yaml:"layers,flow,omitempty"`
	ZoneMap  string       `yaml:"zone_map,omitempty"` // label file, relative to the frame file
	Zones    []Zone       `yaml:"zones,omitempty"`
	Sections []Section    `yaml:"sections,omitempty"`
}

// Zone is a named part of the device: a stretch along the flow or a value of the zone map.
type Zone struct {
	Name  string    `yaml:"zone"`
	U     []float64 `yaml:"u,flow,omitempty"` // from and to
	Value *int      `yaml:"value,omitempty"`  // in the zone map
}

// Section places a slide in the device.
type Section struct {
	Name   string       `yaml:"section"`
	Affine [][4]float64 `yaml:"affine_mm,flow"` // from mm on the slide (right, down, into it, 1) to mm in the scan
}

// Length is the distance from inlet to outlet in mm.
func (f Frame) Length() float64 { return norm(minus(f.Outlet, f.Inlet)) }

// Along is how far a point in the scanner's coordinates lies from the inlet along the flow, and from the
// axis along v and w, in mm.
func (f Frame) Along(p [3]float64) (s, v, w float64) {
	d := minus(p, f.Inlet)
	return dot(d, f.Axes[0]), dot(d, f.Axes[1]), dot(d, f.Axes[2])
}

// Mapped reports whether zones are values of a map rather than stretches along the flow.
func (f Frame) Mapped() bool {
	return f.ZoneMap != "" || len(f.Zones) > 0 && f.Zones[0].Value != nil
}

func minus(a, b [3]float64) [3]float64 { return [3]float64{a[0] - b[0], a[1] - b[1], a[2] - b[2]} }
func dot(a, b [3]float64) float64      { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }
func norm(a [3]float64) float64        { return math.Sqrt(dot(a, a)) }
func times(f float64, a [3]float64) [3]float64 {
	return [3]float64{f * a[0], f * a[1], f * a[2]}
}

func cross(a, b [3]float64) [3]float64 {
	return [3]float64{a[1]*b[2] - a[2]*b[1], a[2]*b[0] - a[0]*b[2], a[0]*b[1] - a[1]*b[0]}
}

// Algorithms names the algorithms of this package and their versions, for the method hash. A version
// changes whenever the same input may give another result.
func Algorithms() map[string]string {
	return map[string]string{"frame.mats": "1"}
}
