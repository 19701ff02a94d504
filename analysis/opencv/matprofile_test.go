//go:build matprofile

package opencv

import (
	"fmt"
	"os"
	"testing"

	"gocv.io/x/gocv"
)

// TestMain fails when a Mat was created and not closed. Run it with -tags matprofile.
func TestMain(m *testing.M) {
	code := m.Run()
	if n := gocv.MatProfile.Count(); n != 0 {
		fmt.Fprintf(os.Stderr, "%d Mats were never closed\n", n)
		code = 1
	}
	os.Exit(code)
}
