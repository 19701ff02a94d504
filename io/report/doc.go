// Package report writes what an analysis found: result.json, measurements.csv and one HTML file that
// a person reads without a network. The three are views of one [result.Result]; nothing about a
// deposit is computed here, and nothing in the files depends on the time, the host or a path.
//
// The pictures of the HTML file come from [VolumePictures] or [FieldPictures].
package report
