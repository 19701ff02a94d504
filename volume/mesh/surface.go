package mesh

import "math"

// Surface is a mesh of triangles that share their vertices.
type Surface struct {
	Vertices  [][3]float32 // mm in the scanner frame: the grid's origin and axes applied
	Triangles [][3]uint32  // counter-clockwise as seen from where the greys are lower
}

// Area is the sum of the triangles' areas in mm².
func (s *Surface) Area() float64 {
	var sum float64
	for _, t := range s.Triangles {
		n := s.cross(t)
		sum += math.Sqrt(n[0]*n[0] + n[1]*n[1] + n[2]*n[2])
	}
	return sum / 2
}

// Volume is the volume in mm³ that a closed surface encloses, by the divergence theorem; negative where
// its triangles face inwards.
func (s *Surface) Volume() float64 {
	var sum float64
	for _, t := range s.Triangles {
		n, a := s.cross(t), s.Vertices[t[0]]
		for k := range 3 {
			sum += n[k] * float64(a[k])
		}
	}
	return sum / 6
}

// cross is twice the area of a triangle along its normal.
func (s *Surface) cross(t [3]uint32) [3]float64 {
	a, b, c := s.Vertices[t[0]], s.Vertices[t[1]], s.Vertices[t[2]]
	var u, v [3]float64
	for k := range 3 {
		u[k], v[k] = float64(b[k])-float64(a[k]), float64(c[k])-float64(a[k])
	}
	return [3]float64{u[1]*v[2] - u[2]*v[1], u[2]*v[0] - u[0]*v[2], u[0]*v[1] - u[1]*v[0]}
}

// Normal is the unit normal of a triangle; zero where it has no area.
func (s *Surface) Normal(t [3]uint32) [3]float64 {
	n := s.cross(t)
	length := math.Sqrt(n[0]*n[0] + n[1]*n[1] + n[2]*n[2])
	if length == 0 {
		return [3]float64{}
	}
	return [3]float64{n[0] / length, n[1] / length, n[2] / length}
}
