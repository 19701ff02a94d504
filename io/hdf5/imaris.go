//go:build hdf5

package hdf5

import (
	"fmt"
	"slices"
	"strconv"

	"explant/io/calibration"
)

// imarisData is the path of the samples of a channel at a resolution.
//
// Source: Imaris 5.5 file format description, https://imaris.oxinst.com/support/imaris-file-format.
func imarisData(level, ch int) string { return imarisGroup(level, ch) + "/Data" }

func imarisGroup(level, ch int) string {
	return fmt.Sprintf("DataSet/ResolutionLevel %d/TimePoint 0/Channel %d", level, ch)
}

// imaris understands a file of Imaris with all its resolutions and channels.
func (f *file) imaris(paths []string) (*image, error) {
	i := &image{format: "Imaris"}
	channels := 0
	for channels < 64 && slices.Contains(paths, imarisData(0, channels)) {
		i.names = append(i.names, f.text(fmt.Sprintf("DataSetInfo/Channel %d", channels), "Name"))
		channels++
	}
	for level := 0; slices.Contains(paths, imarisData(level, 0)); level++ {
		list, n, err := f.imarisLevel(level, channels)
		if err != nil && level == 0 {
			return nil, err
		}
		if err != nil {
			i.warnings = append(i.warnings, fmt.Sprintf("level %d is left out: %v", level, err))
			break
		}
		i.levels, i.n = append(i.levels, list), append(i.n, n)
	}
	if slices.Contains(paths, "DataSet/ResolutionLevel 0/TimePoint 1/Channel 0/Data") {
		i.warnings = append(i.warnings, "the file holds several time points; the first is read")
	}
	i.size = f.imarisSize(i.n[0])
	return i, nil
}

// imarisLevel finds the channels of a level. Data sets may be larger than the image, up to whole chunks.
func (f *file) imarisLevel(level, channels int) (list []channel, n [3]int, err error) {
	for c := range channels {
		s, err := f.describe(imarisData(level, c))
		if err == nil {
			err = s.readable()
		}
		if err == nil && len(s.dims) != 3 {
			err = fmt.Errorf("size %v is no volume", s.dims)
		}
		if err != nil {
			return nil, n, fmt.Errorf("data set %s: %w", imarisData(level, c), err)
		}
		list = append(list, channel{set: s, start: make([]int, 3), zyx: [3]int{0, 1, 2}})
	}
	n = list[0].n()
	for a, axis := range []string{"X", "Y", "Z"} {
		if v, err := strconv.Atoi(f.text(imarisGroup(level, 0), "ImageSize"+axis)); err == nil && v > 0 && v <= n[a] {
			n[a] = v
		}
	}
	return list, n, nil
}

// imarisSize is the extent of the image over its voxels.
func (f *file) imarisSize(n [3]int) calibration.Statement {
	s := calibration.Statement{Field: "Imaris ExtMin and ExtMax", Unit: f.text("DataSetInfo/Image", "Unit")}
	for a := range 3 {
		lo, err := strconv.ParseFloat(f.text("DataSetInfo/Image", fmt.Sprintf("ExtMin%d", a)), 64)
		hi, err2 := strconv.ParseFloat(f.text("DataSetInfo/Image", fmt.Sprintf("ExtMax%d", a)), 64)
		if err == nil && err2 == nil {
			s.Size[a] = (hi - lo) / float64(n[a])
		}
	}
	return s
}
