package pipeline

import (
	"fmt"

	"explant/analysis/frame"
	"explant/analysis/phantom"
	"explant/analysis/phantom/study"
)

// studyFile lists a study: its arms and blocks, and every device with its samples and their images. Paths
// are relative to the file.
type studyFile struct {
	Schema  string        `yaml:"schema"` // "explant-study/1"
	Study   string        `yaml:"study"`
	Unit    string        `yaml:"unit"`                 // of inference: device
	Primary string        `yaml:"primary"`              // id of the primary metric
	Control string        `yaml:"if_control,omitempty"` // secondary antibodies only, for all fields
	Arms    []studyArm    `yaml:"arms"`
	Blocks  []string      `yaml:"blocks"`
	Devices []studyDevice `yaml:"devices"`
}

type studyArm struct {
	Arm       string `yaml:"arm"`
	Devices   int    `yaml:"devices"`
	Reference bool   `yaml:"reference"` // unused devices, measured to be subtracted and not compared
}

type studyDevice struct {
	Device  string        `yaml:"device"`
	Arm     string        `yaml:"arm"`
	Block   string        `yaml:"block,omitempty"`
	Hours   float64       `yaml:"run_hours"`
	Fields  string        `yaml:"fields"` // file for --device
	Frame   string        `yaml:"frame"`
	Samples []studySample `yaml:"samples"`
}

type studySample struct {
	Sample string       `yaml:"sample"`
	Kind   string       `yaml:"kind"` // scan or section
	Zone   string       `yaml:"zone,omitempty"`
	U      []float64    `yaml:"u,flow,omitempty"` // from and to, along the flow
	Affine [][]float64  `yaml:"affine_mm,flow,omitempty"`
	Images []studyImage `yaml:"images"`
}

type studyImage struct {
	Image    string `yaml:"image"`
	Modality string `yaml:"modality"`
	Stain    string `yaml:"stain,omitempty"`
	Protocol string `yaml:"protocol"`
	Axis     string `yaml:"axis,omitempty"`

	Component string `yaml:"component,omitempty"`  // what a marker's area stands for: platelet, fibrin and so on
	Spacing   string `yaml:"spacing,omitempty"`    // voxel size with its unit, where the file does not say it
	PixelSize string `yaml:"pixel_size,omitempty"` // that of a slide
}

func newStudyFile(s study.Study) studyFile {
	f := studyFile{Schema: studySchema, Study: fmt.Sprintf("phantom-%d", s.Seed), Unit: "device", Primary: "dep.vf"}
	for k := range s.Arms {
		f.Arms = append(f.Arms, studyArm{Arm: study.ArmName(k), Devices: s.Devices})
	}
	if s.Unused > 0 {
		f.Arms = append(f.Arms, studyArm{Arm: study.UnusedArm, Devices: s.Unused, Reference: true})
	}
	for k := range s.Devices {
		f.Blocks = append(f.Blocks, study.BlockName(k))
	}
	return f
}

func newStudyDevice(d study.Device) studyDevice {
	out := studyDevice{Device: d.ID, Arm: d.Arm, Block: d.Block, Hours: d.RunHours,
		Fields: d.ID + "/device.yaml", Frame: d.ID + "/frame.yaml"}
	scan := studyImage{Image: d.ID + "/" + scanName(d) + ".nrrd", Modality: "micro-CT", Protocol: "oxygenator-ct", Axis: "z"}
	out.Samples = append(out.Samples, studySample{Sample: scanName(d), Kind: "scan", Images: []studyImage{scan}})
	for _, c := range d.Sections {
		s := studySample{Sample: c.ID, Kind: "section", Zone: study.Zones[c.Zone], U: []float64{c.FromU, c.ToU}, Affine: rows(c.Affine)}
		for k, slide := range c.Slides {
			image := studyImage{Image: d.ID + "/" + c.SlideName(k) + ".png", Modality: "slide",
				Stain: slide.Kind, Protocol: "slide-" + slide.Kind}
			if slide.Kind == phantom.SlideDAB {
				image.Component = "platelet"
			}
			s.Images = append(s.Images, image)
		}
		if c.Field != nil {
			s.Images = append(s.Images, studyImage{Image: d.ID + "/" + c.FieldName() + ".ome.tif", Modality: "immunofluorescence", Protocol: "if-net"})
		}
		out.Samples = append(out.Samples, s)
	}
	return out
}

func rows(m [4][4]float64) [][]float64 {
	out := make([][]float64, len(m))
	for i := range m {
		out[i] = m[i][:]
	}
	return out
}

// deviceFields are the report fields of a phantom device, for --device.
func deviceFields(d study.Device, id string) map[string]map[string]any {
	coating, block := "coating "+d.Arm, d.Block
	if d.Unused {
		coating, block = "none, unused", "none"
	}
	return map[string]map[string]any{
		"study":    {"id": id},
		"device":   {"id": d.ID, "class": "oxygenator", "lot": fmt.Sprintf("phantom, seed %d", d.Scan.Seed), "coating": coating},
		"run":      {"block": block, "hours": d.RunHours, "setting": "phantom"},
		"handling": {"contrast": "none, the phantom's deposit has a grey of its own"},
		"sample":   {"region": "all of the phantom", "plan": "the zones in turn, at a random place in each", "sections": len(d.Sections)},
	}
}

// newFrame is the device's own coordinates.
func newFrame(d study.Device) frame.Frame {
	g := d.Scan.Grid()
	x, y := float64(g.N[0]-1)/2*g.Spacing[0], float64(g.N[1]-1)/2*g.Spacing[1]
	f := frame.Frame{Version: 1, Kind: frame.Stacked, Axes: [][3]float64{{0, 0, 1}, {1, 0, 0}, {0, 1, 0}},
		Inlet: [3]float64{x, y, -g.Spacing[2] / 2}, Outlet: [3]float64{x, y, (float64(g.N[2]) - 0.5) * g.Spacing[2]}}
	for k, name := range study.Zones {
		n := float64(len(study.Zones))
		f.Zones = append(f.Zones, frame.Zone{Name: name, U: []float64{float64(k) / n, float64(k+1) / n}})
	}
	for _, c := range d.Sections {
		f.Sections = append(f.Sections, frame.Section{Name: c.ID, Affine: c.Affine[:]})
	}
	return f
}
