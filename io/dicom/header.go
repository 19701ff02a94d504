package dicom

import (
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/suyashkumar/dicom/pkg/tag"

	"explant/io/gdcm"
)

// header is what a file says before its pixels.
type header struct {
	path   string
	name   string // of the file, without its folder
	syntax syntax
	begin  int64 // byte of the file where the data set begins
	pixels int64 // where the samples begin: byte of the file, or of the data set when that is deflated
	length uint32
	spans  [][]span   // of encapsulated pixels, the pieces of each frame
	stream gdcm.Frame // what the first codestream says of itself
	values values
	raw    map[tag.Tag][]byte // values that are taken as bytes
	tiles  []tile             // where the frames of a slide belong, as far as they say so
	paths  []path             // the optical paths of a slide
	seen   map[tag.Tag]bool   // elements that matter by being there
	named  []string           // identifying fields that have a value
	told   string             // a warning; "" for none
	sampling
}

// wanted are the elements that the library reads.
var wanted = setOf(tag.SeriesInstanceUID, tag.InstanceNumber, tag.ImagePositionPatient,
	tag.ImageOrientationPatient, tag.PixelSpacing, tag.SliceThickness, tag.SpacingBetweenSlices, tag.NumberOfFrames,
	tag.Rows, tag.Columns, tag.SamplesPerPixel, tag.PhotometricInterpretation, tag.PlanarConfiguration,
	tag.BitsAllocated, tag.BitsStored, tag.HighBit, tag.PixelRepresentation, tag.RescaleSlope, tag.RescaleIntercept,
	tag.GridFrameOffsetVector, tag.SharedFunctionalGroupsSequence, tag.PerFrameFunctionalGroupsSequence,
	tag.ImageType, tag.ImagerPixelSpacing, tag.PixelSpacingCalibrationType, tag.SegmentSequence,
	tag.TotalPixelMatrixColumns, tag.TotalPixelMatrixRows, tag.TotalPixelMatrixFocalPlanes, tag.NumberOfOpticalPaths,
	tag.OpticalPathSequence, tag.DimensionOrganizationType, tag.ImagedVolumeWidth, tag.ImagedVolumeHeight,
	tag.ConcatenationUID, tag.ConcatenationFrameOffsetNumber)

// noted are elements that matter by being there.
var noted = setOf(tag.ModalityLUTSequence, tag.SegmentedRedPaletteColorLookupTableData)

// bytewise are those whose values are taken as bytes.
var bytewise = setOf(append([]tag.Tag{tag.ExtendedOffsetTable}, slices.Concat(paletteForms[:], paletteTables[:])...)...)

// identifying are the elements that name a person or lead to one.
var identifying = setOf(tag.PatientName, tag.PatientID, tag.IssuerOfPatientID, tag.PatientBirthDate, tag.PatientBirthTime,
	tag.OtherPatientIDs, tag.OtherPatientNames, tag.PatientBirthName, tag.PatientAddress, tag.PatientMotherBirthName,
	tag.PatientTelephoneNumbers, tag.PatientComments, tag.MilitaryRank, tag.AccessionNumber, tag.StudyID,
	tag.ReferringPhysicianName, tag.PerformingPhysicianName, tag.PhysiciansOfRecord, tag.NameOfPhysiciansReadingStudy,
	tag.RequestingPhysician, tag.OperatorsName, tag.InstitutionName, tag.InstitutionAddress,
	tag.InstitutionalDepartmentName, tag.ResponsiblePerson)

func setOf(tags ...tag.Tag) map[tag.Tag]bool {
	m := map[tag.Tag]bool{}
	for _, t := range tags {
		m[t] = true
	}
	return m
}

// errNotDICOM is returned for a file of another kind.
var errNotDICOM = errors.New("it is not DICOM")

// readHeader reads a file up to its pixels.
func readHeader(path string) (*header, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, plain(err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, plain(err)
	}
	h := &header{path: path, name: filepath.Base(path), seen: map[tag.Tag]bool{}, raw: map[tag.Tag][]byte{}}
	s, end, err := h.begins(f, st.Size())
	if err != nil {
		return nil, err
	}
	elements, err := h.scan(s, end)
	if err != nil {
		return nil, err
	}
	if h.values, err = parse(h.syntax, elements); err != nil {
		return nil, err
	}
	return h, h.check(st.Size())
}

// begins makes a scanner that stands where the data set of a file begins, and says where it ends at the
// latest.
func (h *header) begins(f io.Reader, size int64) (s *scanner, end int64, err error) {
	s, end = &scanner{r: bufio.NewReaderSize(f, 16<<10), explicit: true, order: binary.LittleEndian}, size
	uid, err := s.meta(size)
	if err != nil {
		return nil, 0, err
	}
	h.begin, s.begin = s.at, s.at
	peek, _ := s.r.Peek(8)
	if h.syntax, err = syntaxOf(uid, peek); err != nil {
		return nil, 0, err
	}
	if h.syntax.deflated {
		s.r, s.at, s.begin, end = bufio.NewReader(flate.NewReader(s.r)), 0, 0, math.MaxInt64
	}
	s.explicit = h.syntax.explicit
	if h.syntax.big {
		s.order = binary.BigEndian
	}
	return s, end, nil
}

// seriesOf is the series that a file says to belong to; "" where it is none or cannot be read so far.
func seriesOf(path string) string {
	if !isFile(path) {
		return ""
	}
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	h := &header{}
	s, end, err := h.begins(f, math.MaxInt64)
	for err == nil {
		var e element
		if e, err = s.next(); err != nil || e.tag.Group > tag.SeriesInstanceUID.Group {
			return ""
		}
		if e.tag == tag.SeriesInstanceUID && e.length <= 64 {
			b := make([]byte, e.length)
			if s.read(b) != nil {
				return ""
			}
			return strings.Trim(string(b), " \x00")
		}
		err = s.value(e, end, 0)
	}
	return ""
}

// plain drops the path that errors of package os repeat.
func plain(err error) error {
	if p := (*os.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	return err
}

// meta passes the preamble and the elements of group 2, and returns the transfer syntax that they state.
func (s *scanner) meta(size int64) (uid string, err error) {
	head, _ := s.r.Peek(132)
	switch {
	case len(head) == 132 && string(head[128:]) == "DICM":
		if err := s.skip(132); err != nil {
			return "", err
		}
	case !bare(head):
		return "", errNotDICOM
	}
	for {
		group, err := s.r.Peek(2)
		if err != nil || group[0] != 2 || group[1] != 0 {
			return uid, nil // the end of the file is found by who reads on
		}
		e, err := s.next()
		if err != nil {
			return "", err
		}
		if e.tag != tag.TransferSyntaxUID || e.length > 64 {
			err = s.value(e, size, 0)
		} else {
			b := make([]byte, e.length)
			err = s.read(b)
			uid = strings.Trim(string(b), " \x00")
		}
		if err != nil {
			return "", err
		}
	}
}

// bare reports the beginning of a file without a preamble: an element of group 2 or 8.
func bare(head []byte) bool {
	return len(head) >= 8 && (head[1] == 0 && (head[0] == 2 || head[0] == 8) || head[0] == 0 && head[1] == 8)
}

// scan walks to the pixels and returns the wanted elements as they stand.
func (h *header) scan(s *scanner, end int64) ([]byte, error) {
	var elements bytes.Buffer
	for {
		if _, err := s.r.Peek(1); errors.Is(err, io.EOF) {
			return nil, errNoImage
		}
		e, err := s.next()
		floats, isPixels := pixelElements[e.tag]
		switch {
		case err != nil:
			return nil, err
		case isPixels:
			h.pixels, h.length = s.at, e.length
			h.words, h.floats = e.vr == "OW", floats
			return elements.Bytes(), nil
		}
		if noted[e.tag] {
			h.seen[e.tag] = true
		}
		if err := h.element(s, e, end, &elements); err != nil {
			return nil, err
		}
	}
}

// pixelElements hold samples, some of them floating-point numbers of so many bits.
var pixelElements = map[tag.Tag]int{tag.PixelData: 0, tag.FloatPixelData: 32, tag.DoubleFloatPixelData: 64}

// element passes an element, and keeps of it what is wanted.
func (h *header) element(s *scanner, e element, end int64, elements *bytes.Buffer) error {
	var value bytes.Buffer
	known := e.length > 0 && e.length < undefined
	switch {
	case e.tag == tag.PerFrameFunctionalGroupsSequence && h.tiled:
		h.tiles = nil
		s.visit = func(e element) (bool, error) { return h.place(s, e) }
	case wanted[e.tag]:
		h.tiled = h.tiled || e.tag == tag.TotalPixelMatrixColumns
		s.record = elements
		elements.Write(s.head)
	case known && identifying[e.tag]:
		s.record = &value
	case known && bytewise[e.tag] && int64(e.length) <= min(maxRecord, end-s.at):
		b := make([]byte, e.length)
		h.raw[e.tag] = b
		return s.read(b)
	}
	err := s.value(e, end, 0)
	s.record, s.visit = nil, nil
	if strings.Trim(value.String(), " \x00^=") != "" { // a name may consist of delimiters
		h.named = append(h.named, "DICOM "+keyword(e.tag))
	}
	return err
}

// check refuses what is not an image of pixels in rows.
func (h *header) check(size int64) error {
	if err := h.sampling.from(h); err != nil {
		return err
	}
	if enc := h.length == undefined; enc != h.syntax.encapsulated() {
		return fmt.Errorf("its pixels do not lie as the transfer syntax %s says", h.syntax.uid)
	}
	if h.syntax.encapsulated() {
		return h.checkPacked(size)
	}
	need := h.bytes()
	if need > int64(h.length) {
		return fmt.Errorf("PixelData has %d of %d bytes", h.length, need)
	}
	if have := size - h.pixels; !h.syntax.deflated && need > have {
		return fmt.Errorf("it is cut short: %d of %d bytes of samples", have, need)
	}
	return nil
}

// checkPacked finds the frames of encapsulated pixels.
func (h *header) checkPacked(size int64) error {
	need := h.bytes()
	if h.syntax.rle && need/64 > size { // two bytes give at most 128
		return fmt.Errorf("it claims %d bytes of samples in %d bytes of file", need, size)
	}
	if err := h.openFrames(); err != nil || h.syntax.rle {
		return err
	}
	said := h.kind
	err := h.sampling.adopt(h.stream, h.syntax.lossy)
	if h.kind != said {
		h.told = fmt.Sprintf("PhotometricInterpretation says %s, the compressed pixels say %s, which is taken", said, h.kind)
	}
	return err
}

// agree reports a file that cannot belong to the series of the first one.
func (h *header) agree(first *header) error {
	a, b := h.sampling, first.sampling
	a.words, b.words, a.tiled, b.tiled = false, false, false, false
	if a != b || h.syntax.big != first.syntax.big || h.syntax.encapsulated() != first.syntax.encapsulated() {
		return fmt.Errorf("the files differ: %s is %v, %s is %v", first.name, b, h.name, a)
	}
	if h.frames > 1 {
		return fmt.Errorf("%s holds %d slices itself: open it alone", h.name, h.frames)
	}
	return nil
}

// identifiers are the identifying fields of all files, each once.
func identifiers(files []*header) (out []string) {
	for _, h := range files {
		for _, n := range h.named {
			if !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	return out
}
