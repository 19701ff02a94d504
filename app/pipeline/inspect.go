package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"explant/io/imagefile"
	"explant/io/open"
	"explant/volume"
)

// Inspect tells what a file or folder of slices holds, without decoding its pixels.
func Inspect(ctx context.Context, path string) (info imagefile.Info, err error) {
	r, err := open.Path(ctx, path, open.Options{})
	if err != nil {
		return info, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	return r.Info(), nil
}

// CalibrationText says in one line how large a voxel or pixel is and who says so.
func CalibrationText(g volume.Grid) string {
	c := g.Calibration
	switch {
	case g.Calibrated() && g.N[2] > 1:
		return fmt.Sprintf("%s µm a voxel (%s)", micrometres(g.Spacing[:]), from(c))
	case g.Calibrated():
		return fmt.Sprintf("%s µm a pixel (%s)", micrometres(g.Spacing[:2]), from(c))
	case c.Withheld != "":
		return "withheld: " + c.Withheld + "; state it with " + flagFor(g)
	}
	return "unknown; state it with " + flagFor(g)
}

// flagFor is the flag that states the size of a voxel or pixel of g.
func flagFor(g volume.Grid) string {
	if g.N[2] > 1 {
		return "--spacing"
	}
	return "--pixel-size"
}

func from(c volume.Calibration) string {
	text := string(c.Source)
	if c.Field != "" {
		text += ": " + c.Field
	}
	if c.Relative > 0 {
		text += fmt.Sprintf(", ± %.2g %% (1 SD)", 100*c.Relative)
	}
	return text
}

// micrometres writes lengths in µm to six digits, once where all of them read the same.
func micrometres(mm []float64) string {
	var text []string
	for _, v := range mm {
		text = append(text, fmt.Sprintf("%.6g", v*1000))
	}
	if len(slices.Compact(slices.Clone(text))) == 1 {
		return text[0]
	}
	return strings.Join(text, " x ")
}
