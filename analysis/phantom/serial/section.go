package serial

import (
	"math"
	"math/rand/v2"
)

// Section says how a section lies in the block and how it was stained.
type Section struct {
	Number int     `json:"number"` // from 1, as in the name of its file
	Lost   bool    `json:"lost"`
	ZMM    float64 `json:"z_mm"` // of its middle, in the block

	// Affine takes a point (x, y, 0, 1) of the section in mm to the block; the displacement is added to that.
	Affine       [4][4]float64 `json:"section_to_block"`
	Displacement Displacement  `json:"displacement"`

	RotationDeg float64            `json:"rotation_deg"`
	ShiftMM     [2]float64         `json:"shift_mm"` // of the middle of the field
	ElasticRMS  float64            `json:"elastic_rms_mm"`
	Stain       map[string]float64 `json:"stain_strength"` // factor of each stain
}

// Displacement is a field of displacements in mm at nodes that are spread evenly over the section, the first
// at the centre of its first pixel and the last at that of its last one, row by row. Between nodes it is
// interpolated by Catmull and Rom's cubic, along x and along y; beyond the edge the values go on evenly.
type Displacement struct {
	Nodes   int          `json:"nodes_a_side"`
	SizeMM  [2]float64   `json:"size_mm"` // between the first and the last node
	Offsets [][2]float64 `json:"offsets_mm"`
}

// ToBlock takes a point of the section in mm to the block, in mm.
func (s Section) ToBlock(x, y float64) [3]float64 {
	d := s.Displacement.At(x, y)
	a := s.Affine
	return [3]float64{a[0][0]*x + a[0][1]*y + a[0][3] + d[0], a[1][0]*x + a[1][1]*y + a[1][3] + d[1], a[2][0]*x + a[2][1]*y + a[2][3]}
}

// At is the displacement at a point of the section, in mm.
func (d Displacement) At(x, y float64) (out [2]float64) {
	i, wx := d.weights(x, d.SizeMM[0])
	j, wy := d.weights(y, d.SizeMM[1])
	for v, b := range wy {
		for u, a := range wx {
			node := d.node(i+u-1, j+v-1)
			out[0] += a * b * node[0]
			out[1] += a * b * node[1]
		}
	}
	return out
}

// weights are those of four neighbouring nodes, of which the second is i.
//
// Source: Keys, IEEE Trans. Acoust. Speech Signal Process. 29(6):1153-1160, 1981,
// doi:10.1109/TASSP.1981.1163711, with a = -1/2.
func (d Displacement) weights(at, size float64) (i int, w [4]float64) {
	u := 0.0
	if size > 0 {
		u = at / size * float64(d.Nodes-1)
	}
	i = min(max(int(math.Floor(u)), 0), d.Nodes-2)
	t := u - float64(i)
	return i, [4]float64{
		t * (-0.5 + t*(1-0.5*t)), 1 + t*t*(-2.5+1.5*t), t * (0.5 + t*(2-1.5*t)), t * t * (-0.5 + 0.5*t),
	}
}

// node is the displacement at a node; one step beyond the edge the last difference repeats.
func (d Displacement) node(i, j int) [2]float64 {
	if i < 0 || i >= d.Nodes {
		edge := min(max(i, 0), d.Nodes-1)
		return beyond(d.node(edge, j), d.node(2*edge-i, j))
	}
	if j < 0 || j >= d.Nodes {
		edge := min(max(j, 0), d.Nodes-1)
		return beyond(d.node(i, edge), d.node(i, 2*edge-j))
	}
	return d.Offsets[j*d.Nodes+i]
}

func beyond(edge, inside [2]float64) [2]float64 {
	return [2]float64{2*edge[0] - inside[0], 2*edge[1] - inside[1]}
}

// newSection draws how section k lies.
func (b Block) newSection(rng *rand.Rand, k int) Section {
	mm := b.PixelSizeUM / 1000
	swing := func(v float64) float64 { return v * (2*rng.Float64() - 1) }
	s := Section{Number: k + 1, ZMM: float64(k) * b.ThicknessUM / 1000, RotationDeg: swing(b.RotationDeg)}
	s.ShiftMM = [2]float64{swing(b.ShiftUM) / 1000, swing(b.ShiftUM) / 1000}
	sin, cos := math.Sincos(s.RotationDeg * math.Pi / 180)
	sx, sy, shear := 1+swing(b.Strain), 1+swing(b.Strain), swing(b.Strain)
	m := [2][2]float64{{cos * sx, cos*shear - sin*sy}, {sin * sx, sin*shear + cos*sy}}
	cx, cy := float64(b.W-1)/2*mm, float64(b.H-1)/2*mm // the middle stays but for the shift
	s.Affine = [4][4]float64{
		{m[0][0], m[0][1], 0, cx + s.ShiftMM[0] - m[0][0]*cx - m[0][1]*cy},
		{m[1][0], m[1][1], 0, cy + s.ShiftMM[1] - m[1][0]*cx - m[1][1]*cy},
		{0, 0, 1, s.ZMM},
		{0, 0, 0, 1},
	}
	s.Displacement = Displacement{Nodes: b.Nodes, SizeMM: [2]float64{float64(b.W-1) * mm, float64(b.H-1) * mm}}
	sum := 0.0
	for range b.Nodes * b.Nodes {
		var o [2]float64
		for a := range o {
			o[a] = min(max(rng.NormFloat64(), -2.5), 2.5) * b.ElasticUM / 1000
			sum += o[a] * o[a]
		}
		s.Displacement.Offsets = append(s.Displacement.Offsets, o)
	}
	s.ElasticRMS = math.Sqrt(sum / float64(b.Nodes*b.Nodes))
	return s
}
