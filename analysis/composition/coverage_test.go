package composition

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"explant/analysis/phantom/study"
)

// drawn is a study at the level of its statistics: compositions as the device phantom draws them, areas and
// volumes with the errors that slides and scans of it have. No picture is made.
func drawn(t *testing.T, seed uint64, sections int) (devices []Device, truth []map[string][3]float64) {
	t.Helper()
	s := study.Default(seed)
	s.Sections, s.IF, s.Unused = sections, true, 0
	plan, err := s.Plan()
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(seed, 0x5a))
	for _, p := range plan {
		d := Device{Name: p.ID, Deposit: [2]float64{0.04, 0.04}, Burden: [2]float64{0.05, 0.05}}
		scale := 1 + 0.02*rng.NormFloat64() // of the scan
		volumes := map[string][3]float64{}
		for k, zone := range study.Zones {
			v := p.Scan.DepositShare * 4.5 * [3]float64{0.55, 0.3, 0.15}[k]
			d.Zones = append(d.Zones, Zone{Name: zone, Deposit: v * scale, Blood: 1.5})
			c := p.Composition[k]
			for name, share := range map[string]float64{"fibrin": c.Fibrin, "platelet": c.Platelet, "rbc": c.RBC, "leukocyte": c.Leukocyte, "net": c.NET, "unknown": c.Unknown} {
				at := volumes[name]
				at[k] = v * share
				volumes[name] = at
			}
		}
		bias := map[string]float64{} // of a class, in all slides of a device
		for _, c := range Components {
			bias[c] = 0.02 * rng.NormFloat64()
		}
		for _, c := range p.Sections {
			out := Section{Name: c.ID, Zone: study.Zones[c.Zone]}
			tissue := 0.06 + 0.08*rng.Float64()
			for _, x := range []struct {
				name  string
				share float64
			}{{"fibrin", c.Composition.Fibrin}, {"platelet", c.Composition.Platelet}, {"rbc", c.Composition.RBC}, {"leukocyte", c.Composition.Leukocyte}} {
				out.Shares = append(out.Shares, Share{Component: x.name, Area: tissue * x.share * (1 + bias[x.name]), Tissue: tissue, Half: 0.04 * x.share, Source: "drawn"})
			}
			out.Shares = append(out.Shares, field(rng, c.Composition.NET))
			d.Sections = append(d.Sections, out)
		}
		devices, truth = append(devices, d), append(truth, volumes)
	}
	return devices, truth
}

// field draws the NETs of a field of immunofluorescence: a Poisson number of them, of log-normal area.
func field(rng *rand.Rand, share float64) Share {
	const tissue, mean, cv = 0.094, 750e-6, 0.6
	n := int(distuv.Poisson{Lambda: share / mean * tissue, Src: rng}.Rand())
	sd := math.Sqrt(math.Log(1 + cv*cv))
	area := 0.0
	for range n {
		area += mean * math.Exp(sd*rng.NormFloat64()-sd*sd/2)
	}
	return Share{Component: "net", Area: area, Tissue: tissue, Half: 0.05 * area / tissue, Objects: n, Source: "drawn"}
}

// hits counts how often intervals hold the truth, and how wide they are for the error that they speak of.
type hits struct{ n, held, half, squares float64 }

func (h hits) rate() float64  { return h.held / h.n }
func (h hits) width() float64 { return h.half / h.n / math.Sqrt(h.squares/h.n) }

func judged(t *testing.T, seeds, first uint64, sections int, alone bool) map[string]*hits {
	t.Helper()
	all := map[string]*hits{}
	for seed := first; seed < first+seeds; seed++ {
		devices, truth := drawn(t, seed, sections)
		pooled, told := Pooled(devices)
		for i, d := range devices {
			if alone {
				pooled, told = Pooled(devices[i : i+1])
			}
			table := Summarise(d, pooled, told)
			for k, z := range table.Zones {
				for _, c := range z.Contents {
					key := c.Component + " " + z.Zone.Name
					if all[key] == nil {
						all[key] = &hits{}
					}
					h, want := all[key], truth[i][c.Component][k]
					h.n++
					if want >= c.Volume.Lo && want <= c.Volume.Hi {
						h.held++
					}
					h.half += (c.Volume.Hi - c.Volume.Lo) / 2
					h.squares += square(c.Volume.Value - want)
				}
			}
		}
	}
	return all
}

// TestIntervalsOfDevicesHoldTheTruthAccuracy draws 100 studies of three devices with four sections each, so that
// zones have one section or two.
func TestIntervalsOfDevicesHoldTheTruthAccuracy(t *testing.T) {
	const least = 0.90
	first := uint64(1001)
	for _, c := range []struct {
		sections int
		alone    bool
		widest   float64
	}{{4, false, 3}, {12, false, 3}, {6, true, 3}, {4, true, 4.6}} { // one repeated zone tells the spread of a device by itself
		for name, h := range judged(t, 100, first, c.sections, c.alone) {
			if os.Getenv("EXPLANT_VALIDATE") != "" {
				fmt.Printf("%2d sections, device alone %v, %-18s held in %5.1f %%, half width %.2f x RMS error\n", c.sections, c.alone, name, 100*h.rate(), h.width())
			}
			if h.rate() < least || h.width() > c.widest {
				t.Errorf("%d sections, device alone %v, %s: intervals hold the truth in %.0f %%, half width %.2f times the RMS error", c.sections, c.alone, name, 100*h.rate(), h.width())
			}
		}
	}
}
