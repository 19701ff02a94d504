package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"explant/analysis/composition"
	"explant/analysis/result"
)

// summed is the summary of a device with two zones.
func summed() result.Result {
	d := composition.Device{Name: "D1", Deposit: [2]float64{0.03, 0.03}, Burden: [2]float64{0.04, 0.04},
		Zones: []composition.Zone{{Name: "inlet", Deposit: 0.2, Blood: 1.5}, {Name: "outlet", Deposit: 0.1, Blood: 1.4}}}
	for k, share := range []float64{0.4, 0.45, 0.3} {
		zone := d.Zones[k/2].Name
		d.Sections = append(d.Sections, composition.Section{Name: fmt.Sprintf("S%d", k+1), Zone: zone, Shares: []composition.Share{
			{Component: "fibrin", Area: share, Tissue: 1, Half: 0.02, Source: "slide-carstairs h.comp"},
			{Component: "platelet", Area: 0.2, Tissue: 1, Half: 0.02, Source: "slide-carstairs h.comp"}}})
	}
	pooled, told := composition.Pooled([]composition.Device{d})
	f := composition.Summarise(d, pooled, told).Findings(d)
	return result.Result{ID: "r", Image: result.Image{Name: "D1", Size: [3]int{9, 9, 9}, SpacingMM: [3]float64{0.02, 0.02, 0.02}},
		Protocol: result.Protocol{Name: "summary", Title: "What the deposit is made of, by zone"}, Device: map[string]string{},
		Classes:      []result.Class{{Value: 1, Name: "fibrin", Color: "#e69f00"}, {Value: 2, Name: "platelet", Color: "#cc79a7"}, {Value: 3, Name: "unknown", Color: "#8a94a0"}},
		Measurements: f.Measurements, NotMeasured: f.NotMeasured, Flags: f.Flags}
}

func TestSummariesHaveOneTableAndOnePicture(t *testing.T) {
	var b bytes.Buffer
	if err := WriteHTML(&b, summed(), Pictures{}); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, want := range []string{"What the deposit is made of", ">inlet</th>", ">outlet</th>", ">whole device</th>", "S1, S2</td>", "S3</td>", "S1, S2, S3</td>", "<svg", "few-sections", "no slide of the device tells it"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	c, err := compose(summed().Measurements, map[string]string{})
	if err != nil || len(c.Rows) != 3 || len(c.Zones) != 3 {
		t.Fatalf("%+v, %v", c, err)
	}
	for _, row := range c.Rows {
		for k, cell := range row.Cells {
			if cell.Volume == "" || cell.Burden == "" || cell.VolumeInterval == "" || cell.BurdenInterval == "" {
				t.Errorf("%s in %s: %+v", row.Name, c.Zones[k], cell)
			}
		}
	}
	if none, err := compose(nil, nil); none != nil || err != nil {
		t.Errorf("without components: %v, %v", none, err)
	}
}
