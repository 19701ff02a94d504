package cli

import (
	"errors"

	"explant/analysis/protocol"
	"explant/app/pipeline"
)

// classifierJob is a job whose rule is a classifier.
func (s *session) classifierJob(f analyzeFlags) (pipeline.Job, error) {
	if f.protocol != "" || len(f.sets) > 0 || f.frame != "" || f.reference != "" || f.marker != "" || len(f.controls) > 0 || f.shard != "" {
		return pipeline.Job{}, usageError{errors.New("--classifier decides alone: leave --protocol, --set, --frame, --reference, --marker, --control and --shard out")}
	}
	c, err := pipeline.LoadClassifier(f.classifier)
	if err != nil {
		return pipeline.Job{}, usageError{err}
	}
	return f.complete(pipeline.Job{Protocol: protocol.OfClassifier(c), Classifier: c, Axis: "none", Channels: f.channels, Sample: f.sample, Views: f.views})
}
