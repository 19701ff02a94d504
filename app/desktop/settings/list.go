package settings

import (
	"os"
	"path/filepath"
	"strings"

	"explant/analysis/protocol"
	"explant/io/imagefile"
)

// Listed is a protocol that a person may choose.
type Listed struct {
	Name   string // "ct-panel", of a file its base name
	Source string // what protocol.Resolve takes: the name, or the path of the file
	Title  string
	Engine protocol.Engine
	Err    error // of a file that is no protocol
}

// All lists the built-in protocols and, before them, the files in the folders.
func All(folders ...string) []Listed {
	var all []Listed
	for _, folder := range folders {
		if folder == "" {
			continue
		}
		files, _ := filepath.Glob(filepath.Join(folder, "*.yaml")) // the pattern is well formed
		for _, file := range files {
			all = append(all, listed(file))
		}
	}
	for _, name := range protocol.Builtin() {
		all = append(all, listed(name))
	}
	return all
}

func listed(source string) Listed {
	p, err := protocol.Resolve(source, os.ReadFile, nil)
	l := Listed{Name: strings.TrimSuffix(filepath.Base(source), ".yaml"), Source: source, Title: p.Title, Engine: p.Engine, Err: err}
	if err != nil {
		l.Title = err.Error()
	}
	return l
}

// Fits reports whether an engine measures images of a kind: volumes, colour pictures, or pictures whose
// channels are measurements of their own.
func Fits(e protocol.Engine, info imagefile.Info) bool {
	volume := info.Grid.N[2] > 1
	color := info.Channels == 3 && len(info.ChannelNames) == 0
	switch e {
	case protocol.Slide:
		return !volume && color
	case protocol.Fluorescence:
		return !color && (!volume || info.Channels > 1)
	}
	if e.Planar() {
		return !volume
	}
	return volume
}
