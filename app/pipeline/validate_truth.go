package pipeline

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"explant/analysis/phantom"
	"explant/analysis/result"
)

// truthFile is what the volume phantoms' truth.json have in common, and what one of them has alone.
type truthFile struct {
	Volumes   phantom.Volumes        `json:"volume_mm3"`
	BurdenPct float64                `json:"deposit_percent_of_blood_side"`
	AreaMM2   float64                `json:"deposit_area_mm2"`
	ThickUM   float64                `json:"thickness_um"`
	Worst     phantom.ConnectorPlane `json:"worst"`
}

// readTruth gives the true value of metrics, by "metric part", in their unit.
func readTruth(dir string, lumensInBlood bool) (map[string]float64, error) {
	data, err := os.ReadFile(filepath.Join(dir, "truth.json"))
	if err != nil {
		return nil, err
	}
	var t truthFile
	if err := json.Unmarshal(data, &t); err != nil {
		return nil, fmt.Errorf("truth of the phantom: %w", err)
	}
	v := t.Volumes
	blood, burden := v.BloodSide, t.BurdenPct
	if lumensInBlood {
		blood += v.Lumen
		burden = 100 * v.Deposit / blood
	}
	all := map[string]float64{"dep.vol": v.Deposit, "dep.vf": burden, "bs.vol": blood, "cls.vol polymer": v.Polymer,
		"dep.area crofton": t.AreaMM2, "dep.thick mean": t.ThickUM, "conn.lar max": t.Worst.ReductionPct, "conn.dh": t.Worst.HydraulicMM}
	for id, value := range all {
		if value == 0 {
			delete(all, id) // the phantom does not say
		}
	}
	return all, nil
}

// rowKey is the metric and part of a measurement.
func rowKey(m result.Measurement) string { return strings.TrimSpace(m.Metric + " " + m.Part) }
