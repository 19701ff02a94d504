package raster

import (
	"fmt"

	"explant/io/scanline"
)

// What a picture may hold in memory at once, with room for the rest below the limit of a worker.
const (
	maxHeld = 512 << 20
	maxKept = 256 << 20 // of rows
	minKept = 64 << 20
)

// Rows that are kept if they fit: two rows of tiles of 512 with their halos, so that workers at the end of
// one row of tiles and at the begin of the next find theirs; and how few make tiles impossible.
const (
	goodRows = 1152
	fewRows  = 576
)

// kept is how many rows of the form f are kept.
func kept(f scanline.Form) int {
	if f.Whole {
		return f.Height
	}
	row := f.RowBytes()
	return max(1, min(f.Height, max(minKept/row, goodRows), maxKept/row))
}

// affordable refuses what needs too much memory at once, and says what to do.
func affordable(h header, f scanline.Form) error {
	n := kept(f)
	if n < f.Height && n < fewRows {
		return fmt.Errorf("its rows of %d pixels are too long to be read in parts: cut it into narrower pictures, or write it as TIFF with tiles", f.Width)
	}
	need := f.Held + int64(n)*int64(f.RowBytes())
	if need <= maxHeld {
		return nil
	}
	why, instead := "its EXIF orientation turns it", "turn its pixels, for example with exiftran -a -o OUT.jpg IN.jpg"
	switch {
	case h.orientation > 2:
	case f.Held > 0:
		why, instead = "it is progressive, or its colours come one after another", "write it row by row without loss, for example with jpegtran -copy all -outfile OUT.jpg IN.jpg"
	default:
		why, instead = "it is interlaced", "write it without, for example with convert IN.png -interlace none OUT.png"
	}
	return fmt.Errorf("it needs %d MiB of memory at once, because %s, and %d are allowed: %s", need>>20, why, maxHeld>>20, instead)
}
