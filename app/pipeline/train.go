package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"explant/analysis/classify"
	"explant/analysis/forest"
	"explant/analysis/stain"
	"explant/io/geojson"
	"explant/io/open"
	"explant/io/report"
	"explant/volume/parallel"
)

// TrainJob is what a classifier is made from.
type TrainJob struct {
	Annotations []string   // GeoJSON files, one an image
	Images      []string   // a file each, or "dna=a.png,h3cit=b.png" for channels in files of their own
	Channels    []string   // of every image: "dna=1"
	Stain       string     // profile whose stains are the channels of colour images; "" for red, green, blue
	Spacing     [3]float64 // mm, as typed; 0 where the headers are to be believed
	Levels      int        // scales of the features; 0 for 4, of volumes 3
	Samples     int        // about how many pixels are used
	Folds       int        // of the cross-validation over regions at most; 0 for none
	Forest      forest.Params
	Out         string // the file of the classifier; its report gets ".html" behind this name
	OwnRange    bool   // scale the channels of each image by its own range
	Force       bool   // replace files that exist
}

// Scales of the features, unless they are stated.
const (
	planarLevels = 4
	volumeLevels = 3
)

// ModelReport is the name of the report of a classifier.
func ModelReport(model string) string {
	return strings.TrimSuffix(model, filepath.Ext(model)) + ".html"
}

// Train makes a classifier of annotations and writes it and its report. Features of the files without a class
// are left out and counted in a warning.
func Train(ctx context.Context, job TrainJob, l Limits, p parallel.Progress) (*classify.Model, error) {
	if len(job.Annotations) == 0 || len(job.Annotations) != len(job.Images) {
		return nil, fmt.Errorf("%d files of annotations for %d images: state one --image for each, in the same order", len(job.Annotations), len(job.Images))
	}
	model := outputFile{input: job.Annotations[0], path: job.Out, force: job.Force}
	page := outputFile{input: job.Annotations[0], path: ModelReport(job.Out), force: job.Force}
	if err := errors.Join(model.check(), page.check()); err != nil {
		return nil, err
	}
	t := classify.Training{Forest: job.Forest, Limit: job.Samples, Folds: job.Folds, Levels: job.Levels}
	plain := 0
	var done []func() error
	defer func() {
		for _, end := range done {
			_ = end() // nothing was written to it
		}
	}()
	for i := range job.Images {
		end, n, err := job.take(ctx, &t, i, l, p)
		if end != nil {
			done = append(done, end)
		}
		if err != nil {
			return nil, err
		}
		plain += n
	}
	if t.Levels == 0 {
		if t.Levels = planarLevels; t.Input.Volumetric() {
			t.Levels = volumeLevels
		}
	}
	m, err := classify.Train(ctx, t, "explant "+Version, parallel.Options{Workers: l.Workers}, p)
	if err != nil {
		return nil, err
	}
	if plain > 0 {
		m.Warnings = append(m.Warnings, fmt.Sprintf("%d drawn objects have no class and were left out", plain))
	}
	data, err := m.Encode()
	if err != nil {
		return nil, err
	}
	if err := model.write(ctx, func(f *os.File) error { _, err := f.Write(data); return err }); err != nil {
		return nil, err
	}
	return m, page.write(ctx, func(f *os.File) error { return report.WriteTraining(f, m) })
}

// take adds image i and its annotations. end closes the image, which may be read until the model is made.
func (j TrainJob) take(ctx context.Context, t *classify.Training, i int, l Limits, p parallel.Progress) (end func() error, plain int, err error) {
	file, channels, err := j.imageOf(i)
	if err != nil {
		return nil, 0, err
	}
	in, err := open.Path(ctx, file, open.Options{})
	if err != nil {
		return nil, 0, err
	}
	info := in.Info()
	Job{Spacing: j.Spacing}.calibrate(&info.Grid)
	px, _, err := readPixels(ctx, in, info, channels, parallel.Options{Workers: l.Workers}, p)
	if err != nil {
		return in.Close, 0, fmt.Errorf("%s: %w", file, err)
	}
	if err := j.merge(t, px, i == 0); err != nil {
		return in.Close, 0, fmt.Errorf("%s: %w", file, err)
	}
	sum, err := open.Hash(ctx, file, info.Beside...)
	if err != nil {
		return in.Close, 0, err
	}
	t.Images = append(t.Images, classify.Image{Name: ImageName(file), SHA256: sum})
	t.Sources = append(t.Sources, px.source)
	regions, plain, err := readRegions(j.Annotations[i], i)
	t.Regions = append(t.Regions, regions...)
	return in.Close, plain, err
}

// imageOf is the file of image i and the channels of it.
func (j TrainJob) imageOf(i int) (file string, channels []stated, err error) {
	spec := j.Images[i]
	if !strings.Contains(spec, "=") {
		channels, err = parseChannels(j.Channels)
		return spec, channels, err
	}
	if len(j.Channels) > 0 {
		return "", nil, fmt.Errorf("--image %s names its channels: leave --channel out", spec)
	}
	if channels, err = parseChannels(strings.Split(spec, ",")); err != nil {
		return "", nil, fmt.Errorf("--image: %w", err)
	}
	file, channels[0].file = channels[0].file, ""
	if channels[0].number = 1; file == "" {
		return "", nil, fmt.Errorf("--image %s: files are wanted, such as dna=a.png,h3cit=b.png", spec)
	}
	return file, channels, nil
}

// merge makes the input of the first image, and holds the others against it.
func (j TrainJob) merge(t *classify.Training, px pixels, first bool) error {
	if first {
		t.Input = classify.Input{Kind: px.Kind, Spacing: px.Grid.Spacing, OwnRange: j.OwnRange}
		if _, ok := px.source.(classify.Ranged); j.OwnRange && !ok {
			return fmt.Errorf("--own-range: an image of kind %s has none; it is for fields and micrographs", px.Kind)
		}
		names := px.Channels
		switch px.Kind {
		case classify.Colour:
			names = []string{"red", "green", "blue"}
		case classify.Grey, classify.Volume:
			names = []string{"grey"}
		}
		for c, name := range names {
			t.Input.Channels = append(t.Input.Channels, classify.Channel{Name: name, Low: px.ranges[c][0], High: px.ranges[c][1]})
		}
		if j.Stain != "" {
			return stained(&t.Input, j.Stain)
		}
		return nil
	}
	if err := t.Input.Fit(px.Found); err != nil {
		return err
	}
	if t.Input.Stain != nil {
		return nil
	}
	for c, r := range px.ranges {
		own := &t.Input.Channels[c]
		own.Low, own.High = min(own.Low, r[0]), max(own.High, r[1])
	}
	return nil
}

// The amounts of a stain that become 0 and 65535, in optical density.
const (
	leastOD = -0.4
	mostOD  = 2.4
)

// stained makes the stains of a profile the channels.
func stained(in *classify.Input, name string) error {
	if in.Kind != classify.Colour {
		return fmt.Errorf("--stain %s: an image of kind %s has no stains", name, in.Kind)
	}
	profile, err := stain.Builtin(name)
	if err != nil {
		return err
	}
	in.Stain, in.Channels = &profile, nil
	for _, s := range profile.Stains {
		in.Channels = append(in.Channels, classify.Channel{Name: s.Name, Low: leastOD, High: mostOD})
	}
	return nil
}

// readRegions reads the objects with a class; plain is the number of those without.
func readRegions(file string, image int) (regions []classify.Region, plain int, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, 0, fmt.Errorf("annotations: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	all, err := geojson.Read(io.LimitReader(f, mostAnnotations))
	if err != nil {
		return nil, 0, fmt.Errorf("annotations %s: %w", file, err)
	}
	for _, a := range all {
		if a.Class == "" {
			plain++
			continue
		}
		r := classify.Region{Image: image, Class: a.Class, Name: a.Name, Shape: shapeOf(a.Geometry)}
		if a.Color != nil {
			r.Color = fmt.Sprintf("#%02x%02x%02x", a.Color[0], a.Color[1], a.Color[2])
		}
		if r.Geometry, err = a.Geometry.JSON(); err != nil {
			return nil, 0, fmt.Errorf("annotations %s: %w", file, err)
		}
		regions = append(regions, r)
	}
	if len(regions) == 0 {
		return nil, plain, fmt.Errorf("annotations %s: none of its %d objects has a class: give them one in the program that drew them", file, len(all))
	}
	return regions, plain, nil
}

// mostAnnotations bounds a file of annotations.
const mostAnnotations = 512 << 20

func shapeOf(g geojson.Geometry) classify.Shape {
	s := classify.Shape{Ellipse: g.Ellipse}
	list := func(points []geojson.Point) (out [][2]float64) {
		for _, p := range points {
			out = append(out, p)
		}
		return out
	}
	for _, p := range g.Polygons {
		var rings [][][2]float64
		for _, r := range p {
			rings = append(rings, list(r))
		}
		s.Polygons = append(s.Polygons, rings)
	}
	for _, l := range g.Lines {
		s.Lines = append(s.Lines, list(l))
	}
	s.Points = list(g.Points)
	if g.Plane != nil {
		s.Z = g.Plane.Z
	}
	return s
}

// mostModel bounds the file of a classifier.
const mostModel = 2 << 30

// LoadClassifier reads a classifier that [Train] made, or the declaration (.yaml) of a network beside its ONNX file.
func LoadClassifier(path string) (*classify.Classifier, error) {
	data, err := bounded(path)
	if err != nil {
		return nil, fmt.Errorf("classifier: %w", err)
	}
	if e := strings.ToLower(filepath.Ext(path)); e == ".yaml" || e == ".yml" {
		c, err := network(path, data)
		if err != nil {
			return nil, fmt.Errorf("classifier %s: %w", path, err)
		}
		return c, nil
	}
	m, err := classify.Decode(data)
	if err != nil {
		return nil, fmt.Errorf("classifier %s: %w", path, err)
	}
	return m.Classifier(), nil
}

// network reads a declaration and the network that it names, which lies in the same folder.
func network(path string, declaration []byte) (*classify.Classifier, error) {
	n, err := classify.ParseNetwork(declaration)
	if err != nil {
		return nil, err
	}
	if filepath.Base(n.File) != n.File {
		return nil, fmt.Errorf("network: %s is not the name of a file in the same folder", n.File)
	}
	onnx, err := bounded(filepath.Join(filepath.Dir(path), n.File))
	if err != nil {
		return nil, err
	}
	return n.Classifier(declaration, onnx)
}

// bounded reads a file that may be hostile.
func bounded(path string) ([]byte, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() || st.Size() > mostModel {
		return nil, fmt.Errorf("%s: a file of at most %d GiB is wanted", path, mostModel>>30)
	}
	return os.ReadFile(path)
}
