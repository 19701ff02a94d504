package composition

import "math"

// Spread is how much shares differ between sections of one zone: their variance is Phi p (1-p), as that of
// compositions of Dirichlet with concentration 1/Phi - 1, beside the counting of objects.
type Spread struct {
	Phi float64
	DF  float64 // degrees of freedom behind it; 0 where nothing is known
}

// How spreads are pooled.
const (
	ownDF    = 10.0 // of a component in a device, from which its own spread is taken
	leastP   = 0.003
	leastPhi = 1e-4 // sections are never taken to be equal
	sizes    = 1.5  // 1 + cv² of the area of objects: NETs differ in area by about 0.7 of their mean
)

// moments are the sums from which spreads come.
type moments struct{ squares, unit, unit2 float64 }

// add takes the sections of one zone.
func (m *moments) add(all []Share, objectArea float64) {
	n := float64(len(all))
	if n < 2 {
		return
	}
	mean := 0.0
	for _, s := range all {
		mean += s.Value() / n
	}
	for _, s := range all {
		m.squares += square(s.Value() - mean)
		m.squares -= (n - 1) / n * sizes * mean * objectArea / s.Tissue
	}
	p := math.Min(math.Max(mean, leastP), 1-leastP)
	m.unit += (n - 1) * p * (1 - p)
	m.unit2 += (n - 1) * square(p*(1-p))
}

// spread divides the sums; the degrees of freedom are those of a sum of unequal variances (Welch, Satterthwaite).
func (m moments) spread() Spread {
	if m.unit <= 0 {
		return Spread{}
	}
	return Spread{Phi: math.Max(m.squares/m.unit, leastPhi), DF: m.unit * m.unit / m.unit2}
}

// within sums the zones of a device, one component.
func (d *Device) within(component string) (m moments) {
	for _, z := range d.Zones {
		m.add(d.of(component, z.Name), d.objectArea(component))
	}
	return m
}

// Pooled is the spread over all components of all devices, which must have been measured by the same methods.
// Where no zone of any device has two sections, zones are not told apart, which makes it larger.
func Pooled(devices []Device) (s Spread, zonesTold bool) {
	var all, blind moments
	for i := range devices {
		d := &devices[i]
		for _, c := range d.measured() {
			m := d.within(c)
			all = all.plus(m)
			var one moments
			one.add(d.of(c, ""), d.objectArea(c))
			blind = blind.plus(one)
		}
	}
	if all.unit > 0 {
		return all.spread().dependent(), true
	}
	return blind.spread().dependent(), false
}

func (m moments) plus(o moments) moments {
	return moments{m.squares + o.squares, m.unit + o.unit, m.unit2 + o.unit2}
}

// dependent takes a part of the degrees of freedom away: shares of one section add up to 1.
func (s Spread) dependent() Spread {
	n := float64(len(Components))
	s.DF *= (n - 1) / n
	return s
}

// of is the spread of a component: its own where the device has sections enough, else the pooled one.
func (s Spread) of(d *Device, component string) Spread {
	if own := d.within(component).spread(); own.DF >= ownDF {
		return own
	}
	return s
}

func square(v float64) float64 { return v * v }
