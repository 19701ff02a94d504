package classify

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"explant/analysis/forest"
)

// magic begins a model; its last figure is the version of the format.
const magic = "explant classifier 1\n"

// ErrModel is returned for a file that is no model.
var ErrModel = errors.New("not a classifier of this program, or a damaged one")

// Encode gives the file of a model: the magic line, the length of the description as a little-endian uint32, the
// description as JSON, the forest, and the SHA-256 of all before it. It sets m.Hash.
func (m *Model) Encode() ([]byte, error) {
	text, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("write the classifier: %w", err)
	}
	b := append([]byte(magic), 0, 0, 0, 0)
	binary.LittleEndian.PutUint32(b[len(magic):], uint32(len(text)))
	b = append(append(b, text...), m.Forest.Encode()...)
	sum := sha256.Sum256(b)
	m.Hash = hex.EncodeToString(sum[:])
	return append(b, sum[:]...), nil
}

// IsModel says whether a file begins as a model does.
func IsModel(head []byte) bool { return bytes.HasPrefix(head, []byte(magic)) }

// Decode reads what [Model.Encode] wrote. Any change to the bytes is an error, and so is a file that was made to
// look whole but whose numbers do not fit together.
func Decode(data []byte) (*Model, error) {
	head := len(magic) + 4
	if !IsModel(data) || len(data) < head+sha256.Size {
		return nil, ErrModel
	}
	body := data[:len(data)-sha256.Size]
	sum := sha256.Sum256(body)
	if !bytes.Equal(sum[:], data[len(body):]) {
		return nil, fmt.Errorf("%w: its checksum is wrong, it was changed or cut", ErrModel)
	}
	n := int64(binary.LittleEndian.Uint32(body[len(magic):]))
	if n > int64(len(body)-head) {
		return nil, fmt.Errorf("%w: a description of %d bytes in %d", ErrModel, n, len(body))
	}
	m := &Model{Hash: hex.EncodeToString(sum[:])}
	if err := json.Unmarshal(body[head:head+int(n)], m); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	var err error
	if m.Forest, err = forest.Decode(body[head+int(n):]); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	return m, nil
}
