package config

import (
	"os"
	"path/filepath"
	"testing"
)

func FuzzParseSize(f *testing.F) {
	for _, text := range []string{"0", "4GiB", "1.5 gb", "8388607TiB", "9.9e9", "-1B", "..B"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		size, err := ParseSize(text)
		if err != nil {
			return
		}
		if again, err := ParseSize(size.String()); size < 0 || err != nil || again != size {
			t.Errorf("%q is read as %d, written %q and read as %d, %v", text, int64(size), size, int64(again), err)
		}
	})
}

// FuzzFile expects of any file an error or values that are all good.
func FuzzFile(f *testing.F) {
	for _, text := range []string{"threads: 4\n", "memory: 4GiB # cap\n", "a: &a 1\nthreads: *a\n", "? [x]\n: y\n", "---\n---\n", "<<: {threads: 1}\n"} {
		f.Add([]byte(text))
	}
	file := filepath.Join(f.TempDir(), "config.yaml")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		values, err := readFile(file)
		if err != nil {
			return
		}
		for key, text := range values {
			if s, ok := find(key); !ok || s.check(text.(string)) != nil {
				t.Errorf("%q gives %s: %q", data, key, text)
			}
		}
	})
}
