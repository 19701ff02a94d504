package pipeline

import (
	"context"
	"fmt"
	"path/filepath"

	"explant/analysis/protocol"
	"explant/analysis/result"
	"explant/volume/parallel"
)

// DemoRun is one phantom of the demo, measured.
type DemoRun struct {
	Result result.Result
	Out    string // folder with the report
	Truth  string // what the phantom's truth says of the primary value, in words
}

// demoCases are small enough that the demo ends in about a minute on two cores.
var demoCases = []struct {
	kind, protocol string
	size           int
}{
	{"oxygenator", "oxygenator-ct", 160},
	{"dab", "slide-dab", 1536},
	{"psr", "slide-psr", 1536},
}

// Demo makes phantoms below out, measures them, and returns one run a phantom.
func Demo(ctx context.Context, out string, l Limits, p parallel.Progress) ([]DemoRun, error) {
	var runs []DemoRun
	for _, c := range demoCases {
		folder := filepath.Join(out, c.kind+"-phantom")
		made, err := MakePhantom(ctx, c.kind, folder, PhantomOptions{Size: c.size, Seed: 1}, l, p)
		if err != nil {
			return nil, err
		}
		rules, err := protocol.Resolve(c.protocol, nil, nil)
		if err != nil {
			return nil, err
		}
		job := Job{Input: made.Image, Out: filepath.Join(out, c.kind), Protocol: rules, Axis: "z", Sample: c.kind + " phantom"}
		res, err := Analyze(ctx, job, l, p)
		if err != nil {
			return nil, fmt.Errorf("demo %s: %w", c.kind, err)
		}
		runs = append(runs, DemoRun{Result: res, Out: job.Out, Truth: made.Truth})
	}
	return runs, nil
}
