package annotate

import (
	"fmt"
	"math"

	"explant/app/desktop/screen"
	"explant/io/geojson"
)

// measureKey tells among the metadata of a line what is measured by it; angleMeasure that it is its angle.
const (
	measureKey   = "measure"
	angleMeasure = "angle"
)

// isAngle reports a line that stands for the angle at its middle point.
func isAngle(o *Object) bool {
	return len(o.Geometry.Lines) == 1 && len(o.Geometry.Lines[0]) == 3 && metadata(o)[measureKey] == angleMeasure
}

// Measure is the length, the angle, the area or the number of an object in words, in pixels where the image
// is uncalibrated.
func (m *Marker) Measure(o *Object) string {
	m.mu.Lock()
	g := m.grid
	m.mu.Unlock()
	sx, sy, calibrated := shape(g, m.axis(m.Book.sheet(o)))
	switch {
	case isAngle(o):
		return fmt.Sprintf("%.1f°", angle(o.Geometry.Lines[0], sx, sy))
	case len(o.Geometry.Lines) > 0:
		return lengthText(o.Geometry.Lines, sx, sy, calibrated)
	case len(o.Geometry.Points) == 1:
		return "1 point"
	case len(o.Geometry.Points) > 0:
		return fmt.Sprintf("%d points", len(o.Geometry.Points))
	}
	area := Area(o) * sx * sy
	switch {
	case !calibrated:
		return fmt.Sprintf("%.0f px² (uncalibrated)", area)
	case area >= 0.01:
		return fmt.Sprintf("%.4g mm²", area)
	}
	return fmt.Sprintf("%.4g µm²", area*1e6)
}

func lengthText(lines [][]geojson.Point, sx, sy float64, calibrated bool) string {
	length := 0.0
	for _, l := range lines {
		for i := range len(l) - 1 {
			length += math.Hypot((l[i+1][0]-l[i][0])*sx, (l[i+1][1]-l[i][1])*sy)
		}
	}
	if calibrated {
		return screen.Length(length)
	}
	return fmt.Sprintf("%.1f px (uncalibrated)", length)
}

// angle is the angle between the legs of a line of three points, in degrees from 0 to 180.
func angle(l []geojson.Point, sx, sy float64) float64 {
	ax, ay := (l[0][0]-l[1][0])*sx, (l[0][1]-l[1][1])*sy
	bx, by := (l[2][0]-l[1][0])*sx, (l[2][1]-l[1][1])*sy
	return math.Abs(math.Atan2(ax*by-ay*bx, ax*bx+ay*by)) * 180 / math.Pi
}
