package vgstudio

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"explant/io/calibration"
	"explant/io/imagefile"
)

// described is what a text beside the samples says.
type described struct {
	n         [3]int
	typ       imagefile.Type // "" where the length of the file decides
	bigEndian bool
	skip      int64  // bytes before the first sample
	name      string // of the file of the samples, without its folder; "" where it has the name of the text
	size      calibration.Statement
	warnings  []string
}

// parseVGI reads the description of a volume of VGStudio.
func parseVGI(file string) (d described, err error) {
	all, err := readSections(file)
	if err != nil {
		return d, err
	}
	f := find(all, "file1")
	if f == nil {
		return d, errors.New("it has no section [file1]: it names no file of samples")
	}
	if find(all, "file2") != nil {
		return d, errors.New("its volume lies in several files, which is not read: save it as one volume")
	}
	for _, s := range all {
		if s.name == "file1" && s.object != f.object {
			d.warnings = append(d.warnings, fmt.Sprintf("it describes several volumes: %.40q is read", f.object))
			break
		}
	}
	if format := f.keys["fileformat"]; format != "" && !strings.EqualFold(format, "raw") {
		return d, fmt.Errorf("samples of the format %.40q are not read: open the file itself", format)
	}
	// Names are paths of the computer that wrote them; the file lies beside its description.
	if d.name = path.Base(strings.ReplaceAll(f.keys["name"], `\`, "/")); d.name == "." || d.name == "/" {
		d.name = ""
	}
	if err := d.samples(f, find(all, "representation")); err != nil {
		return d, err
	}
	return d, d.geometry(placed(all, f.object))
}

// samples reads size and type; what the file does not say of itself, the representation says.
func (d *described) samples(f, representation *section) error {
	if representation != nil {
		for k, v := range representation.keys {
			if f.keys[k] == "" {
				f.keys[k] = v
			}
		}
	}
	v, err := f.numbers("size", 3)
	if err == nil {
		d.n, err = size(v)
	}
	if err != nil {
		return err
	}
	if d.typ, err = sampleType(f.keys["datatype"], f.keys["bitsperelement"]); err != nil {
		return err
	}
	for _, key := range []string{"endian", "byteorder", "endianness"} {
		d.bigEndian = d.bigEndian || strings.HasPrefix(strings.ToLower(f.keys[key]), "big")
	}
	if s := f.keys["skipheader"]; s != "" {
		if d.skip, err = strconv.ParseInt(s, 10, 64); err != nil || d.skip < 0 || d.skip > 1<<50 {
			return fmt.Errorf("skipheader: %.40q is not a number of bytes", s)
		}
	}
	if strings.ContainsAny(f.keys["mirror"], "123456789") { // three or four truth values
		d.warnings = append(d.warnings, "VGStudio shows the volume mirrored; it is read as stored")
	}
	return nil
}

// sampleType joins the words for type and width.
func sampleType(datatype, bits string) (imagefile.Type, error) {
	kind := strings.Join(strings.Fields(strings.ToLower(datatype)), " ")
	name, ok := map[string]string{"unsigned integer": "uint", "unsigned int": "uint", "unsigned": "uint",
		"signed integer": "int", "integer": "int", "int": "int", "signed": "int", "float": "float"}[kind]
	if kind == "float" && bits == "" {
		bits = "32"
	}
	if t := imagefile.Type(name + bits); ok && t.Size() > 0 {
		return t, nil
	}
	if t := imagefile.Type(kind); t.Size() > 0 && (bits == "" || bits == strconv.Itoa(8*t.Size())) {
		return t, nil // as Python programs write it
	}
	return "", fmt.Errorf("samples of %.20q bits of type %.40q are not read", bits, datatype)
}

// placed is the geometry of the object that shows a volume, or of the first that has the size of a voxel.
func placed(all []section, volume string) (g *section) {
	for i, s := range all {
		if s.name != "geometry" || s.keys["resolution"] == "" {
			continue
		}
		shows := slices.ContainsFunc(all, func(v section) bool {
			return v.object == s.object && v.name == "volume" && strings.EqualFold(v.keys["volume"], volume)
		})
		if g == nil || shows {
			g = &all[i]
		}
		if shows {
			break
		}
	}
	return g
}

// geometry reads the size of a voxel.
func (d *described) geometry(g *section) error {
	d.size = calibration.Statement{Field: "VGI resolution"}
	if g == nil {
		return nil
	}
	v, err := g.numbers("resolution", 3)
	if err != nil || v == nil {
		return err
	}
	d.size.Size, d.size.Unit = [3]float64(v), g.keys["unit"]
	if s, err := g.numbers("scale", 3); err != nil || s != nil && (s[0] != 1 || s[1] != 1 || s[2] != 1) {
		d.size.Unit = fmt.Sprintf("%s, scaled by %s", g.keys["unit"], g.keys["scale"]) // not believed
	}
	return nil
}
