package worker

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"

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

// shortMark begins a message that is not JSON: the numbers of one that is sent for every window.
const shortMark = 1

// short is a message that has a short form.
type short interface {
	// numbers are the message, when it has nothing else.
	numbers() []int
	// setNumbers makes the message what numbers gave.
	setNumbers([]int) error
}

func (q *request) numbers() []int {
	if q.Op != opRead {
		return nil
	}
	w := &q.Window
	return []int{q.ID, w.Level, w.Min[0], w.Min[1], w.Min[2], w.Max[0], w.Max[1], w.Max[2], q.Slot, q.Bytes}
}

func (q *request) setNumbers(n []int) error {
	if len(n) != 10 {
		return fmt.Errorf("a request of %d numbers", len(n))
	}
	*q = request{ID: n[0], Op: opRead, Window: imagefile.Window{Level: n[1], Min: [3]int(n[2:5]), Max: [3]int(n[5:8])}, Slot: n[8], Bytes: n[9]}
	return nil
}

func (a *answer) numbers() []int {
	if a.Error != "" || a.Info != nil {
		return nil
	}
	return []int{a.ID}
}

func (a *answer) setNumbers(n []int) error {
	if len(n) != 1 {
		return fmt.Errorf("an answer of %d numbers", len(n))
	}
	*a = answer{ID: n[0]}
	return nil
}

func send(w io.Writer, message short) error {
	b := make([]byte, 4, 128)
	if n := message.numbers(); n != nil {
		b = append(b, shortMark)
		for _, v := range n {
			b = binary.LittleEndian.AppendUint64(b, uint64(v))
		}
	} else {
		text, err := json.Marshal(message)
		if err != nil {
			return err
		}
		b = append(b, text...)
	}
	binary.LittleEndian.PutUint32(b, uint32(len(b)-4))
	_, err := w.Write(b)
	return err
}

// receive reads one message. r is buffered, so that a message costs one call of the system.
func receive(r *bufio.Reader, message short) error {
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
	if n == 0 || b[0] != shortMark {
		return json.Unmarshal(b, message)
	}
	var numbers []int
	for b = b[1:]; len(b) >= 8; b = b[8:] {
		numbers = append(numbers, int(binary.LittleEndian.Uint64(b)))
	}
	return message.setNumbers(numbers)
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
	for _, l := range i.Levels {
		for a, n := range l.N {
			if n < 1 || n > i.Grid.N[a] {
				return fmt.Errorf("an impossible level of %v", l.N)
			}
		}
	}
	return nil
}
