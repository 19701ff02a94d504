package vtk

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"explant/io/imagefile"
)

func save(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t testing.TB, path string) (imagefile.Info, []byte) {
	t.Helper()
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0))
	if err != nil {
		t.Fatal(err)
	}
	return r.Info(), b.Data
}

// sixteen are the values of a 2 x 2 x 2 volume of 16 bits.
func sixteen(order binary.AppendByteOrder) (b []byte) {
	for i := range uint16(8) {
		b = order.AppendUint16(b, uint16(int16(300*i)-600))
	}
	return b
}

const values = "-600 -300 0 300\n600 900\t1200 1500"

func legacyFile(kind, attributes, data string) string {
	return "# vtk DataFile Version 3.0\nany title\n" + kind + "\nDATASET STRUCTURED_POINTS\nDIMENSIONS 2 2 2\nORIGIN 0 0 0\nSPACING 0.02 0.02 0.04\n" + attributes + data
}

func TestLegacy(t *testing.T) {
	const scalars = "POINT_DATA 8\nSCALARS grey short\nLOOKUP_TABLE default\n"
	cells := strings.Replace(legacyFile("BINARY", "CELL_DATA 8\nSCALARS grey short 1\nLOOKUP_TABLE default\n", string(sixteen(binary.BigEndian))), "2 2 2", "3 3 3", 1)
	for name, text := range map[string]string{
		"binary": legacyFile("BINARY", scalars, string(sixteen(binary.BigEndian))),
		"text":   legacyFile("ASCII", scalars, values),
		"cells":  cells,
		"field":  legacyFile("BINARY", "POINT_DATA 8\nFIELD FieldData 2\ngrey 1 8 short\n", string(sixteen(binary.BigEndian))+"other"),
		"CRLF":   strings.ReplaceAll(legacyFile("ASCII", scalars, values), "\n", "\r\n"),
	} {
		i, got := read(t, save(t, "v.vtk", text))
		if !bytes.Equal(got, sixteen(binary.LittleEndian)) || i.Type != imagefile.Int16 || i.Grid.N != [3]int{2, 2, 2} || !Is([]byte(text)) {
			t.Errorf("%s: %v %+v", name, got, i)
		}
		if i.Grid.Calibrated() || !strings.Contains(i.Grid.Calibration.Withheld, "no unit") {
			t.Errorf("%s: %+v", name, i.Grid)
		}
	}
	i, got := read(t, save(t, "v.vtk", legacyFile("BINARY", "POINT_DATA 8\nSCALARS c unsigned_char 3\nLOOKUP_TABLE default\n", "abcdefghijklmnopqrstuvwx")))
	if i.Channels != 3 || len(i.ChannelNames) != 0 || string(got) != "abcdefghijklmnopqrstuvwx" {
		t.Errorf("colours: %q %+v", got, i)
	}
	// VTK writes unsigned bytes as colours: 0.211765 is 54 of 255.
	for kind, data := range map[string]string{"BINARY": "\x00\x36\x01\xff\x00\x00\x00\x02", "ASCII": "0 0.211765 0.00392157 1\n0 0 0 0.00784314"} {
		i, got = read(t, save(t, "v.vtk", legacyFile(kind, "POINT_DATA 8\nCOLOR_SCALARS grey 1\n", data)))
		if i.Channels != 1 || i.Type != imagefile.Uint8 || !bytes.Equal(got, []byte{0, 54, 1, 255, 0, 0, 0, 2}) {
			t.Errorf("%s: %v %+v", kind, got, i)
		}
	}
	i, _ = read(t, save(t, "v.vtk", legacyFile("ASCII", "POINT_DATA 8\nSCALARS v float 2\nLOOKUP_TABLE default\n", values+" "+values)))
	if i.Channels != 2 || !slices.Equal(i.ChannelNames, []string{"v 1", "v 2"}) {
		t.Errorf("two components: %+v", i)
	}
}

func TestTextTypes(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want any
	}{
		"unsigned_char": {"255", uint8(255)}, "char": {"-128", int8(-128)}, "unsigned_short": {"65535", uint16(65535)},
		"short": {"-32768", int16(-32768)}, "unsigned_int": {"4294967295", uint32(math.MaxUint32)}, "int": {"-2147483648", int32(math.MinInt32)},
		"float": {"1.5e-3", float32(1.5e-3)}, "double": {"nan", math.NaN()}, "long": {"-7", -7.},
	} {
		var want bytes.Buffer
		if err := binary.Write(&want, binary.LittleEndian, c.want); err != nil {
			t.Fatal(err)
		}
		text := strings.Replace(legacyFile("ASCII", "POINT_DATA 1\nSCALARS a "+name+"\nLOOKUP_TABLE default\n", c.text), "2 2 2", "1 1 1", 1)
		i, got := read(t, save(t, "v.vtk", text))
		if nan := name == "double"; !nan && !bytes.Equal(got, want.Bytes()) || nan && !math.IsNaN(math.Float64frombits(binary.LittleEndian.Uint64(got))) {
			t.Errorf("%s: %v of %s", name, got, i.Type)
		}
	}
	for typ, word := range map[string]string{"unsigned_char": "256", "short": "0.5", "char": "-129", "int": "nan", "float": "1,5"} {
		text := strings.Replace(legacyFile("ASCII", "POINT_DATA 1\nSCALARS a "+typ+"\nLOOKUP_TABLE default\n", word), "2 2 2", "1 1 1", 1)
		r, err := Open(save(t, "v.vtk", text))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0)); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%q as %s: %v", word, typ, err)
		}
		r.Close()
	}
}

// vti is an XML file to be written.
type vti struct {
	order  binary.AppendByteOrder
	word   int
	zlib   bool
	format string // "ascii", "inline", "raw", "base64"
	split  bool   // the header is encoded apart from unpacked samples
}

func (v vti) number(n int) []byte {
	if v.word == 8 {
		return v.order.AppendUint64(nil, uint64(n))
	}
	return v.order.AppendUint32(nil, uint32(n))
}

// encode gives the header and the samples of one array; packed ones are cut into blocks of 6 bytes.
func (v vti) encode(t testing.TB, data []byte) (head, body []byte) {
	if !v.zlib {
		return v.number(len(data)), data
	}
	chunks := slices.Collect(slices.Chunk(data, 6))
	head = slices.Concat(v.number(len(chunks)), v.number(6), v.number(len(data)%6))
	for _, c := range chunks {
		var b bytes.Buffer
		z := zlib.NewWriter(&b)
		if _, err := z.Write(c); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		head, body = append(head, v.number(b.Len())...), append(body, b.Bytes()...)
	}
	return head, body
}

// text is the content of an array or of the appended data.
func (v vti) text(t testing.TB, data []byte) string {
	head, body := v.encode(t, data)
	e := base64.StdEncoding.EncodeToString
	switch {
	case v.format == "raw":
		return string(head) + string(body)
	case v.zlib || v.split:
		return e(head) + e(body)
	}
	return e(slices.Concat(head, body))
}

// file has an array of vectors before that of the samples.
func (v vti) file(t testing.TB, scalars string, data []byte) string {
	compressor, order := "", "LittleEndian"
	if v.zlib {
		compressor = ` compressor="vtkZLibDataCompressor"`
	}
	if v.order.String() == "BigEndian" {
		order = "BigEndian"
	}
	other := v.text(t, make([]byte, 48))
	var arrays, appended string
	const array = `<DataArray type="Int16" Name="%s" NumberOfComponents="%d" format="%s"%s>%s</DataArray>`
	switch v.format {
	case "ascii":
		arrays = fmt.Sprintf(array, "vectors", 3, "ascii", "", strings.Repeat("0 ", 24)) + fmt.Sprintf(array, "grey", 1, "ascii", "", "\n"+values+"\n")
	case "inline":
		arrays = fmt.Sprintf(array, "vectors", 3, "binary", "", "\n  "+other+"\n") + fmt.Sprintf(array, "grey", 1, "binary", "", "\n  "+v.text(t, data)+"\n")
	default:
		arrays = fmt.Sprintf(array, "vectors", 3, "appended", ` offset="0"`, "") + fmt.Sprintf(array, "grey", 1, "appended", fmt.Sprintf(` offset="%d"`, len(other)), "")
		appended = `<AppendedData encoding="` + v.format + `">` + "\n   _" + other + v.text(t, data) + "\n</AppendedData>"
	}
	return fmt.Sprintf(`<?xml version="1.0"?><VTKFile type="ImageData" version="1.0" byte_order="%s" header_type="UInt%d"%s>
<ImageData WholeExtent="-1 0 0 1 0 1" Origin="0 0 0" Spacing="20 20 40"><FieldData><DataArray type="String" Name="x" format="ascii"/></FieldData>
<Piece Extent="-1 0 0 1 0 1"><PointData%s>%s</PointData><CellData></CellData></Piece></ImageData>%s</VTKFile>`, order, 8*v.word, compressor, scalars, arrays, appended)
}

func TestXML(t *testing.T) {
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, word := range []int{4, 8} {
			for _, packed := range []bool{false, true} {
				for _, format := range []string{"ascii", "inline", "raw", "base64"} {
					for _, scalars := range []string{"", ` Scalars="grey"`, ` Scalars="none"`} {
						v := vti{order: order, word: word, zlib: packed, format: format, split: word == 8}
						text := v.file(t, scalars, sixteen(order))
						i, got := read(t, save(t, "v.vti", text))
						if !bytes.Equal(got, sixteen(binary.LittleEndian)) || i.Grid.N != [3]int{2, 2, 2} || i.Channels != 1 || !Is([]byte(text)) {
							t.Errorf("%+v, %q: %v %+v", v, scalars, got, i)
						}
						if i.Grid.Calibrated() || !strings.Contains(i.Grid.Calibration.Withheld, "no unit") {
							t.Errorf("%+v", i.Grid)
						}
					}
				}
			}
		}
	}
	text := vti{order: binary.LittleEndian, word: 4, format: "raw"}.file(t, ` Scalars="vectors"`, sixteen(binary.LittleEndian))
	if i, got := read(t, save(t, "v.vti", text)); i.Channels != 3 || !bytes.Equal(got, make([]byte, 48)) {
		t.Errorf("marked vectors: %+v", i)
	}
	cells := strings.NewReplacer("PointData", "CellData", "CellData", "PointData", "-1 0 0 1 0 1", "0 2 0 2 0 2").Replace(text)
	if i, _ := read(t, save(t, "v.vti", cells)); i.Grid.N != [3]int{2, 2, 2} {
		t.Errorf("cells: %v", i.Grid.N)
	}
}

func TestMalformed(t *testing.T) {
	const scalars = "POINT_DATA 8\nSCALARS grey short\nLOOKUP_TABLE default\n"
	good := legacyFile("BINARY", scalars, string(sixteen(binary.BigEndian)))
	raw := vti{order: binary.LittleEndian, word: 4, format: "raw"}.file(t, "", sixteen(binary.LittleEndian))
	change := func(s, from, to string) string {
		t.Helper()
		if !strings.Contains(s, from) {
			t.Fatalf("%q is not there", from)
		}
		return strings.ReplaceAll(s, from, to)
	}
	for name, text := range map[string]string{
		"empty":            "",
		"other":            "hello",
		"title only":       "# vtk DataFile Version 3.0\ntitle",
		"neither":          change(good, "BINARY", "BOTH"),
		"a mesh":           change(good, "STRUCTURED_POINTS", "POLYDATA"),
		"cut short":        good[:len(good)-1],
		"no values":        change(good, scalars, ""),
		"count":            change(good, "POINT_DATA 8", "POINT_DATA 9"),
		"size":             change(good, "DIMENSIONS 2 2 2", "DIMENSIONS 2 -2 2"),
		"sizes":            change(good, "DIMENSIONS 2 2 2", "DIMENSIONS 2 2"),
		"huge":             change(change(good, "2 2 2", "2000000000 2000000000 2000000000"), "POINT_DATA 8", "POINT_DATA 80"),
		"spacing":          change(good, "0.02 0.02 0.04", "0.02 x 0.04"),
		"type":             change(good, "short", "string"),
		"no table":         change(good, "LOOKUP_TABLE default", "TABLE"),
		"colours":          change(good, "SCALARS grey short\nLOOKUP_TABLE default", "COLOR_SCALARS grey"),
		"colours of none":  change(good, "SCALARS grey short\nLOOKUP_TABLE default", "COLOR_SCALARS grey x"),
		"vectors first":    change(good, "SCALARS grey short", "VECTORS v float"),
		"long line":        change(good, "SPACING", strings.Repeat("x", 5000)),
		"components":       change(good, "grey short", "grey short 999999"),
		"no field":         change(good, "SCALARS grey short\nLOOKUP_TABLE default", "FIELD f 1\nx"),
		"XML, a mesh":      change(raw, `type="ImageData"`, `type="PolyData"`),
		"XML, cut":         raw[:len(raw)-45],
		"XML, no piece":    raw[:strings.Index(raw, "<Piece")],
		"XML, no appended": raw[:strings.Index(raw, "<AppendedData")] + "</VTKFile>",
		"XML, underscore":  change(raw, "_", "-"),
		"XML, LZ4":         change(raw, `header_type="UInt32"`, `header_type="UInt32" compressor="vtkLZ4DataCompressor"`),
		"XML, header":      change(raw, "UInt32", "Int8"),
		"XML, extent":      change(raw, "-1 0 0 1 0 1", "-1 0 0 1"),
		"XML, backwards":   change(raw, "-1 0 0 1 0 1", "5 0 0 1 0 1"),
		"XML, pieces":      change(raw, `<Piece Extent="-1 0 0 1 0 1">`, `<Piece Extent="-1 0 0 1 0 0">`),
		"XML, offset":      change(raw, `offset="52"`, `offset="-4"`),
		"XML, far offset":  change(raw, `offset="52"`, `offset="9999999"`),
		"XML, components":  change(raw, `Components="1"`, `Components="x"`),
		"XML, length":      change(raw, "-1 0 0 1 0 1", "-1 1 0 1 0 1"),
		"XML, type":        change(raw, "Int16", "Bit"),
		"XML, format":      change(raw, `format="appended"`, `format="xz"`),
		"XML, broken":      change(raw, "<PointData", "<PointData <"),
	} {
		name := strings.NewReplacer(" ", "_", ",", "").Replace(name) + ".vtk"
		_, err := Open(save(t, name, text))
		if err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Damage behind the header shows at the first read.
func TestDamagedSamples(t *testing.T) {
	packed := vti{order: binary.LittleEndian, word: 4, zlib: true, format: "raw"}
	inline := vti{order: binary.LittleEndian, word: 4, format: "inline"}
	head, _ := packed.encode(t, sixteen(binary.LittleEndian))
	raw := packed.file(t, "", sixteen(binary.LittleEndian))
	at := strings.LastIndex(raw, string(head))
	text := inline.file(t, "", sixteen(binary.LittleEndian))
	samples := inline.text(t, sixteen(binary.LittleEndian))
	for name, s := range map[string]string{
		"number of blocks": raw[:at] + "\xff\xff\xff\x7f" + raw[at+4:],
		"size of a block":  raw[:at+12] + "\xff\xff\xff\x7f" + raw[at+16:],
		"a block":          raw[:at+len(head)] + "xxxx" + raw[at+len(head)+4:],
		"not base64":       strings.Replace(text, samples, "!!!!!!!!!!!!", 1),
		"cut base64":       strings.Replace(text, samples, samples[:len(samples)-6], 1),
		"another length":   strings.Replace(text, samples, inline.text(t, sixteen(binary.LittleEndian)[:14]), 1),
	} {
		r, err := Open(save(t, "v.vti", s))
		if err != nil {
			t.Fatal(name, err)
		}
		if _, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0)); err == nil || !strings.Contains(err.Error(), "v.vti") {
			t.Errorf("%s: %v", name, err)
		}
		r.Close()
	}
}

func TestSamples(t *testing.T) {
	root := os.Getenv("EXPLANT_SAMPLES")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	// Sum and count by NumPy 1.24: frombuffer of what base64 and zlib of Python give. Both hold the same.
	for name, typ := range map[string]imagefile.Type{"fibres_vtk_artifib.vtk": imagefile.Int16, "fibres_with_orientation.vti": imagefile.Uint16} {
		path := filepath.Join(root, "microct", name)
		if _, err := os.Stat(path); err != nil {
			t.Skip("no sample data: set EXPLANT_SAMPLES")
		}
		i, data := read(t, path)
		sum, n := 0, 0
		for k := 0; k < len(data); k += 2 {
			v := int(int16(binary.LittleEndian.Uint16(data[k:])))
			if sum += v; v >= 90 {
				n++
			}
		}
		if i.Type != typ || i.Grid.N != [3]int{50, 50, 50} || sum != 4266858 || n != 21465 || i.Grid.Calibrated() {
			t.Errorf("%s: %+v, sum %d, %d of 90 and more", name, i, sum, n)
		}
	}
}

func FuzzVTK(f *testing.F) {
	f.Add([]byte(legacyFile("BINARY", "POINT_DATA 8\nSCALARS g short\nLOOKUP_TABLE default\n", string(sixteen(binary.BigEndian)))))
	f.Add([]byte(legacyFile("ASCII", "CELL_DATA 1\nFIELD f 1\ng 1 1 float\n", "0.5")))
	for _, format := range []string{"ascii", "inline", "raw", "base64"} {
		f.Add([]byte(vti{order: binary.BigEndian, word: 4, zlib: format != "raw", format: format}.file(f, "", sixteen(binary.BigEndian))))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Open(save(t, "f.vtk", string(data)))
		if err != nil {
			return
		}
		defer r.Close()
		if i := r.Info(); i.Bytes() < 1<<20 {
			if b, err := r.Read(t.Context(), imagefile.Whole(i, 0)); err == nil && int64(len(b.Data)) != i.Bytes() {
				t.Errorf("%d bytes, not %d", len(b.Data), i.Bytes())
			}
		}
	})
}
