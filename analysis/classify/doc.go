// Package classify gives every pixel or voxel a class by a classifier that a person trained, or by a network of
// their own.
//
// A [Model] is a random forest on features at several scales (packages forest and features) with everything
// that it was made from: the images, the regions that were drawn on them, the samples taken, its out-of-bag error and
// its confusion matrix by cross-validation over whole regions. It is one file whose hash goes into the method of every
// value that it makes; nothing here changes a model that exists.
//
// An image must be of the kind that the model was trained on: colour, channels, grey or volume, with the same
// channels, and pixels of the same size. [Input.Fit] says what does not fit.
package classify
