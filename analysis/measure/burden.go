package measure

import "explant/analysis/segment"

// Burden is the deposit and the blood-side space of a segmentation, both by count.
type Burden struct {
	DepositMM3   float64
	BloodSideMM3 float64
	Relative     float64 // relative standard uncertainty of the deposit from the class levels; 0 where unknown
}

// BurdenOf counts deposit and blood-side space in the box of s. It returns volume.ErrSpacing for a grid
// that is not calibrated.
func BurdenOf(s *segment.Segmentation) (Burden, error) {
	dv, err := s.Labels.VoxelVolume()
	if err != nil {
		return Burden{}, err
	}
	var n [segment.ClassCount]int64
	b, l := s.Box(), s.Labels
	for z := b.Min[2]; z < b.Max[2]; z++ {
		for y := b.Min[1]; y < b.Max[1]; y++ {
			for _, c := range l.Data[l.Offset(b.Min[0], y, z):l.Offset(b.Max[0], y, z)] {
				n[c]++
			}
		}
	}
	deposit := float64(n[segment.Deposit])
	return Burden{
		DepositMM3: deposit * dv, BloodSideMM3: (deposit + float64(n[segment.Void]) + s.BloodCut) * dv,
		Relative: jackknife(s.Replicates, depositOf),
	}, nil
}
