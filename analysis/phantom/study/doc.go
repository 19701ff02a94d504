// Package study makes phantoms of whole devices: a micro-CT scan and stained sections each, in arms and
// blocks, with the burden and the composition of every zone known.
//
// What differs between devices and between sections is drawn from stated distributions, one stream of
// random numbers a device, so that a device does not change with the number of others. Sections are drawn
// from the composition of their place; they are not cuts of the scanned fibres.
package study
