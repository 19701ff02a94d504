package slide

// fixedPoint makes sums of densities exact integers.
const fixedPoint = 4096

// tally counts pixels under one set of thresholds: all tissue, the pixels of each label value, and the
// amounts of each measured class in its pixels, by label value less the first.
type tally struct {
	tissue int64
	pixels []int64
	od     [][]int64
}

func newTally(classes int) tally {
	a := tally{pixels: make([]int64, classes+int(firstValue)+2), od: make([][]int64, classes)}
	for i := range a.od {
		a.od[i] = make([]int64, odBins)
	}
	return a
}

func (a *tally) merge(b *tally) {
	a.tissue += b.tissue
	for i, n := range b.pixels {
		a.pixels[i] += n
	}
	for k := range b.od {
		for i, n := range b.od[k] {
			a.od[k][i] += n
		}
	}
}

// add counts n tissue pixels of a class with their amount.
func (a *tally) add(class uint8, amount float32, n int64) {
	a.tissue += n
	a.pixels[class] += n
	if k := int(class) - int(firstValue); k >= 0 && k < len(a.od) {
		a.od[k][odBin(amount)] += n
	}
}

// census is what the second pass counts: one tally a set of thresholds, and what depends on none.
type census struct {
	tallies         []tally
	all             tally // of pixels that are the same under all thresholds but the half ones: settle adds them
	pixels, ink     int64
	structures      []int64 // pixels of each excluded class
	surrounded      surrounded
	nuclei          int
	countedNuclei   bool
	section         int64 // pixels within the outline of the section
	residual, total int64 // sums over tissue of residual and of all density, x fixedPoint
}

func (a *census) merge(b *census) {
	a.all.merge(&b.all)
	for i := range a.tallies {
		a.tallies[i].merge(&b.tallies[i])
	}
	a.pixels, a.ink = a.pixels+b.pixels, a.ink+b.ink
	for k, n := range b.structures {
		a.structures[k] += n
	}
	a.residual, a.total = a.residual+b.residual, a.total+b.total
}

func (c *classifier) newCensus() *census {
	s := &census{all: newTally(c.classes), tallies: make([]tally, len(c.cuts)), structures: make([]int64, len(structures))}
	for i := range s.tallies {
		s.tallies[i] = newTally(c.classes)
	}
	return s
}

// settle adds what is the same under all thresholds to the tallies.
func (a *census) settle() {
	for k := range a.tallies {
		if k != cutHalf {
			a.tallies[k].merge(&a.all)
		}
	}
}
