package config

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

func TestParseSize(t *testing.T) {
	for _, c := range []struct {
		text string
		want Size
	}{
		{"0", 0}, {"0B", 0}, {"1B", 1}, {"4GiB", 4 << 30}, {"4 gib", 4 << 30}, {" 512MiB ", 512 << 20},
		{"1.5GiB", 3 << 29}, {"1kB", 1000}, {"1KB", 1000}, {"2TB", 2e12}, {"0.5KiB", 512}, {"0.3B", 0},
		{"9007199254740993B", 9007199254740993}, {"8388607TiB", 8388607 << 40},
	} {
		if got, err := ParseSize(c.text); err != nil || got != c.want {
			t.Errorf("ParseSize(%q) = %d, %v, want %d", c.text, int64(got), err, int64(c.want))
		}
	}
}

func TestParseSizeRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":               "does not begin with a number",
		"GiB":            "does not begin with a number",
		"-4GiB":          "does not begin with a number",
		"4":              "has no unit; write for example 4GiB",
		"4G":             "no unit that is known",
		"4e3GiB":         "no unit that is known",
		"1.2.3GiB":       "not a number and a unit",
		".GiB":           "not a number and a unit",
		"8388608TiB":     "too large",
		"99999999999TiB": "too large",
	} {
		if got, err := ParseSize(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseSize(%q) = %d, %v, want an error with %q", text, int64(got), err, want)
		}
	}
}

func TestSizeStringReadsBack(t *testing.T) {
	for _, s := range []Size{0, 1, 999, 1000, 1023, 1024, 1e12, 3 << 29, 4 << 30, 1<<53 + 1, math.MaxInt64} {
		if got, err := ParseSize(s.String()); err != nil || got != s {
			t.Errorf("%d is written %q and read as %d, %v", int64(s), s, int64(got), err)
		}
	}
}

func ExampleParseSize() {
	size, err := ParseSize("1.5GiB")
	fmt.Println(int64(size), size, err)
	// Output: 1610612736 1536MiB <nil>
}
