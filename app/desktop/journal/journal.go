// Package journal keeps what a person draws, one record a step, on the disk before it is on the screen.
// A journal is only ever appended to; replaying it gives back the objects and the steps that can be
// undone, whatever moment the program was killed at.
//
// A record is its length (uint32, of what follows the checksum), a CRC-32C of that, the sequence number
// (uint64, from 1 on), the UTC time (int64, nanoseconds since 1970), the author (uint16 length, UTF-8)
// and the operation as JSON; numbers are little-endian.
package journal

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Operation is one step. Before and After are the object as a GeoJSON feature on both sides of the step:
// an added object has no Before, a deleted one no After.
type Operation struct {
	Op     string          `json:"op"`   // add, change, delete
	Name   string          `json:"name"` // of the step, for people: "Brush"
	ID     string          `json:"id"`   // of the object
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
	Undo   uint64          `json:"undo,omitempty"` // sequence number of the step that this takes back
	Redo   uint64          `json:"redo,omitempty"` // sequence number of the step that this does again
}

// Record is an operation as it stands in a journal.
type Record struct {
	Seq    uint64
	Time   time.Time
	Author string
	Operation
}

// The parts of a record before its body, and the largest body that is believed.
const (
	headBytes = 8
	mostBytes = 64 << 20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Journal is an open journal. One goroutine uses it.
type Journal struct {
	file   *os.File
	seq    uint64
	end    int64 // of the last whole record
	author string
	now    func() time.Time
}

// Torn says how much of a journal was dropped at its end.
type Torn struct {
	Bytes  int64
	Reason string
}

// String is the report of the loss for a person; "" for none.
func (t Torn) String() string {
	if t.Bytes == 0 {
		return ""
	}
	return fmt.Sprintf("the last step was not written whole (%s): %d bytes were dropped, everything before is there", t.Reason, t.Bytes)
}

// Open opens a journal, or makes it and its folder, and replays it: fn gets each record. What is torn at
// the end is cut off and told. An error of fn ends the replay.
func Open(path, author string, fn func(Record) error) (*Journal, Torn, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, Torn{}, fmt.Errorf("journal: %w", err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, Torn{}, fmt.Errorf("journal: %w", err)
	}
	j := &Journal{file: f, author: author, now: time.Now}
	torn, err := j.replay(fn)
	if err != nil {
		return nil, torn, errors.Join(fmt.Errorf("journal %s: %w", path, err), f.Close())
	}
	return j, torn, nil
}

// replay reads the whole records from the start and cuts off the rest.
func (j *Journal) replay(fn func(Record) error) (torn Torn, err error) {
	st, err := j.file.Stat()
	if err != nil {
		return torn, err
	}
	for j.end < st.Size() {
		r, size, reason, err := j.read(st.Size() - j.end)
		if err != nil {
			return torn, err
		}
		if reason != "" {
			torn = Torn{st.Size() - j.end, reason}
			if err := j.file.Truncate(j.end); err != nil {
				return torn, err
			}
			break
		}
		if err := fn(r); err != nil {
			return torn, fmt.Errorf("record %d: %w", r.Seq, err)
		}
		j.seq, j.end = r.Seq, j.end+size
	}
	_, err = j.file.Seek(j.end, io.SeekStart)
	return torn, err
}

// read reads the record at the end of those that are known; reason says why it is none.
func (j *Journal) read(left int64) (r Record, size int64, reason string, err error) {
	var head [headBytes]byte
	if left < headBytes {
		return r, 0, "its head is cut off", nil
	}
	if _, err := j.file.ReadAt(head[:], j.end); err != nil {
		return r, 0, "", err
	}
	n := int64(binary.LittleEndian.Uint32(head[:]))
	switch {
	case n > mostBytes:
		return r, 0, "its length is not possible", nil
	case left < headBytes+n:
		return r, 0, "its end is cut off", nil
	}
	body := make([]byte, n)
	if _, err := j.file.ReadAt(body, j.end+headBytes); err != nil {
		return r, 0, "", err
	}
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(head[4:]) {
		return r, 0, "its checksum does not fit", nil
	}
	if r, err = decode(body); err != nil {
		return r, 0, err.Error(), nil
	}
	if r.Seq != j.seq+1 {
		return r, 0, fmt.Sprintf("it is step %d and step %d is due", r.Seq, j.seq+1), nil
	}
	return r, headBytes + n, "", nil
}

// Append writes operations, all at once, and sees them on the disk; it returns the sequence number of the first one,
// after which the others follow. After an error nothing of them stays.
func (j *Journal) Append(ops ...Operation) (first uint64, err error) {
	var records []byte
	now := j.now().UTC()
	for i, op := range ops {
		body, err := encode(Record{Seq: j.seq + 1 + uint64(i), Time: now, Author: j.author, Operation: op})
		if err != nil {
			return 0, fmt.Errorf("journal: %w", err)
		}
		records = binary.LittleEndian.AppendUint32(records, uint32(len(body)))
		records = binary.LittleEndian.AppendUint32(records, crc32.Checksum(body, castagnoli))
		records = append(records, body...)
	}
	_, err = j.file.Write(records)
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		_, back := j.file.Seek(j.end, io.SeekStart)
		return 0, errors.Join(fmt.Errorf("journal: the step is not saved: %w", err), j.file.Truncate(j.end), back)
	}
	first = j.seq + 1
	j.seq += uint64(len(ops))
	j.end += int64(len(records))
	return first, nil
}

// Close closes the file; every step is on the disk already.
func (j *Journal) Close() error { return j.file.Close() }

func encode(r Record) ([]byte, error) {
	if len(r.Author) > 1<<16-1 {
		return nil, errors.New("the author's name is longer than 65 535 bytes")
	}
	text, err := json.Marshal(r.Operation)
	if err != nil {
		return nil, err
	}
	if len(text) > mostBytes/2 {
		return nil, fmt.Errorf("a step of %d MiB is too large", len(text)>>20)
	}
	b := binary.LittleEndian.AppendUint64(nil, r.Seq)
	b = binary.LittleEndian.AppendUint64(b, uint64(r.Time.UnixNano()))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(r.Author)))
	return append(append(b, r.Author...), text...), nil
}

func decode(b []byte) (r Record, err error) {
	const fixed = 18
	if len(b) < fixed {
		return r, errors.New("it is too short")
	}
	name := int(binary.LittleEndian.Uint16(b[16:]))
	if len(b) < fixed+name {
		return r, errors.New("its author is cut off")
	}
	r.Seq = binary.LittleEndian.Uint64(b)
	r.Time = time.Unix(0, int64(binary.LittleEndian.Uint64(b[8:]))).UTC()
	r.Author = string(b[fixed : fixed+name])
	if err := json.Unmarshal(b[fixed+name:], &r.Operation); err != nil {
		return r, errors.New("its operation is no JSON")
	}
	return r, nil
}
