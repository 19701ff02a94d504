package phantom

import (
	"context"
	"math"
	"math/rand/v2"

	"explant/volume"
	"explant/volume/parallel"
)

// Lattice is a scan of parallel hollow fibres on a square lattice, tilted against the voxels, in air
// without a housing, with films of deposit of known thickness on them. No film touches another fibre
// or a face of the image. Start from [DefaultLattice] or [DefaultFilm] and override what differs.
type Lattice struct {
	Bench
	FibreOuterUM float64    `json:"fibre_outer_diameter_um"`
	WallUM       [2]float64 `json:"fibre_wall_um"`     // uniform in this range, one value a fibre
	PitchUM      float64    `json:"pitch_um"`          // between fibres, in planes across z
	TiltDeg      float64    `json:"tilt_deg"`          // of the fibres against z, towards a direction drawn from the seed
	FilmUM       [2]float64 `json:"film_thickness_um"` // range of film thickness
	ArcDeg       [2]float64 `json:"film_arc_deg"`      // how far round the fibre a film reaches; 360 is a sleeve
	LengthUM     [2]float64 `json:"film_length_um"`    // along the fibre
	GapUM        float64    `json:"film_gap_um"`       // of bare fibre before each film, and twice that at most
}

// DefaultLattice is a cube of n voxels of 20 µm: films of 60 to 120 µm over parts of the fibres.
func DefaultLattice(n int, seed uint64) Lattice {
	return Lattice{Bench: defaultBench(n, seed), FibreOuterUM: 380, WallUM: [2]float64{50, 90}, PitchUM: 700, TiltDeg: 5,
		FilmUM: [2]float64{60, 120}, ArcDeg: [2]float64{90, 300}, LengthUM: [2]float64{300, 600}, GapUM: 240}
}

// DefaultFilm is a cube of n voxels of 20 µm: sleeves of 100 µm about the fibres.
func DefaultFilm(n int, seed uint64) Lattice {
	l := DefaultLattice(n, seed)
	l.FilmUM, l.ArcDeg, l.LengthUM = [2]float64{100, 100}, [2]float64{360, 360}, [2]float64{400, 400}
	return l
}

// Check reports parameters of which no phantom can be made, wrapping [ErrPhantom].
func (l Lattice) Check() error {
	var p Problems
	l.check(&p)
	ascends := func(r [2]float64) bool { return r[0] > 0 && r[1] >= r[0] }
	p.Want(ascends(l.WallUM) && 2*l.WallUM[1] < l.FibreOuterUM, "fibre walls of %v µm do not fit fibres of %v µm", l.WallUM, l.FibreOuterUM)
	p.Want(l.TiltDeg >= 0 && l.TiltDeg <= 30, "a tilt of %v degrees is not in 0 to 30", l.TiltDeg)
	p.Want(ascends(l.FilmUM) && ascends(l.ArcDeg) && l.ArcDeg[1] <= 360 && ascends(l.LengthUM), "films of %v µm, %v degrees, %v µm are impossible", l.FilmUM, l.ArcDeg, l.LengthUM)
	p.Want(l.PitchUM*math.Cos(l.TiltDeg*math.Pi/180) >= l.FibreOuterUM+2*l.FilmUM[1]+2*l.SpacingUM, "films of %v µm do not fit between fibres %v µm apart", l.FilmUM[1], l.PitchUM)
	p.Want(l.GapUM >= l.SpacingUM, "a gap of %v µm is less than a voxel", l.GapUM)
	return p.Of("lattice")
}

// Make scans the lattice: 16-bit greys, the truth as labels and as closed forms. The result depends
// on the parameters alone.
func (l Lattice) Make(ctx context.Context, popt parallel.Options, p parallel.Progress) (*volume.Volume[uint16], *volume.Labels, BenchTruth, error) {
	if err := l.Check(); err != nil {
		return nil, nil, BenchTruth{}, err
	}
	scene := newLatticeScene(l)
	grey, labels, covered, err := l.scan(ctx, scene, popt, p)
	if err != nil {
		return nil, nil, BenchTruth{}, err
	}
	return grey, labels, scene.truth(covered), nil
}

// latticeScene is the fibres by their place in the lattice. Lengths are in voxels.
type latticeScene struct {
	Lattice
	dir, side, up vec // along the fibres; across them
	slope         [2]float64
	first         [2]float64 // where fibre (0, 0) crosses the middle plane
	pitch, middle float64
	count         [2]int
	rods          []rod
}

// rod is one fibre with its films; inner is 0 where the lattice has no fibre.
type rod struct {
	at           vec // where it crosses the middle plane
	outer, inner float64
	films        []Film
}

// Film is part of a sleeve on a fibre. Its ends lie across the fibre and along its radii.
type Film struct {
	ThicknessUM float64 `json:"thickness_um"`
	ArcDeg      float64 `json:"arc_deg"`
	LengthUM    float64 `json:"length_um"`
	VolumeMM3   float64 `json:"volume_mm3"`
	ContactMM2  float64 `json:"contact_area_mm2"`
	AreaMM2     float64 `json:"area_mm2"` // of the whole surface, contact included

	from, to, start, arc, thick float64 // voxels and radians
}

func newLatticeScene(l Lattice) *latticeScene {
	rng := rand.New(rand.NewPCG(l.Seed, 0x6c617474))
	s := &latticeScene{Lattice: l, pitch: l.PitchUM / l.SpacingUM, middle: float64(l.N[2]-1) / 2}
	towards := 2 * math.Pi * rng.Float64()
	sin, cos := math.Sincos(l.TiltDeg * math.Pi / 180)
	ty, tx := math.Sincos(towards)
	s.dir, s.slope = vec{sin * tx, sin * ty, cos}, [2]float64{sin / cos * tx, sin / cos * ty}
	s.side, s.up = vec{-ty, tx, 0}, vec{cos * tx, cos * ty, -sin}
	reach := l.FibreOuterUM/2/l.SpacingUM/cos + l.FilmUM[1]/l.SpacingUM/cos + 1
	for a := range 2 {
		free := float64(l.N[a]) - 2*(reach+math.Abs(s.slope[a])*float64(l.N[2])/2)
		s.count[a] = max(int(free/s.pitch)+1, 0)
		if free < 0 {
			s.count[a] = 0
		}
		spare := free - float64(s.count[a]-1)*s.pitch
		s.first[a] = (float64(l.N[a])-free)/2 - 0.5 + spare*rng.Float64()
	}
	for k := range s.count[0] * s.count[1] {
		at := vec{s.first[0] + s.pitch*float64(k%s.count[0]), s.first[1] + s.pitch*float64(k/s.count[0]), s.middle}
		wall := l.WallUM[0] + (l.WallUM[1]-l.WallUM[0])*rng.Float64()
		r := rod{at: at, outer: l.FibreOuterUM / 2 / l.SpacingUM}
		r.inner = r.outer - wall/l.SpacingUM
		s.cover(&r, rng)
		s.rods = append(s.rods, r)
	}
	return s
}

// cover puts films on a fibre, from one face of the image to the other.
func (s *latticeScene) cover(r *rod, rng *rand.Rand) {
	draw := func(of [2]float64) float64 { return of[0] + (of[1]-of[0])*rng.Float64() }
	end := (float64(s.N[2])/2 - (r.outer+s.FilmUM[1]/s.SpacingUM)*math.Hypot(s.dir.x, s.dir.y) - 1) / s.dir.z
	for at := -end; ; {
		f := Film{ThicknessUM: draw(s.FilmUM), ArcDeg: draw(s.ArcDeg), LengthUM: draw(s.LengthUM)}
		f.from = at + s.GapUM*(1+rng.Float64())/s.SpacingUM
		f.to = f.from + f.LengthUM/s.SpacingUM
		f.start, f.arc, f.thick = 2*math.Pi*rng.Float64(), f.ArcDeg*math.Pi/180, f.ThicknessUM/s.SpacingUM
		if at = f.to; f.to > end {
			return
		}
		f.measure(s.FibreOuterUM / 2000)
		r.films = append(r.films, f)
	}
}

// measure fills in the closed forms for a fibre of radius r, in mm.
func (f *Film) measure(r float64) {
	t, l := f.ThicknessUM/1000, f.LengthUM/1000
	end := f.arc / 2 * ((r+t)*(r+t) - r*r)
	f.VolumeMM3, f.ContactMM2 = end*l, f.arc*r*l
	f.AreaMM2 = f.ContactMM2 + f.arc*(r+t)*l + 2*end
	if f.ArcDeg < 360 {
		f.AreaMM2 += 2 * t * l
	}
}

func (s *latticeScene) at(_, _, _ int, p vec) (uint8, float64) {
	class := s.class(p)
	return class, s.grey(class)
}

// class asks the fibre that is nearest in the plane of p: the others are farther than any film reaches.
func (s *latticeScene) class(p vec) uint8 {
	i := int(math.Round((p.x - s.slope[0]*(p.z-s.middle) - s.first[0]) / s.pitch))
	j := int(math.Round((p.y - s.slope[1]*(p.z-s.middle) - s.first[1]) / s.pitch))
	if i < 0 || j < 0 || i >= s.count[0] || j >= s.count[1] {
		return classVoid
	}
	r := &s.rods[i+s.count[0]*j]
	d := p.add(r.at, -1)
	a, b := d.dot(s.side), d.dot(s.up)
	switch rr := a*a + b*b; {
	case rr < r.inner*r.inner:
		return classLumen
	case rr < r.outer*r.outer:
		return classPolymer
	case r.filmed(d.dot(s.dir), math.Sqrt(rr)-r.outer, a, b):
		return classDeposit
	}
	return classVoid
}

// filmed reports whether a film lies at a height above the fibre.
func (r *rod) filmed(along, height, a, b float64) bool {
	for i := range r.films {
		f := &r.films[i]
		if along < f.from || along >= f.to {
			continue
		}
		turn := math.Atan2(b, a) - f.start
		if turn < 0 {
			turn += 2 * math.Pi
		}
		if turn < 0 {
			turn += 2 * math.Pi
		}
		return height < f.thick && turn <= f.arc
	}
	return false
}

// truth adds up closed forms: a cylinder that crosses all planes of the image has the same area in each.
func (s *latticeScene) truth(covered Volumes) BenchTruth {
	mm := s.SpacingUM / 1000
	length := float64(s.N[2]) / s.dir.z * mm
	kind := "lattice"
	if s.ArcDeg[0] >= 360 {
		kind = "film"
	}
	var v Volumes
	t := BenchTruth{}
	thick := 0.0
	for _, r := range s.rods {
		v.Lumen += math.Pi * r.inner * r.inner * mm * mm * length
		v.Polymer += math.Pi * (r.outer*r.outer - r.inner*r.inner) * mm * mm * length
		for _, f := range r.films {
			v.Deposit += f.VolumeMM3
			t.ContactMM2 += f.ContactMM2
			t.AreaMM2 += f.AreaMM2
			thick += f.VolumeMM3 * f.ThicknessUM
			t.Films = append(t.Films, f)
		}
	}
	v.Void = s.imageMM3() - v.Lumen - v.Polymer - v.Deposit
	out := s.Bench.truth(kind, s.Lattice, v, covered)
	out.ContactMM2, out.AreaMM2, out.Films, out.ObjectCount, out.FibreCount = t.ContactMM2, t.AreaMM2, t.Films, len(t.Films), len(s.rods)
	if v.Deposit > 0 {
		out.ThicknessUM = thick / v.Deposit
	}
	return out
}
