package protocol

import "explant/analysis/classify"

// OfClassifier is the protocol of an analysis that a classifier decides. It has no file: the classifier is the
// rule, and its hash is part of the method.
func OfClassifier(c *classify.Classifier) Protocol {
	rules := c.Rules()
	p := Protocol{
		Name: "classifier", Title: "Classes by a trained classifier", Engine: Pixels, Classifier: &rules,
		Description: "Every pixel gets the class for which most of the classifier's votes are.",
	}
	if c.Input.Volumetric() {
		p.Engine = Voxels
	}
	return p
}
