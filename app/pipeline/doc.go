// Package pipeline is the one engine behind every front end: open, segment, measure, write, report.
// The command line and the desktop call it and nothing else does the work, so the same protocol on
// the same input gives the same bytes from both.
package pipeline

// Version names the build; the linker sets it.
var Version = "dev"
