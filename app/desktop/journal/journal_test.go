package journal

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// open opens the journal at path and returns the records in it.
func open(t *testing.T, path string) (*Journal, []Record, Torn) {
	t.Helper()
	var all []Record
	j, torn, err := Open(path, "A. Reader", func(r Record) error { all = append(all, r); return nil })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j, all, torn
}

func op(i int) Operation {
	return Operation{Op: "add", Name: "Brush", ID: fmt.Sprint("object-", i), After: json.RawMessage(`{"type":"Feature"}`)}
}

// write makes a journal of n records and returns where each of them ends.
func write(t *testing.T, path string, n int) (ends []int64) {
	t.Helper()
	j, _, _ := open(t, path)
	for i := range n {
		if seq, err := j.Append(op(i)); err != nil || seq != uint64(i+1) {
			t.Fatalf("step %d: sequence %d, %v", i, seq, err)
		}
		ends = append(ends, j.end)
	}
	return ends
}

func TestReplayGivesBackWhatWasWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "a.log")
	began := time.Now()
	write(t, path, 3)
	_, all, torn := open(t, path)
	if len(all) != 3 || torn.String() != "" {
		t.Fatalf("%d records, %q", len(all), torn)
	}
	for i, r := range all {
		if r.Seq != uint64(i+1) || r.Author != "A. Reader" || r.ID != op(i).ID || string(r.After) != string(op(i).After) {
			t.Errorf("record %d: %+v", i, r)
		}
		if r.Time.Before(began.Add(-time.Second)) || r.Time.After(time.Now()) || r.Time.Location() != time.UTC {
			t.Errorf("record %d at %v", i, r.Time)
		}
	}
}

// TestStepsWrittenAtOnceAreRecordsOfTheirOwn writes one, three, none and one, and reads five.
func TestStepsWrittenAtOnceAreRecordsOfTheirOwn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.log")
	j, _, _ := open(t, path)
	for _, c := range []struct {
		ops   []Operation
		first uint64
	}{{[]Operation{op(1)}, 1}, {[]Operation{op(2), op(3), op(4)}, 2}, {nil, 5}, {[]Operation{op(5)}, 5}} {
		if first, err := j.Append(c.ops...); err != nil || first != c.first {
			t.Fatalf("%d steps begin at %d, want %d; %v", len(c.ops), first, c.first, err)
		}
	}
	_, all, torn := open(t, path)
	if len(all) != 5 || torn.String() != "" {
		t.Fatalf("%d records, %q", len(all), torn)
	}
	for i, r := range all {
		if r.Seq != uint64(i+1) || r.ID != op(i+1).ID {
			t.Errorf("record %d is step %d of %s", i+1, r.Seq, r.ID)
		}
	}
}

// TestEveryCutLosesAtMostTheLastRecord cuts a journal at every byte.
func TestEveryCutLosesAtMostTheLastRecord(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.log")
	ends := write(t, path, 3)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := range len(whole) + 1 {
		path := filepath.Join(dir, "cut.log")
		if err := os.WriteFile(path, whole[:cut], 0o644); err != nil {
			t.Fatal(err)
		}
		want, edge := 0, cut == 0
		for i, end := range ends {
			if int64(cut) >= end {
				want = i + 1
			}
			edge = edge || int64(cut) == end
		}
		j, all, torn := open(t, path)
		if len(all) != want || (torn.String() == "") != edge {
			t.Fatalf("cut at %d of %d: %d records, %q", cut, len(whole), len(all), torn)
		}
		if seq, err := j.Append(op(9)); err != nil || seq != uint64(want+1) {
			t.Fatalf("cut at %d: next step %d, %v", cut, seq, err)
		}
		_ = j.Close()
		if _, all, torn := open(t, path); len(all) != want+1 || torn.String() != "" {
			t.Fatalf("cut at %d: after the next step %d records, %q", cut, len(all), torn)
		}
	}
}

func TestChangedBytesAreNoticed(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.log")
	ends := write(t, path, 2)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := ends[0]; at < ends[1]; at++ {
		changed := append([]byte(nil), whole...)
		changed[at] ^= 0x40
		path := filepath.Join(dir, "changed.log")
		if err := os.WriteFile(path, changed, 0o644); err != nil {
			t.Fatal(err)
		}
		if j, all, torn := open(t, path); len(all) != 1 || torn.String() == "" {
			t.Fatalf("byte %d changed: %d records, %q", at, len(all), torn)
		} else {
			_ = j.Close()
		}
	}
}
