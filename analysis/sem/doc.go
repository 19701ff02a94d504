// Package sem measures fields of fibre networks in the scanning electron microscope: the diameter of fibres, their
// orientation, the open area and what covers the field.
//
// A fibre is a ridge of the field at some scale ([ridge]). Where both halves of its course show the same edges in line there is
// no junction, and its profile across the course is averaged along it ([steady]). A model of a bright-rimmed round fibre with
// the field's own blur is put to the profile ([profile]); the diameter is the distance of the model's edges, since the steepest
// places of the picture lie outside of them.
//
// Lengths inside are pixels, with y down; pixel (i, j) has its middle at (i, j). Grey levels are what the file holds.
package sem

// Algorithms names the algorithms of this package and their versions, for the method hash.
func Algorithms() map[string]string {
	return map[string]string{
		"sem.databar": "1", "sem.ridge": "1", "sem.profile": "1", "sem.orientation": "1", "sem.bare": "1", "sem.bodies": "1", "sem.interval": "1",
	}
}
