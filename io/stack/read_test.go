package stack

import (
	"slices"
	"testing"

	"explant/io/imagefile"
)

func TestWarningsOfSomeSlicesAreCounted(t *testing.T) {
	infos := []imagefile.Info{
		{Warnings: []string{"alpha was dropped"}},
		{Warnings: []string{"the file calls 0 white", "alpha was dropped"}},
		{Warnings: []string{"alpha was dropped"}},
	}
	want := []string{"alpha was dropped", "in 1 of 3 slices the file calls 0 white"}
	if got := shared(infos); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
