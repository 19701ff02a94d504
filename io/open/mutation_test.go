package open

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"explant/io/imagefile"
)

// good are twenty files of as many kinds, and what lies beside them that they need.
var good = []string{
	"tiff_variants/rgb-3c-16b.tiff", "tiff_variants/tiff_tiled_ycbcr_jpeg_2x2_sampling.tif", "tiff_variants/int16_zstd.tif",
	"tiff_variants/BigTIFFMotorola.tif", "wsi/small_aperio.svs", "wsi/ome_multichannel_deflate.ome.tif", "sem/electrospun_fibar_10k.tif",
	"microct/bat_cochlea_sub25.tif", "histology/he_tile_level2.png", "histology/he_stardist_histo.jpg",
	"dicom/MR_small.dcm", "dicom/MR_small_RLE.dcm", "dicom/MR_small_jp2klossless.dcm", "dicom/MR_small_jpeg_ls_lossless.dcm",
	"wsi/dicom_wsi_boxes_0.dcm", "microct/ct_lung_small.mha", "same_volume_six_formats/volume.nii",
	"same_volume_six_formats/volume.nrrd", "same_volume_six_formats/volume.aim", "ome_zarr/sample_float32_8bit_range.zarr.zip",
}

// Limits that hold for every damaged file.
const (
	mutantTime   = 5 * time.Second
	mutantMemory = 1 << 30 // resident bytes of this process and of each worker
)

// TestMutations damages good files at random: each is an image or an error of one line that names the
// file, soon and within bounded memory, and no worker is left behind. EXPLANT_SOAK=1 damages 10 000.
func TestMutations(t *testing.T) {
	rounds := 12
	if os.Getenv("EXPLANT_SOAK") != "" {
		rounds = 500
	}
	dir := t.TempDir()
	images, slowest := 0, time.Duration(0)
	for n, name := range good {
		data, err := os.ReadFile(sample(t, name))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, filepath.Base(name))
		for round := range rounds {
			random := rand.New(rand.NewPCG(uint64(n), uint64(round)))
			if err := os.WriteFile(path, damage(data, random), 0o600); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			err := consume(t, path)
			took := time.Since(start)
			slowest = max(slowest, took)
			if err == nil {
				images++
			} else if text := err.Error(); strings.Contains(text, "\n") || !strings.Contains(text, filepath.Base(name)) {
				t.Errorf("%s, round %d: error %q", name, round, text)
			}
			if took > mutantTime {
				t.Errorf("%s, round %d: %v", name, round, took)
			}
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d damaged files: %d images, the others refused; the slowest took %v", rounds*len(good), images, slowest)
	memory, workers, dead := family(t)
	t.Logf("resident at most %d MiB; %d workers wait", memory>>20, workers)
	if memory > mutantMemory || workers > runtime.GOMAXPROCS(0) || dead > 0 {
		t.Errorf("%d MiB resident, %d workers, %d dead ones", memory>>20, workers, dead)
	}
	if images == 0 || images == rounds*len(good) {
		t.Errorf("%d of %d damaged files are images", images, rounds*len(good))
	}
}

// damage changes some bytes, cuts, repeats, wipes or fills a piece.
func damage(data []byte, random *rand.Rand) []byte {
	b := append([]byte{}, data...)
	piece := func() (int, int) {
		at := random.IntN(len(b))
		return at, min(at+1+random.IntN(64), len(b))
	}
	if random.IntN(2) == 0 && len(b) > 4096 { // headers are where the harm is
		b = append(b[:0:0], data...)
		for range 1 + random.IntN(8) {
			b[random.IntN(1024)] = byte(random.Uint32())
		}
		return b
	}
	switch random.IntN(5) {
	case 0:
		return b[:random.IntN(len(b))]
	case 1:
		lo, hi := piece()
		return append(append(append([]byte{}, b[:hi]...), b[lo:hi]...), b[hi:]...)
	case 2:
		lo, hi := piece()
		clear(b[lo:hi])
	case 3:
		for lo, hi := piece(); lo < hi; lo++ {
			b[lo] = 0xff
		}
	default:
		for range 1 + random.IntN(32) {
			b[random.IntN(len(b))] = byte(random.Uint32())
		}
	}
	return b
}

// consume opens an image as the program does and reads it: all of a level that is smaller than 64 MiB,
// else some rows in its middle.
func consume(t *testing.T, path string) error {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, err := Path(ctx, path, Options{})
	if err != nil {
		return err
	}
	i := r.Info()
	for level := range i.Levels {
		w := imagefile.Whole(i, level)
		if imagefile.Bytes(i, w) > 64<<20 {
			n := w.Max
			w.Min, w.Max = [3]int{0, n[1] / 2, n[2] / 2}, [3]int{min(n[0], 4096), min(n[1]/2+16, n[1]), n[2]/2 + 1}
		}
		if _, err := r.Read(ctx, w); err != nil {
			return errors.Join(err, r.Close())
		}
	}
	return r.Close()
}

// family is the largest resident memory of this process or of a child of it, and how many children live
// and are dead without having been waited for.
func family(t *testing.T) (memory int64, living, dead int) {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/status")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range all {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended since
		}
		var pid, parent int
		var peak int64
		var state string
		for line := range strings.Lines(string(text)) {
			_, _ = fmt.Sscanf(line, "Pid: %d", &pid) // most lines are others
			_, _ = fmt.Sscanf(line, "PPid: %d", &parent)
			_, _ = fmt.Sscanf(line, "VmHWM: %d kB", &peak)
			_, _ = fmt.Sscanf(line, "State: %s", &state)
		}
		if parent != os.Getpid() && pid != os.Getpid() {
			continue
		}
		memory = max(memory, peak<<10)
		switch {
		case pid == os.Getpid():
		case state == "Z":
			dead++
		default:
			living++
		}
	}
	return memory, living, dead
}
