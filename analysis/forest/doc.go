// Package forest is a random forest whose bytes depend on its samples and its seed alone: not on the machine, the
// number of threads or the order in which trees are grown.
//
// Features are 16-bit numbers, cut into at most 256 bins at quantiles of the samples; from there on a tree sees
// small integers. Splits are judged by sums of whole numbers; the two quotients and the sum of a score are single
// IEEE operations that no compiler may fuse. Tree t draws from PCG(seed, t). Each tree is grown on a bootstrap
// of the samples, with sqrt(features) of them tried at a node, by the Gini impurity; samples that a tree has not
// seen are its out-of-bag samples.
//
// Source: Breiman, Mach. Learn. 45:5-32, 2001, doi:10.1023/A:1010933404324. Features in quantile bins are those of
// histogram boosting: Ke et al., Adv. Neural Inf. Process. Syst. 30, 2017.
package forest
