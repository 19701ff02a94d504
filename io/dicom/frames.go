package dicom

import (
	"errors"
	"fmt"

	"github.com/suyashkumar/dicom/pkg/tag"
)

// slice is one image of the volume and what its file says about it. Lengths are in mm, positions in the
// left-posterior-superior frame.
type slice struct {
	name        string    // of the file, and the frame in it where there are several
	stored      int       // its place among the slices as they lie in the files
	position    []float64 // centre of the first pixel; nil where it is not stated
	orientation []float64 // unit vectors along a row and along a column; nil where it is not stated
	spacing     []float64 // between rows, then between columns, as DICOM has it; nil where it is not stated
	imager      []float64 // the same at the detector of a radiograph
	calibrated  string    // how spacing follows from imager, where that is stated
	thickness   float64   // 0 where it is not stated, as the next
	between     float64   // SpacingBetweenSlices
	slope       float64
	intercept   float64
	number      int      // InstanceNumber, 0 where it is not stated
	segment     int      // that the frame of a segmentation belongs to
	multi       bool     // one of several frames of a file
	table       *palette // of indexed colours
}

// slicesOf lists the slices of a file; first is the place of its first one.
func slicesOf(h *header, first int) ([]slice, error) {
	number, err := h.values.integer(tag.InstanceNumber, 0)
	if err != nil {
		return nil, err
	}
	base := slice{slope: 1, number: number}
	if h.kind == indexed {
		if base.table, err = paletteOf(h); err != nil {
			return nil, err
		}
	}
	base.take(h.values, false)
	if shared := h.values.items(tag.SharedFunctionalGroupsSequence); len(shared) > 0 {
		base.take(shared[0], true)
	}
	each := h.values.items(tag.PerFrameFunctionalGroupsSequence)
	out := make([]slice, h.frames)
	for i := range out {
		out[i] = base
		out[i].name, out[i].stored = h.name, first+i
		if h.frames > 1 {
			out[i].name, out[i].multi = fmt.Sprintf("%s frame %d", h.name, i+1), true
		}
		if i < len(each) {
			out[i].take(each[i], true)
		}
		if out[i].slope == 0 {
			return nil, errors.New("RescaleSlope is 0")
		}
	}
	if h.frames > 1 {
		stretch(out, h.values, len(each) > 0)
	}
	return out, nil
}

// take reads what v states about a slice; in functional groups it stands one sequence deeper.
func (s *slice) take(v values, grouped bool) {
	group := func(t tag.Tag) values {
		if !grouped {
			return v
		}
		if items := v.items(t); len(items) > 0 {
			return items[0]
		}
		return nil
	}
	vector := func(to *[]float64, v values, t tag.Tag, n int) {
		if f := v.floats(t); len(f) == n {
			*to = f
		}
	}
	vector(&s.position, group(tag.PlanePositionSequence), tag.ImagePositionPatient, 3)
	vector(&s.orientation, group(tag.PlaneOrientationSequence), tag.ImageOrientationPatient, 6)
	m := group(tag.PixelMeasuresSequence)
	vector(&s.spacing, m, tag.PixelSpacing, 2)
	vector(&s.imager, m, tag.ImagerPixelSpacing, 2)
	if c := m.text(tag.PixelSpacingCalibrationType); c != "" {
		s.calibrated = c
	}
	s.thickness = m.float(tag.SliceThickness, s.thickness)
	s.between = m.float(tag.SpacingBetweenSlices, s.between)
	if grouped {
		if n, err := group(tag.SegmentIdentificationSequence).integer(tag.ReferencedSegmentNumber, s.segment); err == nil {
			s.segment = n
		}
	}
	m = group(tag.PixelValueTransformationSequence)
	s.slope = m.float(tag.RescaleSlope, s.slope)
	s.intercept = m.float(tag.RescaleIntercept, s.intercept)
}

// stretch mends the positions of frames without their own: dose grids state offsets along the normal,
// other old objects nothing, and the one position of the file is that of the first frame.
func stretch(s []slice, v values, own bool) {
	offsets := v.floats(tag.GridFrameOffsetVector)
	if own || s[0].position == nil {
		return
	}
	n := normal(s[0].orientation)
	for i := range s {
		p := s[i].position
		s[i].position = nil
		if len(offsets) == len(s) {
			d := offsets[i] - offsets[0]
			s[i].position = []float64{p[0] + d*n[0], p[1] + d*n[1], p[2] + d*n[2]}
		}
	}
}

// normal is the direction across slices: row x column; along z where nothing is stated.
func normal(o []float64) [3]float64 {
	if o == nil {
		return [3]float64{0, 0, 1}
	}
	return [3]float64{o[1]*o[5] - o[2]*o[4], o[2]*o[3] - o[0]*o[5], o[0]*o[4] - o[1]*o[3]}
}
