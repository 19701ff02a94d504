package raster

import (
	"encoding/binary"
	"slices"

	"explant/io/calibration"
)

// exif reads the tags of the first directory of an EXIF segment, which is a small TIFF: orientation,
// resolution, and the names of fields that may identify a person.
func (h *header) exif(b []byte) {
	var order binary.ByteOrder = binary.LittleEndian
	if len(b) < 8 {
		return
	}
	if b[0] == 'M' {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return
	}
	n := int(order.Uint16(b[at:]))
	res, unit := [2]float64{}, 2
	for e := at + 2; n > 0 && e+12 <= int64(len(b)); e, n = e+12, n-1 {
		short := int(order.Uint16(b[e+8:]))
		switch order.Uint16(b[e:]) {
		case 0x112:
			if short >= 1 && short <= 8 {
				h.orientation = short
			}
		case 0x11a, 0x11b:
			res[order.Uint16(b[e:])-0x11a] = rational(b, order, int64(order.Uint32(b[e+8:])))
		case 0x128:
			unit = short
		case 0x13b:
			h.personal("EXIF Artist")
		case 0x8825:
			h.personal("EXIF GPS position")
		}
	}
	if h.size.Unit == "" && res[0] > 0 && res[1] > 0 {
		h.size = calibration.Resolution(res[0], res[1], unit)
		h.size.Field = "EXIF XResolution"
	}
}

// personal notes a field that may identify a person, once.
func (h *header) personal(field string) {
	if !slices.Contains(h.identifiers, field) {
		h.identifiers = append(h.identifiers, field)
	}
}

func rational(b []byte, order binary.ByteOrder, at int64) float64 {
	if at+8 > int64(len(b)) || order.Uint32(b[at+4:]) == 0 {
		return 0
	}
	return float64(order.Uint32(b[at:])) / float64(order.Uint32(b[at+4:]))
}
