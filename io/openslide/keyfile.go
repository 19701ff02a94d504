package openslide

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// maxKeyFile bounds the text files that describe a slide; OpenSlide reads no larger ones.
const maxKeyFile = 1 << 20

// keyFile is a text file of keys and values in groups.
type keyFile map[string]map[string]string

func readKeyFile(path string) (keyFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	if len(text) > maxKeyFile {
		return nil, fmt.Errorf("it is longer than %d bytes", maxKeyFile)
	}
	return parseKeyFile(text), nil
}

// parseKeyFile leaves out what is neither a group nor a key: OpenSlide says what is wrong with it.
func parseKeyFile(text []byte) keyFile {
	k := keyFile{}
	group := k.group("")
	lines := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	lines.Buffer(nil, maxKeyFile+1)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]") {
			group = k.group(line[1 : len(line)-1])
		} else if key, value, ok := strings.Cut(line, "="); ok && !strings.HasPrefix(line, "#") {
			group[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
	return k
}

func (k keyFile) group(name string) map[string]string {
	if k[name] == nil {
		k[name] = map[string]string{}
	}
	return k[name]
}
