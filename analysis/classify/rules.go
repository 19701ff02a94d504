package classify

import "errors"

// Rules are what a result says of the classifier that decided: the protocol of such an analysis.
type Rules struct {
	Classifier string  `json:"classifier"` // "random forest" or "network"
	Hash       string  `json:"sha256"`
	Input      Input   `json:"input"`
	Classes    []Class `json:"classes"`

	algorithms map[string]string
}

// Rules are those of the classifier.
func (c *Classifier) Rules() Rules {
	return Rules{Classifier: c.Name, Hash: c.Hash, Input: c.Input, Classes: c.Classes, algorithms: c.Algorithms}
}

// Check reports rules that no classifier stands behind.
func (r Rules) Check() error {
	if r.Hash == "" || len(r.Classes) == 0 {
		return errors.New("a classifier is wanted: name one with --classifier")
	}
	return nil
}

// Algorithms names the algorithms behind the classifier and their versions.
func (r Rules) Algorithms() map[string]string { return r.algorithms }
