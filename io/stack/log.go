package stack

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"

	"explant/io/imagefile"
	"explant/io/skyscan"
	"explant/volume"
)

// LogBeside is the path of the SkyScan log outside of a folder that describes its slices, "" when there is
// none.
func LogBeside(folder string) string {
	r := &Reader{folder: folder}
	if _, err := r.list(); err != nil {
		return ""
	}
	l, err := skyscan.Find(folder, r.names[0])
	if err != nil || l == nil || filepath.Dir(l.Path) == filepath.Clean(folder) {
		return ""
	}
	return l.Path
}

// applyLog takes the voxel size from a SkyScan log, which knows better than the slices, and drops the log
// from the files that are left out.
func (r *Reader) applyLog(i *imagefile.Info, stems, left []string) []string {
	l, err := skyscan.Find(r.folder, r.names[0])
	if err != nil {
		i.Warnings = append(i.Warnings, err.Error())
	}
	if l == nil || err != nil {
		return left
	}
	s, old := l.Statement(), i.Grid.Spacing[0]
	if old > 0 && math.Abs(old*1000-l.PixelSize) > 0.01*l.PixelSize {
		s.Notes = []string{fmt.Sprintf("the slices themselves say %.6g µm", old*1000)}
	}
	s.Apply(&i.Grid)
	withhold(&i.Grid, l, stems)
	if n := i.Grid.N[2]; l.Slices > 0 && l.Slices != n {
		i.Warnings = append(i.Warnings, fmt.Sprintf("%s is about %d slices, the folder has %d", filepath.Base(l.Path), l.Slices, n))
	}
	i.Identifiers = append(slices.Clip(i.Identifiers), l.Identifiers...)
	return slices.DeleteFunc(left, func(name string) bool {
		return filepath.Join(r.folder, name) == l.Path
	})
}

// withhold takes the size away where the slices are not as the log says.
func withhold(g *volume.Grid, l *skyscan.Log, stems []string) {
	c := &g.Calibration
	if c.Source == volume.Unknown {
		return
	}
	if why := l.Contradicts(g.N[0], g.N[1]); why != "" {
		g.Spacing, c.Source, c.Withheld = [3]float64{}, volume.Unknown, why
		return
	}
	if n, ok := step(stems); ok && n != int64(l.Step) {
		g.Spacing[2] = 0
		c.Withheld = fmt.Sprintf("the slices are numbered in steps of %d, but %s says %d", n, filepath.Base(l.Path), l.Step)
	}
}
