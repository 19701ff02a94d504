package protocol

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/gowebpki/jcs"
)

// Method is the hash that travels with every value: the hex SHA-256 of the canonical JSON (RFC 8785)
// of the rules, the version of each algorithm they use, and the hash of the classifier, "" for none.
// Name, title and description are not rules: the same rules under another name are the same method.
func (p Protocol) Method() (string, error) {
	rules, err := p.Rules()
	if err != nil {
		return "", err
	}
	classifier := ""
	if p.Classifier != nil {
		classifier = p.Classifier.Hash
	}
	text, err := json.Marshal(map[string]any{"rules": rules, "algorithms": p.Algorithms(), "classifier": classifier})
	if err != nil {
		return "", fmt.Errorf("method of protocol %s: %w", p.Name, err)
	}
	canonical, err := jcs.Transform(text)
	if err != nil {
		return "", fmt.Errorf("method of protocol %s: %w", p.Name, err)
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:]), nil
}

// Rules is the fully resolved protocol, defaults included, without its name and texts.
func (p Protocol) Rules() (map[string]any, error) {
	text, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("rules of protocol %s: %w", p.Name, err)
	}
	var rules map[string]any
	if err := json.Unmarshal(text, &rules); err != nil {
		return nil, fmt.Errorf("rules of protocol %s: %w", p.Name, err)
	}
	for _, k := range []string{"name", "title", "description"} {
		delete(rules, k)
	}
	return rules, nil
}
