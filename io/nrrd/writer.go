package nrrd

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unsafe"

	"github.com/klauspost/compress/gzip"

	"explant/analysis/result"
	"explant/volume"
)

// Write writes v with gzip compression. Spacing, origin and axes stand in the header when all three
// spacings are known; otherwise the header says nothing about them, which readers take for unknown.
// Classes become key:=value pairs as 3D Slicer reads them from segmentations. The same volume gives
// the same bytes.
func Write[T volume.Voxel](ctx context.Context, w io.Writer, v *volume.Volume[T], classes []result.Class) error {
	if err := v.Check(); err != nil {
		return fmt.Errorf("write NRRD: %w", err)
	}
	b := bufio.NewWriterSize(w, 1<<16)
	if _, err := b.WriteString(describe[T](v.Grid, classes)); err != nil {
		return fmt.Errorf("write NRRD: %w", err)
	}
	z, err := gzip.NewWriterLevel(b, gzip.BestSpeed)
	if err != nil {
		return fmt.Errorf("write NRRD: %w", err)
	}
	for s := range v.N[2] {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := z.Write(bytesOf(v.Slice(s))); err != nil {
			return fmt.Errorf("write NRRD slice %d: %w", s, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write NRRD: %w", err)
	}
	return b.Flush()
}

func bytesOf[T volume.Voxel](s []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), len(s)*int(unsafe.Sizeof(s[0])))
}

// names are the NRRD names of the voxel types.
var names = map[reflect.Kind]string{
	reflect.Uint8: "uint8", reflect.Int8: "int8", reflect.Uint16: "uint16", reflect.Int16: "int16",
	reflect.Uint32: "uint32", reflect.Int32: "int32", reflect.Float32: "float", reflect.Float64: "double",
}

func describe[T volume.Voxel](g volume.Grid, classes []result.Class) string {
	var s strings.Builder
	s.WriteString("NRRD0005\n# http://teem.sourceforge.net/nrrd/format.html\n")
	fmt.Fprintf(&s, "type: %s\ndimension: 3\n", names[reflect.TypeFor[T]().Kind()])
	_, err := g.VoxelVolume()
	known := err == nil
	if known {
		s.WriteString("space: left-posterior-superior\n")
	}
	fmt.Fprintf(&s, "sizes: %d %d %d\n", g.N[0], g.N[1], g.N[2])
	if known {
		s.WriteString("space directions:")
		for a, axis := range axes(g) {
			s.WriteString(" " + vector(axis, g.Spacing[a]))
		}
		s.WriteString("\n")
	}
	s.WriteString("kinds: domain domain domain\nendian: little\nencoding: gzip\n")
	if known {
		fmt.Fprintf(&s, "space units: \"mm\" \"mm\" \"mm\"\nspace origin: %s\n", vector(g.Origin, 1))
	}
	for i, c := range classes {
		writeClass(&s, i, c)
	}
	s.WriteString("\n")
	return s.String()
}

func axes(g volume.Grid) [3][3]float64 {
	if g.Axes == ([3][3]float64{}) {
		return [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}
	}
	return g.Axes
}

// vector writes v scaled, every number with the fewest digits that give it back exactly.
func vector(v [3]float64, scale float64) string {
	parts := make([]string, 3)
	for i := range v {
		parts[i] = strconv.FormatFloat(v[i]*scale, 'g', -1, 64)
	}
	return "(" + strings.Join(parts, ",") + ")"
}

func writeClass(s *strings.Builder, i int, c result.Class) {
	name := strings.NewReplacer("\\", `\\`, "\n", `\n`, "\r", " ").Replace(c.Name)
	fmt.Fprintf(s, "Segment%d_ID:=%s\nSegment%d_Name:=%s\nSegment%d_LabelValue:=%d\nSegment%d_Layer:=0\n", i, name, i, name, i, c.Value, i)
	var r, g, b uint8
	if n, _ := fmt.Sscanf(c.Color, "#%02x%02x%02x", &r, &g, &b); n == 3 {
		fmt.Fprintf(s, "Segment%d_Color:=%.4f %.4f %.4f\n", i, float64(r)/255, float64(g)/255, float64(b)/255)
	}
}
