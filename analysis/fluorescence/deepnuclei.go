package fluorescence

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// Nuclei of a stack are the blobs of a scale somewhat finer than their size, so that touching ones come apart; two
// are at least a third of their size apart, and specks answer by less than a tenth of what most nuclei do.
const (
	blobShare = 0.9
	blobApart = 1.0 / 3
	blobFaint = 0.1
)

// deepScale is the size of nuclei in the light of a stack over that of the protocol, 1 where it cannot be told.
func (k cleaner) deepScale(ctx context.Context, light []float32) (float64, error) {
	d, err := k.deepDiameter(ctx, light)
	if err != nil || d == 0 {
		return 1, err
	}
	return min(max(d/k.p.Nucleus.TypicalUM, leastScale), mostScale), nil
}

// deepParts parts a mask of a stack around the blobs of the light, and describes the pieces.
func (p *prepared) deepParts(ctx context.Context, n *nuclear, light []float32, mask []bool, rule Nucleus, typical float64) error {
	if p.showsNETs() {
		light = clippedAt(light, float32(clipped*typical))
	}
	blobs, err := p.blobs(light, blobShare*rule.TypicalUM/blobDiameter)
	if err != nil {
		return err
	}
	seeds := p.deepSummits(blobs, mask, blobApart*rule.TypicalUM)
	if err := ctx.Err(); err != nil {
		return err
	}
	n.number = flood(blobs, mask, seeds, p.Grid.N[0], p.Grid.N[1])
	p.deepDescribe(n, light, len(seeds))
	return nil
}

// clippedAt is the light, at most as bright as most.
func clippedAt(light []float32, most float32) []float32 {
	out := make([]float32, len(light))
	for i, v := range light {
		out[i] = min(v, most)
	}
	return out
}

// deepSummits are the maxima of v among their 26 neighbours in the mask, the highest first, at least um apart and no
// faint ones.
func (k cleaner) deepSummits(v []float32, mask []bool, um float64) (at []int) {
	w, h, n, nz := k.Grid.N[0], k.Grid.N[1], k.area(), k.Grid.N[2]
	var all []int
	for i, in := range mask {
		if in && v[i] > 0 && k.highest(v, i) {
			all = append(all, i)
		}
	}
	if len(all) == 0 {
		return nil
	}
	slices.SortStableFunc(all, func(a, b int) int { return cmp.Compare(v[b], v[a]) })
	least := blobFaint * v[all[len(all)/4]]
	reach := [3]int{int(um / k.um), int(um / k.um), int(um / k.apartUM())}
	taken := make([]bool, len(v)) // within um of a summit
	for _, i := range all {
		if taken[i] || v[i] < least {
			continue
		}
		at = append(at, i)
		x, y, z := i%w, i/w%h, i/n
		for dz := -min(reach[2], z); dz <= min(reach[2], nz-1-z); dz++ {
			for dy := -min(reach[1], y); dy <= min(reach[1], h-1-y); dy++ {
				for dx := -min(reach[0], x); dx <= min(reach[0], w-1-x); dx++ {
					if sq(float64(dx)*k.um)+sq(float64(dy)*k.um)+sq(float64(dz)*k.apartUM()) < um*um {
						taken[i+dx+dy*w+dz*n] = true
					}
				}
			}
		}
	}
	return at
}

// highest tells whether no neighbour of voxel i is higher.
func (k cleaner) highest(v []float32, i int) bool {
	w, h, n, nz := k.Grid.N[0], k.Grid.N[1], k.area(), k.Grid.N[2]
	x, y, z := i%w, i/w%h, i/n
	for dz := max(z-1, 0); dz <= min(z+1, nz-1); dz++ {
		for dy := max(y-1, 0); dy <= min(y+1, h-1); dy++ {
			for dx := max(x-1, 0); dx <= min(x+1, w-1); dx++ {
				if v[dx+dy*w+dz*n] > v[i] {
					return false
				}
			}
		}
	}
	return true
}

// faces are the voxels that share a face with voxel i, -1 where the stack ends.
func (k cleaner) faces(i int) [6]int { return faces(i, k.Grid.N[0], k.Grid.N[1], k.Grid.N[2]) }

// deepDescribe measures every candidate of a stack: its volume in µm³ is its size, and its shape is not asked.
func (p *prepared) deepDescribe(n *nuclear, light []float32, found int) {
	n.objects = make([]object, found)
	px, sum, squares := make([]float64, found), make([]float64, found), make([]float64, found)
	for i, k := range n.number {
		if k == 0 {
			continue
		}
		v := float64(light[i])
		px[k-1]++
		sum[k-1] += v
		squares[k-1] += v * v
		for _, j := range p.faces(i) {
			if j < 0 || !p.free[j] {
				n.objects[k-1].edge = true
			}
		}
	}
	for k := range n.objects {
		if px[k] > 0 {
			mean := sum[k] / px[k]
			o := &n.objects[k]
			o.area, o.mean, o.texture, o.round = px[k]*p.voxelUM(), mean, sqrt(squares[k]/px[k]-mean*mean)/mean, 1
		}
	}
}

// voxelUM is the area of a pixel in µm², or the volume of a voxel of a stack in µm³.
func (k cleaner) voxelUM() float64 {
	if k.deep() {
		return k.um * k.um * k.apartUM()
	}
	return k.um * k.um
}

// limits are those of the protocol for nuclei of the rule, as areas or, in a stack, as volumes.
func (p *prepared) limits(rule Nucleus, typical float64) limits {
	l := rule.given(typical, p.showsNETs())
	if p.deep() {
		l.deep = true
		l.area, l.round, l.cut = [2]float64{ball(l.area[0]), ball(l.area[1])}, 0, l.cut*l.cut // two faces may cut a nucleus
	}
	return l
}

// deepExtend adds the voxels of the mask within um of an intact nucleus to the nearest one, by steps of a pixel and,
// as often as the distance of planes goes into them, of a plane.
func (p *prepared) deepExtend(n *nuclear, mask []bool, um float64) {
	var rim []int
	for i, k := range n.number {
		if k > 0 && n.objects[k-1].intact {
			rim = append(rim, i)
		}
	}
	planes := 0
	for step := 1; step <= int(math.Round(um/p.um)); step++ {
		faces := 4
		if reached := int(float64(step) * p.um / p.apartUM()); reached > planes {
			planes, faces = reached, 6
		}
		var next []int
		for _, i := range rim {
			around := p.faces(i)
			for _, j := range around[:faces] {
				if j >= 0 && mask[j] && n.number[j] == 0 {
					n.number[j] = n.number[i]
					next = append(next, j)
				}
			}
		}
		rim = append(rim, next...)
	}
}

// within is the light where the mask is, 0 elsewhere.
func within(light []float32, mask []bool) []float32 {
	out := make([]float32, len(light))
	for i, in := range mask {
		if in {
			out[i] = light[i]
		}
	}
	return out
}
