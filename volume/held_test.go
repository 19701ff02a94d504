package volume

import (
	"math"
	"testing"
)

func checkHeld[T Voxel](t *testing.T, low, high T) {
	t.Helper()
	held := Held[T]()
	if held(-1e30) != low || held(1e30) != high || held(math.NaN()) != 0 || held(2.6) != 3 || held(1.4) != 1 {
		t.Errorf("%T: %v to %v; 2.6 is %v", low, held(-1e30), held(1e30), held(2.6))
	}
}

func TestHeldWithinTheType(t *testing.T) {
	checkHeld[uint8](t, 0, math.MaxUint8)
	checkHeld[int8](t, math.MinInt8, math.MaxInt8)
	checkHeld[uint16](t, 0, math.MaxUint16)
	checkHeld[int16](t, math.MinInt16, math.MaxInt16)
	checkHeld[uint32](t, 0, math.MaxUint32)
	checkHeld[int32](t, math.MinInt32, math.MaxInt32)
	if Held[float32]()(2.5) != 2.5 || Held[float64]()(-0.1) != -0.1 {
		t.Error("floats are changed")
	}
}
