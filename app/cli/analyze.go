package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"explant/analysis/protocol"
	"explant/analysis/result"
	"explant/app/pipeline"
	"explant/io/calibration"
)

type analyzeFlags struct {
	shard                                                   string // "2/5"
	classifier                                              string
	protocol, out, spacing, pixelSize, axis, sample, device string
	reference                                               string
	frame, zones                                            string
	scaleError, scaleBar                                    string
	views                                                   int
	marker                                                  string
	sets, channels, controls                                []string
}

// The 3D views of a report: every 20 degrees, or at most every 5.
const (
	defaultViews = 18
	mostViews    = 72
)

func (s *session) analyze() *cobra.Command {
	var f analyzeFlags
	c := &cobra.Command{
		Use:   "analyze IMAGE... --protocol NAME|FILE",
		Short: "Measure the deposit in micro-CT volumes or stained slides and write reports",
		Long: `analyze opens each IMAGE (a file, or a folder of slices), segments it by the protocol, measures, and
writes into --out: result.json, measurements.csv, labels.nrrd (3D) or labels.ome.tif (2D),
report.html and provenance.json. With several images each gets a folder of its own in --out.
Lengths carry their unit: --spacing 20um, --spacing 20um,20um,40um, --pixel-size 0.5um.`,
		Example: `  explant analyze scan/ --protocol oxygenator-ct --spacing 20um --axis z
  explant analyze scan.nrrd --protocol oxygenator-ct --frame frame.yaml
  explant analyze used.nrrd --protocol oxygenator-ct --reference unused.nrrd
  explant analyze stack.tif --protocol volume-threshold --spacing 5um \
      --set 'segment.classes=[{class: deposit, min_grey: 90, max_grey: 255}]'
  explant analyze field.jpg --protocol slide-dab --pixel-size 0.5um --out field-result
  explant analyze field.ome.tif --protocol if-net --control secondary-only.ome.tif
  explant analyze micrograph.tif --protocol sem-fibrin --scale-bar 1um
  explant analyze slide.svs --classifier clot.model --out slide-result
  explant analyze *.nrrd --protocol ct-panel --out all --json
  explant analyze large.nrrd --protocol ct-panel --memory 8GiB --scratch /fast-disk
  explant analyze large.nrrd --protocol ct-panel --shard 2/5 --out part2`,
		Args: wantArgs(1, -1, "at least one image"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.frame != "" && !cmd.Flags().Changed("axis") {
				f.axis = ""
			}
			job, err := s.job(f)
			if err != nil {
				return err
			}
			if f.shard != "" {
				return s.analyzeShard(cmd.Context(), job, args, f.out, f.shard)
			}
			return s.analyzeAll(cmd.Context(), job, args, f.out)
		},
	}
	c.Flags().StringVarP(&f.protocol, "protocol", "p", "", "rules of the analysis: a built-in name ('explant protocol list') or a .yaml file")
	c.Flags().StringVar(&f.classifier, "classifier", "", "file of 'explant train', or the .yaml that declares an ONNX network; instead of a protocol")
	c.Flags().StringVarP(&f.out, "out", "o", "", "folder for the results (default: IMAGE.explant in the current folder)")
	c.Flags().StringVar(&f.spacing, "spacing", "", "voxel size with its unit, one value or x,y,z: 20um")
	c.Flags().StringVar(&f.pixelSize, "pixel-size", "", "pixel size of a slide or field with its unit: 0.5um")
	c.Flags().StringVar(&f.scaleError, "scale-error", "", "standard uncertainty of a length, from a calibration object: 0.2%")
	c.Flags().StringVar(&f.scaleBar, "scale-bar", "", "length of the burnt-in scale bar of an electron micrograph, which is looked for in the picture: 1um")
	c.Flags().StringVar(&f.axis, "axis", "z", "flow axis from inlet to outlet: x, y, z, or -x, -y, -z; two points in mm, x0,y0,z0:x1,y1,z1; none where there is none")
	c.Flags().StringVar(&f.frame, "frame", "", "YAML file of the device's own coordinates: inlet, outlet, axes, mats, zones; instead of --axis")
	c.Flags().StringVar(&f.zones, "zones", "", "label volume of the device's zones, where the frame file names none")
	c.Flags().StringVar(&f.reference, "reference", "", "scan of the same device unused: gives the net burden over the space that both scans show")
	c.Flags().StringVar(&f.sample, "sample", "", "name of the sample, for the tables")
	c.Flags().StringVar(&f.device, "device", "", "YAML file with the report fields of the device")
	c.Flags().IntVar(&f.views, "views", defaultViews, "3D views in the report of a volume, a full turn; 0 saves their time")
	c.Flags().StringArrayVar(&f.channels, "channel", nil, "fluorescence channel of a marker, by number or file: dna=1, h3cit=h3.tif (default: by the names in the file)")
	c.Flags().StringVar(&f.marker, "marker", "", "what DAB shows on an H-DAB slide, such as cd61 (slide-marker, slide-dab)")
	c.Flags().StringArrayVar(&f.controls, "control", nil, "control slide of the same batch without the specific stain; sets the thresholds of markers")
	c.Flags().StringVar(&f.shard, "shard", "", "measure one of n parts of a volume, such as 2/5; 'explant gather' joins them (ct-panel, volume-threshold)")
	bindSets(c, &f.sets)
	completeFlag(c, "protocol", s.names)
	completeFlag(c, "axis", func() []string { return pipeline.Axes })
	return c
}

// job checks the flags before any image is touched.
func (s *session) job(f analyzeFlags) (pipeline.Job, error) {
	if f.classifier != "" {
		return s.classifierJob(f)
	}
	if f.protocol == "" {
		return pipeline.Job{}, usageError{fmt.Errorf("--protocol is missing: one of %s, or a .yaml file", strings.Join(protocol.Builtin(), ", "))}
	}
	p, _, err := s.resolve(f.protocol, f.sets)
	if err != nil {
		return pipeline.Job{}, err
	}
	if f.marker != "" {
		if p, err = p.WithMarker(f.marker); err != nil {
			return pipeline.Job{}, usageError{err}
		}
	}
	return f.complete(pipeline.Job{Protocol: p, Axis: f.axis, Frame: f.frame, Zones: f.zones, Reference: f.reference, Channels: f.channels, Controls: f.controls, Sample: f.sample, Views: f.views})
}

// complete reads the flags that every kind of rules has, and checks the job.
func (f analyzeFlags) complete(job pipeline.Job) (_ pipeline.Job, err error) {
	switch {
	case f.views == 0:
		job.Views = -1
	case f.views < 0 || f.views > mostViews:
		return job, usageError{fmt.Errorf("--views %d: 0 to %d are wanted", f.views, mostViews)}
	}
	if job.Spacing, err = typedSpacing(f.spacing, f.pixelSize); err != nil {
		return job, usageError{err}
	}
	if f.scaleError != "" {
		if job.ScaleErr, err = calibration.Percent(f.scaleError); err != nil {
			return job, usageError{fmt.Errorf("--scale-error: %w", err)}
		}
	}
	if f.scaleBar != "" {
		if job.ScaleBar, err = calibration.Length(f.scaleBar); err != nil {
			return job, usageError{fmt.Errorf("--scale-bar: %w", err)}
		}
	}
	if err := job.Check(); err != nil {
		return job, usageError{err}
	}
	if f.device != "" {
		if job.Device, err = pipeline.LoadDevice(f.device); err != nil {
			return job, usageError{err}
		}
	}
	return job, nil
}

func typedSpacing(spacing, pixelSize string) ([3]float64, error) {
	switch {
	case spacing != "" && pixelSize != "":
		return [3]float64{}, errors.New("give --spacing for a volume or --pixel-size for a slide, not both")
	case spacing != "":
		mm, err := calibration.ParseSpacing(spacing)
		if err != nil {
			return mm, fmt.Errorf("--spacing: %w", err)
		}
		return mm, nil
	case pixelSize != "":
		mm, err := calibration.ParseSpacing(pixelSize)
		if err != nil {
			return mm, fmt.Errorf("--pixel-size: %w", err)
		}
		return [3]float64{mm[0], mm[1], 0}, nil
	}
	return [3]float64{}, nil
}

// analyzeAll measures the images one after the other. One bad image among several does not stop the
// rest; it is told, and the exit code says that the batch is not whole.
func (s *session) analyzeAll(ctx context.Context, job pipeline.Job, images []string, out string) error {
	var failed int
	for _, image := range images {
		job.Input, job.Out = image, outFolder(out, image, len(images) > 1)
		err := s.analyzeOne(ctx, job)
		switch {
		case err == nil:
		case ctx.Err() != nil || len(images) == 1:
			return err
		default:
			failed++
			s.fail(err, exitFailed)
		}
	}
	if failed > 0 {
		return fmt.Errorf("%w: %d of %d", errPartly, failed, len(images))
	}
	return nil
}

func outFolder(out, image string, several bool) string {
	base := strings.NewReplacer(":/", "-", "/", "-").Replace(pipeline.ImageName(image)) + ".explant"
	switch {
	case out == "":
		return base
	case several:
		return filepath.Join(out, base)
	}
	return out
}

func (s *session) analyzeOne(ctx context.Context, job pipeline.Job) error {
	p := newPrinter(s.asJSON, s.out, s.err)
	l := s.limits()
	l.Tell = s.tell
	res, err := pipeline.Analyze(ctx, job, l, p)
	p.Close()
	if err != nil {
		return err
	}
	s.summary(res, job.Out)
	return nil
}

func (s *session) limits() pipeline.Limits {
	return pipeline.Limits{Workers: s.config.Threads, Memory: int64(s.config.Memory), Scratch: s.config.Scratch}
}

// tell says what a job will need before it begins.
func (s *session) tell(p pipeline.Plan) {
	if s.asJSON {
		s.line(map[string]any{"event": "plan", "resident_bytes": p.Resident, "streams": p.Streams, "scratch_bytes": p.Disk, "scratch": p.Scratch})
		return
	}
	fmt.Fprintf(s.err, "%s\n", p)
}

// summary prints the primary values, the flags, and where the report is.
func (s *session) summary(res result.Result, out string) {
	report := filepath.Join(out, pipeline.ReportFile)
	if s.asJSON {
		s.line(map[string]any{"event": "done", "image": res.Image.Name, "report_id": res.ID, "out": out, "report": report})
		return
	}
	s.printf("%s, protocol %s\n", res.Image.Name, res.Protocol.Name)
	for _, m := range pipeline.Primary(res) {
		s.printf("  %s\n", m)
	}
	for _, f := range res.Flags {
		s.printf("  flag %s: %s\n    %s\n", f.ID, f.Text, f.Remedy)
	}
	s.printf("  report: %s\n", report)
}
