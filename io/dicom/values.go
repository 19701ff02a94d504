package dicom

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	lib "github.com/suyashkumar/dicom"
	"github.com/suyashkumar/dicom/pkg/tag"
)

// values are the elements of a data set or of an item.
type values []*lib.Element

// parse lets the library read elements that are written in syntax y, behind a header made for it.
func parse(y syntax, elements []byte) (v values, err error) {
	defer func() {
		if p := recover(); p != nil {
			v, err = nil, errors.New("its header is damaged")
		}
	}()
	uid := implicitLittle // how the elements stand here, packed pixels or not
	switch {
	case y.big:
		uid = explicitBig
	case y.explicit:
		uid = explicitLittle
	}
	if len(uid)%2 == 1 {
		uid += "\x00"
	}
	var meta []byte
	meta = append(meta, 2, 0, 0x10, 0, 'U', 'I')
	meta = binary.LittleEndian.AppendUint16(meta, uint16(len(uid)))
	meta = append(meta, uid...)
	file := append(make([]byte, 128, 256+len(elements)), "DICM\x02\x00\x00\x00UL\x04\x00"...)
	file = binary.LittleEndian.AppendUint32(file, uint32(len(meta)))
	file = append(append(file, meta...), elements...)
	d, err := lib.Parse(bytes.NewReader(file), int64(len(file)), nil, lib.SkipPixelData())
	if err != nil {
		return nil, fmt.Errorf("its header is damaged: %s", strings.ReplaceAll(err.Error(), "\n", ", "))
	}
	return d.Elements, nil
}

func (v values) get(t tag.Tag) any {
	for _, e := range v {
		if e.Tag == t && e.Value != nil {
			return e.Value.GetValue()
		}
	}
	return nil
}

// text is the first value of an element, trimmed.
func (v values) text(t tag.Tag) string {
	if s, ok := v.get(t).([]string); ok && len(s) > 0 {
		return strings.Trim(s[0], " \x00")
	}
	return ""
}

// texts are the values of an element, trimmed.
func (v values) texts(t tag.Tag) (out []string) {
	all, _ := v.get(t).([]string)
	for _, s := range all {
		out = append(out, strings.Trim(s, " \x00"))
	}
	return out
}

// floats are the numbers of an element; none when one of them is no finite number.
func (v values) floats(t tag.Tag) []float64 {
	switch x := v.get(t).(type) {
	case []float64:
		return x
	case []string:
		out := make([]float64, 0, len(x))
		for _, s := range x {
			f, err := strconv.ParseFloat(strings.Trim(s, " \x00"), 64)
			if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
				return nil
			}
			out = append(out, f)
		}
		return out
	}
	return nil
}

// float is the first number of an element, or otherwise.
func (v values) float(t tag.Tag, otherwise float64) float64 {
	if f := v.floats(t); len(f) > 0 {
		return f[0]
	}
	return otherwise
}

// integer is the first number of an element, or otherwise when it has none.
func (v values) integer(t tag.Tag, otherwise int) (int, error) {
	switch x := v.get(t).(type) {
	case []int:
		if len(x) > 0 {
			return x[0], nil
		}
	case []string:
		if s := v.text(t); s != "" {
			n, err := strconv.ParseInt(s, 10, 32)
			if err != nil {
				return 0, fmt.Errorf("%s is %.20q, which is no number", keyword(t), s)
			}
			return int(n), nil
		}
	}
	return otherwise, nil
}

// items are those of a sequence.
func (v values) items(t tag.Tag) (out []values) {
	list, _ := v.get(t).([]*lib.SequenceItemValue)
	for _, i := range list {
		elements, _ := i.GetValue().([]*lib.Element)
		out = append(out, elements)
	}
	return out
}

// keyword is the name of an element in the standard.
func keyword(t tag.Tag) string {
	if i, err := tag.Find(t); err == nil {
		return i.Keyword
	}
	return t.String()
}
