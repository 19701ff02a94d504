package rank

// Sort sorts v, which must hold no NaN, by its bits: eleven at a time, the lowest first.
//
// Source: Knuth, The Art of Computer Programming 3, 5.2.5, algorithm R.
func Sort(v []float32) {
	const digit, turns = 11, 3
	from, to := make([]uint32, len(v)), make([]uint32, len(v))
	var at [turns][1 << digit]int
	for i, x := range v {
		b := ordered(x)
		from[i] = b
		for t := range turns {
			at[t][b>>(digit*t)&(1<<digit-1)]++
		}
	}
	for t := range turns {
		next := 0
		for k, n := range at[t] {
			at[t][k] = next
			next += n
		}
		for _, b := range from {
			k := b >> (digit * t) & (1<<digit - 1)
			to[at[t][k]] = b
			at[t][k]++
		}
		from, to = to, from
	}
	for i, b := range from {
		v[i] = unordered(b)
	}
}
