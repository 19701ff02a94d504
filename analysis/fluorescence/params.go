package fluorescence

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Role is what a marker stands for in the rule of NETs.
type Role string

// The roles.
const (
	DNA     Role = "dna"     // nuclei and extracellular DNA
	Histone Role = "histone" // citrullinated histone: with DNA outside of nuclei it is a NET
	Granule Role = "granule" // MPO, NE: with DNA outside of nuclei it is a NET; intact neutrophils have it beside their nuclei
	// Impermeant is DNA by a dye that enters no living cell: nuclei of dead cells and DNA outside of cells.
	Impermeant Role = "impermeant"
	Plain      Role = "marker" // everything else
)

// Depth is how a file of several focal planes is measured.
type Depth string

// The ways.
const (
	AsVolume     Depth = "volume"     // all planes together, where their distance is known
	AsProjection Depth = "projection" // the brightest of each pixel
)

// A protocol may have so many markers and layers.
const (
	atMost     = 12
	mostLayers = 20
)

func (r Role) ofNETs() bool { return r == Histone || r == Granule }

// Params are the rules of a fluorescence protocol. Lengths in µm, shares 0 to 1.
type Params struct {
	Markers map[string]Marker `yaml:"markers" json:"markers"`
	// BlockUM is the side of the blocks whose dark part makes the background; 0: counts are taken as they are.
	BlockUM float64 `yaml:"background_block_um" json:"background_block_um"`
	// HazeUM is the sigma of the haze of out-of-focus light; 0: none is taken off.
	HazeUM float64 `yaml:"haze_sigma_um" json:"haze_sigma_um"`
	// PointSpreadUM is the sigma of the microscope's point spread, which is taken off before contours; 0: it is not.
	PointSpreadUM float64 `yaml:"point_spread_um" json:"point_spread_um"`
	// Stack says how several focal planes are measured; "" is as a volume.
	Stack Depth `yaml:"stack" json:"stack"`
	// StackShare of the brightest light within StackReachUM is where structures end in a stack that is measured as a volume.
	StackShare   float64 `yaml:"stack_contour_share" json:"stack_contour_share"`
	StackReachUM float64 `yaml:"stack_contour_reach_um" json:"stack_contour_reach_um"`
	// SmoothUM is the sigma of the smoothing before thresholds where the point spread stays, and half of that before nuclei; 0: none.
	SmoothUM float64 `yaml:"smooth_sigma_um" json:"smooth_sigma_um"`
	// ControlSD and ControlPercentile set thresholds from control slides: the higher one of mean + SD and percentile.
	ControlSD         float64 `yaml:"control_sd" json:"control_sd"`
	ControlPercentile float64 `yaml:"control_percentile" json:"control_percentile"`
	// NoiseSD is the threshold without control, in SDs of the background's noise above the background.
	NoiseSD float64 `yaml:"noise_sd" json:"noise_sd"`
	// Nucleus tells intact nuclei; nil: none are looked for.
	Nucleus *Nucleus `yaml:"nucleus,omitempty" json:"nucleus,omitempty"`
	// NETReachUM is how near to a NET marker DNA must be; NETNuclei the least size of a NET, in intact nuclei.
	NETReachUM float64 `yaml:"net_reach_um" json:"net_reach_um"`
	NETNuclei  float64 `yaml:"net_min_nuclei" json:"net_min_nuclei"`
	// NETLike counts DNA that looks like NETs where no marker of NETs is stained.
	NETLike bool `yaml:"net_like" json:"net_like"`
	// FaintDNA is the least light of extracellular DNA over that of a typical nucleus.
	FaintDNA float64 `yaml:"faint_dna_share" json:"faint_dna_share"`
	// GlowUM2 is the least area that shines in all channels to be taken for a fibre wall; 0: none is looked for.
	GlowUM2 float64 `yaml:"autofluorescence_min_um2" json:"autofluorescence_min_um2"`
	// LayersUM are the far ends of layers, in µm from the outer surface of the nearest fibre, rising; none: no layers.
	LayersUM []float64 `yaml:"layers_um" json:"layers_um"`
	// Pairs are compared by Pearson, Manders and Costes.
	Pairs [][2]string `yaml:"colocalisation" json:"colocalisation"`
}

// Marker is one stained molecule.
type Marker struct {
	Role  Role     `yaml:"role" json:"role"`
	Class string   `yaml:"class,omitempty" json:"class,omitempty"` // of the label image; "": marker:NAME
	Names []string `yaml:"names" json:"names"`                     // of channels, without regard to case; a part of the name is enough
	// MinCounts is a threshold above the background in counts of the camera that goes before controls; 0: none.
	MinCounts float64 `yaml:"min_counts,omitempty" json:"min_counts,omitempty"`
	// ContourShare of the brightest light within ContourReachUM is where a structure ends; 0: at the threshold.
	ContourShare   float64 `yaml:"contour_share" json:"contour_share"`
	ContourReachUM float64 `yaml:"contour_reach_um" json:"contour_reach_um"`
}

// Nucleus are the rules of intact nuclei. The last three hold without a control slide; with one, the range
// of its nuclei counts.
type Nucleus struct {
	TypicalUM float64    `yaml:"typical_um" json:"typical_um"`           // diameter for which the other lengths and areas are given: they go with the size that is seen
	SmoothUM  float64    `yaml:"smooth_sigma_um" json:"smooth_sigma_um"` // before centres are looked for
	ApartUM   float64    `yaml:"min_distance_um" json:"min_distance_um"` // of two centres
	OpenUM    float64    `yaml:"opening_um" json:"opening_um"`           // radius of the opening: thinner strands are no nuclei
	GapUM     float64    `yaml:"lobe_gap_um" json:"lobe_gap_um"`         // between lobes of one nucleus
	LongestUM float64    `yaml:"longest_um" json:"longest_um"`           // of a nucleus, its lobes together
	AreaUM2   [2]float64 `yaml:"area_um2" json:"area_um2"`               // least and largest
	Round     float64    `yaml:"min_circularity" json:"min_circularity"`
	Texture   float64    `yaml:"max_texture" json:"max_texture"` // SD over mean of its light
	Bright    [2]float64 `yaml:"brightness" json:"brightness"`   // mean light over that of the median nucleus
}

// Check reports every rule that cannot be followed, by the name of its key.
func (p Params) Check() error {
	var bad []error
	if len(p.Markers) < 1 || len(p.Markers) > atMost {
		bad = append(bad, fmt.Errorf("markers: %d are given, 1 to %d are wanted", len(p.Markers), atMost))
	}
	dna := 0
	for _, name := range p.names() {
		m := p.Markers[name]
		bad = append(bad, m.check("markers."+name))
		if m.Role == DNA {
			dna++
		}
	}
	if dna > 1 {
		bad = append(bad, fmt.Errorf("markers: %d have the role %s, at most one may", dna, DNA))
	}
	for i, um := range p.LayersUM {
		if um <= 0 || i > 0 && um <= p.LayersUM[i-1] || i >= mostLayers {
			bad = append(bad, fmt.Errorf("layers_um[%d]: %v: up to %d rising distances above 0 are wanted", i, um, mostLayers))
		}
	}
	for i, pair := range p.Pairs {
		for _, name := range pair {
			if _, ok := p.Markers[name]; !ok {
				bad = append(bad, fmt.Errorf("colocalisation[%d]: %q is no marker", i, name))
			}
		}
	}
	if p.Stack != "" && p.Stack != AsVolume && p.Stack != AsProjection {
		bad = append(bad, fmt.Errorf("stack: %q is none of %s, %s", p.Stack, AsVolume, AsProjection))
	}
	bad = append(bad, inRange("background_block_um", p.BlockUM, 0, 1000), inRange("haze_sigma_um", p.HazeUM, 0, 50),
		inRange("smooth_sigma_um", p.SmoothUM, 0, 5), inRange("point_spread_um", p.PointSpreadUM, 0, 5), inRange("stack_contour_share", p.StackShare, 0, 0.9), inRange("stack_contour_reach_um", p.StackReachUM, 0, 20), inRange("control_sd", p.ControlSD, 1, 10),
		inRange("control_percentile", p.ControlPercentile, 90, 100), inRange("noise_sd", p.NoiseSD, 3, 50),
		inRange("net_reach_um", p.NETReachUM, 0, 20), inRange("faint_dna_share", p.FaintDNA, 0, 1), inRange("net_min_nuclei", p.NETNuclei, 0, 20),
		inRange("autofluorescence_min_um2", p.GlowUM2, 0, 1e7))
	if n := p.Nucleus; n != nil {
		bad = append(bad, n.check())
	}
	return errors.Join(bad...)
}

func (m Marker) check(key string) error {
	var bad []error
	if !slices.Contains([]Role{DNA, Histone, Granule, Impermeant, Plain}, m.Role) {
		bad = append(bad, fmt.Errorf("%s.role: %q is none of %s, %s, %s, %s, %s", key, m.Role, DNA, Histone, Granule, Impermeant, Plain))
	}
	return errors.Join(append(bad, inRange(key+".min_counts", m.MinCounts, 0, 1e6),
		inRange(key+".contour_share", m.ContourShare, 0, 0.9), inRange(key+".contour_reach_um", m.ContourReachUM, 0, 20))...)
}

func (n Nucleus) check() error {
	return errors.Join(inRange("nucleus.typical_um", n.TypicalUM, 0.5, 50), inRange("nucleus.lobe_gap_um", n.GapUM, 0, 20),
		inRange("nucleus.longest_um", n.LongestUM, 0.5, 200), inRange("nucleus.smooth_sigma_um", n.SmoothUM, 0.1, 10), inRange("nucleus.min_distance_um", n.ApartUM, 0.1, 50),
		inRange("nucleus.opening_um", n.OpenUM, 0, 10), inRange("nucleus.area_um2[0]", n.AreaUM2[0], 0.1, 1e4),
		inRange("nucleus.area_um2[1]", n.AreaUM2[1], n.AreaUM2[0], 1e5), inRange("nucleus.min_circularity", n.Round, 0, 1),
		inRange("nucleus.max_texture", n.Texture, 0, 5), inRange("nucleus.brightness[0]", n.Bright[0], 0, 1), inRange("nucleus.brightness[1]", n.Bright[1], 1, 20))
}

func inRange(key string, v, lo, hi float64) error {
	if !(v >= lo && v <= hi) {
		return fmt.Errorf("%s: %v is not in %v to %v", key, v, lo, hi)
	}
	return nil
}

// names are the markers in the order of the alphabet.
func (p Params) names() []string { return slices.Sorted(maps.Keys(p.Markers)) }

// Find is the marker that a channel of this name shows, "" where no rule knows it. The longest part of the
// name that fits decides.
func (p Params) Find(channel string) string {
	best, found := 0, ""
	for _, marker := range p.names() {
		for _, n := range append([]string{marker}, p.Markers[marker].Names...) {
			if len(n) > best && strings.Contains(strings.ToLower(channel), strings.ToLower(n)) {
				best, found = len(n), marker
			}
		}
	}
	return found
}

// inMicrons says whether a rule needs the size of pixels.
func (p Params) inMicrons() bool {
	if p.BlockUM > 0 || p.HazeUM > 0 || p.SmoothUM > 0 || p.PointSpreadUM > 0 || p.Nucleus != nil || p.GlowUM2 > 0 {
		return true
	}
	for _, m := range p.Markers {
		if m.ContourShare > 0 || m.Role.ofNETs() {
			return true
		}
	}
	return false
}
