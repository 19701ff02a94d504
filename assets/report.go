package assets

import "embed"

// Report holds the template, style sheet and script of the HTML report.
//
//go:embed report
var Report embed.FS
