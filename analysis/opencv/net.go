package opencv

/*
#cgo pkg-config: opencv4
#cgo CXXFLAGS: --std=c++11 -DNDEBUG
#include <stdlib.h>
#include "net.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"unsafe"
)

// Net is a neural network of OpenCV's DNN module, on the processor. gocv's own binding of that module wants a newer
// OpenCV than Debian 12 has. A Net may be used by one goroutine at a time; the collector frees it.
type Net struct {
	handle *handle
}

type handle struct{ net unsafe.Pointer }

const errRoom = 512

// ReadNet parses a network in the ONNX format.
func ReadNet(onnx []byte) (*Net, error) {
	if len(onnx) == 0 {
		return nil, errors.New("read network: the file is empty")
	}
	text := make([]C.char, errRoom)
	net := C.explant_net_read((*C.char)(unsafe.Pointer(&onnx[0])), C.size_t(len(onnx)), &text[0], errRoom)
	if net == nil {
		return nil, fmt.Errorf("read network: %s", firstLine(text))
	}
	h := &handle{net}
	runtime.SetFinalizer(h, func(h *handle) { C.explant_net_close(h.net) })
	return &Net{h}, nil
}

// Forward runs a picture of channels planes of w x h values through the network and gives as many planes of the same
// size as there are classes. Another shape of the result is an error.
func (n *Net) Forward(in []float32, channels, w, h, classes int) ([]float32, error) {
	if w <= 0 || h <= 0 || channels <= 0 || classes <= 0 || len(in) != channels*w*h {
		return nil, fmt.Errorf("run network: %d values for %d channels of %d x %d pixels", len(in), channels, w, h)
	}
	out := make([]float32, classes*w*h)
	text := make([]C.char, errRoom)
	var dims [4]C.int
	bad := C.explant_net_forward(n.handle.net, (*C.float)(unsafe.Pointer(&in[0])), C.int(channels), C.int(h), C.int(w),
		(*C.float)(unsafe.Pointer(&out[0])), C.size_t(len(out)), &dims[0], &text[0], errRoom)
	runtime.KeepAlive(n.handle)
	if bad != 0 {
		return nil, fmt.Errorf("run network: %s", firstLine(text))
	}
	if want := [4]C.int{1, C.int(classes), C.int(h), C.int(w)}; dims != want {
		return nil, fmt.Errorf("run network: a result of %v for %d classes of %d x %d pixels", dims, classes, w, h)
	}
	return out, nil
}

// firstLine is the first line of a C string.
func firstLine(text []C.char) string {
	line, _, _ := strings.Cut(C.GoString(&text[0]), "\n")
	return strings.TrimSpace(line)
}
