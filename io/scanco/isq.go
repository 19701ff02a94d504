package scanco

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"

	"explant/io/array"
	"explant/io/calibration"
	"explant/io/imagefile"
)

// Blocks of 512 bytes are the unit of an ISQ file; its header takes one.
const block = 512

// openISQ reads the header, which is the first block.
func openISQ(path string, head []byte) (*array.Reader, error) {
	if len(head) < block {
		return nil, errors.New("the header is cut short")
	}
	field := func(at int) int { return int(int32(binary.LittleEndian.Uint32(head[at:]))) }
	if t := field(16); t != 3 {
		return nil, fmt.Errorf("data type %d is not read; 3, slices of 16 bits, is", t)
	}
	info := imagefile.Info{Format: "Scanco ISQ", Type: imagefile.Int16, Channels: 1, Warnings: scaling(int64(field(88)))}
	s := calibration.Statement{Field: "ISQ physical size", Unit: "µm"}
	for a := range 3 {
		info.Grid.N[a] = field(44 + 4*a)
		if n := info.Grid.N[a]; n > 0 {
			s.Size[a] = float64(field(56+4*a)) / float64(n)
			s.Relative = max(s.Relative, calibration.Rounding(float64(field(56+4*a))))
		}
	}
	if step := float64(field(72)); step > 0 && math.Abs(step-s.Size[2]) > 1+0.01*s.Size[2] {
		s.Notes = append(s.Notes, fmt.Sprintf("the header also says that slices are %g µm apart, but their physical size makes it %.6g µm", step, s.Size[2]))
	}
	s.Apply(&info.Grid)
	if field(28) != 0 {
		info.Identifiers = append(info.Identifiers, "ISQ patient index")
	}
	if strings.Trim(string(head[128:168]), " \x00") != "" {
		info.Identifiers = append(info.Identifiers, "ISQ name")
	}
	offset := field(508)
	if offset < 0 {
		return nil, fmt.Errorf("the samples cannot begin at block %d", offset)
	}
	return array.New(path, info, array.Layout{Type: imagefile.Int16}, array.Part{Path: path, At: (int64(offset) + 1) * block})
}
