// Package stain turns the colour of a stained section into the amount of each stain.
//
// Light that passes a stained section is weakened by the law of Beer and Lambert: the optical density of
// a pixel is the sum of the densities of its stains, and each stain absorbs red, green and blue in fixed
// proportion, its direction. A [Profile] holds the directions of two or three stains; its [Unmixing]
// gives their amounts from a density. [Density] turns grey levels into optical density relative to the
// slide's own glass.
//
// The law holds for narrow bands of light. A camera's bands are wide, so amounts are approximate, and the
// brown of DAB, which also scatters, may only be ranked (Haub and Meckel, Sci. Rep. 5:12096, 2015,
// doi:10.1038/srep12096).
package stain
