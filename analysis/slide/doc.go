// Package slide measures a stained section: which shares of the tissue are red cells, fibrin, platelets,
// collagen, nuclei or a marker, as far as its stain tells them by colour.
//
// [Analyze] reads the slide twice, tile by tile, so memory does not grow with the slide. The first pass
// finds the level of this slide's own clear glass; where the protocol asks for it, a small sample then tells
// the directions of stains on this slide. The second pass turns grey levels into optical density relative to
// the glass, unmixes the stains (package stain), and gives each pixel a class by the rules of the protocol:
// glass, ink, one of the classes, other tissue, or unclassified. Tiles carry a halo, and all sums are
// integers, so the bytes do not depend on the tile size or on the number of workers.
//
// The level of the glass is an estimate, and so is an automatic threshold. A jackknife over spatial
// blocks says how far both are uncertain, and the shares are counted anew with the levels of every
// replicate; one step of the stain's threshold up and down is the other term of the interval. What the
// interval does not hold: sampling between sections, and the choice of stain vectors.
// The method is described in docs/methods/slides.md.
package slide
