package report_test

import (
	"fmt"
	"strings"

	"explant/analysis/result"
	"explant/io/report"
)

func ExampleWriteCSV() {
	m := result.Measurement{Image: "scan.nrrd", Metric: "dep.vf", Value: 6.4, Unit: "%", ULo: result.F(5.8), UHi: result.F(7), Coverage: result.F(0.95)}
	var lines strings.Builder
	if err := report.WriteCSV(&lines, []result.Measurement{m}); err != nil {
		fmt.Println(err)
	}
	fmt.Print(strings.ReplaceAll(lines.String(), "\r\n", "\n"))
	// Output:
	// image,device,sample,metric,part,value,unit,numerator,denominator,denominator_name,u_lo,u_hi,coverage,dominant,n_device,n_section,n_field,n_object,floor,flags,method
	// scan.nrrd,,,dep.vf,,6.4,%,,,,5.8,7,0.95,,,,,,,,
}

func ExampleMissingFields() {
	device := map[string]string{"study.id": "S1", "device.id": "OX-1", "device.lot": "77", "device.coating": "uncoated", "run.block": "circuit 3"}
	fmt.Println(report.MissingFields(device))
	// Output: [run.hours handling.contrast sample.region]
}

func ExampleUnit() {
	fmt.Println(report.Unit("um"), report.Unit("{cell}/mm2"))
	// Output: µm cells/mm²
}
