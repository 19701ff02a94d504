// Package measure turns a segmented micro-CT volume into the values of the metric dictionary: how
// much deposit there is, in how many pieces, where along the flow, and how near to the polymer.
//
// Without a calibration nothing with a physical unit is given: it is listed as not measured, and
// ratios and counts are given with their numerators and denominators in voxels.
//
// # Volumes larger than memory, and shards
//
// A part of a measurement may meet a volume of 2³² voxels. To stream it makes every array that grows with
// the volume by [volume.Make] or [volume.Array] with the context it was given, never by make or
// [volume.New]: the array then lies on a disk where the memory is capped. It goes through voxels slice
// by slice and row by row, best in [parallel.Slabs], holds what it works on for some slices only, and counts
// in int64.
//
// A costly part is cut in two, so that shards can share it. Collect fills a field of [Sums] from slices
// [z0, z1) alone, reading beyond them where it must: all labels are there. The sums are whole numbers, or sums of
// single slices that are added in the order of the slices, and [Join] adds those of neighbouring shards.
// The second half takes j.sums and gives rows. A part that is cheap, or that cannot be cut, reads labels and
// greys in its second half alone: it then runs once, when shards are gathered.
package measure
