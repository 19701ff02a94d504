package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"explant/analysis/protocol"
	"explant/analysis/slide"
	"explant/analysis/stain"
	"explant/io/open"
	"explant/volume/parallel"
)

// Staining is a stain profile in the making.
type Staining struct {
	Protocol protocol.Protocol // of slides: its profile is what is renewed
	Slides   []string          // stained with everything: directions are estimated from them
	Controls []string          // stained with one dye each, "methyl-blue=blue.svs"
	Name     string            // of the profile; "" for that of the protocol
	Version  int               // 1 or more
	Output   string            // .yaml
	Force    bool              // replace an Output that exists
}

// Check reports a profile that cannot be made whatever the images hold.
func (s Staining) Check() error {
	switch {
	case s.Protocol.Slide == nil:
		return fmt.Errorf("protocol %s knows no stain: name one of the protocols slide-…", s.Protocol.Name)
	case len(s.Slides)+len(s.Controls) == 0:
		return errors.New("name slides of the stain, or control slides of single dyes with --control NAME=FILE")
	case s.Version < 1:
		return fmt.Errorf("--profile-version %d: 1 or more is wanted", s.Version)
	case !slices.Contains([]string{".yaml", ".yml"}, filepath.Ext(s.Output)):
		return fmt.Errorf("%s: a stain profile is a .yaml file", s.Output)
	}
	for _, c := range s.Controls {
		name, file, ok := strings.Cut(c, "=")
		if !ok || file == "" {
			return fmt.Errorf("--control %s: STAIN=FILE is wanted", c)
		}
		if s.Protocol.Slide.Stain.Index(name) < 0 {
			return fmt.Errorf("--control %s: profile %s has no such stain", c, s.Protocol.Slide.Stain.Name)
		}
	}
	return outputFile{path: s.Output, force: s.Force}.check()
}

// Stain estimates a stain profile from slides, from single-stain control slides or both, writes it as YAML, and
// returns it with what the pixels said of each stain. A control goes before what slides say.
func Stain(ctx context.Context, s Staining, l Limits, p parallel.Progress) (stain.Profile, []stain.Found, error) {
	if err := s.Check(); err != nil {
		return stain.Profile{}, nil, err
	}
	own, found, from, err := s.estimate(ctx, l, p)
	if err != nil {
		return own, nil, err
	}
	if s.Name != "" {
		own.Name = s.Name
	}
	own.Version, own.Source = s.Version, strings.Join(from, "; ")
	if err := own.Check(); err != nil {
		return own, nil, err
	}
	text, err := yaml.Marshal(own)
	if err != nil {
		return own, nil, err
	}
	return own, found, outputFile{path: s.Output, force: s.Force}.write(ctx, func(f *os.File) error {
		_, err := f.Write(text)
		return err
	})
}

// estimate also says where each direction comes from.
func (s Staining) estimate(ctx context.Context, l Limits, p parallel.Progress) (own stain.Profile, found []stain.Found, from []string, err error) {
	own = s.Protocol.Slide.Stain
	if len(s.Slides) > 0 {
		var ods [][3]float64
		for _, file := range s.Slides {
			part, hash, err := s.densities(ctx, file, l, p)
			if err != nil {
				return own, nil, nil, err
			}
			ods = append(ods, part...)
			from = append(from, fmt.Sprintf("estimated from %s (sha256 %s)", filepath.Base(file), hash))
		}
		if own, found, err = own.Estimate(ods); err != nil {
			return own, nil, nil, fmt.Errorf("stains of %s: %w", strings.Join(s.Slides, ", "), err)
		}
	}
	for _, c := range s.Controls {
		name, file, _ := strings.Cut(c, "=")
		ods, hash, err := s.densities(ctx, file, l, p)
		if err != nil {
			return own, nil, nil, err
		}
		next, f, err := own.WithControl(name, ods)
		if err != nil {
			return own, nil, nil, fmt.Errorf("%s: %w", file, err)
		}
		own, found = next, append(slices.DeleteFunc(found, func(o stain.Found) bool { return o.Name == name }), f)
		from = append(from, fmt.Sprintf("%s from control slide %s (sha256 %s)", name, filepath.Base(file), hash))
	}
	if len(s.Controls) == len(own.Stains) {
		own.Origin = stain.Laboratory
	} else if len(s.Slides) == 0 {
		from = append(from, "other stains from profile "+s.Protocol.Slide.Stain.Name)
	}
	return own, found, from, nil
}

// densities are those of the stained pixels of an image, with the hash of its file.
func (s Staining) densities(ctx context.Context, file string, l Limits, p parallel.Progress) (ods [][3]float64, hash string, err error) {
	in, err := open.Path(ctx, file, open.Options{})
	if err != nil {
		return nil, "", err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	pixels, err := open.RGB(in)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", file, err)
	}
	if ods, err = slide.Stained(ctx, pixels, *s.Protocol.Slide, parallel.Options{Workers: l.Workers}, p); err != nil {
		return nil, "", fmt.Errorf("%s: %w", file, err)
	}
	if hash, err = open.Hash(ctx, file); err != nil {
		return nil, "", err
	}
	return ods, hash, nil
}
