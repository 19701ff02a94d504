package composition

import "math"

// Unknown is what no slide names.
const Unknown = "unknown"

// Components are what deposit is made of, in the order of reports.
var Components = []string{"fibrin", "platelet", "rbc", "leukocyte", "net", Unknown}

// Device is what was measured of one device.
type Device struct {
	Name     string
	Zones    []Zone
	Deposit  [2]float64 // relative distance of the limits of the deposit's volume below and above it, 95 %; NaN where unknown
	Burden   [2]float64 // the same of the burden
	Sections []Section
}

// Zone is a part of the device in the scan.
type Zone struct {
	Name    string
	Deposit float64 // mm³
	Blood   float64 // blood-side space, deposit included, mm³
}

// Section is a place that was cut and stained.
type Section struct {
	Name   string
	Zone   string
	Shares []Share
}

// Share is the area of a component on one section.
type Share struct {
	Component string
	Area      float64 // mm²
	Tissue    float64 // mm², in which the component was looked for; above 0
	Half      float64 // half width of the 95 % interval of Area / Tissue from its classes; 0 where unknown
	Objects   int     // whose areas add up to Area; 0 where they were not counted
	Source    string  // protocol and part, such as "slide-carstairs fibrin"
}

// Value is the share itself, 0 to 1.
func (s Share) Value() float64 { return s.Area / s.Tissue }

// of are the shares of a component on the sections of a zone, or on all where the zone is "".
func (d *Device) of(component, zone string) (out []Share) {
	for _, s := range d.Sections {
		for _, share := range s.Shares {
			if share.Component == component && (zone == "" || s.Zone == zone) {
				out = append(out, share)
			}
		}
	}
	return out
}

// measured are the components that any section shows, in the order of reports.
func (d *Device) measured() (out []string) {
	for _, c := range Components {
		if len(d.of(c, "")) > 0 {
			out = append(out, c)
		}
	}
	return out
}

// sums are the areas of shares and of the tissue about them.
func sums(all []Share) (area, tissue float64) {
	for _, s := range all {
		area, tissue = area+s.Area, tissue+s.Tissue
	}
	return area, tissue
}

// worth is how many sections of equal area say as much as these; Kish, Survey Sampling, Wiley 1965.
func worth(all []Share) float64 {
	sum, squares := 0.0, 0.0
	for _, s := range all {
		sum, squares = sum+s.Tissue, squares+s.Tissue*s.Tissue
	}
	return sum * sum / squares
}

// objectArea is the mean area of a counted object on the sections of the device; 0 where none was counted.
func (d *Device) objectArea(component string) float64 {
	area, n := 0.0, 0
	for _, s := range d.of(component, "") {
		if s.Objects > 0 {
			area, n = area+s.Area, n+s.Objects
		}
	}
	return area / math.Max(float64(n), 1)
}
