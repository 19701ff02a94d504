package pipeline

import (
	"math"
	"path/filepath"
	"testing"
)

// TestSixFormats measures one volume in the six formats of its sample folder: 81 voxels of 0.0607 mm.
// The two formats of the scanner's maker round the length of the whole volume to 1 µm, and say 60.68 µm;
// their volumes carry that uncertainty and hold the truth.
func TestSixFormats(t *testing.T) {
	const voxels, mm = 81, 0.0607
	p := rules(t, "volume-threshold", "segment.classes=[{class: deposit, min_grey: 1, max_grey: 1}]")
	for _, name := range []string{"volume.aim", "volume.isq", "volume.mha", "volume.nii", "volume.nrrd", "dicom"} {
		t.Run(name, func(t *testing.T) {
			res := analyzed(t, Job{Input: sample(t, filepath.Join("same_volume_six_formats", name)), Protocol: p})
			s := res.Image.SpacingMM
			for a := range s {
				if math.Round(s[a]*1e4)/1e4 != mm {
					t.Errorf("spacing %g mm along %c", s[a], "xyz"[a])
				}
			}
			if v := value(t, res, "dep.vf", "", "blood-side"); math.Abs(v-100*voxels/15625.) > 1e-9 {
				t.Errorf("burden %v %%", v)
			}
			if n := value(t, res, "dep.n", "", ""); n != 1 {
				t.Errorf("%v components", n)
			}
			for _, m := range res.Measurements {
				if m.Metric != "dep.vol" || m.Part != "" {
					continue
				}
				if n := m.Value / (s[0] * s[1] * s[2]); math.Abs(n-voxels) > 1e-6 {
					t.Errorf("%v voxels", n)
				}
				truth := voxels * mm * mm * mm
				exact := math.Abs(m.Value-truth) < 1e-6*truth
				if !exact && (m.ULo == nil || *m.ULo > truth || *m.UHi < truth) {
					t.Errorf("%v mm3 from %v to %v, and the truth is %v", m.Value, m.ULo, m.UHi, truth)
				}
			}
		})
	}
}
