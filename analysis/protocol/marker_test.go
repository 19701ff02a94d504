package protocol_test

import (
	"strings"
	"testing"

	"explant/analysis/protocol"
)

func TestDABIsDeclaredAsAMarker(t *testing.T) {
	p := resolved(t, "slide-marker")
	before, err := p.Method()
	if err != nil {
		t.Fatal(err)
	}
	named, err := p.WithMarker("cd61")
	if err != nil {
		t.Fatal(err)
	}
	after, err := named.Method()
	if err != nil {
		t.Fatal(err)
	}
	if after == before {
		t.Error("the method does not know what was stained")
	}
	if _, ok := named.Slide.Rules["marker:cd61"]; !ok || len(named.Slide.Rules) != len(p.Slide.Rules) {
		t.Errorf("classes are %v", named.Slide.Rules)
	}
	if _, ok := p.Slide.Rules["marker:dab"]; !ok {
		t.Error("the protocol itself was changed")
	}
	for _, c := range []struct{ protocol, marker, says string }{{"slide-he", "cd61", "no class"}, {"if-net", "cd61", "no DAB"}, {"slide-dab", "CD 61", "small letters"}} {
		if _, err := resolved(t, c.protocol).WithMarker(c.marker); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s as %s: error %v does not say %q", c.protocol, c.marker, err, c.says)
		}
	}
}

func resolved(t *testing.T, name string) protocol.Protocol {
	t.Helper()
	p, err := protocol.Resolve(name, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
