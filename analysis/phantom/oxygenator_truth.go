package phantom

import "math"

// Truth is what the phantom holds, by sub-voxel coverage; it marshals to truth.json.
type Truth struct {
	Schema      string     `json:"schema"` // "explant-truth/1"
	Kind        string     `json:"kind"`   // "oxygenator"
	Parameters  Oxygenator `json:"parameters"`
	Classes     []string   `json:"classes"` // names in the order of the label values
	VolumeMM3   Volumes    `json:"volume_mm3"`
	BurdenPct   float64    `json:"deposit_percent_of_blood_side"`
	FibreCount  int        `json:"fibre_count"` // tubes whose axis passes through the inner box
	FilmCount   int        `json:"film_count"`
	BlobCount   int        `json:"blob_count"`
	WebCount    int        `json:"web_count"`
	FilmAreaMM2 float64    `json:"film_contact_area_mm2"` // of the films as drawn, overlaps and cut edges included
	Films       []FilmFact `json:"films"`
	Profile     []Bin      `json:"axis_profile"` // along z from the inlet
	Mats        []MatFact  `json:"mats"`         // along z from the inlet
}

// Volumes holds one volume a class, in mm³.
type Volumes struct {
	Void      float64 `json:"void"`
	Lumen     float64 `json:"lumen"`
	Polymer   float64 `json:"polymer"`
	Housing   float64 `json:"housing"`
	Deposit   float64 `json:"deposit"`
	BloodSide float64 `json:"blood_side"` // void and deposit
}

// FilmFact is one film as drawn: its thickness and the area on its fibre.
type FilmFact struct {
	ThicknessUM float64 `json:"thickness_um"`
	AreaMM2     float64 `json:"contact_area_mm2"`
}

// Bin is one bin of the flow profile.
type Bin struct {
	FromMM     float64 `json:"from_mm"` // distance from the first face of the image
	ToMM       float64 `json:"to_mm"`
	DepositMM3 float64 `json:"deposit_mm3"`
	BloodMM3   float64 `json:"blood_side_mm3"`
}

// profileSlices is the width of a bin of the truth's profile, in slices.
const profileSlices = 16

func (s *fibreScene) truth(sums []sliceSum) Truth {
	mm := s.SpacingUM / 1000
	t := Truth{
		Schema: "explant-truth/1", Kind: "oxygenator", Parameters: s.Oxygenator,
		Classes:    []string{"void", "lumen", "polymer", "housing", "deposit"},
		FibreCount: s.fibreCount(), FilmCount: s.counts[0], BlobCount: s.counts[1], WebCount: s.counts[2],
		FilmAreaMM2: s.filmArea * mm * mm, Mats: s.mats(),
	}
	for z, sum := range sums {
		if z%profileSlices == 0 {
			t.Profile = append(t.Profile, Bin{FromMM: float64(z) * mm, ToMM: float64(min(z+profileSlices, len(sums))) * mm})
		}
		b := &t.Profile[z/profileSlices]
		b.DepositMM3 += sum[classDeposit] * mm * mm * mm
		b.BloodMM3 += (sum[classDeposit] + sum[classVoid]) * mm * mm * mm
	}
	t.VolumeMM3 = s.volumes(sums)
	if b := t.VolumeMM3.BloodSide; b > 0 {
		t.BurdenPct = 100 * t.VolumeMM3.Deposit / b
	}
	for _, d := range s.deposits {
		if f, ok := d.(*film); ok {
			t.Films = append(t.Films, FilmFact{ThicknessUM: f.thick * s.SpacingUM, AreaMM2: f.area() * mm * mm})
		}
	}
	return t
}

// volumes adds up slices.
func (o Oxygenator) volumes(sums []sliceSum) Volumes {
	mm := o.SpacingUM / 1000
	var all sliceSum
	for _, sum := range sums {
		for c, v := range sum {
			all[c] += v * mm * mm * mm
		}
	}
	return Volumes{Void: all[classVoid], Lumen: all[classLumen], Polymer: all[classPolymer],
		Housing: all[classHousing], Deposit: all[classDeposit], BloodSide: all[classVoid] + all[classDeposit]}
}

// fibreCount counts the hollow tubes whose axis passes through the inner box and the image.
func (s *fibreScene) fibreCount() (n int) {
	half := math.Hypot(float64(s.N[0]), float64(s.N[1]))
	for i := range s.tubes {
		t := &s.tubes[i]
		for at := -half; t.inner > 0 && at <= half; at++ {
			p := t.point(at, 0, 0)
			if z := s.place.scanner(p).z; s.boxed(p) && z > -0.5 && z < float64(s.N[2])-0.5 {
				n++
				break
			}
		}
	}
	return n
}
