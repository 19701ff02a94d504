package study

import (
	"math"
	"testing"

	"explant/volume/parallel"
)

// Over six sections the fields show the composition: about 20 NETs in all leave it a quarter uncertain,
// the many cells a tenth.
func TestFieldsShowTheComposition(t *testing.T) {
	s := small()
	s.IF, s.FieldPX, s.Sections = true, 512, 3
	plan, err := s.Plan()
	if err != nil {
		t.Fatal(err)
	}
	var drawn, realised FieldShare
	for _, d := range []Device{plan[0], plan[1], plan[3]} {
		for _, c := range d.Sections {
			if d.Unused && c.Zone > 0 {
				continue
			}
			c.Field.Noise = false
			_, _, truth, err := c.Field.Make(t.Context(), parallel.Options{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			f := c.FieldFact(truth)
			if d.Unused && (f.Realised != FieldShare{} || f.Nuclei != 0) {
				t.Errorf("%s of an unused device holds %+v", f.Field, *f)
			}
			drawn = FieldShare{drawn.NET + f.Drawn.NET, drawn.Leukocyte + f.Drawn.Leukocyte, drawn.Platelet + f.Drawn.Platelet}
			realised = FieldShare{realised.NET + f.Realised.NET, realised.Leukocyte + f.Realised.Leukocyte, realised.Platelet + f.Realised.Platelet}
		}
	}
	t.Logf("drawn %.3f, realised %.3f", drawn, realised)
	if math.Abs(realised.NET/drawn.NET-1) > 0.5 || math.Abs(realised.Leukocyte/drawn.Leukocyte-1) > 0.2 || math.Abs(realised.Platelet/drawn.Platelet-1) > 0.2 {
		t.Errorf("drawn %+v, realised %+v", drawn, realised)
	}
}
