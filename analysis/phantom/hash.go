package phantom

import "explant/analysis/phantom/grain"

// hashNormal is a standard normal number that depends on its arguments alone, so that a pixel does
// not depend on who computes it when.
func hashNormal(seed uint64, stream, x, y, z int) float64 { return grain.Normal(seed, stream, x, y, z) }
