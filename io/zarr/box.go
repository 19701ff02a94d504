package zarr

import "bytes"

// box is a half-open range of samples along c, z, y and x.
type box struct{ min, max [4]int }

// n is the size of a box.
func (b box) n() (n [4]int) {
	for k := range n {
		n[k] = b.max[k] - b.min[k]
	}
	return n
}

// samples is the number of samples in a box.
func (b box) samples() int {
	n := b.n()
	return n[0] * n[1] * n[2] * n[3]
}

// and is what two boxes have in common.
func (b box) and(o box) box {
	for k := range b.min {
		b.min[k], b.max[k] = max(b.min[k], o.min[k]), min(b.max[k], o.max[k])
	}
	return b
}

// block is a box of samples, in planes of channels, x fastest, little-endian, of the type of the image.
type block struct {
	box
	data []byte
}

// copyTo copies what lies in want to dst, which holds want with its channels interleaved.
func (b block) copyTo(dst []byte, want box, size int) {
	part, n, own := b.and(want), want.n(), b.n()
	run := part.max[3] - part.min[3]
	for c := part.min[0]; c < part.max[0]; c++ {
		for z := part.min[1]; z < part.max[1]; z++ {
			for y := part.min[2]; y < part.max[2]; y++ {
				from := (((c-b.min[0])*own[1]+z-b.min[1])*own[2]+y-b.min[2])*own[3] + part.min[3] - b.min[3]
				to := (((z-want.min[1])*n[2]+y-want.min[2])*n[3]+part.min[3]-want.min[3])*n[0] + c - want.min[0]
				spread(dst[to*size:], b.data[from*size:(from+run)*size], size, n[0]*size)
			}
		}
	}
}

// spread copies samples of size bytes to places that are step bytes apart.
func spread(dst, src []byte, size, step int) {
	switch {
	case step == size:
		copy(dst, src)
	case size == 1:
		for i, v := range src {
			dst[i*step] = v
		}
	default:
		for at := 0; len(src) > 0; at += step {
			copy(dst[at:at+size], src[:size])
			src = src[size:]
		}
	}
}

// fill sets all samples of dst that lie in part to one value.
func fill(dst []byte, want, part box, sample []byte) {
	n, size := want.n(), len(sample)
	row := bytes.Repeat(sample, part.max[3]-part.min[3])
	for z := part.min[1]; z < part.max[1]; z++ {
		for y := part.min[2]; y < part.max[2]; y++ {
			at := ((z-want.min[1])*n[2]+y-want.min[2])*n[3] + part.min[3] - want.min[3]
			for c := part.min[0]; c < part.max[0]; c++ {
				spread(dst[(at*n[0]+c-want.min[0])*size:], row, size, n[0]*size)
			}
		}
	}
}
