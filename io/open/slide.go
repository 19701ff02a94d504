package open

import (
	"context"
	"time"

	"explant/io/imagefile"
	"explant/io/worker"
)

// slideTime is how long a slide may take to open. Its index lies in other files than the one that is named,
// whose size says nothing, and often at the other end of a network.
const slideTime = 30 * time.Second

// slide opens a file that OpenSlide reads.
func slide(ctx context.Context, path string, o Options) (imagefile.Reader, error) {
	if o.Limits.Open == 0 {
		o.Limits.Open = slideTime
	}
	return decode(ctx, worker.OpenSlide, path, o)
}
