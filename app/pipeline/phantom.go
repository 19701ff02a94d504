package pipeline

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"

	"explant/analysis/phantom"
	"explant/analysis/phantom/study"
	"explant/analysis/segment"
	"explant/io/nrrd"
	"explant/io/raster"
	"explant/volume/parallel"
)

// Phantom is a kind of image with known truth.
type Phantom struct {
	Name  string // "oxygenator", as on the command line
	Short string // what it is, in a line
	Long  string // what it holds and which files it makes, in a few lines
	Size  int    // default number of voxels or pixels along a side
	make  func(ctx context.Context, s *stage, o PhantomOptions, l Limits, p parallel.Progress) (MadePhantom, error)
}

// Phantoms are the kinds that MakePhantom knows, in the order of the help.
var Phantoms = []Phantom{
	{"oxygenator", "micro-CT volume of hollow-fibre mats with deposit", `A volume of straight hollow fibres in mats with deposit in between, in 20 µm voxels: volume.nrrd, the true
labels truth.nrrd, truth.json. With --unused the same fibres without deposit, otherwise placed in the scanner:
a reference for 'explant analyze --reference'.`, 256, oxygenatorPhantom},
	{"sphere", "micro-CT volume of balls of deposit around a rod", sphereLong, 128, spherePhantom},
	{"film", "micro-CT volume of hollow fibres with sleeves of deposit", filmLong, 128, filmPhantom},
	{"lattice", "micro-CT volume of hollow fibres with planted films of deposit", latticeLong, 128, latticePhantom},
	{"connector", "micro-CT volume of tubing over a barbed connector, with clot", connectorLong, 256, connectorPhantom},
	{"device", "study of used and unused devices: scans and stained sections", deviceLong, 120, devicePhantom},
	{phantom.SlideHE, "section in haematoxylin and eosin", slideLong, 2048, slidePhantom(phantom.SlideHE)},
	{phantom.SlideCarstairs, "section in Carstairs' stain", slideLong, 2048, slidePhantom(phantom.SlideCarstairs)},
	{phantom.SlideMSB, "section in Martius scarlet blue", slideLong, 2048, slidePhantom(phantom.SlideMSB)},
	{phantom.SlideDAB, "section with platelets in DAB on haematoxylin", slideLong, 2048, slidePhantom(phantom.SlideDAB)},
	{phantom.SlidePSR, "section in picrosirius red", slideLong, 2048, slidePhantom(phantom.SlidePSR)},
	{phantom.SlidePTAH, "section in phosphotungstic acid haematoxylin", slideLong, 2048, slidePhantom(phantom.SlidePTAH)},
	{"if", "field of immunofluorescence with NETs, and its controls", ifLong, 2048, ifPhantom},
	{"if-stack", "stack of focal planes of immunofluorescence with nuclei and NETs", focalLong, 192, focalPhantom},
	{"sem", "fibre network in the scanning electron microscope", semLong, 1024, semPhantom},
	{"serial", "serial sections through a block of clot, turned, bent and unevenly stained", serialLong, 512, serialPhantom},
}

// PhantomKinds are the names of the phantoms.
func PhantomKinds() []string {
	names := make([]string, len(Phantoms))
	for i, k := range Phantoms {
		names[i] = k.Name
	}
	return names
}

// PhantomOptions says how large a phantom is and from which seed; each other field is for one kind, and its
// zero value is the default.
type PhantomOptions struct {
	Size      int // voxels or pixels along each side; 0 is the default of the kind
	Seed      uint64
	Imperfect bool          // oxygenator: oval, wavy, crushed, filled and missing fibres
	Unused    bool          // connector, oxygenator: without clot, in another pose
	Pose      *phantom.Pose // oxygenator: in the scanner; nil is that of the kind
	VoxelUM   float64       // oxygenator, sphere, film, lattice: edge of a voxel in µm
	Noise     float64       // oxygenator, sphere, film, lattice: times the default noise
	Bare      bool          // sphere: without the polymer rod
	ObjectUM  float64       // sphere: diameter; film, lattice: mean thickness, in µm
	Study     *study.Study  // device: its devices, sections and stains

	Deposits   bool    // sem: platelets, red cells and sheets of fibrin, at a lower magnification
	DiameterPX float64 // sem: mean fibre diameter in pixels
	SpreadPX   float64 // sem: its standard deviation in pixels

	Sections    int     // serial: cut from the block, the lost ones included
	Lost        *int    // serial: sections lost; nil is the default
	ThicknessUM float64 // serial: of a section

	DefocusUM float64 // slides: standard deviation of the blur of a patch that is out of focus; 0 for none
}

// MadePhantom is a phantom on disk.
type MadePhantom struct {
	Image string // path of the image, for Analyze; of a study, its list
	Truth string // what its truth says of the primary value, in words
}

// MakePhantom writes an image with known truth into the folder out: the image, its true labels and
// truth.json. Which files there are, Phantom.Long says.
func MakePhantom(ctx context.Context, kind, out string, o PhantomOptions, l Limits, p parallel.Progress) (made MadePhantom, err error) {
	k, err := phantomKind(kind)
	if err != nil {
		return made, err
	}
	if o.Size == 0 {
		o.Size = k.Size
	}
	s, err := newStage(out)
	if err != nil {
		return made, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if made, err = k.make(ctx, s, o, l, p); err != nil {
		return made, fmt.Errorf("%s phantom: %w", kind, err)
	}
	if err := ctx.Err(); err != nil {
		return made, err
	}
	if err := s.commit("truth.json"); err != nil {
		return made, err
	}
	made.Image = filepath.Join(out, made.Image)
	return made, nil
}

func phantomKind(name string) (Phantom, error) {
	for _, k := range Phantoms {
		if k.Name == name {
			return k, nil
		}
	}
	return Phantom{}, fmt.Errorf("no phantom %q: there are %v", name, PhantomKinds())
}

func oxygenatorPhantom(ctx context.Context, s *stage, o PhantomOptions, l Limits, p parallel.Progress) (MadePhantom, error) {
	if err := phantomFits(o.Size, l); err != nil {
		return MadePhantom{}, err
	}
	scene := phantom.DefaultOxygenator(o.Size, o.Seed)
	if o.Imperfect {
		scene = scene.Imperfect()
	}
	if o.Unused {
		scene = scene.Reference()
	}
	if o.Pose != nil {
		scene.Pose = *o.Pose
	}
	if o.VoxelUM > 0 {
		scene.SpacingUM = o.VoxelUM
	}
	if o.Noise > 0 {
		scene.NoiseGrey, scene.GaussGrey = o.Noise*scene.NoiseGrey, o.Noise*scene.GaussGrey
	}
	grey, labels, truth, err := scene.Make(ctx, parallel.Options{Workers: l.Workers}, p)
	if err != nil {
		return MadePhantom{}, err
	}
	err = s.writeAll([]staged{
		{"volume.nrrd", func(f *os.File) error { return nrrd.Write(ctx, f, grey, nil) }},
		{"truth.nrrd", func(f *os.File) error { return nrrd.Write(ctx, f, labels, segment.Classes()) }},
		{"truth.json", func(f *os.File) error { return writeJSON(f, truth) }},
	})
	return MadePhantom{Image: "volume.nrrd", Truth: fmt.Sprintf("burden %.4g %% of the blood-side space, %.4g mm³ of deposit", truth.BurdenPct, truth.VolumeMM3.Deposit)}, err
}

const slideLong = `A stained section through a deposit between hollow fibres, in 1 µm pixels: slide.png, the true labels
truth.png, truth.json.`

func slidePhantom(kind string) func(context.Context, *stage, PhantomOptions, Limits, parallel.Progress) (MadePhantom, error) {
	return func(ctx context.Context, s *stage, o PhantomOptions, l Limits, p parallel.Progress) (MadePhantom, error) {
		scene := phantom.DefaultSlide(kind, o.Size, o.Size, o.Seed)
		scene.DefocusUM = o.DefocusUM
		img, labels, truth, err := scene.Make(ctx, parallel.Options{Workers: l.Workers}, p)
		if err != nil {
			return MadePhantom{}, err
		}
		palette := &image.Gray{Pix: labels, Stride: o.Size, Rect: img.Bounds()}
		err = s.writeAll([]staged{
			{"slide.png", func(f *os.File) error { return raster.WritePNG(f, img, scene.PixelSizeUM/1000) }},
			{"truth.png", func(f *os.File) error { return raster.WritePNG(f, palette, scene.PixelSizeUM/1000) }},
			{"truth.json", func(f *os.File) error { return writeJSON(f, truth) }},
		})
		return MadePhantom{Image: "slide.png", Truth: truth.String()}, err
	}
}
