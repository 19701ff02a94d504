package openslide_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"explant/io/imagefile"
	"explant/io/openslide"
	"explant/io/worker"
)

// tryRead opens a slide in a worker and reads its levels. Whatever the file does to the worker, the error is one
// line that names the slide.
func tryRead(t *testing.T, what, path string) error {
	t.Helper()
	r, err := worker.Open(t.Context(), worker.OpenSlide, path, worker.Limits{})
	if err == nil {
		err = readLevels(t, r)
		r.Close()
	}
	if err != nil && (strings.ContainsAny(err.Error(), "\n\r") || !strings.Contains(err.Error(), filepath.Base(path))) {
		t.Errorf("%s: error %q", what, err)
	}
	return err
}

func readLevels(t *testing.T, r imagefile.Reader) (err error) {
	for level, l := range r.Info().Levels {
		w := imagefile.Whole(r.Info(), level)
		for a := range 2 {
			w.Max[a] = min(l.N[a], 2000)
		}
		_, one := r.Read(t.Context(), w)
		err = errors.Join(err, one)
		if err != nil {
			return err
		}
	}
	return nil
}

// slides are the made ones with the files of each that are damaged.
func slides(t *testing.T) map[string][]string {
	mirax := openslide.WriteMirax(t, t.TempDir(), openslide.AsItIs)
	folder := strings.TrimSuffix(mirax, ".mrxs")
	vms := openslide.WriteVMS(t, t.TempDir())
	ndpi, leica := openslide.WriteNDPI(t), openslide.WriteLeica(t)
	return map[string][]string{
		mirax: {filepath.Join(folder, "Slidedat.ini"), filepath.Join(folder, "Index.dat"), filepath.Join(folder, "Data0000.dat")},
		vms:   {vms, filepath.Join(filepath.Dir(vms), "full.jpg")},
		ndpi:  {ndpi},
		leica: {leica},
	}
}

func TestDamageIsAnImageOrOneLine(t *testing.T) {
	for slide, files := range slides(t) {
		for _, file := range files {
			t.Run(filepath.Base(file), func(t *testing.T) {
				whole, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				rng := rand.New(rand.NewPCG(3, 4))
				read := 0
				const n = 150
				for range n {
					if err := os.WriteFile(file, damage(rng, whole), 0o600); err != nil {
						t.Fatal(err)
					}
					if tryRead(t, "damaged", slide) == nil {
						read++
					}
				}
				if read == 0 || read == n {
					t.Errorf("%d of %d read: the damage tests nothing", read, n)
				}
				if err := os.WriteFile(file, whole, 0o600); err != nil {
					t.Fatal(err)
				}
				if err := tryRead(t, "whole", slide); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// A slide is larger than the memory of a worker, and is read by windows: from end to end, and far out.
func TestHugeSlide(t *testing.T) {
	r, err := worker.Open(t.Context(), worker.OpenSlide, openslide.WriteHuge(t), worker.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	n := r.Info().Grid.N
	for _, c := range []struct {
		min, max [3]int
		scanned  int // pixels
	}{
		{[3]int{0, 200, 0}, [3]int{n[0], 400, 1}, 256 * 56},
		{[3]int{n[0] - 300, 0, 0}, [3]int{n[0], n[1], 1}, 256 * 256},
		{[3]int{n[0] - 10, n[1] - 10, 0}, n, 100},
	} {
		b, err := r.Read(t.Context(), imagefile.Window{Min: c.min, Max: c.max})
		if err != nil {
			t.Fatal(err)
		}
		if got := bytes.Count(b.Data, openslide.HugeColour[:]); got != c.scanned {
			t.Errorf("%v to %v: %d scanned pixels of %d", c.min, c.max, got, c.scanned)
		}
	}
}

// Numbers that no scanner writes end in an image or in one line too, whatever OpenSlide does with them.
func TestHostileNumbers(t *testing.T) {
	for _, key := range []string{"IMAGENUMBER_X", "IMAGENUMBER_Y", "HIER_0_COUNT", "NONHIER_COUNT", "FILE_COUNT", "IMAGE_CONCAT_FACTOR", "OVERLAP_X",
		"DIGITIZER_WIDTH", "DIGITIZER_HEIGHT", "CameraImageDivisionsPerSide"} {
		for _, value := range []string{"0", "-1", "3", "46341", "1048576", "2147483647", "9999999999999", "1e300", "NaN"} {
			slide := openslide.WriteMirax(t, t.TempDir(), func(ini string) string {
				ini = strings.Replace(ini, "[GENERAL]\r\n", "[GENERAL]\r\nCameraImageDivisionsPerSide = 1\r\n", 1)
				return regexp.MustCompile(`(?m)^`+key+` = .*\r$`).ReplaceAllString(ini, key+" = "+value+"\r")
			})
			begin := time.Now()
			err := tryRead(t, key+"="+value, slide)
			if took := time.Since(begin); took > 2*time.Second {
				t.Errorf("%s=%s: %v after %v", key, value, err, took)
			}
		}
	}
}

// damage changes some bytes, by a bit or altogether, or cuts the end off.
func damage(rng *rand.Rand, whole []byte) []byte {
	b := append([]byte(nil), whole...)
	switch rng.IntN(3) {
	case 0:
		return b[:rng.IntN(len(b))]
	case 1:
		b[rng.IntN(len(b))] ^= 1 << rng.IntN(7)
	default:
		for range 1 + rng.IntN(6) {
			b[rng.IntN(len(b))] = byte(rng.IntN(256))
		}
	}
	return b
}
