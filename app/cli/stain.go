package cli

import (
	"context"

	"github.com/spf13/cobra"

	"explant/app/pipeline"
)

func (s *session) stain() *cobra.Command {
	var m pipeline.Staining
	var name string
	c := &cobra.Command{
		Use:   "stain [SLIDE...] --protocol NAME|FILE --out PROFILE.yaml",
		Short: "Measure the colours of stains on slides or single-stain controls, and save them as a profile",
		Long: `stain makes a stain profile: the direction of the optical density of each dye in red, green and blue. From
SLIDEs in the stain of the protocol the directions are estimated; --control STAIN=FILE takes that of one dye from
a slide that was stained with it alone, which is better. The profile is a YAML file with a version, to be kept,
shared, and named in protocols: 'segment.stain: PROFILE.yaml', or --set segment.stain=PROFILE.yaml.`,
		Example: `  explant stain slide1.svs slide2.svs --protocol slide-msb --out our-msb.yaml
  explant stain --protocol slide-msb --out our-msb.yaml --control martius-yellow=y.svs \
      --control crystal-scarlet=r.svs --control methyl-blue=b.svs
  explant analyze slide.svs --protocol slide-msb --set segment.stain=our-msb.yaml`,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			m.Slides = args
			if m.Protocol, _, err = s.resolve(name, nil); err != nil {
				return err
			}
			if err := m.Check(); err != nil {
				return usageError{err}
			}
			return s.stainOne(cmd.Context(), m)
		},
	}
	c.Flags().StringVarP(&name, "protocol", "p", "", "protocol of the stain: slide-msb, slide-dab …")
	c.Flags().StringVarP(&m.Output, "out", "o", "", "the profile to write, a .yaml file")
	c.Flags().StringArrayVar(&m.Controls, "control", nil, "slide that was stained with one dye alone: STAIN=FILE (repeatable)")
	c.Flags().StringVar(&m.Name, "name", "", "name of the profile (default: that of the protocol's)")
	c.Flags().IntVar(&m.Version, "profile-version", 1, "version of the profile; raise it when it is renewed")
	c.Flags().BoolVar(&m.Force, "force", false, "replace the profile where it exists")
	completeFlag(c, "protocol", s.names)
	return c
}

func (s *session) stainOne(ctx context.Context, m pipeline.Staining) error {
	p := newPrinter(s.asJSON, s.out, s.err)
	profile, found, err := pipeline.Stain(ctx, m, s.limits(), p)
	p.Close()
	if err != nil {
		return err
	}
	if s.asJSON {
		s.line(map[string]any{"event": "done", "out": m.Output, "profile": profile})
		return nil
	}
	s.printf("%s: profile %s, version %d, from %s; stains at least %.1f degrees apart\n", m.Output, profile.Name, profile.Version, profile.Origin, profile.Angle())
	for _, f := range found {
		od := profile.Stains[profile.Index(f.Name)].OD
		s.printf("  %s: %.4f %.4f %.4f (%.1f degrees from the protocol's, %d pixels near it)\n", f.Name, od[0], od[1], od[2], f.Degree, f.Pixels)
	}
	return nil
}
