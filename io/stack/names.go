package stack

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// natural compares names so that numbers count by value: img2 before img10. Names that differ only in
// leading zeros fall back to the order of their bytes.
func natural(a, b string) int {
	x, y := a, b
	for x != "" && y != "" {
		nx, ny := digits(x), digits(y)
		if nx > 0 && ny > 0 {
			p, q := strings.TrimLeft(x[:nx], "0"), strings.TrimLeft(y[:ny], "0")
			if c := cmp.Or(cmp.Compare(len(p), len(q)), cmp.Compare(p, q)); c != 0 {
				return c
			}
			x, y = x[nx:], y[ny:]
			continue
		}
		if x[0] != y[0] {
			return cmp.Compare(x[0], y[0])
		}
		x, y = x[1:], y[1:]
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(a, b))
}

// digits is the length of the number that s begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// number splits a name without its extension into what stands before its last number, the number and
// what stands behind; false when it has none or one beyond 15 digits.
func number(name string) (before string, n int64, after string, ok bool) {
	end := len(name)
	for end > 0 && digits(name[end-1:]) == 0 {
		end--
	}
	start := end
	for start > 0 && digits(name[start-1:]) > 0 {
		start--
	}
	if start == end || end-start > 15 {
		return "", 0, "", false
	}
	for _, c := range name[start:end] {
		n = 10*n + int64(c-'0')
	}
	return name[:start], n, name[end:], true
}

// numbering reports gaps and doubles in the numbers of sorted names (without extensions), and names
// that do not belong to the series. The usual distance between neighbours is taken for the step.
func numbering(names []string) (warnings []string) {
	if _, _, _, ok := number(names[0]); !ok {
		return []string{fmt.Sprintf("the names carry no numbers (%q): slices are in the order of their names, and a missing one cannot be seen", names[0])}
	}
	var numbers []int64
	for i, name := range names {
		before, n, after, ok := number(name)
		first, _, last, same := number(names[0])
		if !ok || !same || before != first || after != last {
			return append(warnings, fmt.Sprintf("the names are not one numbered series: %q and %q", names[0], names[i]))
		}
		numbers = append(numbers, n)
	}
	step := usualStep(numbers)
	missing, where := int64(0), ""
	for i := 1; i < len(numbers); i++ {
		switch d := numbers[i] - numbers[i-1]; {
		case d == 0:
			warnings = append(warnings, fmt.Sprintf("slice number %d occurs twice: %q and %q", numbers[i], names[i-1], names[i]))
		case d > step:
			missing += d/step - 1
			if where == "" {
				where = fmt.Sprintf("between %q and %q", names[i-1], names[i])
			}
		}
	}
	if missing > 0 {
		warnings = append(warnings, fmt.Sprintf("%d slices are missing from the numbering, the first %s", missing, where))
	}
	return warnings
}

// step is the usual distance between the numbers of a series of names; false for other names.
func step(names []string) (int64, bool) {
	var numbers []int64
	for _, name := range names {
		_, n, _, ok := number(name)
		if !ok {
			return 0, false
		}
		numbers = append(numbers, n)
	}
	return usualStep(numbers), len(numbers) > 1
}

// usualStep is the most frequent distance between neighbours, the smallest of equals, at least 1.
func usualStep(numbers []int64) int64 {
	count := map[int64]int{}
	for i := 1; i < len(numbers); i++ {
		count[numbers[i]-numbers[i-1]]++
	}
	steps := make([]int64, 0, len(count))
	for d := range count {
		if d > 0 {
			steps = append(steps, d)
		}
	}
	if len(steps) == 0 {
		return 1
	}
	slices.SortFunc(steps, func(a, b int64) int { return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b)) })
	return steps[0]
}
