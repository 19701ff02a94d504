package dicom

import (
	"fmt"
	"math"
	"slices"

	"github.com/suyashkumar/dicom/pkg/tag"
)

// oneVolume picks the slices of one volume where a file holds several: those of the first segment of a
// segmentation, and the first of frames that lie at each place equally often, as those of a series over
// time do.
func oneVolume(h *header, s []slice) ([]slice, []string) {
	var warnings []string
	if n := segmentNumbers(s); len(n) > 1 {
		s = slices.DeleteFunc(s, func(f slice) bool { return f.segment != n[0] })
		warnings = append(warnings, fmt.Sprintf("the file holds %d segments: number %d%s is read", len(n), n[0], segmentName(h.values, n[0])))
	}
	if k := volumes(s); k > 1 {
		s = firstOfEach(s)
		warnings = append(warnings, fmt.Sprintf("the file holds %d frames at each place: the first of each is read", k))
	}
	return s, warnings
}

// segmentNumbers are the numbers of segments, in order.
func segmentNumbers(s []slice) (n []int) {
	for _, f := range s {
		n = append(n, f.segment)
	}
	slices.Sort(n)
	return slices.Compact(n)
}

// segmentName is what a file calls a segment, in brackets.
func segmentName(v values, number int) string {
	for _, item := range v.items(tag.SegmentSequence) {
		if n, err := item.integer(tag.SegmentNumber, 0); err == nil && n == number {
			if label := item.text(tag.SegmentLabel); label != "" {
				return fmt.Sprintf(" (%.40q)", label)
			}
		}
	}
	return ""
}

// where is a position as a key, to a thousandth of a millimetre.
func where(f slice) [3]int64 {
	var k [3]int64
	for a, p := range f.position {
		k[a] = int64(math.Round(p * 1000))
	}
	return k
}

// volumes counts the frames of one file at each place, when it is the same number everywhere.
func volumes(s []slice) int {
	count := map[[3]int64]int{}
	for _, f := range s {
		if f.position == nil || !f.multi {
			return 1
		}
		count[where(f)]++
	}
	k := count[where(s[0])]
	for _, n := range count {
		if n != k {
			return 1
		}
	}
	return k
}

func firstOfEach(s []slice) []slice {
	seen := map[[3]int64]bool{}
	return slices.DeleteFunc(s, func(f slice) bool {
		k := where(f)
		again := seen[k]
		seen[k] = true
		return again
	})
}
