package pipeline

import (
	"errors"
	"fmt"

	"explant/analysis/protocol"
	"explant/io/imagefile"
)

// ErrMemory says that a job would need more memory than it may use.
var ErrMemory = errors.New("more memory is needed than --memory allows")

// Bytes of memory that an engine needs a voxel or pixel at its peak, beside the image itself.
// Measured on phantoms as peak resident memory less that of the idle program, and rounded up.
var perVoxel = map[protocol.Engine]int64{protocol.Panel: 8, protocol.Ranges: 20, protocol.Oxygenator: 40, protocol.Connector: 24, protocol.Slide: 2}

// idle is about the resident memory of the program before it has read anything.
const idle = 200 << 20

// predicted is the expected peak of resident memory in bytes.
func predicted(job Job, info imagefile.Info) int64 {
	need := idle + int64(info.Grid.Len())*perVoxel[job.Protocol.Engine]
	if job.Protocol.Engine != protocol.Slide {
		need += info.Bytes()
	}
	return need
}

// fits refuses a job whose predicted peak is above the cap, before any work is done.
func fits(job Job, info imagefile.Info, l Limits) error {
	need := predicted(job, info)
	if l.Memory > 0 && need > l.Memory {
		return fmt.Errorf("%s: about %.3g GiB for %d x %d x %d voxels, allowed are %.3g GiB: raise --memory or crop the image: %w",
			job.Input, gib(need), info.Grid.N[0], info.Grid.N[1], info.Grid.N[2], gib(l.Memory), ErrMemory)
	}
	return nil
}

func gib(bytes int64) float64 { return float64(bytes) / (1 << 30) }
