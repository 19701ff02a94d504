// Package segment turns a micro-CT volume into classes: the type that every 3D protocol gives, and
// the two plain recipes, [Panel] and [Ranges].
package segment
