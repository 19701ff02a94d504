package study

import (
	"math"

	"explant/analysis/phantom/micrograph"
)

// Mean areas of the objects of an immunofluorescence field, in µm², by which shares become densities; the
// fields of 20 seeds give them to about a tenth.
const (
	netUM2       = 750
	leukocyteUM2 = 86
	clusterUM2   = 65
)

// maxPerMM2 is the largest density that a field takes.
const maxPerMM2 = 4000

// field is the immunofluorescence of a section: NETs, leukocytes and platelet clusters as dense as the
// composition asks; of an unused device, the fibre alone.
func (s Study) field(c Composition, seed uint64) micrograph.IF {
	f := micrograph.DefaultIF(s.FieldPX, s.FieldPX, seed)
	if c.Sum() == 0 {
		f.Nuclei, f.Crushed, f.NETs, f.Smears, f.Mesh, f.Clusters, f.RedCells = 0, 0, 0, 0, 0, 0, 0
		return f
	}
	f.NETs, f.Nuclei, f.Clusters = density(c.NET, netUM2), density(c.Leukocyte, leukocyteUM2), density(c.Platelet, clusterUM2)
	return f
}

// Control is the secondary-only control of the study's fields.
func (s Study) Control() micrograph.IF {
	return micrograph.DefaultIF(s.FieldPX, s.FieldPX, s.Seed).As(micrograph.Secondary)
}

// density is the number of objects per mm² that cover a share when they fall anywhere, also on each other.
func density(share, um2 float64) float64 {
	return min(-math.Log(1-min(share, 0.99))/um2*1e6, maxPerMM2)
}

// FieldFact is what the immunofluorescence of a section shows. Shares are of the area outside the fibre.
type FieldFact struct {
	Field    string     `json:"field"`
	Seed     uint64     `json:"seed"`
	Drawn    FieldShare `json:"drawn"`    // the composition of the section
	Realised FieldShare `json:"realised"` // few objects cover the field: it scatters about the drawn one
	NETs     int        `json:"nets"`
	Nuclei   int        `json:"intact_nuclei"`
}

// FieldShare are the structures whose density follows the composition.
type FieldShare struct {
	NET       float64 `json:"net"`
	Leukocyte float64 `json:"leukocyte"`
	Platelet  float64 `json:"platelet"`
}

// FieldFact compares what the field of the section was to show with its truth.
func (c Section) FieldFact(t micrograph.IFTruth) *FieldFact {
	return &FieldFact{Field: c.FieldName(), Seed: t.Parameters.Seed, NETs: t.NETs.N, Nuclei: t.Nuclei.Intact,
		Drawn:    FieldShare{c.Composition.NET, c.Composition.Leukocyte, c.Composition.Platelet},
		Realised: FieldShare{t.Structure("net").Share, t.Structure("leukocyte").Share, t.Structure("platelet").Share}}
}

// FieldName names the immunofluorescence of the section.
func (c Section) FieldName() string { return c.ID + "-if" }
