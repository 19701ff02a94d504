package pipeline

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"os"
	"time"

	"explant/analysis/protocol"
	"explant/analysis/result"
	"explant/analysis/serial"
	"explant/analysis/slide"
	"explant/io/nrrd"
	"explant/io/open"
	"explant/io/report"
	"explant/volume"
	"explant/volume/parallel"
)

// Stacking is a block of serial sections and the rules to measure them by.
type Stacking struct {
	Inputs   []string          // a folder, or the files in the order of cutting
	Out      string            // the folder that receives the results
	Protocol protocol.Protocol // of slides
	Between  float64           // mm from the middle of one section to that of the next
	Pixel    [3]float64        // mm, as typed; 0 where the header is to be believed
	ScaleErr float64           // relative standard uncertainty of the size of a pixel
	Error    float64           // relative standard uncertainty of Between; 0 where nobody knows it
	Sample   string
	Device   map[string]string
}

// Check reports a stack that cannot be made whatever the sections hold.
func (s Stacking) Check() error {
	switch {
	case s.Protocol.Engine != protocol.Slide:
		return fmt.Errorf("protocol %s measures no stained slides: a protocol slide-… is wanted", s.Protocol.Name)
	case !(s.Between > 0) || math.IsInf(s.Between, 1):
		return errors.New("--spacing is missing: the distance from one section to the next with its unit, such as 5um")
	case !(s.Error >= 0 && s.Error <= 0.5):
		return fmt.Errorf("--spacing-error %g %%: 0 to 50 %% is wanted", 100*s.Error)
	}
	return nil
}

// Stacked is what came of a stack.
type Stacked struct {
	Sections, Slices int
	Lost             []int // slices without a section, from 1
	result.Result
}

// mostStackVoxels bounds the memory of a stack, 2 bytes a voxel.
const mostStackVoxels = 1 << 30

// Stack measures serial sections, puts them on top of each other, and writes the volume of their classes with
// what it holds into s.Out: result.json, measurements.csv, labels.nrrd, report.html and provenance.json.
func Stack(ctx context.Context, s Stacking, l Limits, p parallel.Progress) (out Stacked, err error) {
	started := time.Now()
	if err := s.Check(); err != nil {
		return out, err
	}
	files, numbers, err := sectionFiles(s.Inputs)
	if err != nil {
		return out, err
	}
	r := stackRun{Stacking: s, limits: l, progress: p, files: files, steps: stepsOf(len(files), numbers), numbered: numbers != nil}
	if err := r.plan(ctx); err != nil {
		return out, err
	}
	if err := r.measure(ctx); err != nil {
		return out, err
	}
	if err := r.align(ctx); err != nil {
		return out, err
	}
	if err := r.fill(ctx); err != nil {
		return out, err
	}
	if out.Result, err = r.assemble(); err != nil {
		return out, err
	}
	out.Sections, out.Slices, out.Lost = len(files), r.labels.N[2], r.missing()
	pics, err := report.VolumePictures(ctx, r.grey, r.labels, r.classes(), report.PictureOptions{Views: -1, Workers: l.Workers, Progress: p})
	if err != nil {
		return out, err
	}
	stage, err := newStage(s.Out)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, stage.close()) }()
	err = stage.write(VolumeLabels, func(f *os.File) error { return nrrd.Write(ctx, f, r.labels, r.classes()) })
	if err != nil {
		return out, err
	}
	if err := stage.writeAll(outputs(out.Result, pics, newProvenance(Job{Input: s.Inputs[0]}, l, out.Result.ID, started))); err != nil {
		return out, err
	}
	if err := ctx.Err(); err != nil {
		return out, err
	}
	return out, stage.commit(ResultFile)
}

// stackRun is a stack in the making.
type stackRun struct {
	Stacking
	limits   Limits
	progress parallel.Progress
	files    []string
	steps    []float64
	numbered bool

	grid     volume.Grid // of a section
	hashes   []string
	pictures []*serial.Picture
	sheets   []serial.Sheet // labels
	lights   [][]uint8      // brightness, of the size of the labels
	findings []result.Findings
	block    *serial.Block
	labels   *volume.Labels
	grey     *volume.Volume[uint8]
}

func (r *stackRun) options() parallel.Options { return parallel.Options{Workers: r.limits.Workers} }

// measure classifies every section, one after the other, and keeps reduced copies.
func (r *stackRun) measure(ctx context.Context) error {
	for k, file := range r.files {
		if err := r.section(ctx, k, file); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

func (r *stackRun) section(ctx context.Context, k int, file string) (err error) {
	in, err := open.Path(ctx, file, open.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	info := in.Info()
	Job{Spacing: r.Pixel, ScaleErr: r.ScaleErr}.calibrate(&info.Grid)
	if k == 0 {
		r.grid = info.Grid
	} else if d := info.Grid.Spacing; math.Abs(d[0]-r.grid.Spacing[0]) > 1e-6*r.grid.Spacing[0] || math.Abs(d[1]-r.grid.Spacing[1]) > 1e-6*r.grid.Spacing[1] {
		return fmt.Errorf("its pixels are %g x %g mm, those of the first section %g x %g mm: state one size with --pixel-size", d[0], d[1], r.grid.Spacing[0], r.grid.Spacing[1])
	}
	pixels, err := open.RGB(in)
	if err != nil {
		return fmt.Errorf("protocol %s wants a colour image of one section: %w", r.Protocol.Name, err)
	}
	p := named(ImageName(file), r.progress)
	view := newOverview(info.Grid)
	f, err := slide.Analyze(ctx, pixels, *r.Protocol.Slide, info.Grid, r.options(), p, func(at image.Rectangle, labels []uint8) error {
		view.addLabels(at, labels)
		return nil
	})
	if err != nil {
		return err
	}
	small, err := open.RGBLevel(in, coarsest(info, max(view.labels.N[0], view.labels.N[1])))
	if err != nil {
		return err
	}
	if err := view.addPixels(ctx, small, r.options(), p); err != nil {
		return err
	}
	sum, err := open.Hash(ctx, file, info.Beside...)
	if err != nil {
		return err
	}
	picture, err := serial.NewPicture(view.rgb, info.Grid.N[0], info.Grid.N[1], view.step)
	if err != nil {
		return err
	}
	r.findings, r.hashes, r.pictures = append(r.findings, f), append(r.hashes, sum), append(r.pictures, picture)
	r.sheets = append(r.sheets, serial.Sheet{W: view.labels.N[0], H: view.labels.N[1], Step: view.step, Values: view.labels.Data})
	r.lights = append(r.lights, brightness(view.rgb))
	return nil
}

// brightness is the mean of the three colours.
func brightness(m *image.NRGBA) []uint8 {
	out := make([]uint8, m.Rect.Dx()*m.Rect.Dy())
	for i := range out {
		out[i] = uint8((int(m.Pix[4*i]) + int(m.Pix[4*i+1]) + int(m.Pix[4*i+2])) / 3)
	}
	return out
}

// align finds where the sections lie and which slices of the block they are.
func (r *stackRun) align(ctx context.Context) (err error) {
	if r.block, err = serial.Align(ctx, r.pictures, r.steps, r.options(), r.progress); err != nil {
		return err
	}
	at := 0
	for k := range r.sheets {
		r.sheets[k].Slice, r.sheets[k].Place = at, r.block.Placed[k]
		if k < len(r.steps) {
			at += int(r.steps[k]) + r.block.Lost[k]
		}
	}
	return nil
}

// fill lays labels and brightness into the block.
func (r *stackRun) fill(ctx context.Context) (err error) {
	lo, hi := serial.Bounds(r.sheets)
	step := 1
	for _, s := range r.sheets {
		step = max(step, s.Step)
	}
	g := volume.Grid{N: [3]int{0, 0, r.sheets[len(r.sheets)-1].Slice + 1}, Calibration: r.grid.Calibration}
	for a := range 2 {
		g.N[a] = int(math.Ceil((hi[a]-lo[a])/float64(step))) + 1
		g.Spacing[a] = r.grid.Spacing[a] * float64(step)
		g.Origin[a] = lo[a] * r.grid.Spacing[a]
	}
	g.Spacing[2] = r.Between
	if float64(g.N[0])*float64(g.N[1])*float64(g.N[2]) > mostStackVoxels {
		return fmt.Errorf("a stack of %d x %d x %d voxels is too large: stack fewer sections", g.N[0], g.N[1], g.N[2])
	}
	if r.labels, err = serial.Stack(ctx, r.sheets, g, lo, step, serial.Outside, serial.Missing, r.options(), r.progress); err != nil {
		return err
	}
	light := make([]serial.Sheet, len(r.sheets))
	for k, s := range r.sheets {
		light[k] = s
		light[k].Values = r.lights[k]
	}
	r.grey, err = serial.Stack(ctx, light, g, lo, step, 255, 0, r.options(), r.progress)
	return err
}
