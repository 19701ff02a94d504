// Package render draws pictures of volumes without a graphics card: grey slices, class overlays,
// projections and shaded 3D views.
//
// A picture across an axis keeps the other two: across z it shows x to the right and y downwards,
// across y it shows x to the right and z upwards, across x it shows y to the right and z upwards,
// so that the upright slices and [Scene.View] agree on which way is up. A picture is for looking at;
// nothing is measured on it. Every output pixel has one writer, so the bytes do not depend on the
// number of workers.
package render
