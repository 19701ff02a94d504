package dicom

import (
	"fmt"
	"strings"
)

// syntax is how a data set is written.
type syntax struct {
	uid                          string
	explicit, big, deflated, rle bool
}

const (
	implicitLittle = "1.2.840.10008.1.2"
	explicitLittle = "1.2.840.10008.1.2.1"
	deflatedLittle = "1.2.840.10008.1.2.1.99"
	explicitBig    = "1.2.840.10008.1.2.2"
	rleLossless    = "1.2.840.10008.1.2.5"
)

// compressed names the transfer syntaxes whose pixels need a decoder that is not here.
var compressed = map[string]string{
	"1.2.840.10008.1.2.4.50":  "JPEG baseline",
	"1.2.840.10008.1.2.4.51":  "JPEG extended",
	"1.2.840.10008.1.2.4.57":  "JPEG lossless",
	"1.2.840.10008.1.2.4.70":  "JPEG lossless",
	"1.2.840.10008.1.2.4.80":  "JPEG-LS lossless",
	"1.2.840.10008.1.2.4.81":  "JPEG-LS near-lossless",
	"1.2.840.10008.1.2.4.90":  "JPEG 2000 lossless",
	"1.2.840.10008.1.2.4.91":  "JPEG 2000",
	"1.2.840.10008.1.2.4.92":  "JPEG 2000 multi-component lossless",
	"1.2.840.10008.1.2.4.93":  "JPEG 2000 multi-component",
	"1.2.840.10008.1.2.4.201": "High-Throughput JPEG 2000 lossless",
	"1.2.840.10008.1.2.4.202": "High-Throughput JPEG 2000 lossless",
	"1.2.840.10008.1.2.4.203": "High-Throughput JPEG 2000",
}

// syntaxOf finds out how to read a data set whose transfer syntax is uid; where the file states none, the
// first bytes of the data set tell.
func syntaxOf(uid string, head []byte) (syntax, error) {
	switch uid {
	case "":
		return guess(head)
	case implicitLittle:
		return syntax{uid: uid}, nil
	case explicitLittle:
		return syntax{uid: uid, explicit: true}, nil
	case deflatedLittle:
		return syntax{uid: uid, explicit: true, deflated: true}, nil
	case explicitBig:
		return syntax{uid: uid, explicit: true, big: true}, nil
	case rleLossless:
		return syntax{uid: uid, explicit: true, rle: true}, nil
	}
	name := compressed[uid]
	if name == "" && strings.HasPrefix(uid, "1.2.840.10008.1.2.4.10") {
		name = "video"
	}
	if name == "" {
		return syntax{}, fmt.Errorf("the transfer syntax %.64q is not known", uid)
	}
	return syntax{}, fmt.Errorf("its pixels are compressed as %s, which is not read: decompress it first, for example with gdcmconv --raw", name)
}

func guess(head []byte) (syntax, error) {
	switch {
	case len(head) < 8:
		return syntax{}, errNoImage
	case !upper(head[4]) || !upper(head[5]):
		return syntax{uid: implicitLittle}, nil
	case head[0] == 0 && head[1] != 0:
		return syntax{uid: explicitBig, explicit: true, big: true}, nil
	}
	return syntax{uid: explicitLittle, explicit: true}, nil
}

func upper(c byte) bool { return c >= 'A' && c <= 'Z' }
