package open

import (
	"context"
	"time"

	"explant/io/dicom"
	"explant/io/imagefile"
	"explant/io/worker"
)

// dicomImage opens a DICOM file or folder here, and again in a worker when its pixels are compressed. The
// worker gets the time that the headers took, several times over.
func dicomImage(ctx context.Context, path string, o Options) (imagefile.Reader, error) {
	begin := time.Now()
	r, err := dicom.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	if o.InProcess || !r.Compressed() {
		return r, nil
	}
	if err := r.Close(); err != nil {
		return nil, err
	}
	if o.Limits.Open == 0 {
		o.Limits.Open = 5*time.Second + 4*time.Since(begin)
	}
	return decode(ctx, worker.DICOM, path, o)
}

// dicomFiles are the files of a slide that lie beside one of them.
func dicomFiles(path string) []string {
	r, err := dicom.Open(context.Background(), path)
	if err != nil {
		return nil // it is hashed as it lies there
	}
	defer r.Close()
	return r.Files()
}
