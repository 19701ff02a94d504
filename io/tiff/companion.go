package tiff

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// maxCompanion is the largest description in a file of its own that is read.
const maxCompanion = 64 << 20

// IsCompanion reports the beginning of an OME-XML file: the description of an OME-TIFF set, which lies beside
// it. [Open] reads the set by it.
func IsCompanion(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	return bytes.HasPrefix(head, []byte("<")) && bytes.Contains(head, []byte("<OME"))
}

// companionText is all of an OME-XML file; false when f is none.
func companionText(f *os.File, size int64) (string, bool) {
	head := make([]byte, 4096)
	n, _ := f.ReadAt(head, 0) // a short file is cut off, one that cannot be read is no text
	if !IsCompanion(head[:n]) || size > maxCompanion {
		return "", false
	}
	b, err := io.ReadAll(io.NewSectionReader(f, 0, size))
	return string(b), err == nil
}

// readCompanion reads a description from the file beside a TIFF.
func readCompanion(path string) (string, error) {
	name := filepath.Base(path)
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("%.80q beside it cannot be read", name)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return "", err
	}
	text, ok := companionText(f, st.Size())
	if !ok {
		return "", fmt.Errorf("%.80q beside it is no OME description", name)
	}
	return text, nil
}

// surveyCompanion arranges the files that a description names.
func (r *Reader) surveyCompanion(ctx context.Context, text string) error {
	x := parseOME(text)
	if x == nil || len(x.Image) == 0 {
		return errors.New("it is no OME description of an image")
	}
	s, ok := x.series(0)
	if !ok {
		return errors.New("its OME description has sizes that cannot be")
	}
	pages, s, size, err := gather(ctx, r.path, nil, s)
	if err != nil {
		return err
	}
	if len(pages) == 0 {
		return errors.New("its OME description names no files")
	}
	if r.pic, err = arrange(pages, nil, s); err != nil {
		return err
	}
	return r.believe(size)
}
