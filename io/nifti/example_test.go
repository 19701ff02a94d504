package nifti_test

import (
	"fmt"

	"explant/io/nifti"
)

func ExampleHeaderFile() {
	fmt.Println(nifti.HeaderFile("scan.img"), nifti.HeaderFile("SCAN.IMG.gz"), nifti.HeaderFile("scan.nii.gz"))
	// Output: scan.hdr SCAN.HDR.gz scan.nii.gz
}
