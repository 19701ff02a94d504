package measure

import (
	"math"
	"testing"

	"explant/analysis/segment"
	"explant/volume/shape"
)

// pearls are k³ cubes of deposit of 4, 5 or 6 voxels, 12 voxels apart.
func pearls(t *testing.T, k int) *scene {
	s := newScene([3]int{12 * k, 12 * k, 12 * k}, [3]float64{0.02, 0.02, 0.02})
	for i := range k * k * k {
		size := 4 + i%3
		at := [3]int{12*(i%k) + 3, 12*(i/k%k) + 3, 12*(i/k/k) + 3}
		for j := range size * size * size {
			o := s.grey.Offset(at[0]+j%size, at[1]+j/size%size, at[2]+j/size/size)
			s.seg.Labels.Data[o], s.grey.Data[o] = segment.Deposit, deposit
		}
	}
	return s
}

func TestObjectsAreCountedAndSized(t *testing.T) {
	s := pearls(t, 3) // 9 cubes of 64, 9 of 125, 9 of 216 voxels
	f := s.measure(t, Params{}, Input{})
	dv := 0.02 * 0.02 * 0.02
	if n := row(t, f, "dep.n", ""); n.Value != 27 || *n.NObject != 27 {
		t.Errorf("%g objects", n.Value)
	}
	blood := math.Pow(36*0.02, 3)
	near1(t, "per volume", row(t, f, "dep.nd", "").Value, 27/blood, 1e-9)
	for part, want := range map[string]float64{"median": 125, "P25": 64, "P75": 216, "IQR": 152, "P95": 216, "volume-weighted median": 216} {
		near1(t, part, row(t, f, "dep.size", part).Value, want*dv, 1e-9)
	}
	near1(t, "largest", row(t, f, "dep.max", "").Value, 216*dv, 1e-9)
	near1(t, "its share", row(t, f, "dep.maxfrac", "").Value, 100*216.0/(9*(64+125+216)), 1e-9)
}

func TestSmallObjectsAreLeftOutOfTheCount(t *testing.T) {
	s := pearls(t, 3)
	diameter := func(voxels float64) float64 { return 20 * math.Cbrt(6*voxels/math.Pi) } // µm
	floor := &Floor{SphereUM: diameter(100), FilmUM: math.Inf(1)}
	f := s.measure(t, Params{}, Input{Floor: floor})
	if n := row(t, f, "dep.n", "").Value; n != 18 {
		t.Errorf("%g objects above the floor of 100 voxels, want 18", n)
	}
	if f = s.measure(t, Params{MinObjectUM: diameter(200)}, Input{Floor: floor}); row(t, f, "dep.n", "").Value != 9 {
		t.Error("the rule does not go before the floor")
	}
	if !withheld(f, "dep.size") || !flagged(f, "object-size") {
		t.Error("percentiles of 9 objects")
	}
}

func TestObjectsAtAFaceCountButAreNotSized(t *testing.T) {
	s := pearls(t, 3)
	s.seg.VOI = segment.Box{Min: [3]int{4, 0, 0}, Max: [3]int{36, 36, 36}} // cuts nine cubes
	for i := range s.seg.Labels.Data {
		if i%36 < 4 {
			s.seg.Labels.Data[i] = segment.Void
		}
	}
	f := s.measure(t, Params{}, Input{})
	if n, cut := row(t, f, "dep.n", "").Value, row(t, f, "dep.n", "touching a face").Value; n != 27 || cut != 9 {
		t.Errorf("%g objects, %g cut", n, cut)
	}
	if !flagged(f, "touches-border") || !withheld(f, "dep.size") {
		t.Error("18 whole objects are too few, and cut ones are to be flagged")
	}
	near1(t, "volume looked at", *row(t, f, "cls.vf", "void").Denominator, 32*36*36*8e-6, 1e-9)
}

func TestABridgeIsCutByOpening(t *testing.T) {
	s := newScene([3]int{60, 30, 30}, [3]float64{0.02, 0.02, 0.02})
	s.add(t, segment.Deposit, shape.Sphere{Center: shape.Point{0.3, 0.3, 0.3}, Radius: 0.2})
	s.add(t, segment.Deposit, shape.Sphere{Center: shape.Point{0.9, 0.3, 0.3}, Radius: 0.18})
	for x := 20; x < 40; x++ {
		s.seg.Labels.Data[s.grey.Offset(x, 15, 15)] = segment.Deposit
	}
	f := s.measure(t, Params{}, Input{})
	if n := row(t, f, "dep.n", "").Value; n != 1 {
		t.Fatalf("%g objects, want one joined by the bridge", n)
	}
	near1(t, "joined share", row(t, f, "dep.maxfrac", "").Value, 100, 1e-9)
	near1(t, "largest after opening", row(t, f, "dep.max", "after opening by 1 voxel").Value, 4*math.Pi/3*0.008, 0.03)
}

func TestSphericityAndArea(t *testing.T) {
	s := newScene([3]int{60, 60, 90}, [3]float64{0.02, 0.02, 0.02})
	ball := shape.Sphere{Center: shape.Point{0.4, 0.6, 0.5}, Radius: 0.3}
	rod := shape.Cylinder{Center: shape.Point{0.9, 0.6, 1.1}, Axis: shape.Point{0, 1, 1}, Radius: 0.1, Length: 0.9}
	s.add(t, segment.Deposit, ball)
	s.add(t, segment.Deposit, rod)
	if f := s.measure(t, Params{}, Input{}); len(rows(f, "dep.area"))+len(rows(f, "dep.sphericity")) != 0 {
		t.Error("a surface without being asked for")
	}
	f := s.measure(t, Params{Surface: true}, Input{})
	near1(t, "area", row(t, f, "dep.area", "crofton").Value, ball.Area()+rod.Area(), 0.02)
	of := func(s shape.Solid) float64 { return math.Cbrt(math.Pi) * math.Pow(6*s.Volume(), 2.0/3) / s.Area() }
	want := (of(ball)*ball.Volume() + of(rod)*rod.Volume()) / (ball.Volume() + rod.Volume())
	near1(t, "sphericity", row(t, f, "dep.sphericity", "").Value, want, 0.02)
	if f := pearls(t, 2).measure(t, Params{Surface: true}, Input{}); !withheld(f, "dep.sphericity") {
		t.Error("the sphericity of cubes of 6 voxels")
	}
}

func TestPercentiles(t *testing.T) {
	v := []float64{1, 2, 4, 8}
	for p, want := range map[float64]float64{0: 1, 0.5: 3, 1: 8, 0.25: 1.75} { // numpy.percentile gives the same
		near1(t, "percentile", percentile(v, p), want, 1e-12)
	}
	if got := percentile([]float64{3}, 0.95); got != 3 {
		t.Errorf("of one value: %g", got)
	}
	if got := weightedMedian(v); got != 8 {
		t.Errorf("half of the volume is reached in %g", got)
	}
}
