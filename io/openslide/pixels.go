package openslide

import "explant/io/imagefile"

// paste puts a decoded block where it belongs in the samples of window w, on the background.
func paste(dst []byte, w imagefile.Window, b block, argb []uint32, background [3]byte) {
	width, from := w.Max[0]-w.Min[0], b.from.Dx()
	for y := b.want.Min.Y; y < b.want.Max.Y; y++ {
		src := argb[(y-b.from.Min.Y)*from+b.want.Min.X-b.from.Min.X:][:b.want.Dx()]
		at := 3 * ((y-w.Min[1])*width + b.want.Min.X - w.Min[0])
		over(dst[at:at+3*len(src)], src, background)
	}
}

// over lays premultiplied pixels over a background. Some decoders leave a colour brighter than its alpha at
// the seam of two tiles; it ends at 255.
//
// Source: Porter and Duff, Computer Graphics 18(3):253-259, 1984, doi:10.1145/964965.808606.
func over(dst []byte, src []uint32, background [3]byte) {
	for _, p := range src {
		c := dst[:3:3]
		dst = dst[3:]
		a := p >> 24
		if a == 255 {
			c[0], c[1], c[2] = byte(p>>16), byte(p>>8), byte(p)
			continue
		}
		for i := range c {
			under := (uint32(background[i])*(255-a) + 127) / 255
			c[i] = byte(min(p>>(16-8*i)&255+under, 255))
		}
	}
}
