package micrograph

import (
	"fmt"
	"slices"
)

// IFTruth is what the field holds; it marshals to truth.json.
type IFTruth struct {
	Schema       string              `json:"schema"` // "explant-truth/1"
	Kind         string              `json:"kind"`   // "if", "if-control-secondary", "if-control-blank"
	Parameters   IF                  `json:"parameters"`
	Channels     []string            `json:"channels"`
	BleedThrough [Channels][]float64 `json:"bleed_through"` // row: seen by channel, column: of fluorophore
	TissueUM2    float64             `json:"outside_fibre_um2"`
	Structures   []Structure         `json:"structures"` // in the order of the planes of the labels
	Nuclei       IFNuclei            `json:"nuclei"`
	NETs         IFNETs              `json:"nets"`
	Overlap      []Overlap           `json:"overlap"`
	SaturatedPX  [Channels]int       `json:"saturated_px"`
}

// Structure is one plane of the labels. Structures lie over each other: their areas do not add up.
type Structure struct {
	Name    string  `json:"name"`
	Objects int     `json:"objects"`  // with at least one pixel in the labels
	AreaPX  float64 `json:"area_px"`  // by the 16 samples of each pixel
	AreaUM2 float64 `json:"area_um2"` // the same
	Share   float64 `json:"share"`    // of the area outside the fibre; of the field for the fibre itself
	LabelPX int     `json:"label_px"` // pixels of the labels
}

// IFNuclei counts nuclei.
type IFNuclei struct {
	Intact           int     `json:"intact"`
	Mononuclear      int     `json:"round_or_oval"`
	Lobed            int     `json:"lobed"`
	H3CitPositive    int     `json:"h3cit_positive"`    // intact: no NETs
	TouchingPairs    int     `json:"touching_pairs"`    // the circles around them touch
	OverlappingPairs int     `json:"overlapping_pairs"` // these circles overlap by 28 % of the sum of their radii
	Crushed          int     `json:"crushed"`
	Smears           int     `json:"smears"`
	MedianUM2        float64 `json:"median_intact_um2"` // of the pixels of each in the labels
}

// IFNETs describes the NETs. All of a NET carries DNA, and H3Cit or MPO.
type IFNETs struct {
	N          int        `json:"nets"`
	Both       int        `json:"with_h3cit_and_mpo"`
	H3CitOnly  int        `json:"with_h3cit_only"`
	MPOOnly    int        `json:"with_mpo_only"`
	Strands    int        `json:"strands"`
	LengthUM   float64    `json:"strand_length_um"` // of all, also where they leave the field or cross
	WidthUM    [3]float64 `json:"strand_width_um"`  // smallest, median, largest
	AreaUM2    float64    `json:"area_um2"`         // of the structure net
	VisibleUM2 float64    `json:"area_outside_nuclei_um2"`
	RuleUM2    float64    `json:"area_by_rule_um2"` // of the labels: extracellular DNA within 0.5 µm of H3Cit or MPO
	Percent    float64    `json:"percent_of_net_and_nuclei"`
}

// Overlap compares two fluorophores in the section itself, without optics and background.
type Overlap struct {
	A       string  `json:"a"`
	B       string  `json:"b"`
	M1      float64 `json:"m1"`       // share of the light of A where B is, after Manders: where its label is
	M2      float64 `json:"m2"`       // share of the light of B where A is
	AreaUM2 float64 `json:"area_um2"` // where the labels of both are
}

// String says the primary value.
func (t IFTruth) String() string {
	return fmt.Sprintf("NETs %.5g µm² outside nuclei, %.3g %% of NET and intact nuclei; %d NETs, %d intact nuclei",
		t.NETs.VisibleUM2, t.NETs.Percent, t.NETs.N, t.Nuclei.Intact)
}

// Structure returns the structure of that name, the zero value where there is none.
func (t IFTruth) Structure(name string) Structure {
	for _, s := range t.Structures {
		if s.Name == name {
			return s
		}
	}
	return Structure{}
}

// ifSums are the samples of a band.
type ifSums struct {
	of         [ifStructures]int64
	netOutside int64 // of the NETs, outside intact nuclei
	free       int64 // outside the fibre
	light      overlapSums
}

func (s *ifScene) truth(sums []ifSums, labels, img *Planes) IFTruth {
	um2 := s.PixelSizeUM * s.PixelSizeUM
	t := IFTruth{Schema: "explant-truth/1", Kind: "if", Parameters: s.IF, Channels: ChannelNames, Nuclei: s.nuclei, NETs: s.nets}
	if s.Control != "" {
		t.Kind = "if-control-" + s.Control
	}
	for ch, row := range s.Mixing() {
		t.BleedThrough[ch] = slices.Clone(row[:])
	}
	var all ifSums
	for i := range sums {
		all.merge(&sums[i])
	}
	t.TissueUM2 = float64(all.free) / allSamples * um2
	for k, name := range ifNames {
		st := Structure{Name: name, AreaPX: float64(all.of[k]) / allSamples}
		st.AreaUM2 = st.AreaPX * um2
		region := t.TissueUM2
		if k == ifFibre {
			region = float64(s.W*s.H) * um2
		}
		if region > 0 {
			st.Share = st.AreaUM2 / region
		}
		st.Objects, st.LabelPX = objects(labels.Data[k])
		t.Structures = append(t.Structures, st)
	}
	t.Nuclei.MedianUM2 = um2 * medianSize(labels.Data[ifNucleus])
	s.netTruth(&t, &all, labels)
	t.Overlap = all.light.overlaps(um2)
	for ch, plane := range img.Data {
		for _, v := range plane {
			if v == saturated {
				t.SaturatedPX[ch]++
			}
		}
	}
	return t
}

func (s *ifScene) netTruth(t *IFTruth, all *ifSums, labels *Planes) {
	um2 := s.PixelSizeUM * s.PixelSizeUM
	n := &t.NETs
	n.AreaUM2 = t.Structures[ifNET].AreaUM2
	n.VisibleUM2 = float64(all.netOutside) / allSamples * um2
	n.RuleUM2 = float64(NETByRule(labels, s.PixelSizeUM)) * um2
	if sum := n.VisibleUM2 + t.Structures[ifNucleus].AreaUM2; sum > 0 {
		n.Percent = 100 * n.VisibleUM2 / sum
	}
	if w := s.widths; len(w) > 0 {
		slices.Sort(w)
		n.WidthUM = [3]float64{w[0], w[len(w)/2], w[len(w)-1]}
	}
}

func (a *ifSums) merge(b *ifSums) {
	for k := range a.of {
		a.of[k] += b.of[k]
	}
	a.netOutside += b.netOutside
	a.free += b.free
	a.light.merge(&b.light)
}

// objects counts the numbers in a plane of labels, and its labelled pixels.
func objects(plane []uint16) (n, px int) {
	for _, size := range sizes(plane) {
		if size > 0 {
			n++
			px += size
		}
	}
	return n, px
}

// sizes are the pixels of each object.
func sizes(plane []uint16) []int {
	s := make([]int, 1<<16)
	for _, v := range plane {
		s[v]++
	}
	return s[1:]
}

// medianSize is the median number of pixels of the objects, 0 without any.
func medianSize(plane []uint16) float64 {
	all := slices.DeleteFunc(sizes(plane), func(n int) bool { return n == 0 })
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return float64(all[(len(all)-1)/2]+all[len(all)/2]) / 2
}
