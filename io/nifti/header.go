package nifti

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// Sizes of the two headers.
const (
	size1 = 348
	size2 = 540
)

// header is what both versions of the format state.
type header struct {
	order     binary.ByteOrder
	size      int // of the header: 348 or 540
	single    bool
	dim       [8]int64 // dim[0] is the number of dimensions
	datatype  int
	pixdim    [8]float64 // pixdim[0] is the handedness of the qform
	offset    float64    // of the samples
	slope     float64
	intercept float64
	units     int
	qform     int
	sform     int
	quatern   [3]float64
	qoffset   [3]float64
	srow      [3][4]float64
	database  bool // the field db_name is not empty
}

// Is reports the first bytes of a NIfTI file, gzip-compressed or not.
func Is(head []byte) bool {
	if z, err := gzip.NewReader(bytes.NewReader(head)); err == nil {
		plain := make([]byte, size1)
		n, _ := io.ReadFull(z, plain) // what little there is may end anywhere
		head = plain[:n]
	}
	_, _, err := kind(head)
	return err == nil
}

var errFormat = errors.New("it has no NIfTI header")

// kind tells the byte order and the size of a header.
func kind(b []byte) (binary.ByteOrder, int, error) {
	if len(b) < size1 {
		return nil, 0, errFormat
	}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		switch n := order.Uint32(b); {
		case n == size2 && (string(b[4:8]) == "n+2\x00" || string(b[4:8]) == "ni2\x00"):
			return order, size2, nil
		case n == size1 && (string(b[344:348]) == "n+1\x00" || string(b[344:348]) == "ni1\x00"):
			return order, size1, nil
		case n == size1:
			return nil, 0, errors.New("an Analyze 7.5 header states neither unit nor orientation: convert the file to NIfTI")
		}
	}
	return nil, 0, errFormat
}

// readHeader reads and checks a header.
func readHeader(r io.Reader) (*header, error) {
	b := make([]byte, size2)
	n, err := io.ReadFull(r, b)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	b = b[:n]
	h := &header{}
	if h.order, h.size, err = kind(b); err != nil {
		return nil, err
	}
	if n < h.size {
		return nil, errors.New("the header is cut short")
	}
	if h.size == size1 {
		h.first(b)
	} else {
		h.second(b)
	}
	return h, h.check()
}

// first reads the fields of NIfTI-1 at their offsets.
func (h *header) first(b []byte) {
	short := func(at int) int64 { return int64(int16(h.order.Uint16(b[at:]))) }
	float := func(at int) float64 { return float64(math.Float32frombits(h.order.Uint32(b[at:]))) }
	h.single = b[345] == '+'
	h.database = strings.Trim(string(b[14:32]), " \x00") != ""
	for i := range 8 {
		h.dim[i], h.pixdim[i] = short(40+2*i), float(76+4*i)
	}
	h.datatype, h.offset, h.slope, h.intercept = int(short(70)), float(108), float(112), float(116)
	h.units, h.qform, h.sform = int(b[123]), int(short(252)), int(short(254))
	for i := range 3 {
		h.quatern[i], h.qoffset[i] = float(256+4*i), float(268+4*i)
		for k := range 4 {
			h.srow[i][k] = float(280 + 16*i + 4*k)
		}
	}
}

// second reads the fields of NIfTI-2 at their offsets.
func (h *header) second(b []byte) {
	float := func(at int) float64 { return math.Float64frombits(h.order.Uint64(b[at:])) }
	integer := func(at int) int { return int(int32(h.order.Uint32(b[at:]))) }
	h.single = b[5] == '+'
	for i := range 8 {
		h.dim[i], h.pixdim[i] = int64(h.order.Uint64(b[16+8*i:])), float(104+8*i)
	}
	h.datatype, h.offset = int(int16(h.order.Uint16(b[12:]))), float64(int64(h.order.Uint64(b[168:])))
	h.slope, h.intercept = float(176), float(184)
	h.units, h.qform, h.sform = integer(500), integer(344), integer(348)
	for i := range 3 {
		h.quatern[i], h.qoffset[i] = float(352+8*i), float(376+8*i)
		for k := range 4 {
			h.srow[i][k] = float(400 + 32*i + 8*k)
		}
	}
}

func (h *header) check() error {
	if h.dim[0] < 2 || h.dim[0] > 7 {
		return fmt.Errorf("%d dimensions are not 2 to 7", h.dim[0])
	}
	for i := range int(h.dim[0]) {
		if n := h.dim[i+1]; n < 1 || n > math.MaxInt32 {
			return fmt.Errorf("size %d of dimension %d is not believable", n, i+1)
		}
	}
	least := 0.
	if h.single {
		if least = float64(h.size); h.offset == 0 {
			h.offset = least + 4
		}
	}
	if !(h.offset >= least && h.offset < 1<<40) || h.offset != math.Trunc(h.offset) {
		return fmt.Errorf("the samples cannot begin at byte %g", h.offset)
	}
	return nil
}

// grid is the size of the first volume, and the number of volumes.
func (h *header) grid() (n [3]int, volumes int64) {
	n, volumes = [3]int{1, 1, 1}, 1
	for i := range int(h.dim[0]) {
		if i < 3 {
			n[i] = int(h.dim[i+1])
		} else if volumes < math.MaxInt32 {
			volumes *= h.dim[i+1]
		}
	}
	return n, volumes
}
