package metrics

import (
	"strings"
	"testing"
)

func TestDictionaryIsComplete(t *testing.T) {
	if len(All()) == 0 {
		t.Fatal("the dictionary is empty")
	}
	for _, m := range All() {
		if len(m.Definition) < 20 {
			t.Errorf("%s: the definition %q explains nothing", m.ID, m.Definition)
		}
		if got, ok := Lookup(m.ID); !ok || got.Name != m.Name {
			t.Errorf("%s cannot be looked up", m.ID)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	whole := "- {id: a, name: A, unit: mm, definition: d, valid_when: v, source: s, phantom: p}\n"
	for name, c := range map[string]struct{ yaml, want string }{
		"missing source": {strings.Replace(whole, ", source: s", "", 1), "source is missing"},
		"missing unit":   {strings.Replace(whole, "unit: mm, ", "", 1), "unit is missing"},
		"twice":          {whole + whole, "stands twice"},
		"unknown key":    {strings.Replace(whole, "name", "title", 1), "title"},
	} {
		if _, err := Parse([]byte(c.yaml)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
	if _, err := Parse([]byte(whole)); err != nil {
		t.Errorf("a whole entry: %v", err)
	}
}
