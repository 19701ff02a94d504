package phantom

import "fmt"

// The junctions of a connector.
const (
	JunctionTip = "tip" // from the tube into the connector
	JunctionGap = "gap" // from the connector into the second piece
	NoJunction  = ""    // on the wall, away from both
)

// Clot is deposit on the wall: what lies outside a free disc that touches the wall at both ends and is
// drawn into the bore between them. A free disc about the axis leaves a ring; a larger one, pushed away
// from the clot's direction, leaves a crescent.
type Clot struct {
	Name         string  `json:"name"`
	Junction     string  `json:"junction"` // "" for none
	AtMM         float64 `json:"at_mm"`    // where it protrudes most, from the tip
	DirectionDeg float64 `json:"direction_deg"`
	UpMM         float64 `json:"length_upstream_mm"`
	DownMM       float64 `json:"length_downstream_mm"`
	ProtrusionMM float64 `json:"protrusion_mm"`  // there, beyond the edge of the narrower side
	RadiusMM     float64 `json:"free_radius_mm"` // of the free disc of a crescent; 0 for a ring
}

// coreMM is the radius about the axis that clots leave free.
const coreMM = 0.5

func (k Clot) check(c Connector) error {
	widest := max(c.TubeMM/2+c.TubeShiftMM, c.SecondMM/2+c.SecondOffMM, c.BoreMM/2+c.ChamferMM[0])
	switch narrow := min(c.BoreMM, c.SecondMM, c.TubeMM)/2 - max(c.TubeShiftMM, c.SecondOffMM); {
	case !(k.UpMM > 0 && k.DownMM > 0 && k.UpMM < 100 && k.DownMM < 100):
		return fmt.Errorf("clot %q at %v mm has lengths %v and %v mm", k.Name, k.AtMM, k.UpMM, k.DownMM)
	case !(k.ProtrusionMM >= 0 && k.ProtrusionMM <= narrow-coreMM):
		return fmt.Errorf("clot %q at %v mm protrudes %v mm; 0 to %.2f leave the axis free", k.Name, k.AtMM, k.ProtrusionMM, narrow-coreMM)
	case k.RadiusMM != 0 && !(k.RadiusMM >= widest && k.RadiusMM < 1e4):
		return fmt.Errorf("clot %q at %v mm has a free radius of %v mm, less than the widest lumen, %v", k.Name, k.AtMM, k.RadiusMM, widest)
	case !(k.AtMM > -1e3 && k.AtMM < 1e3):
		return fmt.Errorf("clot %q lies at %v mm", k.Name, k.AtMM)
	}
	return nil
}

// ends are the first and the last place of the clot along the axis.
func (k Clot) ends() (from, to float64) { return k.AtMM - k.UpMM, k.AtMM + k.DownMM }

// anchored is a clot with the free disc at its highest place.
type anchored struct {
	Clot
	neck disc
	way  [2]float64
}

// free is the disc that the clot leaves free at s, given the wall there without the gap's recess; ok is
// false where the clot does not reach.
func (k *anchored) free(s float64, wall disc) (d disc, ok bool) {
	t := (s - k.AtMM + k.UpMM) / k.UpMM
	if s > k.AtMM {
		t = (k.AtMM + k.DownMM - s) / k.DownMM
	}
	if t <= 0 {
		return disc{}, false
	}
	g := t * t * (3 - 2*t)
	d = disc{wall.x + g*(k.neck.x-wall.x), wall.y + g*(k.neck.y-wall.y), wall.r + g*(k.neck.r-wall.r)}
	if k.RadiusMM > 0 {
		back := k.RadiusMM - d.r
		d = disc{d.x - back*k.way[0], d.y - back*k.way[1], k.RadiusMM}
	}
	return d, true
}
