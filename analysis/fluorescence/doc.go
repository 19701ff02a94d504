// Package fluorescence measures fields of immunofluorescence: where each marker is, intact nuclei, DNA outside
// of them, neutrophil extracellular traps (NETs), and how channels go together.
//
// A channel is made comparable first ([cleaned]): a plane of background and the haze of out-of-focus light,
// both estimated from the dark part of the field, are taken off. A marker is where its light reaches the
// threshold that the control slides of the batch set, and a share of the brightest light within reach, after
// the point spread has been taken off: a threshold alone makes everything as wide as the blur of the
// microscope at that height. Nuclei are parted by watershed into pieces, lobes are joined again by how long
// they are together, and intact ones told from crushed, smeared and trapped DNA by what nuclei of the
// control look like.
//
// Lengths in rules are in µm; a field without pixel size is refused where a rule needs one.
package fluorescence

// Algorithms names the algorithms of this package and their versions, for the method hash.
func Algorithms() map[string]string {
	return map[string]string{
		"fluorescence.background": "3", "fluorescence.haze": "3", "fluorescence.contour": "3",
		"fluorescence.nuclei": "3", "fluorescence.net": "2", "fluorescence.netlike": "1", "fluorescence.bleed": "2", "fluorescence.interval": "1",
		"fluorescence.pointspread": "1", "fluorescence.stack": "1", "fluorescence.costes": "2", "fluorescence.layers": "1",
		"fluorescence.glow": "1", "fluorescence.intensity": "1", "fluorescence.parts": "1",
	}
}
