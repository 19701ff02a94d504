package shell

import (
	"slices"

	"explant/analysis/protocol"
	"explant/app/pipeline"
)

// chooseClassifier is the last line of the list of protocols.
const chooseClassifier = "a classifier…"

// classifierMark begins the source of a classifier in the list.
const classifierMark = "classifier:"

// addOnce adds a text to a list that does not have it.
func addOnce(all []string, text string) []string {
	if slices.Contains(all, text) {
		return all
	}
	return append(all, text)
}

// pickClassifier asks for the file of a classifier; the protocol stays until it is chosen.
func (p *runPanel) pickClassifier() {
	p.list(p.chosen)
	p.shell.pick(func(path string) { p.list(classifierMark + path) })
}

// chooseClassifier lets a classifier decide in the place of rules.
func (p *runPanel) chooseClassifier(file string) {
	p.classifier = file
	p.rules.show(nil)
	p.purpose.SetText("")
	c, err := pipeline.LoadClassifier(file)
	if err != nil {
		p.about.SetText(err.Error())
	} else {
		rules := protocol.OfClassifier(c)
		p.about.SetText(rules.Title)
		p.purpose.SetText(rules.Description)
		p.inputs.show(rules)
	}
	p.changed()
}
