package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

// locate returns the configuration file to read, "" when there is none.
func locate(flags *pflag.FlagSet, file string) (string, error) {
	if f := lookup(flags, configFlag); file == "" && f != nil {
		file = f.Value.String()
	}
	if file == "" {
		file = os.Getenv("EXPLANT_CONFIG")
	}
	if file != "" {
		return file, nil
	}
	folder, err := os.UserConfigDir()
	if err != nil {
		return "", nil // no home, no file of the user
	}
	file = filepath.Join(folder, "explant", "config.yaml")
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return file, nil
}

// readFile returns the settings in a YAML file, checked, as texts; none for file "".
func readFile(file string) (map[string]any, error) {
	if file == "" {
		return nil, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	defer f.Close()
	root, err := decode(f)
	if err != nil {
		return nil, fmt.Errorf("read the configuration %s: %w", file, err)
	}
	if root == nil {
		return nil, nil
	}
	return readSettings(file, root)
}

// decode returns the mapping at the root of the one YAML document in r, nil when r holds no more than
// comments.
func decode(r io.Reader) (*yaml.Node, error) {
	var document, second yaml.Node
	decoder := yaml.NewDecoder(r)
	if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	root := document.Content[0]
	if root.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("line %d is no setting; write lines such as threads: 4", root.Line)
	}
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is a second document; keep all settings in the first")
	}
	return root, nil
}

// readSettings walks the nodes rather than a decoded map, because they know their lines.
func readSettings(file string, root *yaml.Node) (map[string]any, error) {
	values := map[string]any{}
	var problems []error
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, node := root.Content[i], root.Content[i+1]
		text, err := readSetting(file, key.Value, node)
		if _, twice := values[key.Value]; twice && err == nil {
			err = errors.New("set twice")
		}
		if err != nil {
			source := fmt.Sprintf("%s:%d", file, key.Line)
			problems = append(problems, &Error{Source: source, Key: key.Value, Err: err})
			continue
		}
		values[key.Value] = text
	}
	return values, errors.Join(problems...)
}

func readSetting(file, key string, node *yaml.Node) (string, error) {
	s, ok := find(key)
	switch {
	case !ok:
		return "", unknown()
	case node.Kind != yaml.ScalarNode:
		return "", errors.New("must be a single value")
	case node.Tag == "!!null":
		return "", errors.New("has no value")
	}
	text := node.Value
	if s.path && text != "" && !filepath.IsAbs(text) {
		text = filepath.Join(filepath.Dir(file), text)
	}
	return text, s.check(text)
}
