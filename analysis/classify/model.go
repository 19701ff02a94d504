package classify

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"explant/analysis/features"
	"explant/analysis/forest"
	"explant/analysis/result"
)

// Model is a trained classifier and everything that it was made from.
type Model struct {
	Software   string             `json:"software"` // program and version that trained it
	Input      Input              `json:"input"`
	Bank       features.Bank      `json:"features"`
	Classes    []Class            `json:"classes"`
	Images     []Image            `json:"images"`
	Regions    []Record           `json:"regions"`
	Params     forest.Params      `json:"forest"`
	Samples    int                `json:"samples"`
	OutOfBag   forest.Confusion   `json:"out_of_bag"`
	Cross      *Cross             `json:"cross_validation,omitempty"` // nil where there were too few regions
	Importance map[string]float64 `json:"importance"`                 // of features, sums to 1
	Algorithms map[string]string  `json:"algorithms"`
	Warnings   []string           `json:"warnings"`
	Hash       string             `json:"-"` // hex SHA-256 of the file
	Forest     *forest.Forest     `json:"-"`
}

// Class is one class of a classifier.
type Class struct {
	Name      string   `json:"name"`
	Color     string   `json:"color"` // "#rrggbb"
	Regions   int      `json:"regions"`
	Pixels    int64    `json:"pixels"`     // that were drawn
	Samples   int      `json:"samples"`    // of them that were used
	AreaError *float64 `json:"area_error"` // relative, root mean square over the folds of cross-validation; nil where unknown
}

// Image is one that was trained on.
type Image struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// Record is a region of the training.
type Record struct {
	Image    int             `json:"image"` // number from 0
	Class    string          `json:"class"`
	Name     string          `json:"name,omitempty"`
	Pixels   int64           `json:"pixels"`
	Samples  int             `json:"samples"`
	Fold     int             `json:"fold"` // of cross-validation, from 1; 0 for none
	Geometry json.RawMessage `json:"geometry,omitempty"`
}

// Algorithms names the algorithms behind a model and their versions.
func Algorithms() map[string]string {
	return map[string]string{"features.atrous": "1", "forest.gini": "1", "classify.apply": "1", "classify.samples": "1", "classify.interval": "1"}
}

// ResultClasses are the classes of the label image; 0 is no class.
func ResultClasses(classes []Class) []result.Class {
	all := []result.Class{{Value: 0, Name: "unclassified", Color: "#000000"}}
	for i, c := range classes {
		all = append(all, result.Class{Value: uint8(i + 1), Name: c.Name, Color: c.Color})
	}
	return all
}

// check reports what does not fit together in a model that was read.
func (m *Model) check() error {
	if err := m.Input.Check(); err != nil {
		return err
	}
	if err := m.Bank.Check(); err != nil {
		return err
	}
	switch k := len(m.Classes); {
	case m.Bank.Channels != len(m.Input.Channels) || m.Bank.Volume != m.Input.Volumetric():
		return errors.New("its features are not those of its images")
	case m.Forest.Classes != k:
		return fmt.Errorf("%d classes are named and %d are told apart", k, m.Forest.Classes)
	case len(m.Forest.Cuts) != m.Bank.Len():
		return fmt.Errorf("%d features are stated and %d are used", m.Bank.Len(), len(m.Forest.Cuts))
	case !square(m.OutOfBag, k) || m.Cross != nil && !square(m.Cross.Confusion, k):
		return errors.New("a confusion matrix has another number of classes")
	}
	seen := map[string]bool{}
	for _, c := range m.Classes {
		if c.Name == "" || seen[c.Name] || !validColor(c.Color) {
			return fmt.Errorf("class %q of colour %q", c.Name, c.Color)
		}
		if e := c.AreaError; e != nil && !(*e >= 0 && !math.IsInf(*e, 0)) {
			return fmt.Errorf("class %q: error of its area", c.Name)
		}
		seen[c.Name] = true
	}
	return nil
}

func square(c forest.Confusion, k int) bool {
	for _, row := range c {
		if len(row) != k {
			return false
		}
	}
	return len(c) == k
}

func validColor(s string) bool {
	hex, ok := strings.CutPrefix(s, "#")
	_, err := strconv.ParseUint(hex, 16, 32)
	return ok && err == nil && len(hex) == 6
}
