package worker

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"

	"explant/io/imagefile"
)

// A line carries the requests for pixels of one slot, one after the other, and their answers. It is a socket that
// blocks: whoever waits at its end is woken by the kernel, which takes half the time of waking a goroutine
// by way of the network poller, and a tenth of it on a busy machine.

// newLine gives both ends; the second one is for the worker.
func newLine() (own int, other *os.File, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, nil, fmt.Errorf("line to a reading worker: %w", err)
	}
	return fds[0], os.NewFile(uintptr(fds[1]), "line"), nil
}

// lineNumbers is the length of a request on a line.
const lineNumbers = 10

// toLine is a request for pixels as it travels on a line.
func toLine(q request) []byte {
	b := make([]byte, 0, 8*lineNumbers)
	w := q.Window
	for _, v := range [lineNumbers]int{q.ID, w.Level, w.Min[0], w.Min[1], w.Min[2], w.Max[0], w.Max[1], w.Max[2], q.Slot, q.Bytes} {
		b = binary.LittleEndian.AppendUint64(b, uint64(v))
	}
	return b
}

func fromLine(b []byte) request {
	var n [lineNumbers]int
	for i := range n {
		n[i] = int(binary.LittleEndian.Uint64(b[8*i:]))
	}
	return request{ID: n[0], Op: opRead, Window: imagefile.Window{Level: n[1], Min: [3]int(n[2:5]), Max: [3]int(n[5:8])}, Slot: n[8], Bytes: n[9]}
}

// tellLine sends the answer to a request: the text of an error, empty when the pixels are there.
func tellLine(fd int, text string) error {
	text = text[:min(len(text), maxLineText)]
	return writeLine(fd, append(binary.LittleEndian.AppendUint32(nil, uint32(len(text))), text...))
}

// maxLineText bounds the text of an error.
const maxLineText = 1 << 16

var errLine = errors.New("an answer")

// hearLine waits for an answer.
func hearLine(fd int) (text string, err error) {
	var head [4]byte
	if err := readLine(fd, head[:]); err != nil {
		return "", err
	}
	n := binary.LittleEndian.Uint32(head[:])
	if n > maxLineText {
		return "", fmt.Errorf("%w of %d bytes", errLine, n)
	}
	b := make([]byte, n)
	err = readLine(fd, b)
	return string(b), err
}

func writeLine(fd int, b []byte) error {
	for len(b) > 0 {
		n, err := unix.Write(fd, b)
		if err != nil && !errors.Is(err, unix.EINTR) {
			return err
		}
		b = b[max(n, 0):]
	}
	return nil
}

// readLine fills b; io.EOF when the other end has gone.
func readLine(fd int, b []byte) error {
	for len(b) > 0 {
		n, err := unix.Read(fd, b)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return err
		case n == 0:
			return io.EOF
		}
		b = b[max(n, 0):]
	}
	return nil
}
