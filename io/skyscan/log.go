// Package skyscan reads the logs that Bruker SkyScan scanners and NRecon write beside reconstructed slices.
// They alone know the size of a voxel: the slices do not.
package skyscan

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"explant/io/calibration"
)

// Longest log, and most logs of a folder, that are read.
const (
	maxLog  = 1 << 20
	maxLogs = 64
)

// Log is what a log says about the reconstructed slices. Numbers that are not stated are 0.
type Log struct {
	Path        string
	PixelSize   float64 // µm along x and y
	Step        int     // slices between neighbours, in units of the pixel size
	Size        [2]int  // pixels of a slice
	Slices      int
	Prefix      string   // of the names of the slices
	Identifiers []string // names of fields that may identify a person
}

// ErrNoLog is returned for a text that is not the log of a reconstruction.
var ErrNoLog = errors.New("it is no SkyScan log of a reconstruction")

// Read reads a log.
func Read(path string) (Log, error) {
	f, err := os.Open(path)
	if err != nil {
		return Log{}, err
	}
	defer f.Close()
	l, err := parse(io.LimitReader(f, maxLog))
	if err != nil {
		return Log{}, fmt.Errorf("read %s: %w", filepath.Base(path), err)
	}
	l.Path = path
	return l, nil
}

// parse reads sections of "Key=value". The pixel size stands in the section Reconstruction.
func parse(r io.Reader) (Log, error) {
	l, section, first := Log{Step: 1}, "", true
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if first && line != "" {
			if first = false; line != "[System]" {
				return l, ErrNoLog
			}
		}
		if strings.HasPrefix(line, "[") {
			section = strings.Trim(line, "[]")
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok {
			continue
		}
		if err := l.set(section, strings.TrimSpace(key), strings.TrimSpace(value)); err != nil {
			return l, fmt.Errorf("%s: %.40q is not a size or a number", strings.TrimSpace(key), strings.TrimSpace(value))
		}
	}
	if err := lines.Err(); err != nil {
		return l, fmt.Errorf("%w: %w", ErrNoLog, err)
	}
	if l.PixelSize == 0 {
		return l, ErrNoLog
	}
	return l, nil
}

// set keeps the value of a key that is used.
func (l *Log) set(section, key, value string) (err error) {
	switch section + "/" + key {
	case "Reconstruction/Pixel Size (um)":
		if l.PixelSize, err = strconv.ParseFloat(value, 64); err == nil && !(l.PixelSize > 0 && l.PixelSize < 1e6) {
			err = strconv.ErrRange
		}
	case "Reconstruction/Section to Section Step":
		if l.Step, err = strconv.Atoi(value); err == nil && l.Step < 1 {
			err = strconv.ErrRange
		}
	case "Reconstruction/Result Image Width (pixels)":
		l.Size[0], err = strconv.Atoi(value)
	case "Reconstruction/Result Image Height (pixels)":
		l.Size[1], err = strconv.Atoi(value)
	case "Reconstruction/Sections Count":
		l.Slices, err = strconv.Atoi(value)
	case "File name convention/Filename Prefix":
		l.Prefix = value
	case "User/User Name":
		if value != "" {
			l.Identifiers = append(l.Identifiers, "SkyScan log User Name")
		}
	}
	return err
}

// Find gives the log that describes the slices of a folder, nil when there is none. Inside the folder it
// looks for any log; beside it, for one that names the slices or the folder. first is the name of the first
// slice. Logs of one place that state different voxel sizes are an error, and so is a damaged one inside.
func Find(folder, first string) (*Log, error) {
	inside, err := logs(folder)
	if err != nil {
		return nil, err
	}
	if len(inside) > 0 {
		return only(inside)
	}
	parent, _ := logs(filepath.Join(folder, "..")) // which may be closed to us, or hold logs of other scans
	name := filepath.Base(folder)
	parent = slices.DeleteFunc(parent, func(l Log) bool {
		stem := strings.TrimSuffix(filepath.Base(l.Path), filepath.Ext(l.Path))
		return (l.Prefix == "" || !strings.HasPrefix(first, l.Prefix)) && stem != name && stem != name+"_rec"
	})
	return only(parent)
}

// only gives the log of a reconstruction that names its slices, or else the first; all must agree.
func only(found []Log) (*Log, error) {
	if len(found) == 0 {
		return nil, nil
	}
	best := &found[0]
	for i := range found {
		l := &found[i]
		if l.PixelSize != best.PixelSize || l.Step != best.Step {
			return nil, fmt.Errorf("the logs %s and %s state different voxel sizes", filepath.Base(best.Path), filepath.Base(l.Path))
		}
		if best.Prefix == "" && l.Prefix != "" {
			best = l
		}
	}
	return best, nil
}

// logs reads the SkyScan logs directly in a folder, sorted by name. Other texts are passed over; a damaged
// log is the error, beside those that are whole.
func logs(folder string) (out []Log, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, maxLogs)
	for _, e := range entries {
		if strings.EqualFold(filepath.Ext(e.Name()), ".log") && e.Name()[0] != '.' && e.Type().IsRegular() && len(names) < maxLogs {
			names = append(names, e.Name())
		}
	}
	for _, name := range names {
		l, wrong := Read(filepath.Join(folder, name))
		switch {
		case wrong == nil:
			out = append(out, l)
		case !errors.Is(wrong, ErrNoLog) && err == nil:
			err = wrong
		}
	}
	return out, err
}

// Statement is the size of a voxel as the log states it.
func (l *Log) Statement() calibration.Statement {
	return calibration.Statement{
		Field: fmt.Sprintf("SkyScan log %s: Pixel Size (um)", filepath.Base(l.Path)),
		Size:  [3]float64{l.PixelSize, l.PixelSize, l.PixelSize * float64(l.Step)},
		Unit:  "µm",
	}
}

// Contradicts says why the log cannot describe slices of nx x ny pixels as they are, or nothing. Slices
// that were cropped keep the size of their pixels, those that were scaled do not, and the log cannot tell.
func (l *Log) Contradicts(nx, ny int) string {
	if l.Size[0] == 0 || l.Size[1] == 0 || l.Size == [2]int{nx, ny} {
		return ""
	}
	return fmt.Sprintf("%s says %.6g µm for slices of %d x %d pixels, but these have %d x %d: cropped slices keep that size, scaled ones do not",
		filepath.Base(l.Path), l.PixelSize, l.Size[0], l.Size[1], nx, ny)
}
