package register

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"explant/volume"
	"explant/volume/parallel"
)

// bundle is a made-up device: rods of random place, direction and radius in a box, in mm about its middle.
type bundle struct {
	at, dir []vec
	r       []float64
}

const deviceMM = 2.4 // side of the box

func newBundle(seed uint64, rods int) *bundle {
	rng := rand.New(rand.NewPCG(seed, 7))
	b := &bundle{}
	for range rods {
		draw := func() float64 { return deviceMM * (rng.Float64() - 0.5) }
		d := vec{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()}
		b.at, b.dir, b.r = append(b.at, vec{draw(), draw(), draw()}), append(b.dir, d.times(1/d.length())), append(b.r, 0.11+0.1*rng.Float64())
	}
	return b
}

// solid is 1 inside a rod, 0 outside, with a border of 0.05 mm.
func (b *bundle) solid(p vec) float64 {
	least := 1.0
	for i, at := range b.at {
		q := p.minus(at)
		least = min(least, q.minus(b.dir[i].times(q.dot(b.dir[i]))).length()-b.r[i])
	}
	return min(max(0.5-least/0.05, 0), 1)
}

// scan is what a scanner sees of it: from gives the point of the device at a place in mm, clot a ball
// of brighter stuff, which the device had not before.
func (b *bundle) scan(g volume.Grid, seed uint64, clot bool, from func(vec) vec) *volume.Volume[uint16] {
	rng := rand.New(rand.NewPCG(seed, 8))
	v := volume.New[uint16](g)
	place := PlaceOf(g)
	for i := range v.Data {
		at := g.Position(i)
		p := from(place.MM([3]float64{float64(at[0]), float64(at[1]), float64(at[2])}))
		grey := 6000 + 14000*b.solid(p)
		if q := p.minus(vec{0.3, 0.2, -0.4}); clot && q.length() < 0.45 && grey < 13000 {
			grey = 29000
		}
		v.Data[i] = uint16(max(grey+1500*rng.NormFloat64(), 0))
	}
	return v
}

// grid of voxels of the given size, mm, that covers the device and lies anywhere.
func gridOf(spacing [3]float64, origin vec) volume.Grid {
	g := volume.Grid{Spacing: spacing, Origin: origin}
	for a := range g.N {
		g.N[a] = int(math.Round(deviceMM / spacing[a]))
	}
	return g
}

func middleOf(g volume.Grid) vec {
	place := PlaceOf(g)
	return place.MM([3]float64{float64(g.N[0]-1) / 2, float64(g.N[1]-1) / 2, float64(g.N[2]-1) / 2})
}

// pose of the device in the moving scan.
type pose struct {
	name    string
	turn    vec // rotation vector, degrees
	shift   vec // mm
	spacing [3]float64
	turned  [3][3]float64 // axes of the moving grid
}

var poses = []pose{
	{name: "a little off", turn: vec{1.5, -2, 0.7}, shift: vec{0.11, -0.06, 0.03}, spacing: [3]float64{0.05, 0.05, 0.05}},
	{name: "other voxels", turn: vec{-3, 1, 2}, shift: vec{0.02, 0.13, -0.1}, spacing: [3]float64{0.06, 0.06, 0.08}},
	{name: "laid on its side", turn: vec{90, 0, 0}, shift: vec{0, 0.05, 0}, spacing: [3]float64{0.05, 0.05, 0.06}},
	{name: "axes of the file turned", turn: vec{0, 0, 3}, spacing: [3]float64{0.05, 0.05, 0.05}, turned: [3][3]float64{{0, 1, 0}, {-1, 0, 0}, {0, 0, 1}}},
}

// truth is the motion of a pose between the middles of two grids.
func (p pose) truth(fixed, moving volume.Grid) Rigid {
	centre := middleOf(fixed)
	return Rigid{Turn: turned(p.turn.times(math.Pi / 180)), Centre: centre, To: middleOf(moving).plus(p.shift)}
}

func (p pose) scans(b *bundle) (fixed, moving *volume.Volume[uint16], want Rigid) {
	gf := gridOf([3]float64{0.05, 0.05, 0.06}, vec{10, -20, 3})
	gm := gridOf(p.spacing, vec{-5, 0, 1})
	gm.Axes = p.turned
	want = p.truth(gf, gm)
	mid := middleOf(gf)
	fixed = b.scan(gf, 1, true, func(q vec) vec { return q.minus(mid) })
	moving = b.scan(gm, 2, false, func(q vec) vec { return vec(want.Unmap(q)).minus(mid) })
	return fixed, moving, want
}

// off gives the angle between two motions in degrees, and how far apart they take the centre, mm.
func off(a, b *Rigid) (deg, mm float64) {
	x, y := matrix(a.Turn), matrix(b.Turn)
	back := y.transposed()
	d := Rigid{Turn: x.by(&back)}
	return d.AngleDeg(), vec(a.Map(a.Centre)).minus(b.Map(a.Centre)).length()
}

// What is wanted at 128 voxels a side; the volumes here have 30 to 48.
const (
	withinDeg    = 0.05 * 128 / 48
	withinVoxels = 0.2
)

func TestKnownPosesAreFound(t *testing.T) {
	b := newBundle(3, 22)
	for _, p := range poses {
		t.Run(p.name, func(t *testing.T) {
			fixed, moving, want := p.scans(b)
			f, err := Volumes(t.Context(), fixed, moving, parallel.Options{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			deg, mm := off(&f.Rigid, &want)
			if deg > withinDeg || mm > withinVoxels*0.05 {
				t.Errorf("off by %.3f° and %.4f mm", deg, mm)
			}
			if f.ResidualMM > 0.01 || f.Agreement < 0.8 || f.Overlap < 0.7 {
				t.Errorf("residual %.4f mm, agreement %.2f, overlap %.2f", f.ResidualMM, f.Agreement, f.Overlap)
			}
			for _, q := range [][3]float64{{10, -20, 3}, {11.2, -19, 4.4}} {
				if back := vec(f.Unmap(f.Map(q))).minus(q).length(); back > 1e-4 {
					t.Errorf("%v comes back %v mm away", q, back)
				}
			}
		})
	}
}

func TestBentDeviceIsFollowed(t *testing.T) {
	b := newBundle(5, 22)
	g := gridOf([3]float64{0.05, 0.05, 0.05}, vec{})
	mid := middleOf(g)
	bow := func(p vec) vec { return vec{0, 0.09 * math.Cos(p[0]*math.Pi/deviceMM), 0} } // p from the middle
	fixed := b.scan(g, 1, true, func(q vec) vec { return q.minus(mid) })
	moving := b.scan(g, 2, false, func(q vec) vec {
		p := q.minus(mid)
		return p.minus(bow(p))
	})
	f, err := Volumes(t.Context(), fixed, moving, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var rigid, local, n float64
	for i := range 5 * 5 * 5 {
		p := vec{float64(i%5) - 2, float64(i/5%5) - 2, float64(i/25) - 2}.times(deviceMM / 6)
		want := p.plus(bow(p)).plus(mid)
		r, l := vec(f.Rigid.Map(p.plus(mid))).minus(want), vec(f.Map(p.plus(mid))).minus(want)
		rigid, local, n = rigid+r.dot(r), local+l.dot(l), n+1
	}
	rigid, local = math.Sqrt(rigid/n), math.Sqrt(local/n)
	if local > 0.75*rigid || local > 0.0125 { // a quarter of a voxel
		t.Errorf("off by %.4f mm rigid and %.4f mm bent", rigid, local)
	}
	if rms, most := f.Local.Size(); rms < 0.01 || most > mostShare*f.Local.step {
		t.Errorf("the field moves by %.4f mm, at most %.4f mm", rms, most)
	}
}

func TestOtherDevicesAreRefused(t *testing.T) {
	p := poses[0]
	fixed, _, _ := p.scans(newBundle(3, 22))
	_, moving, _ := p.scans(newBundle(4, 22))
	if f, err := Volumes(t.Context(), fixed, moving, parallel.Options{}, nil); !errors.Is(err, ErrUnlike) {
		t.Errorf("another device: %v, %+v", err, f)
	}
	flat := volume.New[uint16](moving.Grid)
	if _, err := Volumes(t.Context(), fixed, flat, parallel.Options{}, nil); err == nil {
		t.Error("a scan of nothing is laid over the device")
	}
	moving.Spacing = [3]float64{}
	if _, err := Volumes(t.Context(), fixed, moving, parallel.Options{}, nil); !errors.Is(err, volume.ErrSpacing) {
		t.Errorf("unknown spacing: %v", err)
	}
}

func TestThreadsDoNotMatter(t *testing.T) {
	fixed, moving, _ := poses[0].scans(newBundle(3, 22))
	var first string
	for _, workers := range []int{1, 8} {
		f, err := Volumes(t.Context(), fixed, moving, parallel.Options{Workers: workers}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if s := fmt.Sprintf("%v %v %v %v", f.Rigid, f.Local.move, f.ResidualMM, f.Correlation); first == "" {
			first = s
		} else if s != first {
			t.Errorf("%d workers give another fit", workers)
		}
	}
}

func TestCancelled(t *testing.T) {
	fixed, moving, _ := poses[0].scans(newBundle(3, 5))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Volumes(ctx, fixed, moving, parallel.Options{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled fit gives %v", err)
	}
}

func BenchmarkVolumes(b *testing.B) {
	fixed, moving, _ := poses[0].scans(newBundle(3, 22))
	b.Run(fmt.Sprintf("n=%d", fixed.N[0]), func(b *testing.B) {
		b.SetBytes(int64(2 * (fixed.Len() + moving.Len())))
		for b.Loop() {
			if _, err := Volumes(b.Context(), fixed, moving, parallel.Options{}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
