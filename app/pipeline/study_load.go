package pipeline

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"explant/analysis/composition"
)

// studySchema is the version of study files that is read and written.
const studySchema = "explant-study/1"

// studyName is the study file of a folder.
const studyName = "study.yaml"

// loadStudy reads a study file, or that of a folder, and the folder that its paths are relative to. An error names
// the file and what is wrong in it.
func loadStudy(path string) (s studyFile, folder string, err error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, studyName)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return s, "", fmt.Errorf("study file: %w", err)
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&s); err != nil {
		return s, "", fmt.Errorf("study file %s: %w", path, err)
	}
	if err := s.check(); err != nil {
		return s, "", fmt.Errorf("study file %s: %w", path, err)
	}
	return s, filepath.Dir(path), nil
}

func (s studyFile) check() error {
	if s.Schema != studySchema {
		return fmt.Errorf("schema %q: %q is wanted", s.Schema, studySchema)
	}
	if len(s.Devices) == 0 {
		return errors.New("it lists no devices")
	}
	seen := map[string]bool{}
	for i, d := range s.Devices {
		switch {
		case d.Device == "" || strings.ContainsAny(d.Device, `/\`) || strings.HasPrefix(d.Device, "."):
			return fmt.Errorf("device %d is named %q: a name without slashes is wanted", i+1, d.Device)
		case seen[d.Device]:
			return fmt.Errorf("device %s stands twice", d.Device)
		}
		seen[d.Device] = true
		if err := d.check(); err != nil {
			return fmt.Errorf("device %s: %w", d.Device, err)
		}
	}
	return nil
}

func (d studyDevice) check() error {
	scans := 0
	names := map[string]bool{}
	for _, s := range d.Samples {
		switch s.Kind {
		case "scan":
			scans += len(s.Images)
		case "section":
		default:
			return fmt.Errorf("sample %s is of kind %q: scan or section is wanted", s.Sample, s.Kind)
		}
		for _, i := range s.Images {
			if i.Image == "" || i.Protocol == "" {
				return fmt.Errorf("sample %s: an image needs the keys image and protocol", s.Sample)
			}
			if name := ImageName(i.Image); names[name] {
				return fmt.Errorf("two images are named %s: rename one, results are kept by name", name)
			}
			names[ImageName(i.Image)] = true
			if i.Component != "" && !slices.Contains(composition.Components[:len(composition.Components)-1], i.Component) {
				return fmt.Errorf("%s: component %q is none of %s", i.Image, i.Component, strings.Join(composition.Components[:len(composition.Components)-1], ", "))
			}
		}
	}
	if scans != 1 {
		return fmt.Errorf("it has %d scans: one is wanted, whose deposit the sections divide", scans)
	}
	return nil
}

// reference reports whether a device belongs to an arm of unused devices.
func (s studyFile) reference(d studyDevice) bool {
	return slices.ContainsFunc(s.Arms, func(a studyArm) bool { return a.Arm == d.Arm && a.Reference })
}

// beside is a path of the study file, relative to its folder.
func beside(folder, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(folder, path)
}
