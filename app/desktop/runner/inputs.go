package runner

import (
	"fmt"
	"os"

	"explant/analysis/protocol"
	"explant/app/config"
	"explant/app/pipeline"
	"explant/io/calibration"
)

// Input is a word that goes in beside the image and the rules, as the command line takes it.
type Input struct {
	Flag  string // of the command line, "frame"
	Title string
	Help  string
	Hint  string             // an example
	File  bool               // it names a file
	For   func(rules) bool   // the protocols that take it
	Check func(string) error // of a text that is not empty
	In    func(*Order) *string
}

type rules = protocol.Protocol

func all(rules) bool       { return true }
func volumes(p rules) bool { return !p.Engine.Planar() && p.Engine != protocol.Voxels }
func sem(p rules) bool     { return p.Engine == protocol.SEM }

// Inputs are all of them that are one word each; the axis, the channels and control slides are beside.
var Inputs = []Input{
	{"frame", "Frame", "The device's own coordinates: inlet, outlet, axes, mats, zones. It takes the place of the flow axis.", "frame.yaml", true, volumes,
		func(s string) error { _, err := pipeline.LoadFrame(s); return err }, func(o *Order) *string { return &o.Frame }},
	{"zones", "Zones", "Label volume of the device's zones, where the frame names none.", "zones.nrrd", true, volumes, there, func(o *Order) *string { return &o.Zones }},
	{"reference", "Unused device", "Scan of the same device unused: gives the net burden over the space that both scans show.", "unused.nrrd", true, volumes, there,
		func(o *Order) *string { return &o.Reference }},
	{"device", "Device", "Report fields of the device: what a final report needs.", "device.yaml", true, all,
		func(s string) error { _, err := pipeline.LoadDevice(s); return err }, func(o *Order) *string { return &o.Device }},
	{"scale-error", "Scale error", "Standard uncertainty of a length, from a calibration object.", "0.2%", false, all, percent, func(o *Order) *string { return &o.ScaleError }},
	{"scale-bar", "Scale bar", "Length of the bar that is burnt into the micrograph; the bar is looked for in the picture.", "10um", false, sem,
		func(s string) error { _, err := calibration.Length(s); return err }, func(o *Order) *string { return &o.ScaleBar }},
	{"marker", "Marker", "What DAB shows on the slide.", "cd61", false, rules.TakesMarker, protocol.CheckMarker, func(o *Order) *string { return &o.Marker }},
	{"memory", "Memory", "Upper limit of the memory; a larger ct-panel or volume-threshold job works from files on the disk.", "4GiB", false, all,
		func(s string) error { _, err := config.ParseSize(s); return err }, func(o *Order) *string { return &o.Memory }},
	{"sample", "Sample", "Name of the sample, for the tables.", "", false, all, func(string) error { return nil }, func(o *Order) *string { return &o.Sample }},
}

// there reports a file that cannot be reached.
func there(path string) error {
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("%w: choose a file that is there", err)
	}
	return nil
}

// percent reports what is no percentage, or one that a scale cannot have.
func percent(s string) error {
	v, err := calibration.Percent(s)
	if err == nil && !(v >= 0 && v <= 0.5) {
		err = fmt.Errorf("%s: 0%% to 50%% is wanted", s)
	}
	return err
}
