package stain

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"explant/assets"
)

// Collinear is the angle in degrees between two stains below which their amounts cannot be told apart at the
// noise of an 8-bit camera: one grey level at half the light of glass is 0.004 OD, and at that angle 0.02 OD of
// each stain.
const Collinear = 12.0

// Origins of a profile. Only a laboratory's own single-stain control slides make its vectors trustworthy:
// dyes, sections and cameras differ.
const (
	Published  = "published"  // from a paper or another laboratory's slides
	Nominal    = "nominal"    // chosen, not measured
	Laboratory = "laboratory" // from this laboratory's control slides
	Slide      = "slide"      // estimated from stained slides, without controls
)

// Stain is one dye: its name and the direction of its optical density in red, green and blue, of unit
// length and without a negative component.
type Stain struct {
	Name string     `yaml:"name" json:"name"`
	OD   [3]float64 `yaml:"od" json:"od"`
}

// Profile is a set of two or three stains that are used together. With two, the third direction is their
// cross product, and its amount is the residual: colour that neither stain explains.
type Profile struct {
	Name    string  `yaml:"name" json:"name"`
	Version int     `yaml:"version" json:"version"`
	Title   string  `yaml:"title" json:"title"`
	Origin  string  `yaml:"origin" json:"origin"` // published, nominal, laboratory or slide
	Source  string  `yaml:"source" json:"source"`
	Stains  []Stain `yaml:"stains" json:"stains"`
	Also    []Stain `yaml:"also,omitempty" json:"also,omitempty"` // colours that such a slide may show beside the stains; they are not unmixed
}

// Builtin returns the built-in profile of that name.
func Builtin(name string) (Profile, error) {
	text, err := assets.Stains.ReadFile("stains/" + name + ".yaml")
	if err != nil {
		return Profile{}, fmt.Errorf("stain profile %q is not built in: choose one of %s", name, strings.Join(Names(), ", "))
	}
	return Parse(text)
}

// Names lists the built-in profiles, sorted.
func Names() []string {
	files, err := fs.Glob(assets.Stains, "stains/*.yaml")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(path.Base(f), ".yaml")
	}
	slices.Sort(files)
	return files
}

// Parse reads a profile from YAML and checks it. An unknown key is an error.
func Parse(text []byte) (Profile, error) {
	var p Profile
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&p); err != nil {
		return Profile{}, fmt.Errorf("read stain profile: %w", err)
	}
	return p, p.Check()
}

// Check reports every reason why the profile cannot be used. Stains that are merely close to collinear
// pass; ask [Profile.Angle].
func (p Profile) Check() error {
	var bad []error
	if p.Name == "" || p.Version < 1 || p.Source == "" {
		bad = append(bad, errors.New("name, version (1 or more) and source must be given"))
	}
	if !slices.Contains([]string{Published, Nominal, Laboratory, Slide}, p.Origin) {
		bad = append(bad, fmt.Errorf("origin %q is none of published, nominal, laboratory, slide", p.Origin))
	}
	if n := len(p.Stains); n < 2 || n > 3 {
		bad = append(bad, fmt.Errorf("%d stains: two or three are wanted", n))
	}
	for i, s := range p.Stains {
		bad = append(bad, s.check())
		if p.Index(s.Name) != i {
			bad = append(bad, fmt.Errorf("stain %q is listed twice", s.Name))
		}
	}
	for _, s := range p.Also {
		bad = append(bad, s.check())
	}
	if err := errors.Join(bad...); err != nil {
		return fmt.Errorf("stain profile %q: %w", p.Name, err)
	}
	if _, err := p.Unmixing(); err != nil {
		return fmt.Errorf("stain profile %q: %w", p.Name, err)
	}
	return nil
}

// Index is the position of the stain of that name, -1 when there is none.
func (p Profile) Index(name string) int {
	return slices.IndexFunc(p.Stains, func(s Stain) bool { return s.Name == name })
}

// AlsoIndex is the position of the colour of that name beside the stains, -1 when there is none.
func (p Profile) AlsoIndex(name string) int {
	return slices.IndexFunc(p.Also, func(s Stain) bool { return s.Name == name })
}

// names lists the stains for a message.
func (p Profile) names() string {
	var all []string
	for _, s := range p.Stains {
		all = append(all, s.Name)
	}
	return strings.Join(all, ", ")
}

// Angle is the smallest angle between two stains of the profile, in degrees.
func (p Profile) Angle() float64 {
	least := 180.0
	for i, a := range p.Stains {
		for _, b := range p.Stains[:i] {
			least = min(least, Angle(a.OD, b.OD))
		}
	}
	return least
}

func (s Stain) check() error {
	const unit = 1e-3 // vectors are printed with three digits or more
	switch n := norm(s.OD); {
	case s.Name == "":
		return errors.New("a stain has no name")
	case min(s.OD[0], s.OD[1], s.OD[2]) < 0:
		return fmt.Errorf("stain %s: direction %v has a negative component; a stain does not add light", s.Name, s.OD)
	case !(math.Abs(n-1) <= unit):
		return fmt.Errorf("stain %s: direction %v has length %.4f; divide by it to make it 1", s.Name, s.OD, n)
	}
	return nil
}
