package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"explant/analysis/protocol"
	"explant/io/imagefile"
	"explant/io/open"
	"explant/volume"
)

var (
	// ErrMemory says that a job would need more memory than it may use.
	ErrMemory = errors.New("more memory is needed than --memory allows")
	// ErrDisk says that a job would need more disk than there is.
	ErrDisk = errors.New("not enough space for scratch files")
)

// Bytes of memory that an engine needs a voxel or pixel at its peak, beside the image itself.
// Measured on phantoms as peak resident memory less that of the idle program, and rounded up. The plain
// recipes are reckoned by needOf.
var perVoxel = map[protocol.Engine]int64{protocol.Oxygenator: 22, protocol.Connector: 24, protocol.Fluorescence: 160, protocol.SEM: 130}

// A slide goes tile by tile: what grows are copies of it with at most 2800 cells along a side.
const (
	pixelOfSlide = 3
	mostOfSlide  = 340 << 20
)

// A wide field of fluorescence goes tile by tile: what grows are bits of masks.
const (
	wideField = 400 << 20
	wideBits  = 3
)

const (
	// idle is about the resident memory of the program with a slide's libraries at work.
	idle = 200 << 20
	// program is that of the program with a volume.
	program = 100 << 20
)

// Plan is what a job is expected to need, known before it begins.
type Plan struct {
	Resident int64  // bytes of memory at its peak
	Streams  bool   // its arrays lie on a disk, for they are larger than the cap
	Disk     int64  // bytes of scratch files; 0 where it does not stream
	Scratch  string // folder of these files; "" where it does not stream
	cap      int64
}

// need is what the arrays of a job take.
type need struct {
	arrays int64 // bytes that may lie on a disk
	rest   int64 // bytes that may not: what each goroutine works on, connected pieces, the program
	refuse bool  // the engine cannot put its arrays on a disk
}

// needOf reckons a job. With the plain recipes the arrays are the scan, the labels, two tables of a slice for
// every 16 slices, and the smoothed scan where it is kept: floats are smoothed once.
func needOf(job Job, info imagefile.Info, workers int) need {
	n := int64(info.Grid.Len())
	slice := int64(info.Grid.N[0]) * int64(info.Grid.N[1])
	switch e := job.Protocol.Engine; e {
	case protocol.Panel, protocol.Ranges:
		voxel := loaded(info)
		scans := int64(1)
		if e == protocol.Panel && voxel > 2 {
			scans = 2
		}
		faces := int64(info.Grid.N[2])/16 + 2
		return need{
			arrays: n*(scans*voxel+1) + 8*faces*slice,
			rest:   program + n/3 + int64(workers)*(140*slice+16<<20),
		}
	case protocol.Slide:
		return need{rest: idle + min(n*pixelOfSlide, mostOfSlide), refuse: true}
	case protocol.SEM, protocol.Fluorescence:
		if e == protocol.Fluorescence && isWide(info.Grid) {
			return need{rest: idle + wideField + n*wideBits/8 + mostOfSlide, refuse: true}
		}
		return need{rest: idle + n*perVoxel[e], refuse: true}
	case protocol.Pixels, protocol.Voxels:
		return need{rest: idle + classifierNeed(info, n) + int64(workers)*tileMemory, refuse: true}
	default:
		return need{rest: idle + n*perVoxel[e] + info.Bytes(), refuse: true}
	}
}

// besides is what the scan of the unused device and the map of the zones take; both are held in memory. A file
// that cannot be opened is told of when it is to be read.
func besides(ctx context.Context, job Job, workers int) (bytes int64) {
	if info, ok := infoOf(ctx, job.Zones); ok {
		bytes += int64(info.Grid.Len())
	}
	if info, ok := infoOf(ctx, job.Reference); ok {
		bytes += max(needOf(job, info, workers).arrays, int64(info.Grid.Len())*(loaded(info)+1))
	}
	return bytes
}

func infoOf(ctx context.Context, path string) (imagefile.Info, bool) {
	if path == "" {
		return imagefile.Info{}, false
	}
	in, err := open.Path(ctx, path, open.Options{})
	if err != nil {
		return imagefile.Info{}, false
	}
	defer func() { _ = in.Close() }()
	return in.Info(), true
}

// tileMemory is what a goroutine needs for the features of a tile.
const tileMemory = 160 << 20

// classifierNeed is what an image and its classes take: colour stays in its file, channels are held as floats, a
// volume as it is, with its labels and their confidence.
func classifierNeed(info imagefile.Info, n int64) int64 {
	switch {
	case info.Grid.N[2] > 1 && info.Channels == 1:
		return info.Bytes() + 2*n
	case info.Channels == 3 && len(info.ChannelNames) == 0:
		return 0
	}
	return 4 * n / int64(info.Grid.N[2]) * int64(info.Channels)
}

// loaded is the bytes of a voxel in memory.
func loaded(info imagefile.Info) int64 {
	switch info.Type {
	case imagefile.Int8:
		return 2
	case imagefile.Float64:
		return 4
	}
	return int64(info.Type.Size())
}

// planned says how a job will be done, or refuses it before any work is done.
func planned(ctx context.Context, job Job, info imagefile.Info, l Limits) (Plan, error) {
	workers := l.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	w := preparedNeed(job, info, workers)
	w.rest += besides(ctx, job, workers)
	all := w.arrays + w.rest
	what := fmt.Sprintf("%s: %d x %d x %d voxels", job.Input, info.Grid.N[0], info.Grid.N[1], info.Grid.N[2])
	switch {
	case l.Memory <= 0 || all <= l.Memory:
		return Plan{Resident: all, cap: max(l.Memory, 0)}, nil
	case w.refuse:
		return Plan{}, fmt.Errorf("%s need about %s, allowed are %s: raise --memory or crop the image: %w", what, gib(all), gib(l.Memory), ErrMemory)
	case w.rest > l.Memory:
		return Plan{}, fmt.Errorf("%s need about %s also when they stream from the disk, allowed are %s: raise --memory, lower --threads or crop the image: %w", what, gib(w.rest), gib(l.Memory), ErrMemory)
	}
	p := Plan{Resident: l.Memory, Streams: true, Disk: w.arrays, Scratch: l.Scratch, cap: l.Memory}
	if p.Scratch == "" {
		p.Scratch = existing(job.Out)
	}
	free, err := volume.FreeDisk(p.Scratch)
	if err != nil {
		return p, fmt.Errorf("%s: %w", what, err)
	}
	if free < p.Disk {
		return p, fmt.Errorf("%s need %s of scratch files, %s has %s: free space, or name another disk with --scratch: %w", what, gib(p.Disk), p.Scratch, gib(free), ErrDisk)
	}
	return p, nil
}

// existing is the folder itself, or the nearest one around it that there is: both lie on one disk.
func existing(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			return dir
		}
	}
}

func gib(bytes int64) string { return fmt.Sprintf("%.3g GiB", float64(bytes)/(1<<30)) }

// String says it in one line.
func (p Plan) String() string {
	if !p.Streams {
		return fmt.Sprintf("memory: about %s at the peak", gib(p.Resident))
	}
	return fmt.Sprintf("memory: kept below %s; %s of scratch files in %s", gib(p.Resident), gib(p.Disk), p.Scratch)
}
