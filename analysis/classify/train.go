package classify

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"explant/analysis/features"
	"explant/analysis/forest"
	"explant/volume/parallel"
)

// Training is what a model is made from.
type Training struct {
	Input   Input
	Levels  int // scales of the features
	Images  []Image
	Sources []Source // one an image
	Regions []Region
	Forest  forest.Params
	Limit   int // about how many pixels are used
	Folds   int // of cross-validation at most; 0 for none
}

// Small numbers below which a class is warned of.
const (
	leastRegions = 3
	leastSamples = 200
)

// Train makes a model. The same images, regions and parameters give the same bytes for any number of workers.
func Train(ctx context.Context, t Training, software string, o parallel.Options, prog parallel.Progress) (*Model, error) {
	bank := features.Bank{Channels: len(t.Input.Channels), Levels: t.Levels, Volume: t.Input.Volumetric()}
	if err := errors.Join(t.Input.Check(), bank.Check(), t.Forest.Check()); err != nil {
		return nil, err
	}
	m := &Model{Software: software, Input: t.Input, Bank: bank, Images: t.Images, Params: t.Forest, Algorithms: Algorithms()}
	class, err := m.takeClasses(t.Regions)
	if err != nil {
		return nil, err
	}
	sizes := make([][3]int, len(t.Sources))
	for i, s := range t.Sources {
		sizes[i] = s.Size()
	}
	picked, err := choose(t.Regions, class, len(m.Classes), sizes, t.Limit, t.Forest)
	if err != nil {
		return nil, err
	}
	samples, region, err := t.samples(ctx, bank, picked, class, len(m.Classes), o, prog)
	if err != nil {
		return nil, err
	}
	m.record(t.Regions, class, picked, samples.Len())
	if err := m.lacking(); err != nil {
		return nil, err
	}
	if err := m.cross(ctx, t.Folds, samples, region, class, picked, o, prog); err != nil {
		return nil, err
	}
	g, err := forest.Train(ctx, samples, t.Forest, o, prog)
	if err != nil {
		return nil, err
	}
	m.Forest, m.OutOfBag = g.Forest, g.OutOfBag
	m.weigh(g.Importance)
	m.warn(picked)
	_, err = m.Encode()
	return m, err
}

// takeClasses lists the classes in the order of the alphabet and gives that of each region.
func (m *Model) takeClasses(regions []Region) (class []int, err error) {
	var names []string
	colors := map[string]string{}
	for _, r := range regions {
		if !slices.Contains(names, r.Class) {
			names = append(names, r.Class)
		}
		if colors[r.Class] == "" {
			colors[r.Class] = r.Color
		}
	}
	slices.Sort(names)
	if len(names) < 2 {
		return nil, fmt.Errorf("annotations of %d class %q: at least two classes are wanted", len(names), names)
	}
	if len(names) > forest.MaxClasses {
		return nil, fmt.Errorf("annotations of %d classes: at most %d can be told apart", len(names), forest.MaxClasses)
	}
	for i, n := range names {
		color := colors[n]
		if color == "" {
			color = palette[i%len(palette)]
		}
		m.Classes = append(m.Classes, Class{Name: n, Color: color})
	}
	for _, r := range regions {
		class = append(class, slices.Index(names, r.Class))
	}
	return class, nil
}

// palette are the colours of Okabe and Ito, for classes that were drawn without one.
var palette = []string{"#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#999999"}

// samples computes the features of the chosen pixels; region is that of each sample.
func (t Training) samples(ctx context.Context, bank features.Bank, c chosen, class []int, classes int, o parallel.Options, prog parallel.Progress) (s forest.Samples, region []int, err error) {
	n := 0
	for _, p := range c.pixels {
		n += len(p)
	}
	s = forest.Samples{Values: make([][]uint16, bank.Len()), Classes: classes}
	for f := range s.Values {
		s.Values[f] = make([]uint16, n)
	}
	for i, src := range t.Sources {
		if err := gather(ctx, src, t.Input, bank, c.pixels[i], s.Values, len(s.Class), o, prog); err != nil {
			return s, nil, fmt.Errorf("%s: %w", t.Images[i].Name, err)
		}
		for _, p := range c.pixels[i] {
			s.Class = append(s.Class, uint8(class[p.region]))
			region = append(region, p.region)
		}
	}
	return s, region, nil
}

// record keeps what was drawn and what of it was used.
func (m *Model) record(regions []Region, class []int, c chosen, samples int) {
	m.Samples = samples
	for k, r := range regions {
		m.Regions = append(m.Regions, Record{Image: r.Image, Class: r.Class, Name: r.Name, Pixels: c.area[k], Samples: c.used[k], Geometry: r.Geometry})
		own := &m.Classes[class[k]]
		own.Regions++
		own.Pixels += c.area[k]
		own.Samples += c.used[k]
	}
}

// lacking reports classes of which no pixel is left.
func (m *Model) lacking() error {
	for _, c := range m.Classes {
		if c.Samples == 0 {
			return fmt.Errorf("class %q has no pixel that belongs to it alone: its regions lie under those of other classes", c.Name)
		}
	}
	return nil
}

// cross validates over regions, where there are enough of them.
func (m *Model) cross(ctx context.Context, most int, s forest.Samples, region, class []int, c chosen, o parallel.Options, prog parallel.Progress) error {
	fold, n := folds(class, c.area, len(m.Classes), most)
	if n == 0 {
		return nil
	}
	x := &crossing{samples: s, region: region, fold: fold, params: m.Params, weight: make([]float64, len(fold))}
	for k := range fold {
		m.Regions[k].Fold = fold[k]
		x.weight[k] = float64(c.area[k]) / float64(max(c.used[k], 1))
	}
	if err := x.validate(ctx, n, o, prog); err != nil {
		return err
	}
	m.Cross = &x.sums
	for k := range m.Classes {
		m.Classes[k].AreaError = x.areaError(k)
	}
	return nil
}

// weigh names the importance of the features.
func (m *Model) weigh(all []float64) {
	var channels []string
	for _, c := range m.Input.Channels {
		channels = append(channels, c.Name)
	}
	m.Importance = map[string]float64{}
	for f, name := range m.Bank.Names(channels) {
		m.Importance[name] = all[f]
	}
}

// warn lists what makes the model weak.
func (m *Model) warn(c chosen) {
	m.Warnings = []string{}
	for _, k := range m.Classes {
		switch {
		case k.Regions == 1:
			m.Warnings = append(m.Warnings, fmt.Sprintf("class %q has one region only: how well it is found elsewhere is not known; draw at least %d in different places", k.Name, leastRegions))
		case k.Regions < leastRegions:
			m.Warnings = append(m.Warnings, fmt.Sprintf("class %q has %d regions: draw at least %d in different places", k.Name, k.Regions, leastRegions))
		}
		if k.Samples < leastSamples {
			m.Warnings = append(m.Warnings, fmt.Sprintf("class %q has %d labelled pixels: draw at least %d", k.Name, k.Samples, leastSamples))
		}
	}
	if c.contested > 0 {
		m.Warnings = append(m.Warnings, fmt.Sprintf("%d of the chosen pixels lie in regions of two classes and were left out", c.contested))
	}
	if s := m.Input.Spacing; m.Input.Volumetric() && slices.Max(s[:]) > (1+sizeTolerance)*slices.Min(s[:]) && slices.Min(s[:]) > 0 {
		m.Warnings = append(m.Warnings, fmt.Sprintf("voxels of %.4g x %.4g x %.4g µm are taken as cubes: features reach farther along the longer sides, and the classifier is for volumes cut the same way; make cubes of them first where shapes matter: explant convert --isotropic", 1000*s[0], 1000*s[1], 1000*s[2]))
	}
	if m.Input.Spacing[0] == 0 {
		m.Warnings = append(m.Warnings, "the size of the pixels is unknown: the classifier cannot tell whether another image is magnified in the same way")
	}
}
