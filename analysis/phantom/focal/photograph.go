package focal

import (
	"context"
	"math"
	"slices"

	"explant/analysis/phantom/grain"
	"explant/volume"
	"explant/volume/filter"
	"explant/volume/parallel"
)

// Image is the photographed stack: counts of 16 bits by channel, x fastest, then y, then z.
type Image struct {
	Stack
	Counts [Channels][]uint16
	Number []uint16 // of the nucleus at each voxel, from 1; 0: none
	NET    []float32
}

// Make makes the stack and its truth.
func (s Stack) Make(ctx context.Context, o parallel.Options) (*Image, Truth, error) {
	if err := s.Check(); err != nil {
		return nil, Truth{}, err
	}
	all := s.place()
	img := &Image{Stack: s}
	var err error
	if img.Number, err = s.number(ctx, all.nuclei, o); err != nil {
		return nil, Truth{}, err
	}
	covers := map[string][]float32{}
	for name, solids := range all.solids() {
		if covers[name], err = s.cover(ctx, solids, o); err != nil {
			return nil, Truth{}, err
		}
	}
	img.NET = covers["net"]
	for ch := range Channels {
		if img.Counts[ch], err = s.photograph(ctx, s.light(ch, covers, all.nuclei, img.Number), ch, o); err != nil {
			return nil, Truth{}, err
		}
	}
	return img, s.truth(all, covers), nil
}

// solids are the structures by name.
func (o objects) solids() map[string][]solid {
	out := map[string][]solid{"nucleus": nil, "net": nil, "mpo": nil, "platelet": nil}
	for _, n := range o.nuclei {
		out["nucleus"] = append(out["nucleus"], n.solid())
	}
	for _, net := range o.nets {
		for _, t := range net {
			out["net"] = append(out["net"], t.solid())
			if t.mpo {
				out["mpo"] = append(out["mpo"], t.solid())
			}
		}
	}
	for _, b := range o.platelets {
		out["platelet"] = append(out["platelet"], b.solid())
	}
	return out
}

// light is what a channel's stain sends out, in electrons a voxel.
func (s Stack) light(ch int, covers map[string][]float32, nuclei []nucleus, number []uint16) []float32 {
	out := make([]float32, s.N[0]*s.N[1]*s.N[2])
	add := func(name string, e float64) {
		for i, c := range covers[name] {
			out[i] += float32(e) * c
		}
	}
	switch ch {
	case DNA:
		for i, c := range covers["nucleus"] {
			if c > 0 {
				light := nucleusE
				if k := number[i]; k > 0 {
					light = nuclei[k-1].light
				}
				x, y := i%s.N[0], i/s.N[0]
				out[i] = c * float32(s.grained(light, x, y%s.N[1], y/s.N[1]))
			}
		}
		add("net", strandE)
	case H3Cit:
		add("net", histoneE)
	case MPO:
		add("mpo", granuleE)
	case CD61:
		add("platelet", plateletE)
	}
	return out
}

// photograph blurs, adds background and noise, and counts.
func (s Stack) photograph(ctx context.Context, light []float32, ch int, o parallel.Options) ([]uint16, error) {
	sigma := [3]float64{s.LateralUM / s.SpacingUM[0], s.LateralUM / s.SpacingUM[1], s.AxialUM / s.SpacingUM[2]}
	seen, err := filter.Gaussian(ctx, &volume.Volume[float32]{Grid: s.Grid(), Data: light}, sigma, o, nil)
	if err != nil {
		return nil, err
	}
	out := make([]uint16, len(light))
	n := s.N[0] * s.N[1]
	return out, parallel.Each(ctx, s.N[2], o, nil, func(_ context.Context, z int) error {
		for i, v := range seen.Data[z*n:][:n] {
			x, y := i%s.N[0], i/s.N[0]
			e := float64(v) + s.Background*(1+s.Gradient*(float64(x)/float64(s.N[0])-0.5))
			e += math.Sqrt(e+s.ReadE*s.ReadE) * grain.Normal(s.Seed, noise+ch, x, y, z)
			out[z*n+i] = uint16(min(max(math.Round(s.Offset+s.Gain*e), 0), math.MaxUint16))
		}
		return nil
	})
}

// Truth is what the stack holds; it marshals to truth.json.
type Truth struct {
	Schema     string             `json:"schema"` // "explant-truth/1"
	Kind       string             `json:"kind"`   // "if-stack"
	Parameters Stack              `json:"parameters"`
	StackUM3   float64            `json:"stack_um3"`
	Nuclei     int                `json:"nuclei"`
	MedianUM3  float64            `json:"median_nucleus_um3"`
	NETs       int                `json:"nets"`
	UM3        map[string]float64 `json:"structures_um3"` // nucleus, net, mpo, platelet
}

func (s Stack) truth(o objects, covers map[string][]float32) Truth {
	t := Truth{Schema: "explant-truth/1", Kind: "if-stack", Parameters: s, StackUM3: s.volumeUM3(), Nuclei: len(o.nuclei), UM3: map[string]float64{}}
	voxel := s.SpacingUM[0] * s.SpacingUM[1] * s.SpacingUM[2]
	for name, c := range covers {
		sum := 0.0
		for _, v := range c {
			sum += float64(v)
		}
		t.UM3[name] = sum * voxel
	}
	var volumes []float64
	for _, n := range o.nuclei {
		volumes = append(volumes, 4.0/3*math.Pi*n.half[0]*n.half[1]*n.half[2])
	}
	if slices.Sort(volumes); len(volumes) > 0 {
		t.MedianUM3 = volumes[len(volumes)/2]
	}
	for _, net := range o.nets {
		if len(net) > 0 {
			t.NETs++
		}
	}
	return t
}
