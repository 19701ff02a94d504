// Package serial puts serial sections of one block on top of each other and makes a volume of their
// classes.
//
// Every section is registered to the next one and to the one after that: a search over all turns at low
// resolution by correlation in the Fourier domain, an affine map that maximises the enhanced correlation
// coefficient, and a small smooth displacement on a grid of nodes. From all pairs at once, the place of every
// section in a common frame follows by least squares, so that errors do not add up along the block and no
// section's own stretch becomes that of the block. Then each section is moved to where the mean of its two neighbours
// shows the same, which takes what structures go on by for no displacement. A jump in similarity tells a lost section; its place in the
// volume stays empty.
//
// Places are in pixels of a section, (0, 0) in the centre of its first one. No file is read here.
//
// Sources: enhanced correlation coefficient: Evangelidis, Psarakis, IEEE Trans. Pattern Anal. Mach. Intell.
// 30(10):1858-1865, 2008, doi:10.1109/TPAMI.2008.113. Steps on the fixed picture's gradient: Baker, Matthews,
// Int. J. Comput. Vis. 56(3):221-255, 2004, doi:10.1023/B:VISI.0000011205.11775.fd.
package serial

// Algorithms names the algorithms of this package and their versions, for the method hash. A version
// changes whenever the same input may give another result.
func Algorithms() map[string]string {
	return map[string]string{"serial.register": "1", "serial.place": "2", "serial.lost": "1", "serial.volume": "1"}
}
