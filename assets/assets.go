// Package assets holds what the program carries inside itself: protocols, the metric dictionary,
// stain profiles and report templates. It gives bytes; what they mean is said elsewhere.
package assets

import "embed"

// Protocols holds the built-in protocols, protocols/NAME.yaml, and their schema.
//
//go:embed protocols
var Protocols embed.FS

// Metrics is the metric dictionary.
//
//go:embed metrics.yaml
var Metrics []byte
