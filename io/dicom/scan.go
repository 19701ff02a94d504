package dicom

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/suyashkumar/dicom/pkg/tag"
)

const (
	maxHeader = 64 << 20       // bytes before the pixels
	maxRecord = 16 << 20       // bytes for the library; 10000 frames have about 10 MiB
	maxDepth  = 16             // sequences inside each other
	undefined = math.MaxUint32 // a length that a delimiter ends
)

var (
	errCut     = errors.New("the file is cut short")
	errLarge   = errors.New("a header of so many bytes is not believable")
	errNoImage = errors.New("it holds no image")
)

// element is the beginning of a data element; its value follows in the file.
type element struct {
	tag    tag.Tag
	vr     string // "" where the file does not say
	length uint32
}

// scanner walks over data elements and checks that every length fits into what encloses it, so that what
// the library is given afterwards cannot make it ask for memory or recurse without end.
type scanner struct {
	r        *bufio.Reader
	at       int64 // bytes passed
	begin    int64 // where the data set begins
	explicit bool
	order    binary.ByteOrder
	head     []byte        // the bytes of the last element before its value
	record   *bytes.Buffer // receives what is passed, unless nil

	// visit, unless nil, is told the elements inside sequences, and the beginning of each item of the
	// outermost one as an element of kind Item. It may read the value of an element, and says so.
	visit func(e element) (bool, error)
}

func (s *scanner) read(b []byte) error {
	n, err := io.ReadFull(s.r, b)
	s.at += int64(n)
	if s.record != nil {
		s.record.Write(b[:n])
		if s.record.Len() > maxRecord {
			return errLarge
		}
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) && len(b) > 0 {
		return errCut
	}
	return err
}

// skip passes n bytes.
func (s *scanner) skip(n int64) error {
	if s.at-s.begin+n > maxHeader || s.record != nil && int64(s.record.Len())+n > maxRecord {
		return errLarge
	}
	if s.record == nil {
		m, err := s.r.Discard(int(n))
		s.at += int64(m)
		if err != nil {
			return errCut
		}
		return nil
	}
	m, err := io.CopyN(s.record, s.r, n)
	s.at += m
	if err != nil {
		return errCut
	}
	return nil
}

// next reads the tag, the value representation and the length of an element.
func (s *scanner) next() (e element, err error) {
	s.head = append(s.head[:0], make([]byte, 8)...)
	if err := s.read(s.head); err != nil {
		return e, err
	}
	h := s.head
	e.tag = tag.Tag{Group: s.order.Uint16(h), Element: s.order.Uint16(h[2:])}
	if !s.explicit || e.tag.Group == 0xfffe {
		e.length = s.order.Uint32(h[4:])
		return e, nil
	}
	e.vr = string(h[4:6])
	switch e.vr {
	case "OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV":
		s.head = append(s.head, 0, 0, 0, 0)
		err = s.read(s.head[8:])
		e.length = s.order.Uint32(s.head[8:])
		return e, err
	}
	if !upper(h[4]) || !upper(h[5]) {
		return e, fmt.Errorf("element %v has no value representation: the header is damaged", e.tag)
	}
	e.length = uint32(s.order.Uint16(h[6:]))
	return e, nil
}

// value passes the value of e, which must end before end.
func (s *scanner) value(e element, end int64, depth int) error {
	if s.visit != nil && depth > 0 && e.length != undefined && s.at+int64(e.length) <= end {
		if read, err := s.visit(e); read || err != nil {
			return err
		}
	}
	switch {
	case e.length != undefined && s.at+int64(e.length) > end:
		return fmt.Errorf("element %v is longer than what encloses it", e.tag)
	case e.tag.Group == 0xfffe || s.record != nil && !safe(e):
		return fmt.Errorf("element %v of kind %q and %d bytes does not belong there", e.tag, e.vr, e.length)
	}
	raw := e.vr == "OB" || e.vr == "OW" || e.tag == tag.PixelData
	if e.length != undefined && (raw || !s.isSequence(e)) {
		return s.skip(int64(e.length))
	}
	if depth > maxDepth {
		return fmt.Errorf("more than %d sequences inside each other are not believable", maxDepth)
	}
	if e.vr == "UN" { // PS3.5 6.2.2: implicit inside
		explicit, order := s.explicit, s.order
		s.explicit, s.order = false, binary.LittleEndian
		defer func() { s.explicit, s.order = explicit, order }()
	}
	if e.length != undefined {
		end = s.at + int64(e.length)
	}
	return s.items(e.length == undefined, end, depth, raw)
}

// safe reports an element that the library reads as this walk does.
func safe(e element) bool {
	vr := e.vr
	if vr == "" {
		vr = "UN"
		if i, err := tag.Find(e.tag); err == nil {
			vr = i.VRs[0]
		}
	}
	switch {
	case e.tag == tag.PixelData || vr == "OV" || vr == "SV" || vr == "UV":
		return false
	case e.length == undefined:
		return vr == "SQ" || vr == "UN" && e.vr == ""
	}
	return true
}

func (s *scanner) isSequence(e element) bool {
	if e.vr != "" {
		return e.vr == "SQ"
	}
	i, err := tag.Find(e.tag)
	return err == nil && i.VRs[0] == "SQ"
}

// items passes the items of a sequence up to end, or to its delimiter when it is open. Items that are raw
// are bytes, others are data sets.
func (s *scanner) items(open bool, end int64, depth int, raw bool) error {
	for s.at < end {
		e, err := s.next()
		switch {
		case err != nil:
			return err
		case e.tag == tag.SequenceDelimitationItem && open && e.length == 0:
			return nil
		case e.tag != tag.Item:
			return fmt.Errorf("element %v stands where an item of a sequence belongs", e.tag)
		case e.length != undefined && s.at+int64(e.length) > end:
			return errors.New("an item is longer than its sequence")
		case raw && e.length == undefined:
			return errors.New("an item of bytes has no length")
		case s.visit != nil && depth == 0:
			if _, err = s.visit(e); err == nil {
				err = s.item(e, end, depth)
			}
		case raw:
			err = s.skip(int64(e.length))
		default:
			err = s.item(e, end, depth)
		}
		if err != nil {
			return err
		}
	}
	if open || s.at > end {
		return errors.New("a sequence does not end")
	}
	return nil
}

// item passes an item whose beginning is e.
func (s *scanner) item(e element, end int64, depth int) error {
	if e.length == undefined {
		return s.set(true, end, depth)
	}
	return s.set(false, s.at+int64(e.length), depth)
}

// set passes the elements of an item.
func (s *scanner) set(open bool, end int64, depth int) error {
	for s.at < end {
		e, err := s.next()
		if err != nil {
			return err
		}
		if e.tag == tag.ItemDelimitationItem && open && e.length == 0 {
			return nil
		}
		if err := s.value(e, end, depth+1); err != nil {
			return err
		}
	}
	if open || s.at > end {
		return errors.New("an item does not end")
	}
	return nil
}
