package scanco

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"explant/io/array"
	"explant/io/calibration"
	"explant/io/imagefile"
	"explant/volume"
)

// Sizes of the header blocks of the two versions, and the longest log that is read.
const (
	size020 = 140
	size030 = 224
	maxLog  = 1 << 20
)

// aim is what the header of an AIM file states. The file is a list of block sizes, the header block, the
// processing log and the samples.
type aim struct {
	version  int
	typ      uint32
	position [3]int64
	n        [3]int64
	margin   [3]int64 // border of zeros that compressed samples leave out, on each side
	size     [3]float64
	log      int64 // where the log begins
	samples  int64 // where the samples begin
	bytes    int64 // of the samples
}

func openAIM(path string, head []byte, f *os.File) (*array.Reader, error) {
	h, err := readAIM(head)
	if err != nil {
		return nil, err
	}
	info := imagefile.Info{Format: fmt.Sprintf("Scanco AIM v%03d", h.version), Channels: 1}
	for a, n := range h.n {
		if n < 1 || n > math.MaxInt32 {
			return nil, fmt.Errorf("size %d along %c is not believable", n, "xyz"[a])
		}
		info.Grid.N[a] = int(n)
	}
	l, unpack, err := h.layout()
	if err != nil {
		return nil, err
	}
	if info.Type = l.Type; l.Type == imagefile.Uint32 { // VAX floats before their conversion
		info.Type = imagefile.Float32
	}
	h.place(&info.Grid)
	if err := readLog(io.NewSectionReader(f, h.log, min(h.samples-h.log, maxLog)), &info); err != nil {
		return nil, err
	}
	return array.New(path, info, l, array.Part{Path: path, At: h.samples, Unpack: unpack})
}

// readAIM reads the block list and the header block from the first bytes of a file.
func readAIM(b []byte) (*aim, error) {
	h := &aim{version: 20}
	word, start, want := 4, 0, int64(size020)
	if strings.HasPrefix(string(b), aimMagic) {
		h.version, word, start, want = 30, 8, 16, size030
	}
	integer := func(at int) int64 {
		if word == 8 {
			return int64(binary.LittleEndian.Uint64(b[at:]))
		}
		return int64(int32(binary.LittleEndian.Uint32(b[at:])))
	}
	if len(b) < start+5*word+int(want) {
		return nil, errors.New("the header is cut short")
	}
	list, size, log := integer(start), integer(start+word), integer(start+2*word)
	h.bytes = integer(start + 3*word)
	if list != int64(5*word) || size != want || log < 0 || log > 1<<40 || h.bytes < 0 || h.bytes > 1<<50 {
		return nil, errors.New("the sizes of its parts are not believable")
	}
	at := start + int(list)
	h.log = int64(at) + size
	h.samples = h.log + log
	at += int(size) - 7*3*word - 3*word // back from the end: sizes of voxels, seven vectors
	at -= map[int]int{4: 20, 8: 16}[word]
	h.typ = binary.LittleEndian.Uint32(b[at-4:])
	for a := range 3 {
		h.position[a], h.n[a], h.margin[a] = integer(at+a*word), integer(at+(3+a)*word), integer(at+(6+a)*word)
		if e := at + (21+a)*word; word == 8 {
			h.size[a] = float64(integer(e)) * 1e-6 // nm
		} else {
			h.size[a] = float64(math.Float32frombits(vax(binary.LittleEndian.Uint32(b[e:]))))
		}
	}
	return h, nil
}

// vax turns the bits of a VAX F float into those of an IEEE one: the words are swapped and the exponent
// is larger by 2.
func vax(v uint32) uint32 {
	v = v<<16 | v>>16
	if v>>23&0xff <= 2 {
		return 0 // smaller than any normal float32
	}
	return v - 2<<23
}

// place sets the size of a voxel and where the file was cut from its scan.
func (h *aim) place(g *volume.Grid) {
	calibration.Statement{Field: "AIM element size", Size: h.size, Unit: "mm"}.Apply(g)
	if g.Calibration.Source == volume.Header {
		for a := range 3 {
			g.Origin[a] = float64(h.position[a]) * g.Spacing[a]
		}
	}
}

// coarsest is the uncertainty that rounding brings to the shortest of the lengths in a line.
func coarsest(lengths string) (relative float64) {
	for f := range strings.FieldsSeq(lengths) {
		if um, err := strconv.ParseFloat(f, 64); err == nil {
			relative = max(relative, calibration.Rounding(um))
		}
	}
	return relative
}

// readLog finds in the processing log what the values mean and which fields may name a person.
func readLog(r io.Reader, info *imagefile.Info) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(text)) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), "  ")
		if value = strings.Trim(value, " \x00"); !ok || value == "" {
			continue
		}
		switch key {
		case "Mu_Scaling":
			if mu, err := strconv.ParseInt(value, 10, 32); err == nil {
				info.Warnings = append(info.Warnings, scaling(mu)...)
			}
		case "Orig-ISQ-Dim-um": // the size of a voxel was computed from these, rounded to 1 µm
			info.Grid.Calibration.Relative = coarsest(value)
		case "Patient Name", "Index Patient":
			if value != "0" {
				info.Identifiers = append(info.Identifiers, "AIM log "+key)
			}
		}
	}
	return nil
}
