package phantom

import (
	"fmt"

	"explant/analysis/stain"
)

// SlideTruth is what the slide holds, by coverage of quarter pixels; it marshals to truth.json.
type SlideTruth struct {
	Schema      string        `json:"schema"` // "explant-truth/1"
	Kind        string        `json:"kind"`   // "slide-" and the kind
	Parameters  Slide         `json:"parameters"`
	Classes     []string      `json:"classes"` // names in the order of the label values
	Areas       []SlideArea   `json:"areas"`   // one a class, in that order
	TissuePX    float64       `json:"tissue_px"`
	TissueMM2   float64       `json:"tissue_mm2"` // everything that is not excluded
	RegionPX    float64       `json:"region_px"`
	RegionMM2   float64       `json:"region_mm2"`
	StainVector []stain.Stain `json:"stain_vectors"` // as used, with this slide's jitter
}

// SlideArea is the area of one class.
type SlideArea struct {
	Class         string  `json:"class"`
	PX            float64 `json:"area_px"`
	MM2           float64 `json:"area_mm2"`
	TissuePercent float64 `json:"percent_of_tissue"` // 0 for excluded classes
	RegionPercent float64 `json:"percent_of_region"`
}

// Area returns the area of a class, the zero value for a class that the slide does not have.
func (t SlideTruth) Area(class string) SlideArea {
	for _, a := range t.Areas {
		if a.Class == class {
			return a
		}
	}
	return SlideArea{}
}

// String says the primary value: the share of the class that the stain is made to show.
func (t SlideTruth) String() string {
	class := map[string]string{SlideHE: "rbc", SlideMSB: "fibrin", SlideCarstairs: "fibrin", SlideDAB: "marker:dab", SlidePSR: "collagen", SlidePTAH: "fibrin"}[t.Parameters.Kind]
	a := t.Area(class)
	return fmt.Sprintf("%s %.4g %% of the tissue and %.4g %% of the region, %.4g mm² of tissue", class, a.TissuePercent, a.RegionPercent, t.TissueMM2)
}

// slideCounts counts samples by class.
type slideCounts [slideClassCount]int64

func (n *slideCounts) merge(o *slideCounts) {
	for i := range n {
		n[i] += o[i]
	}
}

// most is the class with the most samples, the lower value of two equal ones.
func (n *slideCounts) most() uint8 {
	best := uint8(0)
	for i := range n {
		if n[i] > n[best] {
			best = uint8(i)
		}
	}
	return best
}

func (c *slideScene) truth(slabs []slideCounts) SlideTruth {
	var n slideCounts
	for i := range slabs {
		n.merge(&slabs[i])
	}
	mm2 := c.PixelSizeUM * c.PixelSizeUM / 1e6
	t := SlideTruth{
		Schema: "explant-truth/1", Kind: "slide-" + c.Kind, Parameters: c.Slide, Classes: slideClasses[:],
		RegionPX: float64(c.W) * float64(c.H), StainVector: c.absorbers,
	}
	for class := slideOther; class <= slideMarker; class++ {
		t.TissuePX += float64(n[class]) / (subSamples * subSamples)
	}
	t.TissueMM2, t.RegionMM2 = t.TissuePX*mm2, t.RegionPX*mm2
	for class, k := range n {
		px := float64(k) / (subSamples * subSamples)
		a := SlideArea{Class: slideClasses[class], PX: px, MM2: px * mm2, RegionPercent: 100 * px / t.RegionPX}
		if tissue := class >= int(slideOther) && class <= int(slideMarker); tissue && t.TissuePX > 0 {
			a.TissuePercent = 100 * px / t.TissuePX
		}
		t.Areas = append(t.Areas, a)
	}
	return t
}
