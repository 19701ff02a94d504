// Package oxygenator segments a micro-CT scan of a hollow-fibre bundle by what a bundle is: fibres of
// known make in a housing, and deposit as what is there besides (protocol oxygenator-ct).
//
// Lumens are found first: tubes of air of the right radius, enclosed by a wall. They settle which
// air is blood side. Each fibre is then fitted - centre line, lumen radius, outer radius, ovality -
// together with the grey levels, the point spread and a slow gain, the outer radius only from
// surfaces that face air, since deposit can only add to it. The fitted fibres and the housing,
// blurred as the scanner blurs, give the grey that a clean device would have; rings about the axis of
// rotation are taken away. Deposit is the density in the blood side whose blur explains what the scan
// shows above the clean device, smooth as far as the noise asks for it; it begins at about a half.
//
// What no fitted fibre explains is told apart by grey: polymer of fibres that the image cuts, of
// crushed ones and of knitting threads joins the clean device, and the air it encloses becomes lumen.
// Fibres whose lumen holds liquid or clot are found as rods that run as the others do. Where too
// little is explained by fibres the result is flagged, and what to do is said.
//
// docs/methods/volumes.md tells how near that comes to the truth of phantoms. Small convex deposits come
// out too small under the smoothing: balls of a radius of 5 voxels by some 7 %, of 3 voxels by 20 %.
// [Floor] gives the smallest sphere and the thinnest film that would have been found in a scan.
package oxygenator
