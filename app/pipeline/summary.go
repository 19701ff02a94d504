package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"explant/analysis/composition"
	"explant/analysis/protocol"
	"explant/analysis/result"
	"explant/io/report"
	"explant/volume/parallel"
)

// Summary is a study whose devices are summed up: its images are measured where they are not yet, and each device
// gets one table of what its deposit is made of.
type Summary struct {
	Study   string                                  // study.yaml, or the folder that holds it
	Out     string                                  // gets a folder for each device, and images/ with the results behind it
	Devices []string                                // only these; all where there is none
	Resolve func(string) (protocol.Protocol, error) // a protocol by its name or file
}

// SummedUp is what came of one device.
type SummedUp struct {
	Device string
	Out    string // folder of its results
	Result result.Result
	Failed []error // images that could not be measured
}

// Summarise measures what is not yet measured and sums every device up. Devices of reference arms, which are unused,
// are left out. It returns what is done; an image that cannot be measured is reported with its device, and the
// device is summed up without it.
func Summarise(ctx context.Context, s Summary, l Limits, p parallel.Progress) ([]SummedUp, error) {
	started := time.Now()
	list, folder, err := loadStudy(s.Study)
	if err != nil {
		return nil, err
	}
	chosen, err := s.chosen(list)
	if err != nil {
		return nil, err
	}
	var all []*deviceImages
	for _, d := range chosen {
		images, err := s.measure(ctx, list, folder, d, l, p)
		if err != nil {
			return nil, fmt.Errorf("device %s: %w", d.Device, err)
		}
		all = append(all, images)
	}
	devices := make([]composition.Device, len(all))
	for i, d := range all {
		if devices[i], err = d.device(); err != nil {
			return nil, fmt.Errorf("device %s: %w", d.entry.Device, err)
		}
	}
	pooled, told := composition.Pooled(devices)
	var out []SummedUp
	for i, d := range all {
		one, err := s.write(ctx, d, devices[i], composition.Summarise(devices[i], pooled, told), l, started)
		if err != nil {
			return nil, fmt.Errorf("device %s: %w", d.entry.Device, err)
		}
		out = append(out, one)
	}
	return out, s.writeStudy(out)
}

// chosen are the used devices, or those that were asked for.
func (s Summary) chosen(list studyFile) ([]studyDevice, error) {
	var out []studyDevice
	for _, d := range list.Devices {
		if len(s.Devices) == 0 && !list.reference(d) || slices.Contains(s.Devices, d.Device) {
			out = append(out, d)
		}
	}
	for _, name := range s.Devices {
		if !slices.ContainsFunc(list.Devices, func(d studyDevice) bool { return d.Device == name }) {
			return nil, fmt.Errorf("the study has no device %s", name)
		}
	}
	if len(out) == 0 {
		return nil, errors.New("the study has no used device")
	}
	return out, nil
}

// deviceImages are the measured images of a device.
type deviceImages struct {
	entry  studyDevice
	frame  string // file
	fields map[string]string
	images []measuredImage
	failed []error
}

// measuredImage is an image with its place in the study.
type measuredImage struct {
	sample studySample
	entry  studyImage
	result result.Result
}

// measure measures the images of a device, or takes the results that are there.
func (s Summary) measure(ctx context.Context, list studyFile, folder string, d studyDevice, l Limits, p parallel.Progress) (*deviceImages, error) {
	out := &deviceImages{entry: d, frame: beside(folder, d.Frame)}
	if d.Fields != "" {
		var err error
		if out.fields, err = LoadDevice(beside(folder, d.Fields)); err != nil {
			return nil, err
		}
	}
	for _, sample := range d.Samples {
		for _, image := range sample.Images {
			job, err := s.job(list, folder, out, sample, image)
			if err != nil {
				return nil, err
			}
			res, err := measureOnce(ctx, job, l, named(d.Device+" "+ImageName(image.Image), p))
			switch {
			case err == nil:
				out.images = append(out.images, measuredImage{sample, image, res})
			case ctx.Err() != nil || sample.Kind == "scan":
				return nil, err
			default:
				out.failed = append(out.failed, err)
			}
		}
	}
	return out, nil
}

func (s Summary) job(list studyFile, folder string, d *deviceImages, sample studySample, image studyImage) (Job, error) {
	rules, err := s.Resolve(image.Protocol)
	if err != nil {
		return Job{}, err
	}
	j := Job{Input: beside(folder, image.Image), Protocol: rules, Sample: sample.Sample, Device: d.fields, Views: -1,
		Out: filepath.Join(s.Out, "images", d.entry.Device, ImageName(image.Image))}
	if j.Spacing, err = typedSize(image); err != nil {
		return j, fmt.Errorf("%s: %w", image.Image, err)
	}
	switch {
	case !rules.Engine.Planar() && d.frame != "":
		j.Frame = d.frame
	case !rules.Engine.Planar():
		j.Axis = image.Axis
	case rules.Engine == protocol.Fluorescence && list.Control != "":
		j.Controls = []string{beside(folder, list.Control)}
	}
	if rules.Engine.Planar() == (sample.Kind == "scan") {
		return j, fmt.Errorf("%s is a %s, which protocol %s does not measure", image.Image, sample.Kind, image.Protocol)
	}
	return j, j.Check()
}

// write puts the table of a device into its folder.
func (s Summary) write(ctx context.Context, d *deviceImages, device composition.Device, t composition.Table, l Limits, started time.Time) (out SummedUp, err error) {
	out = SummedUp{Device: device.Name, Out: filepath.Join(s.Out, device.Name), Failed: d.failed}
	if out.Result, err = d.assemble(t.Findings(device)); err != nil {
		return out, err
	}
	stage, err := newStage(out.Out)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, stage.close()) }()
	from := newProvenance(Job{Input: s.Study}, l, out.Result.ID, started)
	if err := stage.writeAll(outputs(out.Result, report.Pictures{}, from)); err != nil {
		return out, err
	}
	if err := ctx.Err(); err != nil {
		return out, err
	}
	return out, stage.commit(ResultFile)
}

// writeStudy writes the values of all devices as one table.
func (s Summary) writeStudy(all []SummedUp) (err error) {
	stage, err := newStage(s.Out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stage.close()) }()
	var rows []result.Measurement
	for _, d := range all {
		rows = append(rows, d.Result.Measurements...)
	}
	if err := stage.write(TableFile, func(f *os.File) error { return report.WriteCSV(f, rows) }); err != nil {
		return err
	}
	return stage.commit(TableFile)
}
