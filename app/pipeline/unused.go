package pipeline

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"

	"explant/analysis/connector"
	"explant/analysis/oxygenator"
	"explant/analysis/protocol"
	"explant/analysis/reference"
	"explant/analysis/result"
	"explant/analysis/segment"
	"explant/io/open"
	"explant/io/report"
	"explant/volume"
	"explant/volume/register"
)

// compared puts to f what the scan of the unused device, where the job names one, says of v.
func compared[T volume.Voxel](ctx context.Context, r *run, v *volume.Volume[T], s *segment.Segmentation, f *found) (err error) {
	if r.job.Reference == "" {
		return nil
	}
	if s.NoDeposit {
		return fmt.Errorf("--reference: protocol %s has no class deposit to compare", r.job.Protocol.Name)
	}
	in, err := open.Path(ctx, r.job.Reference, open.Options{})
	if err != nil {
		return fmt.Errorf("--reference: %w", err)
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	grid := in.Info().Grid
	if !grid.Calibrated() {
		r.job.calibrate(&grid)
	}
	sum, err := open.Hash(ctx, r.job.Reference, in.Info().Beside...)
	if err != nil {
		return fmt.Errorf("--reference: %w", err)
	}
	r.job.flow.inputs["reference"] = ImageName(r.job.Reference) + ", sha256 " + sum
	loaded, _, err := open.Volume(ctx, in, open.Load{Workers: r.limits.Workers}, r.progress)
	if err != nil {
		return fmt.Errorf("--reference: %w", err)
	}
	switch w := loaded.(type) {
	case *volume.Volume[uint8]:
		err = withReference(ctx, r, v, s, w, grid, f)
	case *volume.Volume[uint16]:
		err = withReference(ctx, r, v, s, w, grid, f)
	case *volume.Volume[int16]:
		err = withReference(ctx, r, v, s, w, grid, f)
	case *volume.Volume[float32]:
		err = withReference(ctx, r, v, s, w, grid, f)
	}
	if err != nil {
		return fmt.Errorf("--reference %s: %w", ImageName(r.job.Reference), err)
	}
	return nil
}

// withReference registers the unused device w to the used one v, labels it by the same method, and
// compares. A fit that is not believed is no error: the net burden is then withheld with the reason.
func withReference[A, B volume.Voxel](ctx context.Context, r *run, v *volume.Volume[A], s *segment.Segmentation, w *volume.Volume[B], grid volume.Grid, f *found) error {
	w.Grid = grid
	fit, err := register.Volumes(ctx, v, w, r.options(), r.progress)
	switch {
	case errors.Is(err, register.ErrUnlike), errors.Is(err, volume.ErrSpacing):
		f.Flags = append(f.Flags, result.Flag{ID: "reference-refused", Text: fmt.Sprintf("The reference was not used: %v.", err),
			Remedy: "Give an unused scan of this very device, of known voxel size, laid in the scanner as the used one was, give or take 10° and turns by 90°."})
		for _, id := range []string{"dep.net", "ref.vol", "rate.h", "perf.kc"} {
			f.NotMeasured = append(f.NotMeasured, result.Withheld{Metric: id, Reason: err.Error()})
		}
		return nil
	case err != nil:
		return err
	}
	t, err := alike(ctx, r, w, s)
	if err != nil {
		return err
	}
	c, err := reference.Compare(ctx, v, w, s, t, fit, r.options(), r.progress)
	if err != nil {
		return err
	}
	c.Findings(&f.Findings, runHours(r.job.Device))
	f.Flags = append(f.Flags, unlikeScans(v.Grid, w.Grid, s, t)...)
	f.pictures.Reference, err = report.Overlaid(overlayOf(v, w, fit))
	return err
}

// alike labels the reference by the method of the job. The plain recipe takes the thresholds of the used
// device: Otsu's would not be the same without deposit.
func alike[T volume.Voxel](ctx context.Context, r *run, w *volume.Volume[T], s *segment.Segmentation) (*segment.Segmentation, error) {
	switch r.job.Protocol.Engine {
	case protocol.Panel:
		return segment.Again(ctx, w, s, r.options(), r.progress)
	case protocol.Ranges:
		return segment.Ranges(ctx, w, *r.job.Protocol.Ranges, r.options(), r.progress)
	case protocol.Connector:
		t, _, err := connector.Segment(ctx, w, *r.job.Protocol.Connector, "", r.options(), r.progress) // it may lie another way
		return t, err
	}
	return oxygenator.Segment(ctx, w, *r.job.Protocol.Oxygenator, r.options(), r.progress)
}

// runHours is the run time of the device in hours, 0 where it is not known.
func runHours(device map[string]string) float64 {
	h, err := strconv.ParseFloat(device["run.hours"], 64)
	if err != nil || !(h > 0) || math.IsInf(h, 1) {
		return 0
	}
	return h
}

// Differences from which on two scans are not of one scanner and setting.
const (
	otherSpacing  = 0.01 // of the voxel's side
	otherContrast = 0.05 // of the grey between air and polymer
)

// unlikeScans says where the scans of used and unused device differ in what they should not.
func unlikeScans(a, b volume.Grid, s, t *segment.Segmentation) (flags []result.Flag) {
	for i := range 3 {
		if math.Abs(a.Spacing[i]/b.Spacing[i]-1) > otherSpacing {
			flags = append(flags, result.Flag{ID: "reference-spacing", Text: fmt.Sprintf("The reference has voxels of %.4g x %.4g x %.4g µm, the used device %.4g x %.4g x %.4g µm: blur and noise differ, and so does what is taken for deposit.",
				1000*b.Spacing[0], 1000*b.Spacing[1], 1000*b.Spacing[2], 1000*a.Spacing[0], 1000*a.Spacing[1], 1000*a.Spacing[2]),
				Remedy: "Scan both alike."})
			break
		}
	}
	step := s.Levels[segment.Polymer] - s.Levels[segment.Void]
	for _, c := range []uint8{segment.Void, segment.Polymer} {
		if d := t.Levels[c] - s.Levels[c]; math.Abs(d) > otherContrast*step {
			flags = append(flags, result.Flag{ID: "reference-greys", Text: fmt.Sprintf("In the reference %s has another grey, by %.0f %% of the step from air to polymer.", segment.Names[c], 100*math.Abs(d)/step),
				Remedy: "Scan both with one scanner and setting, or calibrate their greys."})
			break
		}
	}
	return flags
}

// overlayOf reads both scans in the three middle planes of the used one.
func overlayOf[A, B volume.Voxel](v *volume.Volume[A], w *volume.Volume[B], fit *register.Fit) *report.Overlay {
	o := &report.Overlay{Grid: v.Grid}
	from, to := register.PlaceOf(v.Grid), register.PlaceOf(w.Grid)
	for axis := range 3 {
		a, b := (axis+1)%3, (axis+2)%3
		if a > b {
			a, b = b, a
		}
		at := [3]int{v.N[0] / 2, v.N[1] / 2, v.N[2] / 2}
		plane := report.OverlayPlane{Axis: axis, At: at[axis], Width: v.N[a], Height: v.N[b]}
		for at[b] = range v.N[b] {
			for at[a] = range v.N[a] {
				plane.Used = append(plane.Used, float64(v.At(at[0], at[1], at[2])))
				q := to.Voxel(fit.Map(from.MM([3]float64{float64(at[0]), float64(at[1]), float64(at[2])})))
				plane.Unused = append(plane.Unused, nearest(w, q))
			}
		}
		o.Planes = append(o.Planes, plane)
	}
	return o
}

// nearest is the grey of the voxel at p, NaN outside.
func nearest[T volume.Voxel](v *volume.Volume[T], p [3]float64) float64 {
	var i [3]int
	for a := range i {
		i[a] = int(math.Floor(p[a] + 0.5))
		if i[a] < 0 || i[a] >= v.N[a] {
			return math.NaN()
		}
	}
	return float64(v.At(i[0], i[1], i[2]))
}
