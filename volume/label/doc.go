// Package label numbers the connected components of a class of voxels and tabulates them.
//
// Rows are cut into runs, the runs of neighbouring rows are joined by union-find slab by slab, the
// slabs are joined at their faces, and components are numbered by their first voxel in scan order
// (x fastest, then y, then z), so the numbers depend neither on slabs nor on workers.
//
// Sources: two-pass labelling, Rosenfeld and Pfaltz, J. ACM 13(4):471-494, 1966,
// doi:10.1145/321356.321357; runs and union-find, He, Chao, Suzuki, IEEE Trans. Image Process.
// 17(5):749-756, 2008, doi:10.1109/TIP.2008.919369.
package label
