package pipeline

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"explant/analysis/classify"
	"explant/analysis/forest"
	"explant/volume/parallel"
)

// drawnNETs writes random places of a field as regions of points, by quarter and by what a person drew.
func drawnNETs(t *testing.T, file, rois string) {
	t.Helper()
	n, at := pictureTruth(t, rois)
	r := rand.New(rand.NewPCG(1, 1))
	points := map[[3]int][]string{}
	for range 6000 {
		p := [3]int{r.IntN(n[0]), r.IntN(n[1]), 0}
		k := [3]int{2 * p[0] / n[0], 2 * p[1] / n[1], min(at(p), 1)}
		points[k] = append(points[k], fmt.Sprintf("[%g,%g]", float64(p[0])+0.5, float64(p[1])+0.5))
	}
	var all []string
	for y := range 2 {
		for x := range 2 {
			for k, class := range []string{"background", "net"} {
				if list := points[[3]int{x, y, k}]; len(list) > 0 {
					all = append(all, fmt.Sprintf(`{"type":"Feature","geometry":{"type":"MultiPoint","coordinates":[%s]},"properties":{"classification":{"name":%q}}}`, strings.Join(list, ","), class))
				}
			}
		}
	}
	writeText(t, file, `{"type":"FeatureCollection","features":[`+strings.Join(all, ",")+"]}")
}

// TestNETsOfThreeFieldsTeachTheOthers trains on three fields of Coelho et al. 2015 and compares the NET fraction of
// another with the person's. With EXPLANT_VALIDATE=1 all three others are measured, by a full forest.
func TestNETsOfThreeFieldsTeachTheOthers(t *testing.T) {
	file := func(field, what string) string { return sample(t, "if_nets/coelho2015_"+field+"_"+what+".png") }
	human := map[string]float64{"01_02": 3.08, "04_02": 20.91, "06_01": 23.69}
	asked, job := []string{"04_02"}, TrainJob{Levels: 3, Samples: 6000, OwnRange: true, Out: filepath.Join(t.TempDir(), "net.model"), Forest: forest.Params{Trees: 12, Seed: 1, MinLeaf: 2}}
	if os.Getenv("EXPLANT_VALIDATE") != "" {
		asked, job.Levels, job.Samples, job.Forest.Trees = []string{"01_02", "04_02", "06_01"}, 4, 18000, 50
	}
	for _, f := range []string{"01_01", "02_01", "05_01"} {
		drawn := filepath.Join(t.TempDir(), f+".geojson")
		drawnNETs(t, drawn, file(f, "rois"))
		job.Annotations = append(job.Annotations, drawn)
		job.Images = append(job.Images, "dna="+file(f, "dna")+",protein="+file(f, "protein"))
	}
	if _, err := Train(t.Context(), job, Limits{}, parallel.Discard{}); err != nil {
		t.Fatal(err)
	}
	const near = 12 // points: what three fields can teach, see docs/methods/classifier.md
	for _, f := range asked {
		res := analyzed(t, byClassifier(t, job.Out, Job{Input: file(f, "dna"), Channels: []string{"dna=1", "protein=" + file(f, "protein")}, Out: t.TempDir()}))
		for _, m := range res.Measurements {
			if m.Metric == classify.MetricShare && m.Part == "net" {
				t.Logf("%s: NETs %.1f %%, drawn %.1f %%", f, m.Value, human[f])
				if math.Abs(m.Value-human[f]) > near {
					t.Errorf("%s: NETs %.1f %%, drawn %.1f %%", f, m.Value, human[f])
				}
			}
		}
	}
}
