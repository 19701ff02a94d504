package dicom

// Factors in 65536ths, and the rounding of the decoder of the JPEG group.
const (
	redOfCr   = 91881  // 1.402
	greenOfCr = 46802  // 0.71414
	greenOfCb = 22554  // 0.34414
	blueOfCb  = 116130 // 1.772
	rounding  = 1 << 15
)

// colour turns luma and two differences of colour (YBR_FULL) into red, green and blue. Source: ITU-R BT.601,
// DICOM PS3.3 C.7.6.3.1.2.
func colour(y, cb, cr byte) (r, g, b byte) {
	l, u, v := int(y), int(cb)-128, int(cr)-128
	return clamp(l + (redOfCr*v+rounding)>>16), clamp(l + (rounding-greenOfCb*u-greenOfCr*v)>>16), clamp(l + (blueOfCb*u+rounding)>>16)
}

func clamp(v int) byte { return byte(min(max(v, 0), 255)) }

// toRGB turns pixels of YBR_FULL into RGB.
func toRGB(dst, src []byte) {
	for i := 0; i+2 < len(src); i += 3 {
		dst[i], dst[i+1], dst[i+2] = colour(src[i], src[i+1], src[i+2])
	}
}
