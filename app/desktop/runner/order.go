package runner

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"explant/analysis/classify"
	"explant/analysis/protocol"
	"explant/app/config"
	"explant/app/pipeline"
	"explant/io/calibration"
)

// Order is what a person asks for: an image, rules, and what goes in beside them, as it is typed for the
// command line.
type Order struct {
	Image      string
	Out        string     // the folder for the results
	Protocol   string     // a built-in name, or a .yaml file
	Sets       []string   // "segment.threshold=90", over the rules
	Classifier string     // a file, in the place of Protocol and Sets; "" for none
	Spacing    [3]float64 // mm, typed in; 0 where the header is believed
	ScaleError string     // "0.2%"; "" where nobody knows it
	ScaleBar   string     // "10um": length of the bar that is burnt into a micrograph; "" where it is not asked
	Marker     string     // "cd61": what DAB shows on the slide; "" where it is not declared
	Axis       string     // flow axis; "" is the command line's default, z, or what the frame says
	Frame      string     // files, "" for none
	Zones      string
	Reference  string
	Device     string
	Channels   []string // "dna=1", "h3cit=h3.tif"
	Controls   []string // files
	Memory     string   // "4GiB"; "" is what the settings say
	Sample     string
	Views      int // 3D views in the report of a volume; 0 is the default, less than 0 none
}

// Job is the order as the pipeline takes it: what the command line makes of the same words.
func (o Order) Job() (pipeline.Job, error) {
	var p protocol.Protocol
	var c *classify.Classifier
	var err error
	switch {
	case o.Classifier == "":
		if p, err = protocol.Resolve(o.Protocol, os.ReadFile, o.Sets); err == nil && o.Marker != "" {
			p, err = p.WithMarker(o.Marker)
		}
	case o.Frame != "" || o.Reference != "" || o.Marker != "" || len(o.Controls) > 0:
		err = errors.New("a classifier decides alone: leave frame, unused device, marker and control slides out")
	default:
		if c, err = pipeline.LoadClassifier(o.Classifier); err == nil {
			p, o.Axis = protocol.OfClassifier(c), "none"
		}
	}
	if err != nil {
		return pipeline.Job{}, err
	}
	if o.Axis == "" && o.Frame == "" {
		o.Axis = "z"
	}
	job := pipeline.Job{
		Input: o.Image, Out: o.Out, Protocol: p, Classifier: c, Spacing: o.Spacing, Axis: o.Axis, Frame: o.Frame, Zones: o.Zones, Reference: o.Reference,
		Channels: o.Channels, Controls: o.Controls, Sample: o.Sample, Views: o.Views,
	}
	if o.ScaleError != "" {
		if job.ScaleErr, err = calibration.Percent(o.ScaleError); err != nil {
			return job, fmt.Errorf("scale error: %w", err)
		}
	}
	if o.ScaleBar != "" {
		if job.ScaleBar, err = calibration.Length(o.ScaleBar); err != nil {
			return job, fmt.Errorf("scale bar: %w", err)
		}
	}
	if err := job.Check(); err != nil {
		return job, err
	}
	if o.Device != "" {
		if job.Device, err = pipeline.LoadDevice(o.Device); err != nil {
			return job, err
		}
	}
	return job, nil
}

// limits puts the memory of the order over that of the settings.
func (o Order) limits(l pipeline.Limits) (pipeline.Limits, error) {
	if o.Memory == "" {
		return l, nil
	}
	size, err := config.ParseSize(o.Memory)
	if err != nil {
		return l, fmt.Errorf("memory: %w", err)
	}
	l.Memory = int64(size)
	return l, nil
}

// Args are the words of the command line that do the same, without the name of the program.
func (o Order) Args() []string {
	args := []string{"analyze", o.Image, "--protocol", o.Protocol, "--out", o.Out}
	if o.Classifier != "" {
		args[2], args[3], o.Axis = "--classifier", o.Classifier, ""
	}
	add := func(flag string, values ...string) {
		for _, v := range values {
			if v != "" {
				args = append(args, "--"+flag, v)
			}
		}
	}
	add("set", o.Sets...)
	flag := "spacing"
	if o.Spacing[2] == 0 {
		flag = "pixel-size"
	}
	add(flag, spacingText(o.Spacing))
	add("scale-error", o.ScaleError)
	add("scale-bar", o.ScaleBar)
	add("marker", o.Marker)
	if o.Axis != "" && o.Axis != "z" {
		args = append(args, "--axis="+o.Axis) // one word: an axis may begin with a dash
	}
	add("frame", o.Frame)
	add("zones", o.Zones)
	add("reference", o.Reference)
	add("device", o.Device)
	add("channel", o.Channels...)
	add("control", o.Controls...)
	add("memory", o.Memory)
	add("sample", o.Sample)
	switch {
	case o.Views > 0:
		add("views", strconv.Itoa(o.Views))
	case o.Views < 0:
		add("views", "0")
	}
	return args
}

// spacingText writes a spacing in mm so that it reads back as the same numbers; "" for none. A slide has no
// spacing along z, and any does.
func spacingText(mm [3]float64) string {
	if mm == [3]float64{} {
		return ""
	}
	if mm[2] == 0 {
		mm[2] = mm[0]
	}
	parts := make([]string, 3)
	for i := range parts {
		parts[i] = strconv.FormatFloat(mm[i], 'g', -1, 64) + "mm"
	}
	return strings.Join(parts, ",")
}

// Command is the line that a shell takes: explant and Args, quoted where a shell would split or change
// them.
func (o Order) Command() string {
	words := []string{"explant"}
	for _, a := range o.Args() {
		if a == "" || strings.ContainsAny(a, " \t\n'\"\\$`&|;<>()[]{}*?!#~") {
			a = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
		words = append(words, a)
	}
	return strings.Join(words, " ")
}
