package pipeline

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"

	"explant/analysis/result"
	"explant/io/calibration"
	"explant/io/open"
	"explant/volume/parallel"
)

// typedSize is the size of a voxel or pixel that the study file states.
func typedSize(i studyImage) (mm [3]float64, err error) {
	text := i.Spacing
	if text == "" {
		text = i.PixelSize
	}
	if text == "" {
		return mm, nil
	}
	if mm, err = calibration.ParseSpacing(text); err == nil && i.Spacing == "" {
		mm[2] = 0
	}
	return mm, err
}

// measureOnce measures an image, unless the folder holds the result of the same image, method, inputs and version.
func measureOnce(ctx context.Context, j Job, l Limits, p parallel.Progress) (result.Result, error) {
	if old, ok := earlier(ctx, j); ok {
		return old, nil
	}
	return Analyze(ctx, j, l, p)
}

// earlier reads the result that the job would give, if it is there. Whatever is unlike, or unreadable, is measured
// again.
func earlier(ctx context.Context, j Job) (res result.Result, ok bool) {
	text, err := os.ReadFile(filepath.Join(j.Out, ResultFile))
	if err != nil || json.Unmarshal(text, &res) != nil {
		return res, false
	}
	method, err := j.Protocol.Method()
	if err != nil || res.Protocol.Method != method || res.Software.Version != Version || res.Image.Name != j.name() {
		return res, false
	}
	in, err := open.Path(ctx, j.Input, open.Options{})
	if err != nil {
		return res, false
	}
	info := in.Info()
	if in.Close() != nil || j.hashBatch(ctx) != nil {
		return res, false
	}
	j.calibrate(&info.Grid)
	if j.locate(ctx, info.Grid, Limits{}, parallel.Discard{}) != nil {
		return res, false
	}
	sum, err := open.Hash(ctx, j.Input, info.Beside...)
	return res, err == nil && res.Image.SHA256 == sum && maps.Equal(res.Inputs, j.inputs()) && maps.Equal(res.Device, deviceOf(j))
}

func deviceOf(j Job) map[string]string {
	if j.Device == nil {
		return map[string]string{}
	}
	return j.Device
}
