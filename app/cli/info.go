package cli

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"explant/app/pipeline"
	"explant/io/imagefile"
	"explant/volume"
)

func (s *session) info() *cobra.Command {
	var thumbnail string
	c := &cobra.Command{
		Use:   "info IMAGE...",
		Short: "Show what an image is: shape, type, channels, levels, calibration, warnings",
		Example: `  explant info scan.tif
  explant info scan/ --json
  explant info scan/ --thumbnail scan.png`,
		Args: wantArgs(1, -1, "at least one image"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if thumbnail != "" && len(args) > 1 {
				return usageError{fmt.Errorf("--thumbnail %s is for one image, got %d", thumbnail, len(args))}
			}
			failed := 0
			for _, image := range args {
				err := s.showInfo(cmd.Context(), image, thumbnail)
				switch {
				case err == nil:
				case cmd.Context().Err() != nil || len(args) == 1:
					return err
				default:
					failed++
					s.fail(err, exitFailed)
				}
			}
			if failed > 0 {
				return fmt.Errorf("%w: %d of %d", errPartly, failed, len(args))
			}
			return nil
		},
	}
	c.Flags().StringVar(&thumbnail, "thumbnail", "", "also write a picture of at most 512 pixels as PNG: a slide made small, the slices through the middle of a volume")
	return c
}

func (s *session) showInfo(ctx context.Context, image, thumbnail string) error {
	i, err := pipeline.Inspect(ctx, image)
	if err != nil {
		return err
	}
	if thumbnail != "" {
		if err := s.drawThumbnail(ctx, image, thumbnail); err != nil {
			return err
		}
	}
	if s.asJSON {
		s.line(infoLine{
			Image: image, Format: i.Format, Size: i.Grid.N, Type: string(i.Type), Channels: i.Channels, Names: i.ChannelNames, Levels: i.Levels,
			SpacingMM: i.Grid.Spacing, Calibration: i.Grid.Calibration, Identifiers: i.Identifiers, Warnings: i.Warnings,
			Thumbnail: thumbnail,
		})
		return nil
	}
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s\n", image)
	rows := infoRows(i)
	if thumbnail != "" {
		rows = append(rows, [2]string{"thumbnail", thumbnail})
	}
	for _, row := range rows {
		fmt.Fprintf(w, "  %s\t%s\n", row[0], row[1])
	}
	return w.Flush()
}

func (s *session) drawThumbnail(ctx context.Context, image, file string) error {
	p := newPrinter(s.asJSON, s.out, s.err)
	defer p.Close()
	return pipeline.Thumbnail(ctx, image, file, s.limits(), p)
}

type infoLine struct {
	Image       string             `json:"image"`
	Format      string             `json:"format"`
	Size        [3]int             `json:"size"`
	Type        string             `json:"type"`
	Channels    int                `json:"channels"`
	Names       []string           `json:"channel_names,omitempty"`
	Levels      []imagefile.Level  `json:"levels"`
	SpacingMM   [3]float64         `json:"spacing_mm"`
	Calibration volume.Calibration `json:"calibration"`
	Identifiers []string           `json:"identifiers"`
	Warnings    []string           `json:"warnings"`
	Thumbnail   string             `json:"thumbnail,omitempty"`
}

func infoRows(i imagefile.Info) [][2]string {
	n := i.Grid.N
	rows := [][2]string{
		{"format", i.Format},
		{"size", sizeText(n)},
		{"type", fmt.Sprintf("%s, %d channel(s), %s decoded", i.Type, i.Channels, bytesText(i.Bytes()))},
		{"calibration", pipeline.CalibrationText(i.Grid)},
	}
	if len(i.ChannelNames) > 0 {
		rows = append(rows, [2]string{"channels", strings.Join(i.ChannelNames, ", ")})
	}
	if len(i.Levels) > 1 {
		var sizes []string
		for _, l := range i.Levels {
			sizes = append(sizes, fmt.Sprintf("%d x %d", l.N[0], l.N[1]))
		}
		rows = append(rows, [2]string{"levels", strings.Join(sizes, ", ")})
	}
	if len(i.Identifiers) > 0 {
		rows = append(rows, [2]string{"identifiers", "may name a person: " + strings.Join(i.Identifiers, ", ")})
	}
	for _, w := range append(i.Grid.Calibration.Warnings, i.Warnings...) {
		rows = append(rows, [2]string{"warning", w})
	}
	return rows
}

func sizeText(n [3]int) string {
	if n[2] == 1 {
		return fmt.Sprintf("%d x %d pixels", n[0], n[1])
	}
	return fmt.Sprintf("%d x %d x %d voxels", n[0], n[1], n[2])
}

func bytesText(b int64) string {
	const unit = 1024
	v, suffix := float64(b), "B"
	for _, s := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if v < unit {
			break
		}
		v, suffix = v/unit, s
	}
	return fmt.Sprintf("%.3g %s", v, suffix)
}
