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
)

// header is what a file says before its pixels.
type header struct {
	path   string
	name   string // of the file, without its folder
	syntax syntax
	begin  int64 // byte of the file where the data set begins
	pixels int64 // where the samples begin: byte of the file, or of the data set when that is deflated
	length uint32
	values values
	seen   map[tag.Tag]bool // elements that matter by being there
	named  []string         // identifying fields that have a value
	sampling
}

// wanted are the elements that the library reads.
var wanted = setOf(tag.SOPClassUID, tag.SeriesInstanceUID, tag.InstanceNumber, tag.ImagePositionPatient,
	tag.ImageOrientationPatient, tag.PixelSpacing, tag.SliceThickness, tag.SpacingBetweenSlices, tag.NumberOfFrames,
	tag.Rows, tag.Columns, tag.SamplesPerPixel, tag.PhotometricInterpretation, tag.PlanarConfiguration,
	tag.BitsAllocated, tag.BitsStored, tag.HighBit, tag.PixelRepresentation, tag.RescaleSlope, tag.RescaleIntercept,
	tag.GridFrameOffsetVector, tag.SharedFunctionalGroupsSequence, tag.PerFrameFunctionalGroupsSequence)

// noted are elements that matter by being there.
var noted = setOf(tag.TotalPixelMatrixColumns, tag.ModalityLUTSequence)

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

// wholeSlide is the class of tiled slides.
const wholeSlide = "1.2.840.10008.5.1.4.1.1.77.1.6"

var errSlide = errors.New("whole-slide images in DICOM are not read: export the slide as TIFF")

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
	h := &header{path: path, name: filepath.Base(path), seen: map[tag.Tag]bool{}}
	s := &scanner{r: bufio.NewReaderSize(f, 16<<10), explicit: true, order: binary.LittleEndian}
	uid, kind, err := s.meta(st.Size())
	if err != nil {
		return nil, err
	}
	if kind == wholeSlide {
		return nil, errSlide
	}
	h.begin, s.begin = s.at, s.at
	peek, _ := s.r.Peek(8)
	if h.syntax, err = syntaxOf(uid, peek); err != nil {
		return nil, err
	}
	end := st.Size()
	if h.syntax.deflated {
		s.r, s.at, s.begin, end = bufio.NewReader(flate.NewReader(s.r)), 0, 0, math.MaxInt64
	}
	s.explicit = h.syntax.explicit
	if h.syntax.big {
		s.order = binary.BigEndian
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

// plain drops the path that errors of package os repeat.
func plain(err error) error {
	if p := (*os.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	return err
}

// meta passes the preamble and the elements of group 2, and returns the transfer syntax and the kind of
// object that they state.
func (s *scanner) meta(size int64) (uid, kind string, err error) {
	head, _ := s.r.Peek(132)
	switch {
	case len(head) == 132 && string(head[128:]) == "DICM":
		if err := s.skip(132); err != nil {
			return "", "", err
		}
	case !bare(head):
		return "", "", errNotDICOM
	}
	for {
		group, err := s.r.Peek(2)
		if err != nil || group[0] != 2 || group[1] != 0 {
			return uid, kind, nil // the end of the file is found by who reads on
		}
		e, err := s.next()
		if err != nil {
			return "", "", err
		}
		to := map[tag.Tag]*string{tag.TransferSyntaxUID: &uid, tag.MediaStorageSOPClassUID: &kind}[e.tag]
		if to == nil || e.length > 64 {
			err = s.value(e, size, 0)
		} else {
			b := make([]byte, e.length)
			err = s.read(b)
			*to = strings.Trim(string(b), " \x00")
		}
		if err != nil {
			return "", "", err
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
		switch {
		case err != nil:
			return nil, err
		case e.tag == tag.FloatPixelData || e.tag == tag.DoubleFloatPixelData:
			return nil, errors.New("floating-point pixels are not read in DICOM: export it as NRRD or TIFF")
		case e.tag == tag.PixelData:
			h.pixels, h.length = s.at, e.length
			h.words = e.vr == "OW"
			return elements.Bytes(), nil
		case wanted[e.tag]:
			s.record = &elements
			elements.Write(s.head)
		}
		if noted[e.tag] {
			h.seen[e.tag] = true
		}
		if identifying[e.tag] && e.length > 0 && e.length < undefined {
			var value bytes.Buffer
			s.record = &value
			err = s.value(e, end, 0)
			if strings.Trim(value.String(), " \x00") != "" {
				h.named = append(h.named, "DICOM "+keyword(e.tag))
			}
		} else {
			err = s.value(e, end, 0)
		}
		s.record = nil
		if err != nil {
			return nil, err
		}
	}
}

// check refuses what is not an image of pixels in rows.
func (h *header) check(size int64) error {
	if h.values.text(tag.SOPClassUID) == wholeSlide || h.seen[tag.TotalPixelMatrixColumns] {
		return errSlide
	}
	if err := h.sampling.from(h); err != nil {
		return err
	}
	if enc := h.length == undefined; enc != h.syntax.rle {
		return fmt.Errorf("its pixels do not lie as the transfer syntax %s says", h.syntax.uid)
	}
	need := h.bytes()
	if !h.syntax.rle && need > int64(h.length) {
		return fmt.Errorf("PixelData has %d of %d bytes", h.length, need)
	}
	if h.syntax.rle && need/64 > size { // two bytes give at most 128
		return fmt.Errorf("it claims %d bytes of samples in %d bytes of file", need, size)
	}
	if have := size - h.pixels; !h.syntax.rle && !h.syntax.deflated && need > have {
		return fmt.Errorf("it is cut short: %d of %d bytes of samples", have, need)
	}
	return nil
}

// agree reports a file that cannot belong to the series of the first one.
func (h *header) agree(first *header) error {
	a, b := h.sampling, first.sampling
	a.words, b.words = false, false
	if a != b || h.syntax.big != first.syntax.big {
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
