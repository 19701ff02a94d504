// Package measure turns a segmented micro-CT volume into the values of the metric dictionary: how
// much deposit there is, in how many pieces, where along the flow, and how near to the polymer.
//
// Without a calibration nothing with a physical unit is given: it is listed as not measured, and
// ratios and counts are given with their numerators and denominators in voxels.
package measure
