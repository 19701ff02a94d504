package composition

import "math"

// Table is what a device holds: a row a zone, and the whole device last.
type Table struct {
	Device string
	Zones  []ZoneRow
	Whole  ZoneRow
	Spread Spread
	Told   bool // Spread is that within zones
}

// ZoneRow is the content of a zone.
type ZoneRow struct {
	Zone     Zone
	Contents []Content // one a component of [Components] that was looked for, Unknown last
	Overfull float64   // by which the named components exceed the whole; 0 where they do not
}

// Content is one component in one zone.
type Content struct {
	Component string
	Share     Estimate
	Volume    Amount  // mm³
	Burden    Amount  // % of the blood-side space
	Mean      float64 // mean of the sections' shares, beside the ratio of sums; NaN for the whole device
}

// Amount is a value with its limits, NaN where they are not known, and what they come from most.
type Amount struct {
	Value, Lo, Hi float64
	Dominant      string
}

// Summarise joins scan and sections. pooled is the spread over the devices of the study.
func Summarise(d Device, pooled Spread, told bool) Table {
	t := Table{Device: d.Name, Spread: pooled, Told: told}
	named := d.measured()
	for _, z := range d.Zones {
		t.Zones = append(t.Zones, d.zone(z, named, pooled))
	}
	t.Whole = d.whole(t.Zones)
	return t
}

func (d *Device) zone(z Zone, named []string, pooled Spread) ZoneRow {
	row := ZoneRow{Zone: z}
	var all []Estimate
	sum, fewest := 0.0, math.Inf(1)
	for _, c := range named {
		in := d.of(c, z.Name)
		e := Estimate{}
		mean := math.NaN()
		if len(in) == 0 {
			e = d.elsewhere(c)
		} else {
			e = d.share(c, z.Name, pooled)
			fewest, mean = math.Min(fewest, worth(in)), 0
			for _, s := range in {
				mean += s.Value() / float64(len(in))
			}
		}
		sum += e.Value
		all = append(all, e)
		row.Contents = append(row.Contents, d.content(c, z, e, mean))
	}
	if len(named) == 0 {
		return row
	}
	row.Overfull = math.Max(sum-1, 0)
	row.Contents = append(row.Contents, d.content(Unknown, z, rest(all, pooled, fewest), math.NaN()))
	return row
}

// content multiplies a share with the zone's deposit.
func (d *Device) content(component string, z Zone, e Estimate, mean float64) Content {
	c := Content{Component: component, Share: e, Mean: mean}
	c.Volume = product(z.Deposit, d.Deposit, e)
	c.Burden = product(100*z.Deposit/z.Blood, d.Burden, e)
	return c
}

// product is a measured amount of deposit times a share; relative distances are combined as independent ones.
func product(amount float64, relative [2]float64, e Estimate) Amount {
	out := Amount{Value: amount * e.Value, Lo: math.NaN(), Hi: math.NaN()}
	if !e.Known() || math.IsNaN(relative[0]+relative[1]) {
		return out
	}
	scale := [2]float64{relative[0] * out.Value, relative[1] * out.Value}
	sampling := [2]float64{amount * (e.Value - e.Lo), amount * (e.Hi - e.Value)}
	class := amount * e.Common
	out.Lo = math.Max(out.Value-math.Sqrt(square(scale[0])+square(sampling[0])+square(class)), 0)
	out.Hi = out.Value + math.Sqrt(square(scale[1])+square(sampling[1])+square(class))
	out.Dominant = largest(scale[0]+scale[1], sampling[0]+sampling[1], 2*class)
	return out
}

func largest(scale, sampling, class float64) string {
	switch {
	case sampling >= scale && sampling >= class:
		return "sampling"
	case class >= scale:
		return "class"
	}
	return "border"
}

// whole adds the zones up: sections of different zones differ independently; what the deposit's border and the
// classes are off by is common to all.
func (d *Device) whole(zones []ZoneRow) ZoneRow {
	row := ZoneRow{Zone: Zone{Name: ""}}
	for _, z := range zones {
		row.Zone.Deposit += z.Zone.Deposit
		row.Zone.Blood += z.Zone.Blood
		row.Overfull = math.Max(row.Overfull, z.Overfull)
	}
	if len(zones) == 0 {
		return row
	}
	for k, c := range zones[0].Contents {
		e := Estimate{}
		below, above := 0.0, 0.0
		seen := map[string]bool{}
		for _, z := range zones {
			part, share := z.Zone.Deposit/row.Zone.Deposit, z.Contents[k].Share
			if row.Zone.Deposit <= 0 {
				part = 1 / float64(len(zones))
			}
			e.Value += part * share.Value
			e.Common += part * share.Common
			below += square(part * (share.Value - share.Lo))
			above += square(part * (share.Hi - share.Value))
			e.Pooled = e.Pooled || share.Pooled
		}
		for _, s := range d.Sections {
			for _, share := range s.Shares {
				if share.Component == c.Component || c.Component == Unknown {
					seen[s.Name] = true
				}
			}
		}
		e.Sections = len(seen)
		e.Lo, e.Hi = e.Value-math.Sqrt(below), e.Value+math.Sqrt(above)
		row.Contents = append(row.Contents, d.content(c.Component, row.Zone, e, math.NaN()))
	}
	return row
}
