package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"explant/analysis/frame"
	"explant/io/open"
	"explant/volume"
	"explant/volume/parallel"
)

// flow is where in the scan the device lies, once its files are read.
type flow struct {
	axis   string         // image axis along which the flow runs, or "none"
	frame  *frame.Frame   // nil where an image axis is all that is known
	zones  *frame.ZoneMap // nil without a map
	inputs map[string]string
}

// LoadFrame reads frame.yaml; an error names the file and what is wrong in it.
func LoadFrame(file string) (frame.Frame, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return frame.Frame{}, fmt.Errorf("frame file: %w", err)
	}
	f, err := frame.Parse(text)
	if err != nil {
		return f, fmt.Errorf("frame file %s: %w", file, err)
	}
	return f, nil
}

// checkFlow reports a flow that cannot be measured along whatever the image holds.
func (j Job) checkFlow() error {
	switch slide := j.Protocol.Engine.Planar(); {
	case slide && (j.Frame != "" || j.Zones != ""):
		return fmt.Errorf("protocol %s measures slides: --frame and --zones are of volumes", j.Protocol.Name)
	case j.Frame != "" && j.Axis != "":
		return errors.New("--axis stands beside --frame: the frame file says where the flow runs, leave --axis out")
	case j.Axis == "" || slices.Contains(Axes, j.Axis):
		return nil
	}
	if _, err := frame.Between(j.Axis); strings.Contains(j.Axis, ":") {
		return wrapped("--axis", err)
	}
	return fmt.Errorf("--axis %q: one of %s is wanted, or two points in mm, x0,y0,z0:x1,y1,z1", j.Axis, strings.Join(Axes, ", "))
}

func wrapped(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// locate reads the frame and the zone map of the job and holds them against the scan.
func (j *Job) locate(ctx context.Context, g volume.Grid, l Limits, p parallel.Progress) error {
	j.flow = flow{axis: j.Axis, inputs: map[string]string{}}
	zones, err := j.readFrame(g)
	if err != nil {
		return err
	}
	if zones == "" {
		return nil
	}
	if err := j.readZones(ctx, zones, l, p); err != nil {
		return fmt.Errorf("zone map %s: %w", zones, err)
	}
	return nil
}

// readFrame reads the frame file, or the two points of --axis, and returns the file of the zones.
func (j *Job) readFrame(g volume.Grid) (zones string, err error) {
	var f frame.Frame
	switch {
	case j.Frame != "":
		if f, err = LoadFrame(j.Frame); err != nil {
			return "", err
		}
		if err := j.note("frame", j.Frame); err != nil {
			return "", err
		}
	case strings.Contains(j.Axis, ":"):
		if f, err = frame.Between(j.Axis); err != nil {
			return "", wrapped("--axis", err)
		}
	default:
		return j.Zones, nil
	}
	j.flow.frame = &f
	j.flow.axis = f.ImageAxis(g)
	if g.Calibrated() {
		if err := f.Meets(g); err != nil {
			return "", fmt.Errorf("%s: %w", j.Input, err)
		}
	}
	switch {
	case f.ZoneMap != "" && j.Zones != "":
		return "", fmt.Errorf("frame file %s names the zone map %s: leave --zones out, or take zone_map out of the file", j.Frame, f.ZoneMap)
	case f.ZoneMap == "" && j.Zones == "" && f.Mapped():
		return "", fmt.Errorf("frame file %s names values of zones and no zone_map: name one in it or with --zones", j.Frame)
	case f.ZoneMap == "":
		return j.Zones, nil
	case filepath.IsAbs(f.ZoneMap):
		return f.ZoneMap, nil
	}
	return filepath.Join(filepath.Dir(j.Frame), f.ZoneMap), nil
}

// readZones reads the zone map.
func (j *Job) readZones(ctx context.Context, file string, l Limits, p parallel.Progress) (err error) {
	r, err := open.Path(ctx, file, open.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	loaded, _, err := open.Volume(ctx, r, open.Load{Workers: l.Workers, MaxBytes: l.Memory}, p)
	if err != nil {
		return err
	}
	labels, err := asLabels(loaded)
	if err != nil {
		return err
	}
	var named []frame.Zone
	if f := j.flow.frame; f != nil && f.Mapped() {
		named = f.Zones
	}
	if j.flow.zones, err = frame.NewZoneMap(labels, named); err != nil {
		return err
	}
	sum, err := open.Hash(ctx, file, r.Info().Beside...)
	j.flow.inputs["zones"] = filepath.Base(file) + ", sha256 " + sum
	return err
}

// note puts a small file and its hash among the inputs.
func (j *Job) note(key, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("%s file: %w", key, err)
	}
	sum := sha256.Sum256(text)
	j.flow.inputs[key] = filepath.Base(file) + ", sha256 " + hex.EncodeToString(sum[:])
	return nil
}

// asLabels takes a volume whose values are whole numbers from 0 to 255 as labels.
func asLabels(loaded any) (*volume.Labels, error) {
	switch v := loaded.(type) {
	case *volume.Volume[uint8]:
		return v, nil
	case *volume.Volume[uint16]:
		return narrowed(v)
	case *volume.Volume[int16]:
		return narrowed(v)
	case *volume.Volume[float32]:
		return narrowed(v)
	}
	return nil, fmt.Errorf("labels of %T are not read", loaded)
}

func narrowed[T uint16 | int16 | float32](v *volume.Volume[T]) (*volume.Labels, error) {
	out := volume.New[uint8](v.Grid)
	for i, value := range v.Data {
		if out.Data[i] = uint8(value); T(out.Data[i]) != value {
			at := v.Position(i)
			return nil, fmt.Errorf("voxel %v has the value %v: zones are whole numbers from 0 to 255", at, value)
		}
	}
	return out, nil
}
