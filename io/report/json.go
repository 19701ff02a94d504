package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"github.com/gowebpki/jcs"

	"explant/analysis/result"
)

// WriteJSON writes r indented, its map keys sorted: the same result always gives the same bytes.
func WriteJSON(w io.Writer, r result.Result) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	return nil
}

// idDigits is the length of a report id in hexadecimal digits: 80 bits, past any accidental clash.
const idDigits = 20

// ID is the report id of r: the first digits of the SHA-256 of its canonical JSON (RFC 8785), the id
// itself taken as empty.
func ID(r result.Result) (string, error) {
	r.ID = ""
	data, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("report id: %w", err)
	}
	canonical, err := jcs.Transform(data)
	if err != nil {
		return "", fmt.Errorf("report id: %w", err)
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:])[:idDigits], nil
}
