package serial

import (
	"fmt"
	"math"
	"math/rand/v2"

	"explant/analysis/phantom/grain"
	"explant/analysis/stain"
)

// Components of the block.
const (
	void uint8 = iota
	other
	fibrin
	rbc
	platelet
	classCount
)

var classNames = [classCount]string{"void", "other", "fibrin", "rbc", "platelet"}

// amounts are those of the stains of the profile msb in each component: yellow, scarlet, blue, as optical
// density along the stain.
var amounts = [classCount][3]float64{
	other: {0.04, 0.06, 0.07}, fibrin: {0.05, 0.75, 0.02}, rbc: {0.80, 0.10, 0}, platelet: {0.03, 0.14, 0.28},
}

// Streams of hashed numbers.
const (
	streamOutline = iota + 500
	streamHole
	streamFibrin
	streamRBC
	streamPlatelet
	streamTexture
	streamCamera = streamTexture + 10
	streamCells  = streamCamera + 10
)

// scene is everything that is drawn by one generator before any pixel.
type scene struct {
	Block
	sections []Section
	stains   []stain.Stain
	od       [][classCount][3]float64 // of each section and component
}

func newScene(b Block) (*scene, error) {
	p, err := stain.Builtin("msb")
	if err != nil {
		return nil, fmt.Errorf("stains of serial sections: %w", err)
	}
	s := &scene{Block: b, stains: p.Stains, od: make([][classCount][3]float64, b.Sections)}
	rng := rand.New(rand.NewPCG(b.Seed, 0x5e71a1))
	for k := range b.Sections {
		section := b.newSection(rng, k)
		section.Stain = map[string]float64{}
		all := math.Exp(0.5 * b.StainSpread * rng.NormFloat64()) // thickness and time, of all stains
		var strength [3]float64
		for i, st := range s.stains {
			strength[i] = all * math.Exp(b.StainSpread*rng.NormFloat64())
			section.Stain[st.Name] = strength[i]
		}
		for class := range amounts {
			for i, st := range s.stains {
				for ch := range st.OD {
					s.od[k][class][ch] += amounts[class][i] * strength[i] * st.OD[ch]
				}
			}
		}
		s.sections = append(s.sections, section)
	}
	for lost := 0; lost < b.Lost; {
		if k := 1 + rng.IntN(b.Sections-2); !s.sections[k].Lost {
			s.sections[k].Lost = true
			lost++
		}
	}
	return s, nil
}

// density is the optical density of a component in section k.
func (s *scene) density(k int, class uint8) [3]float64 { return s.od[k][class] }

// strength is how strongly a section is stained at a pixel, about 1.
func (s *scene) strength(k, x, y int) float64 {
	side := float64(min(s.W, s.H))
	slow := grain.Cloud(s.Seed, streamTexture+k<<8, 2*float64(x)/side, 2*float64(y)/side, 2)
	um := s.PixelSizeUM
	fine := grain.Smooth(s.Seed, streamTexture+1+k<<8, float64(x)*um/2.2, float64(y)*um/2.2)
	return max(1+s.Unevenness*slow+0.14*fine, 0.1)
}

// expose is the camera, with 8 bits.
func (s *scene) expose(k, x, y int, light [3]float64, rgba []uint8) {
	for ch := range light {
		v := s.GlassGrey * light[ch]
		if s.NoiseGrey > 0 {
			v += s.NoiseGrey * grain.Normal(s.Seed, streamCamera+ch, x, y, k)
		}
		rgba[ch] = uint8(math.Round(min(max(v, 0), 255)))
	}
	rgba[3] = 255
}

// component is what the block holds at a place in µm.
func (s *scene) component(x, y, z float64) uint8 {
	w, h := float64(s.W-1)*s.PixelSizeUM, float64(s.H-1)*s.PixelSizeUM
	side := min(w, h)
	rho := 2.8 * math.Hypot((x-w/2)/w, (y-h/2)/h)
	if rho > 1.5 {
		return void
	}
	if rho > 0.9+0.4*grain.Cloud3(s.Seed, streamOutline, 4*x/side, 4*y/side, 4*z/side, 3) {
		return void
	}
	if grain.Cloud3(s.Seed, streamHole, x/85, y/85, z/85, 2) < -0.62 {
		return void
	}
	if grain.Cloud3(s.Seed, streamPlatelet, x/75, y/75, z/75, 3) > 0.33 {
		return platelet
	}
	if grain.Cloud3(s.Seed, streamRBC, x/110, y/110, z/110, 2) > 0.06 {
		if s.redCell(x, y, z) {
			return rbc
		}
		return other
	}
	if math.Abs(grain.Cloud3(s.Seed, streamFibrin, x/26, y/26, z/26, 3)) < 0.17 {
		return fibrin
	}
	return other
}

const (
	cellPitch = 6.6 // µm between red cells
	cellGap   = 0.9 // µm between their surfaces
)

// redCell tells whether a place lies in a red cell: cells are packed until they flatten each other, as the
// cells of Voronoi around the points of a jittered lattice, a little apart.
func (s *scene) redCell(x, y, z float64) bool {
	ix, iy, iz := math.Floor(x/cellPitch), math.Floor(y/cellPitch), math.Floor(z/cellPitch)
	near, second := math.Inf(1), math.Inf(1)
	for dz := -1.0; dz <= 1; dz++ {
		key := grain.Key(s.Seed, streamCells+int(iz+dz)*8)
		for dy := -1.0; dy <= 1; dy++ {
			for dx := -1.0; dx <= 1; dx++ {
				i, j := int(ix+dx), int(iy+dy)
				at := func(n uint64, base float64) float64 {
					return cellPitch * (base + 0.5 + 0.7*(grain.Uniform(key+n, i, j)-0.5))
				}
				d := math.Sqrt(square(at(0, ix+dx)-x) + square(at(1, iy+dy)-y) + square(at(2, iz+dz)-z))
				if d < near {
					near, second = d, near
				} else if d < second {
					second = d
				}
			}
		}
	}
	return second-near > cellGap && near < 0.75*cellPitch
}

func square(v float64) float64 { return v * v }
