package denoise

import "unsafe"

// squaresPortable writes, for each of n voxels, the sum over nine rows of the squared differences of a and b.
func squaresPortable(dst *float32, a, b *[9]unsafe.Pointer, n int) {
	out := unsafe.Slice(dst, n)
	clear(out)
	for r := range a {
		p, q := unsafe.Slice((*float32)(a[r]), n), unsafe.Slice((*float32)(b[r]), n)
		for i := range out {
			d := p[i] - q[i]
			out[i] += float32(d * d) // the conversion keeps the product from being fused with the sum
		}
	}
}

// weighPortable adds n weighted greys and weights. sums[i] to sums[i+2] are the columns of the patch of
// voxel i.
func weighPortable(w *weighing) {
	mid, weights, most := unsafe.Slice(w.mid, w.n), unsafe.Slice(w.weights, w.n), unsafe.Slice(w.most, w.n)
	sums, greys := unsafe.Slice(w.sums, w.n+2), unsafe.Slice(w.greys, w.n)
	for i := range mid {
		d := sums[i] + sums[i+1] + sums[i+2]
		u := 1 - max(float32((d-w.bias)*w.scale), 0)
		u = max(u, 0)
		u *= u
		u *= u
		u *= u
		mid[i] += float32(u * greys[i])
		weights[i] += u
		most[i] = max(most[i], u)
	}
}
