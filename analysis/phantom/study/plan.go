package study

import (
	"fmt"
	"math"
	"math/rand/v2"

	"explant/analysis/phantom"
	"explant/analysis/phantom/micrograph"
)

// Device is what is drawn for one device before anything is scanned or stained.
type Device struct {
	ID          string
	Arm         string
	Block       string // "" for an unused device
	RunHours    float64
	Unused      bool
	Scan        phantom.Oxygenator
	Composition [3]Composition // of each zone; zero for an unused device
	Sections    []Section
}

// Section is a place that is cut out of a device, with one slide a stain.
type Section struct {
	ID          string
	Zone        int           // index into Zones
	FromU, ToU  float64       // along the flow, 0 at the inlet and 1 at the outlet
	Affine      [4][4]float64 // from mm on the slide (right and down from its corner, into it, 1) to mm in the scan
	Composition Composition   // zero for an unused device
	Slides      []phantom.Slide
	Field       *micrograph.IF // immunofluorescence; nil without
}

// ArmName names the arms of used devices: A, B, C and so on. Unused devices are the arm "unused".
func ArmName(k int) string { return string(rune('A' + k)) }

// BlockName names the blocks: circuits C01, C02 and so on.
func BlockName(k int) string { return fmt.Sprintf("C%02d", k+1) }

// UnusedArm is the arm of the unused devices.
const UnusedArm = "unused"

// Plan draws all devices: arm by arm, then the unused ones.
func (s Study) Plan() ([]Device, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	var all []Device
	for arm := range s.Arms {
		for k := range s.Devices {
			d := Device{Arm: ArmName(arm), Block: BlockName(k)}
			block := rand.New(rand.NewPCG(s.Seed, 0xb10c<<16+uint64(k)))
			median := s.BurdenShare * math.Pow(s.ArmRatio, float64(arm)) * math.Exp(s.BlockSD*block.NormFloat64())
			d.RunHours = math.Round(uniform(block, s.HoursRun))
			d.ID = fmt.Sprintf("D%02d", len(all)+1)
			if err := s.drawUsed(&d, median, uint64(arm)<<8+uint64(k)); err != nil {
				return nil, err
			}
			all = append(all, d)
		}
	}
	for k := range s.Unused {
		d := Device{ID: fmt.Sprintf("D%02d", len(all)+1), Arm: UnusedArm, Unused: true}
		rng := s.stream(unusedStream + uint64(k))
		d.Scan = s.scan(uint64(rng.Uint32()))
		d.Scan.DepositShare = 0
		if err := s.cut(&d, rng); err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// unusedStream is beyond the streams of used devices.
const unusedStream = 1 << 15

// stream is the random numbers of one device.
func (s Study) stream(device uint64) *rand.Rand {
	return rand.New(rand.NewPCG(s.Seed, 0xde71ce<<16+device))
}

func uniform(rng *rand.Rand, r [2]float64) float64 { return r[0] + (r[1]-r[0])*rng.Float64() }

// maxBurden is the most that the scan's deposits can fill in reasonable time.
const maxBurden = 0.3

func (s Study) drawUsed(d *Device, median float64, number uint64) error {
	rng := s.stream(number)
	d.Scan = s.scan(uint64(rng.Uint32()))
	d.Scan.DepositShare = min(median*math.Exp(s.DeviceSD*rng.NormFloat64()), maxBurden)
	d.Scan.InletDecay = uniform(rng, s.Decay)
	for z := range Zones {
		var err error
		if d.Composition[z], err = s.Composition[z].draw(rng, s.DeviceDraws); err != nil {
			return err
		}
	}
	return s.cut(d, rng)
}

// cut draws the sections: the zones in turn, at a random place within each.
func (s Study) cut(d *Device, rng *rand.Rand) error {
	for k := range s.Sections {
		c := Section{ID: fmt.Sprintf("%s-S%02d", d.ID, k+1), Zone: k % len(Zones)}
		if err := s.place(&c, d, rng); err != nil {
			return err
		}
		key := rng.Uint64()
		for _, stain := range s.Stains {
			p := s.slide(stain, imageSeed(key, stain))
			p.Cover = emptyCover
			if !d.Unused {
				mix := c.Composition.mix()
				p.Cover, p.Mix = 0, &mix
			}
			c.Slides = append(c.Slides, p)
		}
		if s.IF {
			f := s.field(c.Composition, imageSeed(key, "if"))
			c.Field = &f
		}
		d.Sections = append(d.Sections, c)
	}
	return nil
}

// imageSeed is the seed of one image of a section: it does not change when the section gets others.
func imageSeed(section uint64, kind string) uint64 {
	const prime = 0x100000001b3 // of FNV-1a
	for _, b := range []byte(kind) {
		section = (section ^ uint64(b)) * prime
	}
	return section >> 32
}

// emptyCover leaves no deposit between the fibres of a slide.
const emptyCover = -2

// place draws where a section lies, wholly inside its zone and the housing, and what it is made of. Its
// plane holds the flow axis and cuts the fibres of every other mat at right angles.
func (s Study) place(c *Section, d *Device, rng *rand.Rand) (err error) {
	height, side := s.heightMM(), s.slideMM()
	zone := height / float64(len(Zones))
	top := zone*float64(c.Zone) + (zone-side)*rng.Float64() // from the inlet's face of the image
	c.FromU, c.ToU = top/height, (top+side)/height
	room := height/2 - d.Scan.HousingUM/1000 - side/2
	play := max(room, 0) / math.Sqrt2
	along, across := play*(2*rng.Float64()-1), play*(2*rng.Float64()-1)
	sin, cos := math.Sincos(d.Scan.MatAngleDeg * math.Pi / 180)
	right, in := [3]float64{-sin, cos, 0}, [3]float64{cos, sin, 0}
	voxel := d.Scan.SpacingUM / 1000
	middle := [3]float64{(height - voxel) / 2, (height - voxel) / 2, top + side/2 - voxel/2}
	down := [3]float64{0, 0, 1}
	for a := range 3 {
		c.Affine[a] = [4]float64{right[a], down[a], in[a],
			middle[a] + across*right[a] + along*in[a] - side/2*(right[a]+down[a])}
	}
	c.Affine[3][3] = 1
	if d.Unused {
		return nil
	}
	c.Composition, err = d.Composition[c.Zone].draw(rng, s.SectionDraws)
	return err
}
