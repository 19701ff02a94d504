//go:build hdf5

package hdf5

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"explant/io/calibration"
	"explant/io/imagefile"
)

// channel is where one channel of one level lies: its data set, the first index along each axis, and which
// axes are z, y and x (-1 for none).
type channel struct {
	set   set
	start []int
	zyx   [3]int
}

// n is the size of a channel along x, y and z.
func (c channel) n() (n [3]int) {
	for k, a := range c.zyx {
		if n[2-k] = 1; a >= 0 {
			n[2-k] = c.set.dims[a]
		}
	}
	return n
}

// image is what a file holds, understood but not yet read.
type image struct {
	format   string
	levels   [][]channel
	n        [][3]int // of each level; it may be smaller than its data sets
	names    []string
	size     calibration.Statement
	warnings []string
}

// find understands the data set that was asked for, or the one that the file is about.
func (f *file) find(dataset string) (*image, error) {
	paths, err := f.list()
	if err != nil {
		return nil, err
	}
	if dataset == "" && slices.Contains(paths, imarisData(0, 0)) {
		return f.imaris(paths)
	}
	if dataset == "" {
		if dataset, err = f.choose(paths); err != nil {
			return nil, err
		}
	}
	s, err := f.describe(dataset)
	if err == nil {
		err = s.readable()
	}
	if err != nil {
		return nil, fmt.Errorf("data set %.200s: %w", dataset, err)
	}
	i := &image{format: "HDF5", warnings: f.doubts(paths, s)}
	return i, i.plain(f, s)
}

// readable refuses what is no array of numbers in the file itself.
func (s set) readable() error {
	switch {
	case s.kind == '?':
		return errors.New("its samples are no numbers")
	case s.elsewhere:
		return errors.New("its samples lie in other files")
	case s.size != 1 && s.size != 2 && s.size != 4 && s.size != 8:
		return fmt.Errorf("samples of %d bytes are not read", s.size)
	case long(s.dims) < 2:
		return fmt.Errorf("size %v is no picture", s.dims)
	}
	claim := float64(s.size)
	for _, n := range s.dims {
		claim *= float64(n)
	}
	if claim > 64<<20+33000*s.storage {
		return fmt.Errorf("it claims %.0f bytes of samples in %.0f bytes of the file", claim, s.storage)
	}
	return nil
}

// long counts the axes with more than one index.
func long(dims []int) (n int) {
	for _, d := range dims {
		if d > 1 {
			n++
		}
	}
	return n
}

// usual are the paths at which files of known programs keep their volume, the surest first: Data Exchange,
// NeXus, exports of ilastik, Fiji's plugin.
var usual = []*regexp.Regexp{
	regexp.MustCompile(`^exchange/data$`), regexp.MustCompile(`^entry[^/]*/(.*/)?data$`), regexp.MustCompile(`^(exported_data|volume/data)$`),
	regexp.MustCompile(`^t0/channel0$`),
}

// choose finds the one data set that the file is about.
func (f *file) choose(paths []string) (string, error) {
	var all, shown []string
	for _, p := range paths {
		if s, err := f.describe(p); err == nil && s.readable() == nil {
			all, shown = append(all, p), append(shown, fmt.Sprintf("/%s %v", p, s.dims))
		}
	}
	for _, u := range usual {
		var fit []string
		for _, p := range all {
			if u.MatchString(p) {
				fit = append(fit, p)
			}
		}
		if len(fit) == 1 {
			return fit[0], nil
		}
	}
	switch len(all) {
	case 0:
		return "", fmt.Errorf("none of its %d data sets is a volume or a picture", len(paths))
	case 1:
		return all[0], nil
	}
	if len(shown) > 12 {
		shown = append(shown[:12], "…")
	}
	return "", fmt.Errorf("it holds %d data sets (%s): name one behind the file, such as FILE:/%s", len(all), strings.Join(shown, ", "), all[0])
}

// doubts tells of projections, which are no volume.
func (f *file) doubts(paths []string, s set) (w []string) {
	theta := s.path[:strings.LastIndexByte(s.path, '/')+1] + "theta"
	if !slices.Contains(paths, theta) {
		return nil
	}
	if t, err := f.describe(theta); err == nil && len(t.dims) == 1 && t.dims[0] == s.dims[0] {
		w = append(w, fmt.Sprintf("these are %d projections at angles, not a reconstructed volume", s.dims[0]))
	}
	return w
}

// plain understands one data set with its axes.
func (i *image) plain(f *file, s set) error {
	c, zyx, err := f.axes(s)
	if err != nil {
		guessed := ""
		if c, zyx, guessed = guess(s.dims); guessed == "" {
			return fmt.Errorf("data set %s: an array of size %v without names of its axes is not an image", s.path, s.dims)
		}
		i.warnings = append(i.warnings, fmt.Sprintf("the axes have no names; size %v was taken as %s", s.dims, guessed))
	}
	channels := 1
	if c >= 0 {
		channels = s.dims[c]
	}
	if channels > 64 {
		return fmt.Errorf("%d channels are not read", channels)
	}
	var level []channel
	for k := range channels {
		ch := channel{set: s, start: make([]int, len(s.dims)), zyx: zyx}
		if c >= 0 {
			ch.start[c] = k
		}
		level = append(level, ch)
	}
	for a, n := range s.dims {
		if n > 1 && a != c && !slices.Contains(zyx[:], a) {
			i.warnings = append(i.warnings, fmt.Sprintf("axis %d has %d indexes; the first is read", a+1, n))
		}
	}
	level = append(level, f.siblings(s, zyx)...)
	i.levels, i.n = [][]channel{level}, [][3]int{level[0].n()}
	if um := f.numbers(s.path, "element_size_um", 3); len(um) == 3 {
		i.size = calibration.Statement{Field: "HDF5 element_size_um", Size: [3]float64{um[2], um[1], um[0]}, Unit: "µm"}
	}
	return nil
}

// siblings are the further channels that Fiji's plugin writes as data sets of their own.
func (f *file) siblings(first set, zyx [3]int) (list []channel) {
	if first.path != "t0/channel0" {
		return nil
	}
	for k := 1; k < 64; k++ {
		s, err := f.describe(fmt.Sprintf("t0/channel%d", k))
		if err != nil || s.readable() != nil || !slices.Equal(s.dims, first.dims) {
			break
		}
		list = append(list, channel{set: s, start: make([]int, len(s.dims)), zyx: zyx})
	}
	return list
}

// axes reads the names of axes that ilastik writes.
func (f *file) axes(s set) (c int, zyx [3]int, err error) {
	var tags struct{ Axes []struct{ Key string } }
	if err := json.Unmarshal([]byte(f.text(s.path, "axistags")), &tags); err != nil || len(tags.Axes) != len(s.dims) {
		return 0, zyx, errors.New("no names of axes")
	}
	c, zyx = -1, [3]int{-1, -1, -1}
	for a, t := range tags.Axes {
		switch k := strings.Index("zyx", t.Key); {
		case t.Key == "c":
			c = a
		case len(t.Key) == 1 && k >= 0:
			zyx[k] = a
		}
	}
	if zyx[1] < 0 || zyx[2] < 0 {
		return 0, zyx, errors.New("x and y are not among the axes")
	}
	return c, zyx, nil
}

// guess takes axes in the order of NumPy; those of one index do not count.
func guess(dims []int) (c int, zyx [3]int, names string) {
	var axes []int
	for a, n := range dims {
		if n > 1 {
			axes = append(axes, a)
		}
	}
	n := len(axes)
	if n < 2 || n > 4 {
		return 0, zyx, ""
	}
	last, first := dims[axes[n-1]], dims[axes[0]]
	switch {
	case n == 2:
		return -1, [3]int{-1, axes[0], axes[1]}, "y, x"
	case n == 3 && (last == 3 || last == 4) && first > 4:
		return axes[2], [3]int{-1, axes[0], axes[1]}, "y, x, c"
	case n == 3:
		return -1, [3]int(axes), "z, y, x"
	case last <= 4:
		return axes[3], [3]int(axes[:3]), "z, y, x, c"
	}
	return axes[0], [3]int(axes[1:]), "c, z, y, x"
}

// sampleType is the type in which samples are given: 64-bit integers as float64, half floats as float32.
func (s set) sampleType() imagefile.Type {
	switch {
	case s.kind == 'f' && s.size <= 4:
		return imagefile.Float32
	case s.size == 8 || s.kind == 'f':
		return imagefile.Float64
	}
	return imagefile.Type(fmt.Sprintf("%sint%d", map[byte]string{'u': "u", 'i': ""}[s.kind], 8*s.size))
}
