package phantom

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"runtime"
	"testing"

	"explant/volume/parallel"
)

// Values measured on phantoms are compared from version to version, so the pixels stay. Processors that
// fuse multiplication and addition round differently.
func TestOxygenatorKeepsItsPixels(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the pixels are known for amd64")
	}
	for want, o := range map[string]Oxygenator{
		"ee49daa633a3105d": DefaultOxygenator(48, 3),
		"50e7623f5ba23cb3": DefaultOxygenator(48, 3).Imperfect(),
	} {
		grey, labels, truth, err := o.Make(t.Context(), parallel.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		h := sha256.New()
		if err := binary.Write(h, binary.LittleEndian, grey.Data); err != nil {
			t.Fatal(err)
		}
		h.Write(labels.Data)
		if err := json.NewEncoder(h).Encode(truth); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%x", h.Sum(nil)[:8]); got != want {
			t.Errorf("greys, labels and truth hash to %s, were %s", got, want)
		}
	}
}

func TestImpossibleScanners(t *testing.T) {
	for name, spoil := range map[string]func(*Scanner){
		"correlation": func(s *Scanner) { s.Correlation = 0.8 },
		"blur":        func(s *Scanner) { s.PSFVoxels = -1 },
		"reference":   func(s *Scanner) { s.Reference = 0 },
	} {
		s := DefaultScanner()
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
		if spoil(&s); s.Check() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
