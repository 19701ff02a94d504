package runner

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Export copies all files of a run into a new folder of the same name in another one, which it returns. A
// folder of that name that is there already is left alone. Without success nothing is left.
func Export(run, into string) (folder string, err error) {
	folder = filepath.Join(into, filepath.Base(run))
	if err := os.Mkdir(folder, 0o755); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return "", fmt.Errorf("%s is there already: choose another folder", folder)
		}
		return "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(folder))
		}
	}()
	return folder, filepath.WalkDir(run, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(run, path)
		if err != nil || name == "." {
			return err
		}
		switch {
		case strings.HasPrefix(d.Name(), ".") && d.IsDir():
			return fs.SkipDir // of a run under way
		case d.IsDir():
			return os.Mkdir(filepath.Join(folder, name), 0o755)
		case !d.Type().IsRegular():
			return nil
		}
		return duplicate(path, filepath.Join(folder, name))
	})
}

// duplicate copies a file.
func duplicate(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if _, err := io.Copy(out, in); err != nil {
		return fmt.Errorf("copy %s: %w", from, err)
	}
	return out.Sync()
}
