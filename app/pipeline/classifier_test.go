package pipeline

import (
	"bytes"
	"fmt"
	"image"
	_ "image/png"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"explant/analysis/classify"
	"explant/analysis/forest"
	"explant/analysis/protocol"
	"explant/analysis/result"
	"explant/volume"
	"explant/volume/parallel"
)

// annotated writes annotations: regions of points that the truth gives one of the classes, by its value; 0 stands for
// every other value.
func annotated(t *testing.T, file string, n [3]int, truth func(at [3]int) int, classes map[int]string) {
	t.Helper()
	const regions, points = 6, 150
	r := rand.New(rand.NewPCG(4, 2))
	found := map[string][][3]int{}
	for range 400000 {
		at := [3]int{r.IntN(n[0]), r.IntN(n[1]), r.IntN(n[2])}
		class, ok := classes[truth(at)]
		if !ok {
			class = classes[0]
		}
		if class != "" && len(found[class]) < regions*points {
			found[class] = append(found[class], at)
		}
	}
	var features []string
	for _, class := range slices.Sorted(maps.Values(classes)) {
		all := found[class]
		for k := range regions {
			byPlane := map[int][]string{}
			for i, at := range all {
				if (i%regions == k && n[2] == 1) || (n[2] > 1 && at[2]%regions == k) {
					byPlane[at[2]] = append(byPlane[at[2]], fmt.Sprintf("[%g,%g]", float64(at[0])+0.5, float64(at[1])+0.5))
				}
			}
			for _, z := range slices.Sorted(maps.Keys(byPlane)) {
				list := byPlane[z]
				features = append(features, fmt.Sprintf(`{"type":"Feature","geometry":{"type":"MultiPoint","coordinates":[%s],"plane":{"c":-1,"z":%d,"t":0}},"properties":{"classification":{"name":%q,"color":[10,200,30]}}}`,
					strings.Join(list, ","), z, class))
			}
		}
	}
	writeText(t, file, `{"type":"FeatureCollection","features":[`+strings.Join(features, ",")+"]}")
}

// pictureTruth reads the label image of a slide phantom.
func pictureTruth(t *testing.T, file string) (n [3]int, at func([3]int) int) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return [3]int{m.Bounds().Dx(), m.Bounds().Dy(), 1}, func(p [3]int) int {
		v, _, _, _ := m.At(p[0], p[1]).RGBA()
		return int(v >> 8)
	}
}

// The classes of the phantom of H-DAB in a test, by the value of its truth.
var brown = map[int]string{0: "rest", 8: "marker:dab"}

// trainedOnDAB makes a classifier on a phantom and returns its file and the folder of the phantom.
func trainedOnDAB(t *testing.T, job TrainJob, l Limits) (model, dir string) {
	t.Helper()
	dir = t.TempDir()
	made, err := MakePhantom(t.Context(), "dab", dir, PhantomOptions{Size: 384, Seed: dictionarySeed + 1}, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	n, at := pictureTruth(t, filepath.Join(dir, "truth.png"))
	job.Annotations, job.Images = []string{filepath.Join(dir, "drawn.geojson")}, []string{made.Image}
	annotated(t, job.Annotations[0], n, at, brown)
	job.Out = filepath.Join(dir, "dab.model")
	job.Spacing = [3]float64{0.001, 0.001, 0}
	if job.Forest.Trees == 0 {
		job.Forest = forest.Params{Trees: 12, Seed: 1, MinLeaf: 2, Balanced: true}
	}
	job.Samples, job.Folds = 4000, 5
	if _, err := Train(t.Context(), job, l, parallel.Discard{}); err != nil {
		t.Fatal(err)
	}
	return job.Out, dir
}

func byClassifier(t *testing.T, model string, job Job) Job {
	t.Helper()
	c, err := LoadClassifier(model)
	if err != nil {
		t.Fatal(err)
	}
	job.Classifier, job.Protocol, job.Axis = c, protocol.OfClassifier(c), "none"
	return job
}

// measuredClassifier applies a classifier to the phantom of H-DAB of the dictionary, having learnt on another.
func measuredClassifier(t *testing.T) ([]result.Measurement, map[[3]string]float64) {
	t.Helper()
	model, _ := trainedOnDAB(t, TrainJob{Levels: 1, Forest: forest.Params{Trees: 8, Seed: 1, MinLeaf: 2, Balanced: true}}, Limits{})
	dir := t.TempDir()
	made, err := MakePhantom(t.Context(), "dab", dir, PhantomOptions{Size: dictionaryPixels, Seed: dictionarySeed}, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	res := analyzed(t, byClassifier(t, model, Job{Input: made.Image, Spacing: [3]float64{0.001, 0.001, 0}, Out: filepath.Join(dir, "result")}))
	if res.Protocol.Rules["segment"].(map[string]any)["sha256"] == "" {
		t.Error("the rules do not name the classifier")
	}
	return res.Measurements, nil
}

// TestClassifierIsTheSameForAnyNumberOfWorkers trains and applies with one and with two.
func TestClassifierIsTheSameForAnyNumberOfWorkers(t *testing.T) {
	var models, results [][]byte
	for _, workers := range []int{1, 2} {
		l := Limits{Workers: workers}
		model, dir := trainedOnDAB(t, TrainJob{Levels: 1, Stain: "hdab"}, l)
		models = append(models, readFile(t, model))
		out := filepath.Join(dir, "result")
		job := byClassifier(t, model, Job{Input: filepath.Join(dir, "slide.png"), Spacing: [3]float64{0.001, 0.001, 0}, Out: out})
		if _, err := Analyze(t.Context(), job, l, parallel.Discard{}); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{ResultFile, TableFile, SlideLabels, FieldConfidence} {
			results = append(results, readFile(t, filepath.Join(out, name)))
		}
		if !bytes.Contains(readFile(t, filepath.Join(out, ProvenanceFile)), []byte(job.Classifier.Hash)) {
			t.Error("provenance does not name the classifier's hash")
		}
		if page := readFile(t, ModelReport(model)); !bytes.Contains(page, []byte("Cross-validation over regions, 5 folds")) {
			t.Error("the report of the classifier lacks the cross-validation")
		}
	}
	if !bytes.Equal(models[0], models[1]) {
		t.Error("two workers make another classifier")
	}
	for k := range results[:4] {
		if !bytes.Equal(results[k], results[k+4]) {
			t.Errorf("two workers write another file %d", k)
		}
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestVolumesAreClassified learns deposit on slices of a phantom and finds it in another.
func TestVolumesAreClassified(t *testing.T) {
	const side = 64
	paths := map[uint64]string{}
	truths := map[uint64]*volume.Labels{}
	for _, seed := range []uint64{3, 4} {
		dir := t.TempDir()
		made, err := MakePhantom(t.Context(), "oxygenator", dir, PhantomOptions{Size: side, Seed: seed}, Limits{}, parallel.Discard{})
		if err != nil {
			t.Fatal(err)
		}
		paths[seed], truths[seed] = made.Image, load[uint8](t, filepath.Join(dir, "truth.nrrd"))
	}
	labels := truths[3]
	file := filepath.Join(t.TempDir(), "drawn.geojson")
	classes := map[int]string{}
	for _, v := range labels.Data {
		classes[int(v)] = fmt.Sprintf("class %d", v)
	}
	annotated(t, file, labels.N, func(p [3]int) int { return int(labels.Data[labels.Offset(p[0], p[1], p[2])]) }, classes)
	job := TrainJob{Annotations: []string{file}, Images: []string{paths[3]}, Levels: 2, Samples: 4000, Out: filepath.Join(t.TempDir(), "scan.model"),
		Forest: forest.Params{Trees: 12, Seed: 1, MinLeaf: 2, Balanced: true}}
	if _, err := Train(t.Context(), job, Limits{}, parallel.Discard{}); err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	res := analyzed(t, byClassifier(t, job.Out, Job{Input: paths[4], Out: out, Views: -1}))
	got := load[uint8](t, filepath.Join(out, VolumeLabels))
	right := 0
	names := map[uint8]string{}
	for _, c := range res.Classes {
		names[c.Value] = c.Name
	}
	for i, v := range got.Data {
		if names[v] == classes[int(truths[4].Data[i])] {
			right++
		}
	}
	if share := float64(right) / float64(len(got.Data)); share < 0.85 {
		t.Errorf("%.3f of the voxels got their class", share)
	}
	for _, m := range res.Measurements {
		if m.Metric == classify.MetricVolume && m.Unit == "mm3" && m.Value > 0 {
			return
		}
	}
	t.Errorf("no volume among %v", res.Measurements)
}

func TestClassifierRefusesOtherImages(t *testing.T) {
	model, dir := trainedOnDAB(t, TrainJob{Levels: 1}, Limits{})
	slide := filepath.Join(dir, "slide.png")
	for want, job := range map[string]Job{
		"kind colour": {Input: filepath.Join(dir, "truth.png")},
		"resample it": {Input: slide, Spacing: [3]float64{0.002, 0.002, 0}},
		"--channel":   {Input: slide, Channels: []string{"dna=4"}},
	} {
		job.Out = t.TempDir()
		_, err := Analyze(t.Context(), byClassifier(t, model, job), Limits{}, parallel.Discard{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, wanted %q", job.Input, err, want)
		}
		if left, _ := os.ReadDir(job.Out); len(left) > 0 {
			t.Errorf("%s: files are left", want)
		}
	}
	if _, err := LoadClassifier(slide); err == nil {
		t.Error("a picture passes for a classifier")
	}
	again := TrainJob{Annotations: []string{filepath.Join(dir, "drawn.geojson")}, Images: []string{slide}, Out: model, Samples: 100, Forest: forest.Params{Trees: 1, MinLeaf: 1}}
	if _, err := Train(t.Context(), again, Limits{}, parallel.Discard{}); err == nil || !strings.Contains(err.Error(), "--force") {
		t.Errorf("a classifier that exists is replaced: %v", err)
	}
}
