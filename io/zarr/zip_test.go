package zarr

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"explant/io/imagefile"
)

// zipped packs a folder, its files stored or deflated, below a prefix.
func zipped(t testing.TB, dir, prefix string, method uint16, more ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store.zarr.zip")
	f, err := os.Create(path)
	check(t, err)
	z := zip.NewWriter(f)
	add := func(name string, b []byte) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		check(t, err)
		_, err = w.Write(b)
		check(t, err)
	}
	check(t, fs.WalkDir(os.DirFS(dir), ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			add(prefix+p, read1(t, filepath.Join(dir, p)))
		}
		return err
	}))
	for _, name := range more {
		add(name, []byte("{}"))
	}
	check(t, z.Close())
	check(t, f.Close())
	return path
}

func TestZip(t *testing.T) {
	dir := t.TempDir()
	b := built{version: 3, shape: []int{9, 17, 20}, chunk: []int{2, 5, 4}, shard: []int{4, 10, 20}, dtype: "uint16", size: 2, data: random(9*17*20*2, 2), codec: "zstd"}
	b.write(t, filepath.Join(dir, "0"))
	group(t, dir, 3, ome(axesOf("zyx", "micrometer"), level("0", []float64{3, 2, 2}, nil)))
	for _, method := range []uint16{zip.Store, zip.Deflate} {
		for _, prefix := range []string{"", "deep/image.zarr/"} {
			i, got := whole(t, zipped(t, dir, prefix, method))
			if !bytes.Equal(got, b.data) || !near(i.Grid.Spacing, [3]float64{.002, .002, .003}) {
				t.Errorf("method %d, below %q: %+v", method, prefix, i)
			}
		}
	}
	for name, part := range map[string]string{"../zarr.json": "leads out of it", "/etc/zarr.json": "leads out of it", `a\zarr.json`: "leads out of it", "zarr.json": "stands twice"} {
		if _, err := Open(zipped(t, dir, "", zip.Store, name)); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open(zipped(t, dir, "a/", zip.Store, "b/zarr.json")); err == nil || !strings.Contains(err.Error(), "holds 2 Zarr stores (a, b)") {
		t.Error(err)
	}
	if _, err := Open(zipped(t, t.TempDir(), "", zip.Store, "word/document.xml")); err == nil || !strings.Contains(err.Error(), "holds no Zarr store") {
		t.Error(err)
	}
}

// An archive cut anywhere, changed anywhere, and one whose description unpacks to more than it should.
func TestDamagedZip(t *testing.T) {
	dir := t.TempDir()
	bytesOf(1, 2).write(t, dir)
	good := read1(t, zipped(t, dir, "", zip.Deflate))
	path := filepath.Join(t.TempDir(), "damaged.zip")
	for n := range good {
		put(t, path, good[:n])
		if _, err := Open(path); err == nil || !strings.Contains(err.Error(), "damaged.zip: ") {
			t.Fatalf("%d of %d bytes: %v", n, len(good), err)
		}
	}
	for i := range good {
		b := bytes.Clone(good)
		b[i] ^= byte(1 + i%255)
		put(t, path, b)
		if r, err := Open(path); err == nil {
			if r.Info().Bytes() < 1<<20 {
				_, err = r.Read(t.Context(), imagefile.Whole(r.Info(), 0))
			}
			_ = err // read or refused
			check(t, r.Close())
		}
	}
	put(t, filepath.Join(dir, ".zattrs"), bytes.Repeat([]byte(" "), maxMeta+1))
	if _, err := Open(zipped(t, dir, "", zip.Deflate)); err == nil || !strings.Contains(err.Error(), ".zattrs: it has 16777217 bytes") {
		t.Error(err)
	}
}
