package micrograph

import "math"

// ruleUM is how near a marker must be to extracellular DNA that counts as NET.
const ruleUM = 0.5

// NETByRule counts the pixels of the labels that a perfect reader takes for NET: DNA outside intact nuclei,
// with H3Cit or MPO at most 0.5 µm away, between the centres of pixels.
func NETByRule(labels *Planes, pixelUM float64) (n int) {
	w, h := labels.W, labels.H
	reach := int(ruleUM / pixelUM)
	marked := func(x, y int) bool {
		at := y*w + x
		return labels.Data[ifH3Cit][at] > 0 || labels.Data[ifMPO][at] > 0
	}
	near := func(x, y int) bool {
		for dy := -reach; dy <= reach; dy++ {
			for dx := -reach; dx <= reach; dx++ {
				if math.Hypot(float64(dx), float64(dy))*pixelUM > ruleUM || x+dx < 0 || y+dy < 0 || x+dx >= w || y+dy >= h {
					continue
				}
				if marked(x+dx, y+dy) {
					return true
				}
			}
		}
		return false
	}
	for y := range h {
		for x := range w {
			at := y*w + x
			loose := labels.Data[ifCrushed][at] > 0 || labels.Data[ifSmear][at] > 0 || labels.Data[ifNET][at] > 0
			if loose && labels.Data[ifNucleus][at] == 0 && near(x, y) {
				n++
			}
		}
	}
	return n
}

// dnaStructures are the structures with DNA.
var dnaStructures = [...]int{ifNucleus, ifCrushed, ifSmear, ifNET}

// overlapPairs are the pairs of fluorophores that are compared.
var overlapPairs = [...][2]int{{DNA, H3Cit}, {DNA, MPO}, {H3Cit, MPO}, {Fibrin, CD61}}

// overlapSums are sums over pixels: light of each fluorophore, and of both of each pair where the other is.
type overlapSums struct {
	all  [Channels]float64
	pair [len(overlapPairs)][2]float64
	both [len(overlapPairs)]int
}

func (o *overlapSums) merge(b *overlapSums) {
	for ch := range o.all {
		o.all[ch] += b.all[ch]
	}
	for k := range o.pair {
		o.pair[k][0] += b.pair[k][0]
		o.pair[k][1] += b.pair[k][1]
		o.both[k] += b.both[k]
	}
}

// add counts a pixel: its light, and which fluorophores' labels it has.
func (o *overlapSums) add(light, there [Channels]float64) {
	for ch, v := range light {
		o.all[ch] += v
	}
	for k, p := range overlapPairs {
		o.pair[k][0] += light[p[0]] * there[p[1]]
		o.pair[k][1] += light[p[1]] * there[p[0]]
		o.both[k] += int(there[p[0]] * there[p[1]])
	}
}

func (o *overlapSums) overlaps(um2 float64) (all []Overlap) {
	share := func(part, whole float64) float64 {
		if whole == 0 {
			return 0
		}
		return part / whole
	}
	for k, p := range overlapPairs {
		all = append(all, Overlap{
			A: ChannelNames[p[0]], B: ChannelNames[p[1]],
			M1: share(o.pair[k][0], o.all[p[0]]), M2: share(o.pair[k][1], o.all[p[1]]), AreaUM2: float64(o.both[k]) * um2,
		})
	}
	return all
}

// finish sums up a band when all bodies are on it, and takes labels off pixels of which most is uncovered.
func (b *ifBand) finish(sum *ifSums) {
	for at := range b.w * (b.y1 - b.y0) {
		pixel := b.y0*b.w + at
		for k := range b.covers {
			sum.of[k] += int64(count(b.covers[k][at]))
			if !most(b.covers[k][at], at%b.w, b.y0+at/b.w) {
				b.labels.Data[k][pixel] = 0
			}
		}
		sum.netOutside += int64(count(b.covers[ifNET][at] &^ b.covers[ifNucleus][at]))
		sum.free += int64(allSamples - count(b.covers[ifFibre][at]))
		var light, there [Channels]float64
		for ch := range light {
			light[ch] = float64(b.light.of[ch][pixel])
		}
		for ch, k := range [Channels]int{H3Cit: ifH3Cit, MPO: ifMPO, Fibrin: ifFibrin, CD61: ifPlatelet} {
			there[ch] = float64(min(b.labels.Data[k][pixel], 1))
		}
		there[DNA] = 0
		for _, k := range dnaStructures {
			there[DNA] = max(there[DNA], float64(min(b.labels.Data[k][pixel], 1)))
		}
		sum.light.add(light, there)
	}
}
