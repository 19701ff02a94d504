package pipeline

import (
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// provenance is what differs between two runs of the same build on the same input; it is kept out
// of result.json, so that equal measurements are equal bytes.
type provenance struct {
	Schema   string    `json:"schema"`
	Report   string    `json:"report"`
	Input    string    `json:"input"` // absolute path
	Started  time.Time `json:"started"`
	Finished time.Time `json:"finished"`
	Seconds  float64   `json:"seconds"`
	Host     string    `json:"host"`
	Platform string    `json:"platform"`
	Go       string    `json:"go"`
	Version  string    `json:"version"`
	Threads  int       `json:"threads"`
	Memory   int64     `json:"memory_cap_bytes"`
	Command  []string  `json:"command"`

	Classifier string `json:"classifier_sha256,omitempty"`
}

func newProvenance(j Job, l Limits, report string, started time.Time) provenance {
	input, err := filepath.Abs(j.Input)
	if err != nil {
		input = j.Input
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	now := time.Now().UTC()
	classifier := ""
	if j.Classifier != nil {
		classifier = j.Classifier.Hash
	}
	return provenance{
		Classifier: classifier,
		Schema:     "explant-provenance/1", Report: report, Input: input, Started: started.UTC(), Finished: now,
		Seconds: now.Sub(started).Seconds(), Host: host, Platform: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version(),
		Version: Version, Threads: l.Workers, Memory: l.Memory, Command: os.Args,
	}
}
