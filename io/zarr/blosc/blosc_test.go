package blosc

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// frames were packed by numcodecs 0.11.0 (C-Blosc 1.21.3), Blosc(cname, clevel=5, shuffle, blocksize): name,
// shuffle, block size, frame in base64. They hold 600 samples of uint16: i//7 % 300 + 512 where 5 divides i².
//
//go:embed testdata/frames.txt
var frames string

func samples() []byte {
	var b []byte
	for i := range 600 {
		v := i / 7 % 300
		if i*i%5 == 0 {
			v += 512
		}
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return b
}

// each calls fn for each frame.
func each(t testing.TB, fn func(name string, frame []byte)) {
	for line := range strings.Lines(frames) {
		words := strings.Fields(line)
		frame, err := base64.StdEncoding.DecodeString(words[3])
		if err != nil {
			t.Fatal(err)
		}
		fn(strings.Join(words[:3], " "), frame)
	}
}

func TestFramesOfTheReference(t *testing.T) {
	want, n := samples(), 0
	each(t, func(name string, frame []byte) {
		got, err := Decode(frame, len(want))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := Decode(frame, len(want)-1); err == nil {
			t.Errorf("%s: more than a chunk may hold", name)
		}
		n++
	})
	if n != 24 {
		t.Errorf("%d frames", n)
	}
}

func TestTruncatedFrames(t *testing.T) {
	each(t, func(name string, frame []byte) {
		for n := range frame {
			if _, err := Decode(frame[:n], 1200); err == nil {
				t.Fatalf("%s: %d of %d bytes", name, n, len(frame))
			}
		}
	})
}

func TestDamagedFrames(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 0))
	each(t, func(name string, frame []byte) {
		for range 300 {
			b := bytes.Clone(frame)
			for range 1 + rng.IntN(3) {
				b[rng.IntN(len(b))] = byte(rng.Uint32())
			}
			if got, err := Decode(b, 1200); err == nil && len(got) > 1200 {
				t.Fatalf("%s: %d bytes", name, len(got))
			}
		}
	})
}

func TestWhatIsNotRead(t *testing.T) {
	frame := func(version, flags byte, size, n, block, packed int) []byte {
		b := []byte{version, 1, flags, byte(size)}
		for _, v := range []int{n, block, packed, 20, 4} { // the block begins at 20, its stream has 4 bytes
			b = binary.LittleEndian.AppendUint32(b, uint32(v))
		}
		return append(b, make([]byte, 56)...)
	}
	for name, c := range map[string]struct {
		b    []byte
		part string
	}{
		"of Blosc 2":           {frame(5, 1, 2, 8, 8, 24), "version 5"},
		"a bomb":               {frame(2, 0x20, 1, 1<<30, 1<<30, 40), "claims 1073741824 bytes"},
		"no blocks":            {frame(2, 0x20, 1, 8, 0, 40), "without blocks"},
		"no sample":            {frame(2, 0x20, 0, 8, 8, 40), "without blocks"},
		"longer than it is":    {frame(2, 0x20, 1, 8, 8, 400), "cut short"},
		"an unknown format":    {frame(2, 0xf0, 1, 8, 8, 80), "format 7"},
		"stored and too short": {frame(2, 2, 1, 65, 65, 80), "cut short"},
	} {
		if _, err := Decode(c.b, 1<<31); err == nil || !strings.Contains(err.Error(), c.part) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, err := Decode(frame(2, 0x20, 1, 0, 0, 16), 8); err != nil || len(got) != 0 {
		t.Errorf("nothing: %v, %v", got, err)
	}
}

// Sorting done here bit by bit, as its definition says.
func TestUnshuffle(t *testing.T) {
	for _, size := range []int{1, 2, 3, 4, 8, 17} {
		want := make([]byte, 40*size+size/2)
		rng := rand.New(rand.NewPCG(uint64(size), 1))
		for i := range want {
			want[i] = byte(rng.Uint32())
		}
		sorted, bits := bytes.Clone(want), bytes.Clone(want)
		for i := range 40 * size {
			sample, k := i/size, i%size
			sorted[k*40+sample] = want[i]
			for b := range 8 {
				at := (k*8+b)*40 + sample // in bits
				bits[at/8] = bits[at/8]&^(1<<(at%8)) | want[i]>>b&1<<(at%8)
			}
		}
		got := make([]byte, len(want))
		if Unshuffle(got, sorted, size); !bytes.Equal(got, want) {
			t.Errorf("bytes of samples of %d", size)
		}
		if unshuffleBits(got, bits, size); !bytes.Equal(got, want) {
			t.Errorf("bits of samples of %d", size)
		}
	}
}

func FuzzDecode(f *testing.F) {
	each(f, func(_ string, frame []byte) { f.Add(frame) })
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, err := Decode(b, 1<<16); err == nil && len(got) > 1<<16 {
			t.Errorf("%d bytes", len(got))
		}
	})
}

func ExampleDecode() {
	frame := []byte{2, 1, stored, 1, 5, 0, 0, 0, 5, 0, 0, 0, 21, 0, 0, 0, 'c', 'h', 'u', 'n', 'k'}
	b, err := Decode(frame, 100)
	fmt.Printf("%s %v\n", b, err)
	// Output: chunk <nil>
}

func BenchmarkUnshuffle(b *testing.B) {
	src := make([]byte, 1<<20)
	dst := make([]byte, len(src))
	for name, fn := range map[string]func(dst, src []byte, size int){"bytes": Unshuffle, "bits": unshuffleBits} {
		for _, size := range []int{2, 4, 8} {
			b.Run(fmt.Sprintf("%s/size=%d", name, size), func(b *testing.B) {
				b.SetBytes(int64(len(src)))
				for b.Loop() {
					fn(dst, src, size)
				}
			})
		}
	}
}
