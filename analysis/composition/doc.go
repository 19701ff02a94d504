// Package composition joins what a scan and the sections of a device say: how much fibrin, platelets, red cells,
// leukocytes, NETs and unknown matter lie in each zone.
//
// Micro-CT sees the volume of deposit, not its kind; a section shows its kind on an area. The share of an area on
// random sections estimates the share of the volume (Delesse's principle), so the volume of a component in a zone
// is the zone's deposit times the share that the sections of that zone show. The share is the ratio of sums of
// areas; its interval holds the differences between sections, the counting of rare objects, and what the classes
// of the slides are uncertain by. What no slide names stays "unknown" and is never left out.
//
// Sources: Delesse, C. R. Acad. Sci. Paris 25:544-545, 1847; ratio estimation: Cochran, Sampling Techniques, 3rd
// ed., Wiley 1977, chapter 6; interval by inverting the score: Wilson, J. Am. Stat. Assoc. 22(158):209-212, 1927,
// doi:10.1080/01621459.1927.10502953.
package composition

// Algorithms names the algorithms of this package and their versions, for the method hash. A version
// changes whenever the same input may give another result.
func Algorithms() map[string]string {
	return map[string]string{"composition.share": "1", "composition.spread": "1", "composition.volume": "1"}
}
