package scanline

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
)

// rows is what both decoders can do.
type rows interface {
	Form() Form
	Rows(dst []byte) error
	Finish() error
	Close()
}

// all decodes a picture n rows at a time.
func all(t testing.TB, d rows, n int) []byte {
	t.Helper()
	defer d.Close()
	f := d.Form()
	out := make([]byte, f.RowBytes()*f.Height)
	for y := 0; y < f.Height; y += n {
		if err := d.Rows(out[y*f.RowBytes() : min(y+n, f.Height)*f.RowBytes()]); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Finish(); err != nil {
		t.Fatal(err)
	}
	return out
}

func openJPEG(t testing.TB, name string, scale int) *JPEG {
	t.Helper()
	d, err := OpenJPEG("testdata/"+name+".jpg", scale)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The sums are the first 16 digits of the SHA-256 of what "djpeg -pnm -scale 1/SCALE" of libjpeg-turbo 2.1.5
// writes behind its header; those of ycck and cmyk also what Pillow 9.4 makes of them.
func TestJPEGEqualsDjpeg(t *testing.T) {
	for name, sums := range map[string][]string{
		"420":         {"4b8b2a1c4dd337fb", "234ff79335ff3931", "54ed2db583518a63", "f45fe9f69c668032"},
		"422":         {"55246ac59add4bb4", "ed46b93e59e6f21d", "f686669c12b4fa14", "ade9bb95ffd33989"},
		"444-restart": {"966abd00c0b06e32", "338a1817c28e6005", "fbc1616861263806", "ce3fb4440c8eaea0"},
		"arithmetic":  {"4b8b2a1c4dd337fb", "234ff79335ff3931", "54ed2db583518a63", "f45fe9f69c668032"},
		"progressive": {"4b8b2a1c4dd337fb", "234ff79335ff3931", "54ed2db583518a63", "f45fe9f69c668032"},
		"rgb":         {"4fd14ee3cc28c14e", "dd3b95e67e882bc3", "605f43385d3c9b1b", "4ec29b4225d9d06d"},
		"cmyk":        {"4fd14ee3cc28c14e", "dd3b95e67e882bc3", "605f43385d3c9b1b", "4ec29b4225d9d06d"},
		"grey":        {"a2f32b3595bed443", "13c3e83c9bafad9e", "684c0d0fa00b35e8", "e8e5536f16691a37"},
		"ycck":        {"c3a9104d4e67fe0b"},
	} {
		for k, want := range sums {
			d := openJPEG(t, name, 1<<k)
			f := d.Form()
			if f.Width != (60>>k)+1 || f.Ink != (name == "cmyk" || name == "ycck") || (f.Held > 0) != (name == "progressive") {
				t.Errorf("%s 1/%d: %+v", name, 1<<k, f)
			}
			sum := sha256.Sum256(all(t, d, 1+k))
			if got := hex.EncodeToString(sum[:8]); got != want {
				t.Errorf("%s 1/%d: %s", name, 1<<k, got)
			}
		}
	}
}

func TestJPEGBehindItsEnd(t *testing.T) {
	d := openJPEG(t, "420", 1)
	defer d.Close()
	f := d.Form()
	if err := d.Rows(make([]byte, (f.Height+1)*f.RowBytes())); err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("a row more than there are: %v", err)
	}
}
