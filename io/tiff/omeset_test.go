package tiff

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"explant/io/imagefile"
)

// omeText is a description of 2 channels, 3 slices and times of 2 x 1 pixels, with the given TiffData.
func omeText(uuid, order string, times int, data string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" UUID="` + uuid + `">` +
		fmt.Sprintf(`<Image ID="Image:0" Name="one"><Pixels ID="Pixels:0" SizeX="2" SizeY="1" SizeC="2" SizeZ="3" SizeT="%d" DimensionOrder="XY%s" Type="uint8"`, times, order) +
		` PhysicalSizeX="0.5" PhysicalSizeY="500" PhysicalSizeYUnit="nm" PhysicalSizeZ="2"><Channel Name="DNA" SamplesPerPixel="1"/><Channel Name="CD61" SamplesPerPixel="1"/>` +
		data + `</Pixels></Image></OME>`
}

// value is the first of the two pixels of a plane; the second is one more.
func planeValue(c, z, t int) int { return 100*t + 20*c + 2*z + 1 }

func planePage(c, z, t int) built {
	v := byte(planeValue(c, z, t))
	return grey(2, 1, v, v+1)
}

// oneFile writes all planes into one file, in the order of the dimensions.
func oneFile(t *testing.T, order string, times int) string {
	t.Helper()
	var pages []built
	s := series{c: 2, z: 3, t: times, order: order}
	for at := range 6 * times {
		pages = append(pages, planePage(s.position(at)))
	}
	pages[0].text = omeText("urn:uuid:a", order, times, "<TiffData/>")
	return build(t, littleEndian, pages, nil)
}

// write copies a built file to a name in a folder.
func write(t *testing.T, dir, name string, pages ...built) {
	t.Helper()
	b, err := os.ReadFile(build(t, bigEndianOrder, pages, nil))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func uuidData(c, z, ifd int, name, uuid string) string {
	return fmt.Sprintf(`<TiffData FirstC="%d" FirstZ="%d" IFD="%d" PlaneCount="1"><UUID FileName="%s">%s</UUID></TiffData>`, c, z, ifd, name, uuid)
}

// manyFiles writes a file for each slice, with the channels as pages in reverse. Only file 0 knows its place
// when companion is set: the others refer to a description of its own.
func manyFiles(t *testing.T, companion bool) string {
	t.Helper()
	dir := t.TempDir()
	data := ""
	for z := range 3 {
		for c := range 2 {
			data += uuidData(c, z, 1-c, fmt.Sprintf("z%d.ome.tif", z), fmt.Sprintf("urn:uuid:%d", z))
		}
	}
	for z := range 3 {
		pages := []built{planePage(1, z, 0), planePage(0, z, 0)}
		pages[0].text = omeText(fmt.Sprintf("urn:uuid:%d", z), "CZT", 1, data)
		if companion {
			pages[0].text = fmt.Sprintf(`<OME xmlns="x" UUID="urn:uuid:%d"><BinaryOnly MetadataFile="set.companion.ome" UUID="urn:uuid:c"/></OME>`, z)
		}
		write(t, dir, fmt.Sprintf("z%d.ome.tif", z), pages...)
	}
	if companion {
		if err := os.WriteFile(filepath.Join(dir, "set.companion.ome"), []byte(omeText("urn:uuid:c", "CZT", 1, data)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// want are the pixels of time t, channels interleaved.
func wantPlanes(t int) (b []byte) {
	for z := range 3 {
		for x := range 2 {
			b = append(b, byte(planeValue(0, z, t)+x), byte(planeValue(1, z, t)+x))
		}
	}
	return b
}

func TestEveryOrderOfDimensions(t *testing.T) {
	for _, order := range []string{"CZT", "CTZ", "ZCT", "ZTC", "TCZ", "TZC"} {
		for times := 1; times < 3; times++ {
			i, got := readAll(t, oneFile(t, order, times))
			if !bytes.Equal(got, wantPlanes(0)) || i.Grid.N != [3]int{2, 1, 3} || !slices.Equal(i.ChannelNames, []string{"DNA", "CD61"}) {
				t.Errorf("%s, %d times: %v, %v %q", order, times, got, i.Grid.N, i.ChannelNames)
			}
			if warned := strings.Contains(strings.Join(i.Warnings, ";"), "only the first of 2 times"); warned != (times == 2) {
				t.Errorf("%s, %d times: %q", order, times, i.Warnings)
			}
			if i.Grid.Spacing != [3]float64{0.0005, 0.0005, 0.002} {
				t.Errorf("spacing %v, %q", i.Grid.Spacing, i.Grid.Calibration.Withheld)
			}
		}
	}
}

// A set in several files reads as the same planes in one, whichever file is opened.
func TestASetReadsAsOneFile(t *testing.T) {
	for _, companion := range []bool{false, true} {
		dir := manyFiles(t, companion)
		names := []string{"z0.ome.tif", "z1.ome.tif", "z2.ome.tif"}
		if companion {
			names = append(names, "set.companion.ome")
		}
		reference, want := readAll(t, oneFile(t, "CZT", 1))
		for _, name := range names {
			i, got := readAll(t, filepath.Join(dir, name))
			if !bytes.Equal(got, want) || i.Grid.N != reference.Grid.N || i.Grid.Spacing != reference.Grid.Spacing || !slices.Equal(i.ChannelNames, reference.ChannelNames) {
				t.Errorf("%s: %v, not %v; %+v", name, got, want, i)
			}
			if len(i.Warnings) > 0 || i.Format != "OME-TIFF" {
				t.Errorf("%s: %s, %q", name, i.Format, i.Warnings)
			}
		}
	}
}

func TestIncompleteSets(t *testing.T) {
	dir := manyFiles(t, false)
	if err := os.Remove(filepath.Join(dir, "z1.ome.tif")); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), filepath.Join(dir, "z0.ome.tif"))
	if err == nil || !strings.Contains(err.Error(), `"z1.ome.tif"`) || !strings.Contains(err.Error(), "channel 1 of slice 2") {
		t.Errorf("a slice is missing: %v", err)
	}
	dir = t.TempDir() // one file a channel
	data := ""
	for c := range 2 {
		data += fmt.Sprintf(`<TiffData FirstC="%d" IFD="0" PlaneCount="3"><UUID FileName="c%d.tif">u%d</UUID></TiffData>`, c, c, c)
	}
	pages := []built{planePage(1, 0, 0), planePage(1, 1, 0), planePage(1, 2, 0)}
	pages[0].text = omeText("u1", "ZCT", 1, data)
	write(t, dir, "c1.tif", pages...)
	i, got := readAll(t, filepath.Join(dir, "c1.tif"))
	if !bytes.Equal(got, []byte{21, 22, 23, 24, 25, 26}) || i.Channels != 1 || len(i.Warnings) != 1 || !strings.Contains(i.Warnings[0], `"c0.tif"`) {
		t.Errorf("a channel is missing: %v, %d channels, %q", got, i.Channels, i.Warnings)
	}
	if _, err := Open(t.Context(), filepath.Join(manyFiles(t, true), "..", "none.tif")); err == nil {
		t.Error("a file that is not there")
	}
	dir = manyFiles(t, true)
	if err := os.Remove(filepath.Join(dir, "set.companion.ome")); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), filepath.Join(dir, "z0.ome.tif")); err == nil || !strings.Contains(err.Error(), `"set.companion.ome"`) {
		t.Errorf("the description is missing: %v", err)
	}
}

// A description must not make the program read what lies elsewhere.
func TestSetsStayInTheirFolder(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "outside.tif")
	write(t, filepath.Dir(outside), "outside.tif", planePage(0, 0, 0))
	for _, name := range []string{outside, "../" + filepath.Base(filepath.Dir(outside)) + "/outside.tif", "..", ".", "sub/z.tif", `..\z.tif`, "link.tif", "pipe"} {
		dir := t.TempDir()
		if err := os.Symlink(outside, filepath.Join(dir, "link.tif")); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(filepath.Join(dir, "pipe"), 0o700); err != nil {
			t.Fatal(err)
		}
		p := planePage(0, 0, 0)
		p.text = omeText("u", "CZT", 1, uuidData(0, 0, 0, "a.tif", "u")+uuidData(1, 0, 0, name, "v"))
		write(t, dir, "a.tif", p)
		if _, err := Open(t.Context(), filepath.Join(dir, "a.tif")); err == nil || !strings.Contains(err.Error(), "outside its folder") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
		p.text = `<OME UUID="u"><BinaryOnly MetadataFile="` + name + `" UUID="v"/></OME>`
		write(t, dir, "b.tif", p)
		if _, err := Open(t.Context(), filepath.Join(dir, "b.tif")); err == nil || !strings.Contains(err.Error(), "outside its folder") {
			t.Errorf("companion %s: %v", name, err)
		}
	}
}

func TestSeveralImages(t *testing.T) {
	image := func(name string, c, ifd int) string {
		return fmt.Sprintf(`<Image Name="%s"><Pixels SizeX="2" SizeY="1" SizeC="1" SizeZ="1" SizeT="1" DimensionOrder="XYCZT"><TiffData IFD="%d"><UUID FileName="%d.tif">u%d</UUID></TiffData></Pixels></Image>`, name, ifd, c, c)
	}
	dir := t.TempDir()
	for c := range 2 {
		p := planePage(c, 0, 0)
		p.text = fmt.Sprintf(`<OME UUID="u%d">%s%s</OME>`, c, image("A", 0, 0), image("B", 1, 0))
		write(t, dir, fmt.Sprintf("%d.tif", c), p)
		i, got := readAll(t, filepath.Join(dir, fmt.Sprintf("%d.tif", c)))
		if got[0] != byte(planeValue(c, 0, 0)) || len(i.Warnings) != 1 || !strings.Contains(i.Warnings[0], `left out: "`+string("BA"[c])) {
			t.Errorf("image %d: %v %q", c, got, i.Warnings)
		}
	}
}

// A file that was renamed after it was written is still itself.
func TestRenamedFiles(t *testing.T) {
	p := []built{planePage(0, 0, 0), planePage(0, 1, 0), planePage(0, 2, 0), planePage(1, 0, 0), planePage(1, 1, 0), planePage(1, 2, 0)}
	for _, uuid := range []string{"u", ""} {
		p[0].text = omeText(uuid, "ZCT", 1, `<TiffData IFD="0" PlaneCount="6"><UUID FileName="old name.ome.tif">u</UUID></TiffData>`)
		if i, got := readAll(t, build(t, littleEndian, p, nil)); !bytes.Equal(got, wantPlanes(0)) || len(i.Warnings) > 0 {
			t.Errorf("%v %q", got, i.Warnings)
		}
	}
}

func TestPhysicalSizes(t *testing.T) {
	for attributes, want := range map[string][2]float64{
		`PhysicalSizeX="0.5" PhysicalSizeY="0.5"`: {0.0005, 0.0005},
		"PhysicalSizeX=\"0.5\" PhysicalSizeXUnit=\"\u00b5m\" PhysicalSizeY=\"0.5\" PhysicalSizeYUnit=\"\u03bcm\"": {0.0005, 0.0005},
		`PhysicalSizeX="250" PhysicalSizeXUnit="nm" PhysicalSizeY="0.25" PhysicalSizeYUnit="um"`:                  {0.00025, 0.00025},
		`PhysicalSizeX="5000" PhysicalSizeXUnit="pm" PhysicalSizeY="50" PhysicalSizeYUnit="Å"`:                    {5e-6, 5e-6},
		`PhysicalSizeX="0.0005" PhysicalSizeXUnit="mm" PhysicalSizeY="0.00005" PhysicalSizeYUnit="cm"`:            {0.0005, 0.0005},
		`PhysicalSizeX="0.0001" PhysicalSizeXUnit="in" PhysicalSizeY="0.00254" PhysicalSizeYUnit="mm"`:            {0.00254, 0.00254},
		`PhysicalSizeX="1" PhysicalSizeXUnit="pixel" PhysicalSizeY="1" PhysicalSizeYUnit="pixel"`:                 {},
		`PhysicalSizeX="1" PhysicalSizeXUnit="reference frame" PhysicalSizeY="1"`:                                 {},
		`PhysicalSizeX="1" PhysicalSizeXUnit="Mm" PhysicalSizeY="1" PhysicalSizeYUnit="Mm"`:                       {},
		`PhysicalSizeX="none" PhysicalSizeY="0.5"`:                                                                {},
		`PhysicalSizeX="0.5"`: {},
		``:                    {},
	} {
		p := grey(2, 1, 1, 2)
		p.text = `<OME><Image><Pixels SizeX="2" SizeY="1" SizeC="1" SizeZ="1" SizeT="1" DimensionOrder="XYCZT" ` + attributes + `><TiffData/></Pixels></Image></OME>`
		i, _ := readAll(t, build(t, littleEndian, []built{p}, nil))
		for a := range 2 {
			if d := i.Grid.Spacing[a] - want[a]; d > 1e-12 || d < -1e-12 {
				t.Errorf("%s: %v, not %v: %s", attributes, i.Grid.Spacing, want, i.Grid.Calibration.Withheld)
			}
		}
		if (want[0] == 0) != (i.Grid.Calibration.Withheld != "") {
			t.Errorf("%s: withheld %q", attributes, i.Grid.Calibration.Withheld)
		}
	}
}

// Every plane has its own smaller copies below it.
func TestPyramidsOfSeveralPlanes(t *testing.T) {
	var pages []built
	for v := range 4 {
		p := grey(4, 4, ramp(16*v, 16)...)
		p.subs = []built{grey(2, 2, ramp(100+10*v, 4)...), grey(1, 1, byte(200+v))}
		pages = append(pages, p)
	}
	pages[0].text = `<OME><Image><Pixels SizeX="4" SizeY="4" SizeC="2" SizeZ="2" SizeT="1" DimensionOrder="XYCZT"><Channel Name="a"/><Channel Name="b"/><TiffData/></Pixels></Image></OME>`
	r, err := Open(t.Context(), build(t, littleEndian, pages, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	i := r.Info()
	if len(i.Levels) != 3 || i.Levels[1].N != [3]int{2, 2, 2} || i.Levels[2].Downsample != 4 || len(i.Warnings) > 0 {
		t.Fatalf("%+v %q", i.Levels, i.Warnings)
	}
	for level, want := range map[int][]byte{1: {120, 130, 121, 131, 122, 132, 123, 133}, 2: {202, 203}} {
		w := imagefile.Whole(i, level)
		w.Min[2] = 1
		if b, err := r.Read(t.Context(), w); err != nil || !bytes.Equal(b.Data, want) {
			t.Errorf("level %d: %v, %v", level, b.Data, err)
		}
	}
}
