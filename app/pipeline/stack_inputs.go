package pipeline

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// sectionFiles lists the images of a stack in the order of cutting: the files as given or, of a folder, those in
// it, by the last number in their names and else by name. numbers are those of the names; nil where any has none or
// one stands twice.
func sectionFiles(given []string) (files []string, numbers []int, err error) {
	files = slices.Clone(given)
	if len(given) == 1 {
		if info, err := os.Stat(given[0]); err != nil {
			return nil, nil, fmt.Errorf("sections: %w", err)
		} else if info.IsDir() {
			if files, err = filesOf(given[0]); err != nil {
				return nil, nil, err
			}
		}
	}
	if len(files) < 2 {
		return nil, nil, fmt.Errorf("%d sections: two at least make a stack", len(files))
	}
	numbers = make([]int, len(files))
	for i, f := range files {
		n, ok := sectionNumber(f)
		if !ok {
			return files, nil, nil
		}
		numbers[i] = n
	}
	order := make([]int, len(files))
	for i := range order {
		order[i] = i
	}
	if len(given) == 1 {
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(numbers[a], numbers[b]) })
	}
	sorted, byNumber := make([]string, len(files)), make([]int, len(files))
	for i, k := range order {
		sorted[i], byNumber[i] = files[k], numbers[k]
	}
	for i := range byNumber[1:] {
		if byNumber[i+1] <= byNumber[i] {
			return sorted, nil, nil
		}
	}
	return sorted, byNumber, nil
}

func filesOf(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("folder of sections: %w", err)
	}
	var out []string
	for _, e := range entries {
		if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			out = append(out, filepath.Join(folder, e.Name()))
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("folder of sections %s: %w", folder, errors.New("it holds no files"))
	}
	return out, nil
}

var digits = regexp.MustCompile(`[0-9]+`)

// sectionNumber is the last number in the name of a file, without what follows its first dot.
func sectionNumber(file string) (int, bool) {
	name, _, _ := strings.Cut(filepath.Base(file), ".")
	all := digits.FindAllString(name, -1)
	if len(all) == 0 {
		return 0, false
	}
	n, err := strconv.Atoi(all[len(all)-1])
	return n, err == nil
}

// stepsOf are the distances between neighbours in sections: differences of their numbers in units of the smallest
// one, where that divides all; 1 each without numbers.
func stepsOf(n int, numbers []int) []float64 {
	steps := make([]float64, n-1)
	least := 0
	for i := range steps {
		steps[i] = 1
		if numbers != nil {
			if d := numbers[i+1] - numbers[i]; least == 0 || d < least {
				least = d
			}
		}
	}
	if numbers == nil {
		return steps
	}
	for i := range steps {
		if (numbers[i+1]-numbers[i])%least != 0 {
			least = 1
		}
	}
	for i := range steps {
		steps[i] = float64((numbers[i+1] - numbers[i]) / least)
	}
	return steps
}
