package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// outputFile is a single file that is made of an image.
type outputFile struct {
	input, path string
	force       bool // replace one that exists
}

// check reports a file that must not be written: one that exists, that is the input, or that would become
// a slice of it.
func (o outputFile) check() error {
	in, errIn := os.Stat(o.input)
	if folder, err := os.Stat(filepath.Dir(o.path)); err == nil && errIn == nil && os.SameFile(in, folder) {
		return fmt.Errorf("%s lies in the folder that is read: write it elsewhere", o.path)
	}
	out, err := os.Stat(o.path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("output: %w", err)
	case out.IsDir():
		return fmt.Errorf("%s is a folder: name a file", o.path)
	case errIn == nil && os.SameFile(in, out):
		return fmt.Errorf("%s is the image itself: choose another name", o.path)
	case !o.force:
		return fmt.Errorf("%s exists: choose another name, or replace it with --force", o.path)
	}
	return nil
}

// write makes the file under a temporary name and gives it its own when it is whole; an error or a
// cancelled ctx leaves an older one untouched.
func (o outputFile) write(ctx context.Context, fill func(*os.File) error) (err error) {
	s, err := newStage(filepath.Dir(o.path))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.write(filepath.Base(o.path), fill); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := o.check(); err != nil { // a file may have come in the meantime
		return err
	}
	if err := s.place(filepath.Base(o.path)); err != nil {
		return err
	}
	return syncFolder(s.out)
}
