package pipeline

import (
	"fmt"
	"maps"
	"path/filepath"

	"explant/analysis/classify"
	"explant/analysis/protocol"
	"explant/analysis/sem"
	"explant/io/calibration"
	"explant/io/hdf5"
	"explant/volume"
)

// Job is one image and the rules to measure it by.
type Job struct {
	Input     string            // a file, or a folder of slices
	Out       string            // the folder that receives the results; made when absent
	Protocol  protocol.Protocol // resolved
	Spacing   [3]float64        // mm, as typed by the user; 0 where the header is to be believed
	ScaleErr  float64           // relative standard uncertainty of Spacing, or of the header's size; 0 where nobody knows it
	Axis      string            // flow axis from inlet to outlet: "x", "y", "z", with "-" before it when it runs down the axis; "none"; or two points in mm, "x0,y0,z0:x1,y1,z1"
	Frame     string            // YAML file of the device's own coordinates, instead of Axis; "" without
	Zones     string            // label file of the device's zones; "" without, or where the frame names one
	Reference string            // scan of the same device unused; "" without
	Views     int               // 3D views in a full turn of the report; 0 for its default, less than 0 for none: --views 0 says -1
	Channels  []string          // of fluorescence: "dna=1" by number, "h3cit=h3.tif" by file; others by their names
	ScaleBar  float64           // mm that the burnt-in scale bar of an electron micrograph is long; 0: it is not asked
	Controls  []string          // of fluorescence: slides of the same batch without the specific stain
	Sample    string            // name of the sample, for the tables
	Device    map[string]string // report fields, see report.Fields

	Classifier *classify.Classifier // decides instead of rules; Protocol is then protocol.OfClassifier

	batch map[string]string // channels and control slides with their hashes, when the job runs
	bar   sem.Bar           // found in the picture when the job runs
	flow  flow              // read from Axis, Frame and Zones when the job runs
}

// Limits bounds what a job may use; the zero value uses every core and does not cap the memory.
type Limits struct {
	Workers int
	Memory  int64      // bytes of resident memory; 0 for no cap
	Scratch string     // folder on a disk for what the memory cannot hold; "" for the disk of the results
	Tell    func(Plan) // told before a job begins what it will need; may be nil
}

// Axes are the flow axes that a job may name.
var Axes = []string{"x", "y", "z", "-x", "-y", "-z", "none"}

// Check reports a job that cannot be done whatever the image holds.
func (j Job) Check() error {
	if !(j.ScaleErr >= 0 && j.ScaleErr <= 0.5) {
		return fmt.Errorf("--scale-error %g %%: 0 to 50 %% is wanted", 100*j.ScaleErr)
	}
	if e := j.Protocol.Engine; e != protocol.Fluorescence && (len(j.Controls) > 0 || e != protocol.Pixels && len(j.Channels) > 0) {
		return fmt.Errorf("protocol %s has no channels: --channel and --control are of the protocols if-…", j.Protocol.Name)
	}
	if _, err := parseChannels(j.Channels); err != nil {
		return err
	}
	if err := j.checkBar(); err != nil {
		return err
	}
	if j.Reference != "" && j.Protocol.Engine.Planar() {
		return fmt.Errorf("--reference: protocol %s measures no volume; a scan of the unused device goes with volumes", j.Protocol.Name)
	}
	return j.checkFlow()
}

// calibrate puts the spacing that the user typed, and its uncertainty, over the header's.
func (j Job) calibrate(g *volume.Grid) {
	if j.Spacing != [3]float64{} {
		field := "--spacing"
		if j.Spacing[2] == 0 {
			field = "--pixel-size"
		}
		calibration.Override(g, j.Spacing, field)
	}
	if j.ScaleErr > 0 {
		g.Calibration.Relative = j.ScaleErr
	}
}

// inputs is what differs from device to device and is no part of the method.
func (j Job) inputs() map[string]string {
	in := map[string]string{}
	if j.Spacing != [3]float64{} {
		in["spacing_mm"] = fmt.Sprintf("%g x %g x %g", j.Spacing[0], j.Spacing[1], j.Spacing[2])
	}
	if j.ScaleBar > 0 {
		in["scale_bar"] = fmt.Sprintf("%g um on a %v", 1000*j.ScaleBar, j.bar)
	}
	if j.ScaleErr > 0 {
		in["scale_error"] = fmt.Sprintf("%g %%", 100*j.ScaleErr)
	}
	if !j.Protocol.Engine.Planar() && j.Frame == "" {
		in["axis"] = j.Axis
	}
	maps.Copy(in, j.batch)
	maps.Copy(in, j.flow.inputs)
	return in
}

// name is the base name by which the image is known in every output.
func (j Job) name() string { return ImageName(j.Input) }

// ImageName is the base name of an image, with the data set where one of an HDF5 file is named:
// "scan.h5:/entry/data".
func ImageName(path string) string {
	file, dataset := hdf5.Split(path)
	name := filepath.Base(filepath.Clean(file))
	if dataset != "" {
		name += ":" + dataset
	}
	return name
}
