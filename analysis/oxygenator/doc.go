// Package oxygenator segments a micro-CT scan of a hollow-fibre bundle by what a bundle is: fibres of
// known make in a housing, and deposit as what is there besides (protocol oxygenator-ct).
//
// Lumens are found first: tubes of air of the right radius, enclosed by a wall. They settle which
// air is blood side. Each fibre is then fitted - centre line, lumen radius, outer radius - together
// with the grey levels and the point spread, the outer radius only from surfaces that face air,
// since deposit can only add to it. The fitted fibres and the housing, blurred as the scanner blurs,
// give the grey that a clean device would have; where the scan is brighter by more than half the
// contrast of deposit, accounting for the share of the point spread that lies in solid, there is
// deposit.
package oxygenator
