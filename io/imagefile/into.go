package imagefile

import (
	"context"
	"fmt"
)

// IntoReader is a Reader that can decode into memory of the caller, without a copy.
type IntoReader interface {
	Reader
	// ReadInto decodes a window into dst, which must have its size ([Bytes]).
	ReadInto(ctx context.Context, w Window, dst []byte) error
}

// Bytes is the size of a window of an image when decoded.
func Bytes(i Info, w Window) int {
	n := w.N()
	return n[0] * n[1] * n[2] * i.Channels * i.Type.Size()
}

// CheckInto reports a window outside its level, or a destination of another size.
func CheckInto(i Info, w Window, dst []byte) error {
	if err := CheckWindow(i, w); err != nil {
		return err
	}
	if need := Bytes(i, w); len(dst) != need {
		return fmt.Errorf("a window of %d bytes for %d bytes of memory", need, len(dst))
	}
	return nil
}

// ReadBlock is Read for readers that have ReadInto.
func ReadBlock(ctx context.Context, r IntoReader, w Window) (Block, error) {
	i := r.Info()
	if err := CheckWindow(i, w); err != nil {
		return Block{}, err
	}
	b := Block{N: w.N(), Channels: i.Channels, Type: i.Type, Data: make([]byte, Bytes(i, w))}
	return b, r.ReadInto(ctx, w, b.Data)
}

// ReadInto decodes a window of any reader into dst, which must have its size.
func ReadInto(ctx context.Context, r Reader, w Window, dst []byte) error {
	if into, ok := r.(IntoReader); ok {
		return into.ReadInto(ctx, w, dst)
	}
	if err := CheckInto(r.Info(), w, dst); err != nil {
		return err
	}
	b, err := r.Read(ctx, w)
	if err != nil {
		return err
	}
	copy(dst, b.Data)
	return nil
}

// Whole is the window of all of a level.
func Whole(i Info, level int) Window { return Window{Level: level, Max: i.Levels[level].N} }
