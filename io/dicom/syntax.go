package dicom

import (
	"fmt"
	"strings"
)

// syntax is how a data set is written.
type syntax struct {
	uid                     string
	explicit, big, deflated bool
	rle                     bool
	codec                   string // the name of a compression that needs a decoder in C; "" for none
	lossy                   bool
}

// encapsulated reports pixels that lie in fragments.
func (s syntax) encapsulated() bool { return s.rle || s.codec != "" }

const (
	implicitLittle = "1.2.840.10008.1.2"
	explicitLittle = "1.2.840.10008.1.2.1"
	deflatedLittle = "1.2.840.10008.1.2.1.99"
	explicitBig    = "1.2.840.10008.1.2.2"
	rleLossless    = "1.2.840.10008.1.2.5"
)

// decoded names the transfer syntaxes whose pixels package gdcm decodes.
var decoded = map[string]string{
	"1.2.840.10008.1.2.4.50":  "JPEG baseline",
	"1.2.840.10008.1.2.4.51":  "JPEG extended",
	"1.2.840.10008.1.2.4.57":  "JPEG lossless",
	"1.2.840.10008.1.2.4.70":  "JPEG lossless",
	"1.2.840.10008.1.2.4.80":  "JPEG-LS lossless",
	"1.2.840.10008.1.2.4.81":  "JPEG-LS near-lossless",
	"1.2.840.10008.1.2.4.90":  "JPEG 2000 lossless",
	"1.2.840.10008.1.2.4.91":  "JPEG 2000",
	"1.2.840.10008.1.2.4.201": "High-Throughput JPEG 2000 lossless",
	"1.2.840.10008.1.2.4.202": "High-Throughput JPEG 2000 lossless",
	"1.2.840.10008.1.2.4.203": "High-Throughput JPEG 2000",
}

// refused names those for which there is no decoder; of the old ones by the beginning.
var refused = map[string]string{
	"1.2.840.10008.1.2.4.92":  "JPEG 2000 multi-component lossless",
	"1.2.840.10008.1.2.4.93":  "JPEG 2000 multi-component",
	"1.2.840.10008.1.2.4.94":  "JPIP",
	"1.2.840.10008.1.2.4.95":  "JPIP",
	"1.2.840.10008.1.2.4.110": "JPEG XL lossless",
	"1.2.840.10008.1.2.4.111": "JPEG XL",
	"1.2.840.10008.1.2.4.112": "JPEG XL",
	"1.2.840.10008.1.2.4.5":   "JPEG of a retired kind",
	"1.2.840.10008.1.2.4.6":   "JPEG of a retired kind",
	"1.2.840.10008.1.2.4.10":  "video",
	"1.2.840.10008.1.2.8.1":   "Deflate, frame by frame",
}

// syntaxOf finds out how to read a data set whose transfer syntax is uid; where the file states none, the
// first bytes of the data set tell. They also tell, better than uid, whether elements state their kind.
func syntaxOf(uid string, head []byte) (syntax, error) {
	if uid == "" {
		return guess(head)
	}
	y, err := named(uid)
	if err == nil && !y.deflated && !y.big && len(head) >= 8 {
		y.explicit = upper(head[4]) && upper(head[5])
	}
	return y, err
}

// named finds the transfer syntax of a name.
func named(uid string) (syntax, error) {
	switch uid {
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
	if name := decoded[uid]; name != "" {
		return syntax{uid: uid, explicit: true, codec: name, lossy: !strings.HasSuffix(name, "lossless") || strings.HasSuffix(name, "near-lossless")}, nil
	}
	for _, n := range []int{len(uid), len(uid) - 1} {
		if name := refused[uid[:max(n, 0)]]; name != "" {
			return syntax{}, fmt.Errorf("its pixels are compressed as %s, which is not read: decompress it first with a program that reads it, for example dcmconv or gdcmconv --raw", name)
		}
	}
	return syntax{}, fmt.Errorf("the transfer syntax %.64q is not known", uid)
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
