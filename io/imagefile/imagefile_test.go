package imagefile

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"explant/volume"
)

func info(n [3]int, channels int, t Type) Info {
	return Info{Grid: volume.Grid{N: n}, Type: t, Channels: channels, Levels: []Level{{N: n}}}
}

func TestSizes(t *testing.T) {
	for typ, want := range map[Type]int{Uint8: 1, Int8: 1, Uint16: 2, Int16: 2, Uint32: 4, Int32: 4, Float32: 4, Float64: 8, "complex": 0} {
		if got := typ.Size(); got != want {
			t.Errorf("%s has %d bytes, not %d", typ, got, want)
		}
	}
	i := info([3]int{4, 3, 2}, 3, Uint16)
	if i.Bytes() != 144 || Bytes(i, Whole(i, 0)) != 144 || Bytes(i, Window{Min: [3]int{1, 1, 1}, Max: [3]int{3, 2, 2}}) != 12 {
		t.Errorf("%d bytes, window of %d", i.Bytes(), Bytes(i, Whole(i, 0)))
	}
}

func TestCheckWindow(t *testing.T) {
	i := info([3]int{4, 3, 2}, 1, Uint8)
	for _, c := range []struct {
		w  Window
		ok bool
	}{
		{Whole(i, 0), true},
		{Window{Min: [3]int{3, 2, 1}, Max: [3]int{4, 3, 2}}, true},
		{Window{Max: [3]int{5, 3, 2}}, false},
		{Window{Min: [3]int{0, -1, 0}, Max: [3]int{4, 3, 2}}, false},
		{Window{Min: [3]int{2, 0, 0}, Max: [3]int{2, 3, 2}}, false},
		{Window{Level: 1, Max: [3]int{1, 1, 1}}, false},
		{Window{Level: -1, Max: [3]int{1, 1, 1}}, false},
	} {
		if err := CheckWindow(i, c.w); (err == nil) != c.ok {
			t.Errorf("%+v: %v", c.w, err)
		}
	}
	if CheckInto(i, Whole(i, 0), make([]byte, 23)) == nil || CheckInto(i, Whole(i, 0), make([]byte, 24)) != nil {
		t.Error("memory of the wrong size, or refused memory of the right one")
	}
}

func TestSwapBytes(t *testing.T) {
	for size, want := range map[int][]byte{
		1: {1, 2, 3, 4, 5, 6, 7, 8}, 2: {2, 1, 4, 3, 6, 5, 8, 7}, 4: {4, 3, 2, 1, 8, 7, 6, 5}, 8: {8, 7, 6, 5, 4, 3, 2, 1},
	} {
		b := []byte{1, 2, 3, 4, 5, 6, 7, 8}
		if SwapBytes(b, size); !slices.Equal(b, want) {
			t.Errorf("samples of %d bytes: %v", size, b)
		}
	}
}

// plain is a reader without ReadInto.
type plain struct{ i Info }

func (p plain) Info() Info   { return p.i }
func (p plain) Close() error { return nil }
func (p plain) Read(_ context.Context, w Window) (Block, error) {
	return Block{N: w.N(), Data: bytes.Repeat([]byte{7}, Bytes(p.i, w))}, nil
}

// into is the same with it.
type into struct{ plain }

func (p into) ReadInto(_ context.Context, _ Window, dst []byte) error {
	copy(dst, bytes.Repeat([]byte{9}, len(dst)))
	return nil
}

func TestReadInto(t *testing.T) {
	p := plain{info([3]int{2, 1, 1}, 1, Uint8)}
	for _, c := range []struct {
		r    Reader
		want []byte
	}{{p, []byte{7, 7}}, {into{p}, []byte{9, 9}}} {
		dst := make([]byte, 2)
		if err := ReadInto(t.Context(), c.r, Whole(p.i, 0), dst); err != nil || !bytes.Equal(dst, c.want) {
			t.Errorf("%T: %v, %v", c.r, dst, err)
		}
	}
	if err := ReadInto(t.Context(), p, Whole(p.i, 0), make([]byte, 3)); err == nil {
		t.Error("memory of the wrong size")
	}
	b, err := ReadBlock(t.Context(), into{p}, Whole(p.i, 0))
	if err != nil || b.Type != Uint8 || b.Channels != 1 || !bytes.Equal(b.Data, []byte{9, 9}) {
		t.Errorf("%+v, %v", b, err)
	}
}
