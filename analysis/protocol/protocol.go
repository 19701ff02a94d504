// Package protocol reads the rules of an analysis. A protocol is a YAML file that may extend another,
// is checked against a schema (assets/protocols/protocol.schema.json), and is resolved into one value
// with every rule spelt out. Its method hash travels with every value that it makes.
package protocol

import (
	"bytes"
	"encoding/json"
	"fmt"

	"explant/analysis/classify"
	"explant/analysis/coloc"
	"explant/analysis/connector"
	"explant/analysis/floor"
	"explant/analysis/fluorescence"
	"explant/analysis/measure"
	"explant/analysis/noise"
	"explant/analysis/oxygenator"
	"explant/analysis/prepare"
	"explant/analysis/rescan"
	"explant/analysis/segment"
	"explant/analysis/sem"
	"explant/analysis/slide"
	"explant/analysis/stain"
)

// Engine is the segmentation that a protocol steers.
type Engine string

// The engines.
const (
	Panel      Engine = "panel"      // 3x3x3 median and three-class Otsu
	Ranges     Engine = "ranges"     // named grey ranges, or Otsu's threshold
	Oxygenator Engine = "oxygenator" // fitted hollow fibres
	Connector  Engine = "connector"  // fitted bores of tube and connector
	Slide      Engine = "slide"      // stain amounts by colour deconvolution

	Fluorescence Engine = "fluorescence" // markers by channel, nuclei and NETs
	SEM          Engine = "sem"          // fibre networks in the electron microscope

	// Made from a classifier, never read from a file.
	Pixels Engine = "pixel-classifier" // classes of pixels by a trained classifier
	Voxels Engine = "voxel-classifier" // the same of voxels
)

// Planar says whether the engine measures pictures; the others measure volumes, by the rules of Measure.
func (e Engine) Planar() bool { return e == Slide || e == Fluorescence || e == SEM || e == Pixels }

// Protocol is one resolved set of rules. Of the parameter groups the one that Engine names is set.
type Protocol struct {
	Name        string
	Title       string
	Description string
	Engine      Engine

	Panel      *segment.PanelParams
	Ranges     *segment.RangesParams
	Oxygenator *oxygenator.Params
	Connector  *connector.Params
	Slide      *slide.Params

	Fluorescence *fluorescence.Params
	SEM          *sem.Params
	Classifier   *classify.Rules

	Prepare *prepare.Params // of the 3D engines; nil: nothing is done
	Measure *measure.Params // of the 3D engines
}

// file is a protocol as it stands in YAML and JSON: the group of the engine is called segment.
type file struct {
	Name        string          `json:"name" yaml:"name"`
	Title       string          `json:"title" yaml:"title"`
	Description string          `json:"description" yaml:"description"`
	Engine      Engine          `json:"engine" yaml:"engine"`
	Prepare     *prepare.Params `json:"prepare,omitempty" yaml:"prepare,omitempty"`
	Segment     any             `json:"segment" yaml:"segment"`
	Measure     *measure.Params `json:"measure,omitempty" yaml:"measure,omitempty"`
}

// rules is what every engine's parameters can do.
type rules interface {
	Check() error
}

func (p *Protocol) segment() rules {
	switch p.Engine {
	case Panel:
		return p.Panel
	case Ranges:
		return p.Ranges
	case Oxygenator:
		return p.Oxygenator
	case Connector:
		return p.Connector
	case Fluorescence:
		return p.Fluorescence
	case SEM:
		return p.SEM
	case Pixels, Voxels:
		return p.Classifier
	}
	return p.Slide
}

// Algorithms names the algorithms that the protocol uses and their versions, for the method hash.
func (p Protocol) Algorithms() map[string]string {
	all := map[string]string{}
	var parts []map[string]string
	switch p.Engine {
	case Slide:
		parts = append(parts, p.Slide.Algorithms())
	case Fluorescence:
		parts = append(parts, fluorescence.Algorithms(), coloc.Algorithms())
	case SEM:
		parts = append(parts, sem.Algorithms())
	case Pixels, Voxels:
		parts = append(parts, p.Classifier.Algorithms())
	case Oxygenator:
		parts = append(parts, oxygenator.Algorithms(), floor.Algorithms(), rescan.Algorithms(), measure.Algorithms())
	case Connector:
		parts = append(parts, connector.Algorithms(), noise.Algorithms(), floor.Algorithms(), measure.Algorithms())
	default:
		parts = append(parts, segment.Algorithms(), noise.Algorithms(), floor.Algorithms(), measure.Algorithms())
	}
	if p.Prepare != nil {
		parts = append(parts, p.Prepare.Algorithms())
	}
	for _, part := range parts {
		for name, version := range part {
			all[name] = version
		}
	}
	return all
}

// MarshalJSON writes the protocol as its file has it.
func (p Protocol) MarshalJSON() ([]byte, error) { return json.Marshal(p.file()) }

// MarshalYAML writes the protocol as its file has it.
func (p Protocol) MarshalYAML() (any, error) { return p.file(), nil }

func (p Protocol) file() file {
	return file{Name: p.Name, Title: p.Title, Description: p.Description, Engine: p.Engine, Prepare: p.Prepare, Segment: p.segment(), Measure: p.Measure}
}

// decode turns merged keys into a checked protocol.
func (l *layered) decode() (Protocol, error) {
	if err := l.embedStain(); err != nil {
		return Protocol{}, err
	}
	if err := l.check(); err != nil {
		return Protocol{}, err
	}
	p := Protocol{Engine: Engine(l.values["engine"].(string))}
	switch p.Engine {
	case Panel:
		p.Panel = new(segment.PanelParams)
	case Ranges:
		p.Ranges = new(segment.RangesParams)
	case Oxygenator:
		p.Oxygenator = new(oxygenator.Params)
	case Connector:
		p.Connector = new(connector.Params)
	case Slide:
		p.Slide = new(slide.Params)
	case Fluorescence:
		p.Fluorescence = new(fluorescence.Params)
	case SEM:
		p.SEM = new(sem.Params)
	}
	text, err := json.Marshal(l.values)
	if err != nil {
		return p, fmt.Errorf("protocol %s: %w", l.name, err)
	}
	f := file{Segment: p.segment()}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return p, fmt.Errorf("protocol %s: %w", l.name, err)
	}
	p.Name, p.Title, p.Description, p.Prepare, p.Measure = f.Name, f.Title, f.Description, f.Prepare, f.Measure
	if p.Prepare != nil {
		if err := p.Prepare.Check(); err != nil {
			return p, fmt.Errorf("%s: prepare: %w", l.at("prepare"), err)
		}
	}
	if err := p.segment().Check(); err != nil {
		return p, fmt.Errorf("%s: segment: %w", l.at("segment"), err)
	}
	if p.Measure != nil {
		if err := p.Measure.Check(); err != nil {
			return p, fmt.Errorf("%s: measure: %w", l.at("measure"), err)
		}
	}
	return p, nil
}

// embedStain replaces the name of a stain profile, a built-in one or a file, by the profile, so that the method hash
// covers the vectors and not only what they are called.
func (l *layered) embedStain() error {
	group, ok := l.values["segment"].(map[string]any)
	if !ok {
		return nil
	}
	name, ok := group["stain"].(string)
	if !ok {
		return nil
	}
	profile, err := l.stain(name)
	if err != nil {
		return fmt.Errorf("%s: segment.stain: %w", l.at("segment.stain"), err)
	}
	text, err := json.Marshal(profile)
	if err != nil {
		return err
	}
	var value map[string]any
	if err := json.Unmarshal(text, &value); err != nil {
		return err
	}
	group["stain"] = value
	return nil
}

// stain reads a profile: a built-in name, or a file as 'explant stain' writes it.
func (l *layered) stain(name string) (stain.Profile, error) {
	if !isFile(name) {
		return stain.Builtin(name)
	}
	if l.load == nil {
		return stain.Profile{}, fmt.Errorf("stain profile %s: files cannot be read here", name)
	}
	text, err := l.load(name)
	if err != nil {
		return stain.Profile{}, fmt.Errorf("stain profile %s: %w", name, err)
	}
	return stain.Parse(text)
}
