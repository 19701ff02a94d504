package volume

// Source says who stated the size of a voxel.
type Source string

// The sources of a calibration, from none to the strongest.
const (
	Unknown Source = "unknown" // nobody, or nobody who can be believed
	Header  Source = "header"  // the file's own header
	Typed   Source = "typed"   // the person, on the command line or in the window
	Phantom Source = "phantom" // a phantom made by this program
)

// Calibration records where the spacing of a Grid came from. A header that states something
// implausible (72 dpi on a slide, spacing 1) keeps its statement in Stated and the reason in
// Withheld, and the Grid's Spacing stays 0 until a person states it.
type Calibration struct {
	Source   Source     `json:"source"`
	Field    string     `json:"field,omitempty"`                // where it stands: "TIFF XResolution", "--spacing"
	Stated   [3]float64 `json:"stated_mm,omitempty"`            // mm, as stated, also when withheld; 0 where nothing is
	Withheld string     `json:"withheld,omitempty"`             // why Stated is not believed; "" when it is
	Relative float64    `json:"relative_uncertainty,omitempty"` // relative standard uncertainty of Spacing; 0 where nobody knows it
	Warnings []string   `json:"warnings,omitempty"`
}
