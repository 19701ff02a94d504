package protocol

import (
	"fmt"
	"maps"
	"regexp"
)

// unnamed is the class of DAB whose marker is not declared.
const unnamed = "marker:dab"

var markerName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,30}$`)

// WithMarker is a protocol of H-DAB slides whose brown is the marker of that name: its class and every value are named
// marker:NAME. Slides of different markers have different methods, and are not compared.
func (p Protocol) WithMarker(name string) (Protocol, error) {
	if err := CheckMarker(name); err != nil {
		return p, err
	}
	if p.Slide == nil {
		return p, fmt.Errorf("--marker %s: protocol %s has no DAB: a marker is declared on H-DAB slides, by slide-marker or slide-dab", name, p.Name)
	}
	rule, ok := p.Slide.Rules[unnamed]
	if !ok {
		return p, fmt.Errorf("--marker %s: protocol %s has no class %s", name, p.Name, unnamed)
	}
	s := *p.Slide
	s.Rules = maps.Clone(s.Rules)
	delete(s.Rules, unnamed)
	s.Rules["marker:"+name] = rule
	p.Slide = &s
	return p, p.Slide.Check()
}

// CheckMarker reports what cannot be the name of a marker.
func CheckMarker(name string) error {
	if !markerName.MatchString(name) {
		return fmt.Errorf("--marker %s: small letters, digits and hyphens are wanted, such as cd61", name)
	}
	return nil
}

// TakesMarker reports whether WithMarker can name what DAB shows.
func (p Protocol) TakesMarker() bool {
	if p.Slide == nil {
		return false
	}
	_, ok := p.Slide.Rules[unnamed]
	return ok
}
