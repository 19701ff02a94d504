package rawfile

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"explant/io/imagefile"
	"explant/volume"
)

// save writes samples and their description and returns the path of the samples.
func save(t testing.TB, data, ext, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "scan.raw")
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	if ext != "" {
		if err := os.WriteFile(path+ext, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func TestDescribedSamples(t *testing.T) {
	for name, c := range map[string]struct{ data, ext, text string }{
		"YAML":   {"xy0123456789abcdef", ".yaml", "size: [2, 2, 2]\ntype: uint16\nbyte_order: little\noffset: 2\nspacing: 20um,20um,40um\n"},
		"yml":    {"1032547698badcfe", ".yml", "{size: [2, 2, 2], type: uint16, byte_order: big, spacing: '20um, 20um, 40um'}"},
		"JSON":   {"0123456789abcdef", ".json", `{"size": [2, 2, 2], "type": "uint16", "byte_order": "little", "spacing": "20um,20um,0.04mm"}`},
		"of int": {"xy0123456789abcdef", ".yaml", "size: [2, 2, 2]\ntype: int16\nbyte_order: little\noffset: 2\nspacing: 20um,20um,40um"},
	} {
		r, err := Open(save(t, c.data, c.ext, c.text))
		if err != nil {
			t.Fatal(name, err)
		}
		i := r.Info()
		b, err := r.Read(t.Context(), imagefile.Whole(i, 0))
		if err != nil || string(b.Data) != "0123456789abcdef" || i.Grid.Spacing != [3]float64{0.02, 0.02, 0.04} {
			t.Errorf("%s: %q %v %+v", name, b.Data, err, i)
		}
		if k := i.Grid.Calibration; k.Source != volume.Typed || k.Field != "scan.raw"+c.ext+" spacing" || len(k.Warnings) != 0 {
			t.Errorf("%s: %+v", name, k)
		}
		r.Close()
	}
}

func TestPictureAndUnknownSpacing(t *testing.T) {
	r, err := Open(save(t, "0123", ".yaml", "size: [2, 2]\ntype: uint8\nspacing: 0.5um"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if g := r.Info().Grid; g.N != [3]int{2, 2, 1} || g.Spacing != [3]float64{0.0005, 0.0005, 0} || !g.Calibrated() {
		t.Errorf("%+v", g)
	}
	r, err = Open(save(t, "0123", ".yaml", "size: [2, 2, 1]\ntype: int8"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if g := r.Info().Grid; g.Calibrated() || g.Calibration.Source != volume.Unknown || g.Calibration.Withheld != "scan.raw.yaml states no spacing" {
		t.Errorf("%+v", g)
	}
}

func TestMissingDescriptionSaysHowToWriteOne(t *testing.T) {
	path := save(t, "0123", "", "")
	_, err := Open(path)
	if err == nil || strings.Contains(err.Error(), "\n") {
		t.Fatal(err)
	}
	text := err.Error()[strings.IndexByte(err.Error(), '{'):]
	if err := os.WriteFile(path+".yaml", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := load(path + ".yaml"); err != nil {
		t.Errorf("the example of the message: %v", err)
	}
	if Sidecar(path) != path+".yaml" || Sidecar(path+"x") != "" {
		t.Error("the description is not found")
	}
}

func TestSamplesOfAnotherHeader(t *testing.T) {
	path := save(t, "0123", "", "")
	if err := os.WriteFile(strings.TrimSuffix(path, ".raw")+".mhd", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), "open scan.mhd") {
		t.Error(err)
	}
}

func TestMalformed(t *testing.T) {
	const ok = "size: [2, 2]\ntype: uint8\n"
	for name, c := range map[string]struct{ text, want string }{
		"empty":        {"", "size: 0 numbers"},
		"unknown key":  {ok + "bytes: 3\n", "bytes not found"},
		"twice":        {ok + "type: int8\n", "already defined"},
		"no YAML":      {"{size: [2", "yaml"},
		"a list":       {"[1, 2]", "yaml"},
		"documents":    {ok + "---\n" + ok, "more than one"},
		"one size":     {"size: [4]\ntype: uint8", "1 numbers"},
		"size zero":    {"size: [4, 0]\ntype: uint8", "size: 0"},
		"words":        {"size: [a, b]\ntype: uint8", "yaml"},
		"type":         {"size: [2, 2]\ntype: byte", `type: "byte"`},
		"no order":     {"size: [2, 1]\ntype: uint16", "neither little nor big"},
		"order":        {"size: [2, 1]\ntype: uint16\nbyte_order: middle", "neither little nor big"},
		"offset":       {ok + "offset: -1", "offset: -1"},
		"no unit":      {ok + "spacing: 20", "no unit"},
		"unit":         {ok + "spacing: 20 cubits", "not known"},
		"three sizes":  {ok + "spacing: 20um,20um,20um", "3 sizes"},
		"too short":    {"size: [2, 3]\ntype: uint8", "cut short: 4 of 6"},
		"too long":     {"size: [1, 3]\ntype: uint8", "it has 4 bytes, but size [1 3] of uint8 from byte 0 needs 3"},
		"huge":         {"size: [2000000000, 2000000000, 2000000000]\ntype: uint8", "too large"},
		"much":         {ok + "#" + strings.Repeat("x", maxSidecar), "longer than"},
		"many aliases": {"a: &a [1,1,1,1,1,1,1,1]\nsize: [*a, *a]\ntype: uint8", "yaml"},
	} {
		_, err := Open(save(t, "0123", ".yaml", c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "scan.raw") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSample(t *testing.T) {
	root := os.Getenv("EXPLANT_SAMPLES")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	data, err := os.ReadFile(filepath.Join(root, "microct", "polymer_fibres_128_u8.raw"))
	if err != nil {
		t.Skip("no sample data: set EXPLANT_SAMPLES")
	}
	r, err := Open(save(t, string(data), ".yaml", "size: [128, 128, 128]\ntype: uint8\n"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0))
	if err != nil || !bytes.Equal(b.Data, data) {
		t.Fatal(err)
	}
	above := 0
	for _, v := range b.Data {
		if v > 127 {
			above++
		}
	}
	// 0.143686 above the Otsu threshold of 127, by the collection's documentation.
	if f := float64(above) / float64(len(b.Data)); f < 0.1436855 || f > 0.1436865 {
		t.Errorf("fraction %.7f", f)
	}
}

func FuzzRaw(f *testing.F) {
	f.Add("0123", "size: [2, 2]\ntype: uint8\nspacing: 20um\n")
	f.Add("01234567", `{"size": [1, 1, 2], "type": "float32", "byte_order": "big"}`)
	f.Add("xx01", "size: &a [1, 1]\ntype: uint16\nbyte_order: big\noffset: 2\nspacing: 1um,2um\n")
	f.Fuzz(func(t *testing.T, data, text string) {
		r, err := Open(save(t, data, ".yaml", text))
		if err != nil {
			return
		}
		defer r.Close()
		if b, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0)); err != nil || int64(len(b.Data)) != r.Info().Bytes() {
			t.Errorf("%d bytes, not %d: %v", len(b.Data), r.Info().Bytes(), err)
		}
	})
}
