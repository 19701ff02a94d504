package tiff

import "io"

// lookahead reads a file in pieces of 4 KiB, so that the small parts of a directory, which lie together,
// cost one call to the system.
type lookahead struct {
	r    io.ReaderAt
	buf  [4096]byte
	at   int64
	have int
}

// ReadAt is that of the file.
func (l *lookahead) ReadAt(p []byte, at int64) (int, error) {
	if len(p) > len(l.buf) {
		return l.r.ReadAt(p, at)
	}
	if at < l.at || at+int64(len(p)) > l.at+int64(l.have) {
		n, err := l.r.ReadAt(l.buf[:], at)
		if l.at, l.have = at, n; n < len(p) {
			return copy(p, l.buf[:n]), err
		}
	}
	return copy(p, l.buf[at-l.at:l.have]), nil
}
