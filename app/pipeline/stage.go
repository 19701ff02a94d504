package pipeline

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// stagingPrefix begins the name of a folder in which a run writes before its files get their names.
const stagingPrefix = ".explant-partial-"

// stage collects the files of one run under temporary names beside their final place, so that a
// killed run leaves nothing half written under a final name. The folder is locked while its run
// lives; the next run removes folders that nobody holds.
type stage struct {
	out, dir string
	lock     *os.File
	names    []string
	gone     []string // of an older run, that this one does not make
}

func newStage(out string) (*stage, error) {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return nil, fmt.Errorf("output folder: %w", err)
	}
	removeStale(out)
	dir, err := os.MkdirTemp(out, stagingPrefix)
	if err != nil {
		return nil, fmt.Errorf("output folder %s cannot be written: %w", out, err)
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", dir, err), os.Remove(dir))
	}
	return &stage{out: out, dir: dir, lock: lock}, nil
}

// lockFolder takes an exclusive lock on the folder itself; the lock goes with the process.
func lockFolder(dir string) (*os.File, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// removeStale deletes the staging folders of runs that are gone. What cannot be deleted is left:
// it disturbs nobody.
func removeStale(out string) {
	old, _ := filepath.Glob(filepath.Join(out, stagingPrefix+"*"))
	for _, dir := range old {
		lock, err := lockFolder(dir)
		if err != nil {
			continue // held by a run that lives
		}
		_ = os.RemoveAll(dir)
		_ = lock.Close()
	}
}

// write makes one file of the run through fn and sees it on the disk. A name may lie in a subfolder.
func (s *stage) write(name string, fn func(*os.File) error) (err error) {
	if err := os.MkdirAll(filepath.Join(s.dir, filepath.Dir(name)), 0o755); err != nil {
		return s.explain(fmt.Errorf("write %s: %w", name, err))
	}
	f, err := os.OpenFile(filepath.Join(s.dir, name), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o644)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := fn(f); err != nil {
		return s.explain(err) // fn may measure while it writes: an error of the disk names the file itself
	}
	if err := f.Sync(); err != nil {
		return s.explain(fmt.Errorf("write %s: %w", name, err))
	}
	s.names = append(s.names, name)
	return nil
}

// staged is a file and what writes it.
type staged struct {
	name  string
	write func(*os.File) error
}

// writeAll writes files until one fails.
func (s *stage) writeAll(files []staged) error {
	for _, f := range files {
		if err := s.write(f.name, f.write); err != nil {
			return err
		}
	}
	return nil
}

// explain says what to do about a full disk.
func (s *stage) explain(err error) error {
	if errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) {
		return fmt.Errorf("the disk that holds %s is full, free space or write elsewhere: %w", s.out, err)
	}
	return err
}

// commit gives the files their names. An older result.json goes first and the new one comes last,
// so that a folder with a result.json holds one whole run.
func (s *stage) commit(last string) error {
	if err := os.Remove(filepath.Join(s.out, last)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("replace %s: %w", last, err)
	}
	for _, name := range s.gone {
		if err := os.Remove(filepath.Join(s.out, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("remove %s of an older run: %w", name, err)
		}
	}
	slices.SortStableFunc(s.names, func(a, b string) int {
		switch {
		case a == last:
			return 1
		case b == last:
			return -1
		}
		return strings.Compare(a, b)
	})
	folder := s.out
	for _, name := range s.names {
		if err := s.place(name); err != nil {
			return err
		}
		if in := filepath.Dir(filepath.Join(s.out, name)); in != folder {
			if err := syncFolder(folder); err != nil {
				return err
			}
			folder = in
		}
	}
	return errors.Join(syncFolder(folder), syncFolder(s.out))
}

// place gives one file its name, in the place of an older one.
func (s *stage) place(name string) error {
	if err := os.MkdirAll(filepath.Dir(filepath.Join(s.out, name)), 0o755); err != nil {
		return fmt.Errorf("put %s in place: %w", name, err)
	}
	if err := os.Rename(filepath.Join(s.dir, name), filepath.Join(s.out, name)); err != nil {
		return fmt.Errorf("put %s in place: %w", name, err)
	}
	return nil
}

// close removes the staging folder, with whatever was not committed.
func (s *stage) close() error { return errors.Join(os.RemoveAll(s.dir), s.lock.Close()) }

func syncFolder(dir string) (err error) {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return f.Sync()
}
