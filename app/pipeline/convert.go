package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"explant/io/imagefile"
	"explant/io/metaimage"
	"explant/io/nifti"
	"explant/io/nrrd"
	"explant/io/ometiff"
	"explant/io/open"
	"explant/volume/parallel"
)

// Conversion is one image to be written in another format.
type Conversion struct {
	Input   string     // a file, or a folder of slices
	Output  string     // a file; its extension says the format
	Spacing [3]float64 // mm, as typed by the user; 0 where the header is to be believed
	Force   bool       // replace an Output that exists

	// Isotropic asks for cubes of this edge, mm, 0 for the smallest spacing; nil: voxels stay.
	Isotropic *float64
	// Plane asks for one plane; nil: all of the image.
	Plane *Cut
}

// Converted is what was written.
type Converted struct {
	Format   string         // of the output: "NRRD", "OME-TIFF"
	Info     imagefile.Info // of the image, with its calibration
	Warnings []string       // what the reader warned of, and what the output cannot say
}

// target is a format that images are written in.
type target struct {
	extension, name string
	write           func(ctx context.Context, w io.WriteSeeker, r imagefile.Reader, p parallel.Progress) ([]string, error)
}

// targets are the formats by the ends of file names, longer ones first.
var targets = []target{
	{".nii.gz", "NIfTI, gzip-compressed", writeNIfTI(true)},
	{".nii", "NIfTI", writeNIfTI(false)},
	{".nrrd", "NRRD", streamed(nrrd.WriteImage)},
	{".mha", "MetaImage", streamed(metaimage.WriteImage)},
	{".tif", "OME-TIFF", ometiff.WriteImage},
	{".tiff", "OME-TIFF", ometiff.WriteImage},
	{".png", "PNG", writePlane},
}

func streamed(write func(context.Context, io.Writer, imagefile.Reader, parallel.Progress) ([]string, error)) func(context.Context, io.WriteSeeker, imagefile.Reader, parallel.Progress) ([]string, error) {
	return func(ctx context.Context, w io.WriteSeeker, r imagefile.Reader, p parallel.Progress) ([]string, error) {
		return write(ctx, w, r, p)
	}
}

func writeNIfTI(packed bool) func(context.Context, io.WriteSeeker, imagefile.Reader, parallel.Progress) ([]string, error) {
	return func(ctx context.Context, w io.WriteSeeker, r imagefile.Reader, p parallel.Progress) ([]string, error) {
		return nifti.WriteImage(ctx, w, r, packed, p)
	}
}

// format finds the target of an output by its name.
func (c Conversion) format() (target, error) {
	name := strings.ToLower(filepath.Base(c.Output))
	for _, t := range targets {
		if strings.HasSuffix(name, t.extension) && name != t.extension {
			return t, nil
		}
	}
	switch filepath.Ext(name) {
	case ".nhdr":
		return target{}, fmt.Errorf("%s: header and samples are written into one file: name it .nrrd", c.Output)
	case ".mhd":
		return target{}, fmt.Errorf("%s: header and samples are written into one file: name it .mha", c.Output)
	case ".hdr", ".img":
		return target{}, fmt.Errorf("%s: header and samples are written into one file: name it .nii or .nii.gz", c.Output)
	}
	return target{}, fmt.Errorf("%s: the extension says the format: .nrrd, .mha, .nii, .nii.gz or .ome.tif (also .tif, .tiff), or .png of a plane", c.Output)
}

// Check reports a conversion that cannot be done whatever the image holds: an unknown extension, an
// output that exists, that is the input, or that would become a slice of it.
func (c Conversion) Check() error {
	if _, err := c.format(); err != nil {
		return err
	}
	if err := c.checkReshaping(); err != nil {
		return err
	}
	return outputFile{c.Input, c.Output, c.Force}.check()
}

// Convert writes an image in another format: the same samples, type, channels and place. It goes slice by
// slice, so that memory does not grow with the image, unless cubes or an oblique plane are asked for. The file gets its name when it is whole; an error
// or a cancelled ctx leaves an older one untouched.
func Convert(ctx context.Context, c Conversion, p parallel.Progress) (done Converted, err error) {
	if err := c.Check(); err != nil {
		return done, err
	}
	t, err := c.format()
	if err != nil {
		return done, err
	}
	r, err := open.Path(ctx, c.Input, open.Options{})
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	stated := restated{r, r.Info()}
	Job{Spacing: c.Spacing}.calibrate(&stated.info.Grid)
	done = Converted{Format: t.name, Info: stated.info}
	done.Warnings = append(append(done.Warnings, stated.info.Grid.Calibration.Warnings...), stated.info.Warnings...)
	image := imagefile.Reader(stated)
	if c.reshapes() {
		if image, err = c.reshaped(ctx, stated, p); err != nil {
			return done, fmt.Errorf("convert %s: %w", c.Input, err)
		}
		done.Info = image.Info()
	}
	lost, err := c.write(ctx, t, image, p)
	done.Warnings = append(done.Warnings, lost...)
	return done, err
}

// write makes the file.
func (c Conversion) write(ctx context.Context, t target, r imagefile.Reader, p parallel.Progress) (lost []string, err error) {
	err = outputFile{c.Input, c.Output, c.Force}.write(ctx, func(f *os.File) error {
		lost, err = t.write(ctx, f, r, p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("convert %s: %w", c.Input, err)
	}
	return lost, nil
}

// restated is a reader whose calibration was stated by a person.
type restated struct {
	imagefile.Reader
	info imagefile.Info
}

// Info is what the file says, with the calibration.
func (r restated) Info() imagefile.Info { return r.info }

// ReadInto keeps the way without a copy open.
func (r restated) ReadInto(ctx context.Context, w imagefile.Window, dst []byte) error {
	return imagefile.ReadInto(ctx, r.Reader, w, dst)
}
