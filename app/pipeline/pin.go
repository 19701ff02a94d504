package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"explant/analysis/frame"
	"explant/analysis/pin"
	"explant/analysis/result"
	"explant/io/imagefile"
	"explant/io/open"
	"explant/io/report"
	"explant/volume"
	"explant/volume/parallel"
)

// Pinning is a section and the scan that it was cut from, or its neighbour.
type Pinning struct {
	Slide, Scan string
	Points      string // file of pairs
	Out         string
	Name        string     // of the section in the frame file; "" for that of the slide
	Pixel       [3]float64 // mm, as typed; 0 where the header is to be believed
	Spacing     [3]float64 // of the scan
	Scaled      bool       // the section may have shrunk or swollen
	PointsOnly  bool       // do not refine
}

// FrameSection is the file with the entry for the frame file.
const FrameSection = "section.yaml"

// pinSide is about the longest side in pixels at which a slide is held against the scan.
const pinSide = 320

// Pin finds where a slide lies in a scan and writes what came of it into p.Out: result.json, measurements.csv,
// section.yaml for the frame file, report.html with the slide beside the scan, and provenance.json.
func Pin(ctx context.Context, p Pinning, l Limits, prog parallel.Progress) (res result.Result, err error) {
	started := time.Now()
	slide, err := open.Path(ctx, p.Slide, open.Options{})
	if err != nil {
		return res, err
	}
	defer func() { err = errors.Join(err, slide.Close()) }()
	scan, err := open.Path(ctx, p.Scan, open.Options{})
	if err != nil {
		return res, err
	}
	defer func() { err = errors.Join(err, scan.Close()) }()
	r := pinRun{Pinning: p, limits: l, progress: prog, slide: slide.Info(), scan: scan.Info()}
	Job{Spacing: p.Pixel}.calibrate(&r.slide.Grid)
	Job{Spacing: p.Spacing}.calibrate(&r.scan.Grid)
	if !r.slide.Grid.Calibrated() || !r.scan.Grid.Calibrated() {
		return res, fmt.Errorf("pin %s: the size of a pixel and of a voxel must be known: state them with --pixel-size and --spacing", p.Slide)
	}
	if r.Name == "" {
		r.Name = ImageName(p.Slide)
	}
	if err := r.points(); err != nil {
		return res, err
	}
	if err := r.look(ctx, slide); err != nil {
		return res, err
	}
	loaded, _, err := open.Volume(ctx, scan, open.Load{Workers: l.Workers, MaxBytes: l.Memory}, prog)
	if err != nil {
		return res, err
	}
	if err := r.refineAny(ctx, loaded); err != nil {
		return res, fmt.Errorf("pin %s: %w", p.Slide, err)
	}
	if res, err = r.assemble(ctx); err != nil {
		return res, err
	}
	pics, err := r.pictures(ctx)
	if err != nil {
		return res, err
	}
	stage, err := newStage(p.Out)
	if err != nil {
		return res, err
	}
	defer func() { err = errors.Join(err, stage.close()) }()
	m := r.refined.Affine()
	entry := map[string][]frame.Section{"sections": {{Name: r.Name, Affine: m[:]}}}
	if err := stage.write(FrameSection, writeYAML(entry)); err != nil {
		return res, err
	}
	if err := stage.writeAll(outputs(res, pics, newProvenance(Job{Input: p.Slide}, l, res.ID, started))); err != nil {
		return res, err
	}
	if err := ctx.Err(); err != nil {
		return res, err
	}
	return res, stage.commit(ResultFile)
}

// pinRun is a slide on its way into the scan.
type pinRun struct {
	Pinning
	limits      Limits
	progress    parallel.Progress
	slide, scan imagefile.Info
	pairs       []pin.Pair
	start       pin.Place
	distances   []float64 // mm, of the pairs by the points alone
	seen        pin.Slide
	refined     pin.Refined
	plane       []float32 // the scan at the pixels of seen, NaN outside
}

// points places the slide by its pairs.
func (r *pinRun) points() (err error) {
	if r.pairs, err = loadPairs(r.Points, r.slide.Grid, r.scan.Grid); err != nil {
		return err
	}
	if r.start, r.distances, err = pin.Fit(r.pairs, r.Scaled); err != nil {
		return fmt.Errorf("points %s: %w", r.Points, err)
	}
	return nil
}

// look reads the brightness of the slide at low resolution.
func (r *pinRun) look(ctx context.Context, in imagefile.Reader) error {
	view := newOverview(r.slide.Grid)
	small, err := open.RGBLevel(in, coarsest(r.slide, max(view.labels.N[0], view.labels.N[1])))
	if err != nil {
		return fmt.Errorf("%s: %w", r.Slide, err)
	}
	if err := view.addPixels(ctx, small, parallel.Options{Workers: r.limits.Workers}, r.progress); err != nil {
		return err
	}
	light := brightness(view.rgb)
	w, h := view.labels.N[0], view.labels.N[1]
	step := max((max(w, h)+pinSide-1)/pinSide, 1)
	r.seen = pin.Slide{W: w / step, H: h / step, Edge: view.labels.Spacing[0] * float64(step)}
	r.seen.Values = make([]float32, r.seen.W*r.seen.H)
	for y := range r.seen.H * step {
		for x := range r.seen.W * step {
			r.seen.Values[y/step*r.seen.W+x/step] += float32(light[y*w+x]) / float32(step*step)
		}
	}
	return nil
}

func (r *pinRun) refineAny(ctx context.Context, loaded any) error {
	switch v := loaded.(type) {
	case *volume.Volume[uint8]:
		return refineSlide(ctx, r, v)
	case *volume.Volume[uint16]:
		return refineSlide(ctx, r, v)
	case *volume.Volume[int16]:
		return refineSlide(ctx, r, v)
	case *volume.Volume[float32]:
		return refineSlide(ctx, r, v)
	}
	return fmt.Errorf("scans of %T are not read", loaded)
}

// reachVoxels is how far a slide may move from where its points put it, beside twice their own distances.
const reachVoxels = 5

func refineSlide[T volume.Voxel](ctx context.Context, r *pinRun, v *volume.Volume[T]) (err error) {
	v.Grid = r.scan.Grid
	reach := 2*pin.RMS(r.distances) + reachVoxels*max(v.Spacing[0], v.Spacing[1], v.Spacing[2])
	r.refined = pin.Refined{Place: r.start}
	r.progress.Stage("refine the place", 1)
	if !r.PointsOnly {
		if r.refined, err = pin.Refine(ctx, v, r.seen, r.start, reach); err != nil {
			return err
		}
	}
	r.progress.Add(1)
	r.plane, err = pin.Cut(ctx, v, r.seen, r.refined.Place)
	return err
}

// pictures shows the slide, the scan in its plane, and both in turn like the fields of a checkerboard.
func (r *pinRun) pictures(ctx context.Context) (report.Pictures, error) {
	img := pin.SideBySide(r.seen, r.plane)
	labels := volume.New[uint8](volume.Grid{N: [3]int{img.Rect.Dx(), img.Rect.Dy(), 1}, Spacing: [3]float64{r.seen.Edge, r.seen.Edge, 0}, Calibration: r.slide.Grid.Calibration})
	pics, err := report.FieldPictures(ctx, img, labels, nil, report.PictureOptions{Workers: r.limits.Workers})
	if err == nil {
		pics.Notes = append(pics.Notes, "Left: the slide. Middle: the scan in its plane. Right: both in turn, like the fields of a checkerboard: fibres and deposits must go on across the fields.")
	}
	return pics, err
}
