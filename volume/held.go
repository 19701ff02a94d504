package volume

import "math"

// Held returns how a computed value becomes a voxel of T: floating-point types take it as it is, integers
// its nearest whole number within the type, NaN being 0.
func Held[T Voxel]() func(float64) T {
	half := 0.5
	if T(half) != 0 {
		return func(v float64) T { return T(v) }
	}
	lo, hi := limits[T]()
	return func(v float64) T {
		switch { // math.Round, Min and Max take longer than the kernels that call this
		case v >= hi:
			return T(hi)
		case v <= lo:
			return T(lo)
		case v < 0:
			return T(int64(v - 0.5))
		case v != v:
			return 0
		}
		return T(int64(v + 0.5))
	}
}

// limits are the ends of an integer type.
func limits[T Voxel]() (lo, hi float64) {
	bits := 0
	for top := T(1); top > 0; top *= 2 { // until the highest bit falls out, or makes it negative
		bits++
	}
	var zero T
	if zero-1 < zero {
		return -math.Exp2(float64(bits)), math.Exp2(float64(bits)) - 1
	}
	return 0, math.Exp2(float64(bits)) - 1
}
