package assets

import "embed"

// Stains holds the stain profiles, stains/NAME.yaml.
//
//go:embed stains/*.yaml
var Stains embed.FS
