package resample

import (
	"explant/volume"
)

// Labels puts labels on the voxels of a grid that has the same outer faces before the first voxels, as that which
// [Grid] gives has: each voxel takes the class at its centre. Centres beyond the labels, which can be by up to half
// a voxel, take that of the outermost ones.
func Labels(l *volume.Labels, g volume.Grid) *volume.Labels {
	out := volume.New[uint8](g)
	var from [3][]int
	for a := range from {
		from[a] = make([]int, g.N[a])
		for i := range from[a] {
			from[a][i] = min(int((float64(i)+0.5)*g.Spacing[a]/l.Spacing[a]), l.N[a]-1)
		}
	}
	i := 0
	for _, z := range from[2] {
		for _, y := range from[1] {
			row := l.Data[l.Offset(0, y, z):][:l.N[0]]
			for _, x := range from[0] {
				out.Data[i] = row[x]
				i++
			}
		}
	}
	return out
}
