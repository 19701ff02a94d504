package worker

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"

	"explant/io/imagefile"
)

// The files that a worker inherits, behind the three standard ones.
const (
	requestFD = 3
	answerFD  = 4
	memoryFD  = 5 // the first of the slots
)

// variable makes a program serve; its value is the number of slots and the limit of memory.
const variable = "EXPLANT_READ_WORKER"

// maxMessage bounds one message; the longest are descriptions with many warnings.
const maxMessage = 16 << 20

type operation string

const (
	opOpen   operation = "open"
	opRead   operation = "read"
	opCancel operation = "cancel" // ends the request whose ID is in Slot
	opClose  operation = "close"
)

// request asks a worker; requests may overlap.
type request struct {
	ID      int
	Op      operation
	Decoder Decoder          `json:",omitempty"`
	Path    string           `json:",omitempty"`
	Window  imagefile.Window `json:",omitzero"`
	Slot    int              `json:",omitempty"`
	Bytes   int              `json:",omitempty"`
}

// answer comes in any order. The first, with ID 0, says that the worker is ready.
type answer struct {
	ID    int
	Error string          `json:",omitempty"`
	Info  *imagefile.Info `json:",omitempty"`
}

func send(w io.Writer, message any) error {
	b, err := json.Marshal(message)
	if err != nil {
		return err
	}
	_, err = w.Write(append(binary.LittleEndian.AppendUint32(make([]byte, 0, 4+len(b)), uint32(len(b))), b...))
	return err
}

func receive(r io.Reader, message any) error {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return err
	}
	n := binary.LittleEndian.Uint32(head[:])
	if n > maxMessage {
		return fmt.Errorf("a message of %d bytes", n)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return err
	}
	return json.Unmarshal(b, message)
}

// believable checks a description that comes from a process that hostile data may have taken over.
func believable(i *imagefile.Info) error {
	if i == nil {
		return fmt.Errorf("no description")
	}
	if err := i.Grid.Check(); err != nil {
		return err
	}
	if i.Type.Size() == 0 || i.Channels < 1 || i.Channels > 64 || len(i.Levels) == 0 || i.Levels[0].N != i.Grid.N {
		return fmt.Errorf("an impossible description")
	}
	for _, name := range i.Beside {
		if name != filepath.Base(name) || !filepath.IsLocal(name) {
			return fmt.Errorf("an impossible name of another file")
		}
	}
	for _, l := range i.Levels {
		for a, n := range l.N {
			if n < 1 || n > i.Grid.N[a] {
				return fmt.Errorf("an impossible level of %v", l.N)
			}
		}
	}
	return nil
}
