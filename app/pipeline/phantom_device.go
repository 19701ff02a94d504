package pipeline

import (
	"context"
	"fmt"
	"image"
	"os"

	"go.yaml.in/yaml/v3"

	"explant/analysis/phantom/study"
	"explant/analysis/segment"
	"explant/io/nrrd"
	"explant/io/raster"
	"explant/volume/parallel"
)

const deviceLong = `A study in a folder: used oxygenators in arms and blocks, and unused ones, each with a micro-CT scan and stained
sections. Burden and composition differ by zone (the thirds inlet, middle, outlet), between devices and between
sections, all drawn from stated distributions. study.yaml lists devices, arms, blocks, samples and images;
truth.json holds burden, component volumes and the true shares of every section. Each device has a folder with
its scan, its slides, device.yaml, frame.yaml, and below truth/ the true labels and figures of each image.
--size is the number of voxels along a side of a scan, a multiple of 3.`

// devicePhantom writes the images device by device, so that memory holds one at a time.
func devicePhantom(ctx context.Context, s *stage, o PhantomOptions, l Limits, p parallel.Progress) (MadePhantom, error) {
	if err := phantomFits(o.Size, l); err != nil {
		return MadePhantom{}, err
	}
	plan := study.Default(o.Seed)
	if o.Study != nil {
		plan = *o.Study
		plan.Seed = o.Seed
	}
	plan.ScanVoxels = o.Size
	devices, err := plan.Plan()
	if err != nil {
		return MadePhantom{}, err
	}
	list := newStudyFile(plan)
	var truths []study.DeviceTruth
	for _, d := range devices {
		t, err := writeDevice(ctx, s, d, list.Study, l, p)
		if err != nil {
			return MadePhantom{}, fmt.Errorf("device %s: %w", d.ID, err)
		}
		truths = append(truths, t)
		list.Devices = append(list.Devices, newStudyDevice(d))
	}
	if plan.IF {
		if err := writeControl(ctx, s, plan, l, p); err != nil {
			return MadePhantom{}, fmt.Errorf("control: %w", err)
		}
		list.Control = controlName
	}
	truth := plan.Truth(truths)
	err = s.writeAll([]staged{
		{"study.yaml", writeYAML(list)},
		{"truth.json", func(f *os.File) error { return writeJSON(f, truth) }},
	})
	return MadePhantom{Image: "study.yaml", Truth: truth.String()}, err
}

// writeDevice makes one device with all its files.
func writeDevice(ctx context.Context, s *stage, d study.Device, id string, l Limits, p parallel.Progress) (study.DeviceTruth, error) {
	grey, labels, scan, truth, err := d.MakeScan(ctx, parallel.Options{Workers: l.Workers}, named(d.ID, p))
	if err != nil {
		return truth, err
	}
	name := scanName(d)
	err = s.writeAll([]staged{
		{d.ID + "/" + name + ".nrrd", func(f *os.File) error { return nrrd.Write(ctx, f, grey, nil) }},
		{d.ID + "/truth/" + name + ".nrrd", func(f *os.File) error { return nrrd.Write(ctx, f, labels, segment.Classes()) }},
		{d.ID + "/truth/" + name + ".json", func(f *os.File) error { return writeJSON(f, scan) }},
		{d.ID + "/device.yaml", writeYAML(deviceFields(d, id))},
		{d.ID + "/frame.yaml", writeYAML(newFrame(d))},
	})
	if err != nil {
		return truth, err
	}
	for _, c := range d.Sections {
		t := c.Truth()
		for k := range c.Slides {
			fact, err := writeSlide(ctx, s, d, c, k, l, p)
			if err != nil {
				return truth, fmt.Errorf("section %s: %w", c.ID, err)
			}
			t.Slides = append(t.Slides, fact)
		}
		if t.Field, err = writeField(ctx, s, d, c, l, p); err != nil {
			return truth, fmt.Errorf("section %s: %w", c.ID, err)
		}
		truth.Sections = append(truth.Sections, t)
	}
	return truth, nil
}

// writeSlide makes one slide of a section.
func writeSlide(ctx context.Context, s *stage, d study.Device, c study.Section, k int, l Limits, p parallel.Progress) (study.SlideFact, error) {
	slide, name := c.Slides[k], c.SlideName(k)
	img, labels, truth, err := slide.Make(ctx, parallel.Options{Workers: l.Workers}, named(c.ID, p))
	if err != nil {
		return study.SlideFact{}, err
	}
	mm, classes := slide.PixelSizeUM/1000, &image.Gray{Pix: labels, Stride: slide.W, Rect: img.Bounds()}
	err = s.writeAll([]staged{
		{d.ID + "/" + name + ".png", func(f *os.File) error { return raster.WritePNG(f, img, mm) }},
		{d.ID + "/truth/" + name + ".png", func(f *os.File) error { return raster.WritePNG(f, classes, mm) }},
		{d.ID + "/truth/" + name + ".json", func(f *os.File) error { return writeJSON(f, truth) }},
	})
	return c.Fact(k, truth), err
}

// writeField makes the immunofluorescence of a section, when it has one.
func writeField(ctx context.Context, s *stage, d study.Device, c study.Section, l Limits, p parallel.Progress) (*study.FieldFact, error) {
	if c.Field == nil {
		return nil, nil
	}
	img, labels, truth, err := c.Field.Make(ctx, parallel.Options{Workers: l.Workers}, named(c.ID, p))
	if err != nil {
		return nil, err
	}
	name, mm := c.FieldName(), c.Field.PixelSizeUM/1000
	err = s.writeAll([]staged{
		{d.ID + "/" + name + ".ome.tif", writePlanes(ctx, img, mm, named(c.ID, p))},
		{d.ID + "/truth/" + name + ".ome.tif", writePlanes(ctx, labels, mm, named(c.ID, p))},
		{d.ID + "/truth/" + name + ".json", func(f *os.File) error { return writeJSON(f, truth) }},
	})
	return c.FieldFact(truth), err
}

// writeControl makes the secondary-only control of the study's fields.
func writeControl(ctx context.Context, s *stage, plan study.Study, l Limits, p parallel.Progress) error {
	f := plan.Control()
	img, _, _, err := f.Make(ctx, parallel.Options{Workers: l.Workers}, named("control", p))
	if err != nil {
		return err
	}
	return s.write(controlName, writePlanes(ctx, img, f.PixelSizeUM/1000, named("control", p)))
}

// controlName is the file of the control.
const controlName = "control-if.ome.tif"

func scanName(d study.Device) string { return d.ID + "-scan" }

// writeYAML writes a value as a YAML file.
func writeYAML(v any) func(*os.File) error {
	return func(f *os.File) error {
		e := yaml.NewEncoder(f)
		e.SetIndent(2)
		if err := e.Encode(v); err != nil {
			return fmt.Errorf("write YAML: %w", err)
		}
		return e.Close()
	}
}

// namedProgress says before each stage which part of a larger job it belongs to.
type namedProgress struct {
	parallel.Progress
	name string
}

func named(name string, p parallel.Progress) parallel.Progress {
	if p == nil {
		p = parallel.Discard{}
	}
	return namedProgress{p, name}
}

// Stage begins a stage with the name of its part before its own.
func (n namedProgress) Stage(stage string, total int) { n.Progress.Stage(n.name+": "+stage, total) }
