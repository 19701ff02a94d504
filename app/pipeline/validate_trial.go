package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"explant/analysis/accuracy"
	"explant/analysis/protocol"
	"explant/analysis/result"
	"explant/analysis/segment"
	"explant/io/open"
	"explant/volume"
	"explant/volume/parallel"
)

// mostTogether is the most phantoms that are measured at the same time: each has its own volumes.
const mostTogether = 4

// trial is one phantom measured.
type trial struct {
	pairs  map[string]accuracy.Pair
	found  accuracy.Found
	method string
}

// measure makes and measures the phantoms of a row of the family, some side by side.
func (v validation) measure(ctx context.Context, dir string, o ValidateOptions, l Limits, p parallel.Progress) ([]accuracy.Row, string, error) {
	rules, err := protocol.Resolve(v.protocol, nil, v.sets)
	if err != nil {
		return nil, "", err
	}
	trials := make([]trial, o.seeds(v))
	threads := parallel.Options{Workers: l.Workers}.Count(1 << 20)
	at := max(min(threads, mostTogether, len(trials)), 1)
	share := Limits{Workers: max(threads/at, 1), Memory: l.Memory / int64(at)}
	var mu sync.Mutex
	err = parallel.Each(ctx, len(trials), parallel.Options{Workers: at}, nil, func(ctx context.Context, i int) error {
		one, err := v.trial(ctx, filepath.Join(dir, fmt.Sprint(i)), o.First+uint64(i), rules, share)
		if err != nil {
			return fmt.Errorf("seed %d: %w", o.First+uint64(i), err)
		}
		mu.Lock()
		defer mu.Unlock()
		trials[i] = one
		p.Add(1)
		return nil
	})
	if err != nil {
		return nil, "", err
	}
	rows, err := v.rows(trials)
	return rows, trials[0].method, err
}

// trial makes one phantom in dir, measures it, and removes it.
func (v validation) trial(ctx context.Context, dir string, seed uint64, rules protocol.Protocol, l Limits) (t trial, err error) {
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	options := v.options
	options.Seed = seed
	made, err := MakePhantom(ctx, v.phantom, filepath.Join(dir, "phantom"), options, l, parallel.Discard{})
	if err != nil {
		return t, err
	}
	job := Job{Input: made.Image, Out: filepath.Join(dir, "result"), Protocol: rules, Axis: "z", Views: -1, Sample: "validation"}
	res, err := Analyze(ctx, job, l, parallel.Discard{})
	if err != nil {
		return t, err
	}
	t.method = res.Protocol.Method
	if t.pairs, err = pairsOf(res, filepath.Join(dir, "phantom")); err != nil || v.found == 0 {
		return t, err
	}
	t.found, err = matched(ctx, dir, res.Diagnostics["min_object_voxels"], l)
	return t, err
}

// pairsOf puts the measurements of a result beside the truth in dir.
func pairsOf(res result.Result, dir string) (map[string]accuracy.Pair, error) {
	mixed := slices.ContainsFunc(res.Measurements, func(m result.Measurement) bool {
		return m.Metric == "bs.vol" && slices.Contains(m.Flags, "lumens-in-denominator")
	})
	truth, err := readTruth(dir, mixed)
	if err != nil {
		return nil, err
	}
	pairs := map[string]accuracy.Pair{}
	for _, m := range res.Measurements {
		want, ok := truth[rowKey(m)]
		if !ok {
			continue
		}
		one := accuracy.Pair{Value: m.Value, Truth: want}
		if m.ULo != nil && m.UHi != nil {
			one.Interval = &[2]float64{*m.ULo, *m.UHi}
		}
		pairs[rowKey(m)] = one
	}
	return pairs, nil
}

// matched pairs the pieces of deposit in the result with those of the truth.
func matched(ctx context.Context, dir string, least float64, l Limits) (accuracy.Found, error) {
	result, err := readLabels(ctx, filepath.Join(dir, "result", VolumeLabels), l)
	if err != nil {
		return accuracy.Found{}, err
	}
	truth, err := readLabels(ctx, filepath.Join(dir, "phantom", "truth.nrrd"), l)
	if err != nil {
		return accuracy.Found{}, err
	}
	return accuracy.Match(ctx, result, truth, segment.Deposit, int64(least), parallel.Options{Workers: l.Workers})
}

func readLabels(ctx context.Context, path string, l Limits) (_ *volume.Labels, err error) {
	r, err := open.Path(ctx, path, open.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	loaded, _, err := open.Volume(ctx, r, open.Load{Workers: l.Workers}, parallel.Discard{})
	if err != nil {
		return nil, err
	}
	labels, ok := loaded.(*volume.Labels)
	if !ok {
		return nil, fmt.Errorf("%s holds a %T, not labels", path, loaded)
	}
	return labels, nil
}

// rows sums up the trials, one row a metric that has limits, and judges them.
func (v validation) rows(trials []trial) ([]accuracy.Row, error) {
	var rows []accuracy.Row
	for _, key := range slices.Sorted(maps.Keys(v.limits)) {
		metric, part, _ := strings.Cut(key, " ")
		row := accuracy.Row{Phantom: v.phantom, Variant: v.variant, Protocol: v.protocol, Metric: metric, Part: part, Limits: v.limits[key], Note: v.note}
		var pairs []accuracy.Pair
		for i, t := range trials {
			one, ok := t.pairs[key]
			if !ok {
				return nil, fmt.Errorf("phantom %d has no value or no truth of %s", i+1, key)
			}
			pairs = append(pairs, one)
			row.Errors = append(row.Errors, 100*(one.Value/one.Truth-1))
		}
		var err error
		if row.Agreement, err = accuracy.Agree(pairs); err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		row.Judge()
		rows = append(rows, row)
	}
	if v.found > 0 {
		rows = append(rows, v.foundRow(trials))
	}
	return rows, nil
}

// foundRow pools the objects of all trials.
func (v validation) foundRow(trials []trial) accuracy.Row {
	row := accuracy.Row{Phantom: v.phantom, Variant: v.variant, Protocol: v.protocol, Metric: "dep.n", Errors: []float64{}, Limits: accuracy.Limits{Found: v.found}, Note: v.note}
	var all accuracy.Found
	for _, t := range trials {
		all = all.Add(t.found)
	}
	row.N, row.Found = len(trials), &all
	row.Judge()
	return row
}
