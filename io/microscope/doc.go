// Package microscope finds the pixel size that electron microscopes write beside or into their pictures:
// Zeiss, FEI and Thermo Fisher, TESCAN in tags of a TIFF, Hitachi, JEOL and TESCAN in a text file of
// the same name.
//
// A size is taken only from a field that is that of the stored picture, and only when the picture still has
// the width that the microscope wrote: one that was scaled afterwards has another pixel size. Otherwise
// the size is left out with a note that says why. Fields that may name a person are listed by name; their
// values go nowhere.
//
// Source: the texts themselves, and the descriptions of the formats in Bio-Formats and Gwyddion.
package microscope

import "explant/io/calibration"

// Found is what a microscope says about a picture. Of a picture whose size cannot be believed the statement
// holds only notes.
type Found struct {
	Statement calibration.Statement
	Personal  []string // fields that may name a person: "Zeiss SV_USER_NAME"
	File      string   // name of the file beside the picture that says it; "" for a tag
}

// withheld is a finding without a size.
func withheld(field, why string) Found {
	return Found{Statement: calibration.Statement{Field: field, Notes: []string{field + ": " + why}}}
}
