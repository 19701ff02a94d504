package opencv

import (
	"bytes"
	"encoding/binary"
	"flag"
	"math"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the files in testdata")

// The side of the pictures of the test's network.
const netSide = 16

// The weights of a convolution of 1 x 1 pixel from three channels to two classes, and what is added.
var (
	netWeights = [2][3]float32{{1, -2, 0.5}, {0, 3, -1}}
	netBias    = [2]float32{0.25, -4}
)

// field is a protocol buffer's field of bytes; number one of whole numbers.
func field(key int, parts ...[]byte) []byte {
	all := bytes.Join(parts, nil)
	return append(binary.AppendUvarint(binary.AppendUvarint(nil, uint64(key)<<3|2), uint64(len(all))), all...)
}

func number(key, v int) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(nil, uint64(key)<<3), uint64(v))
}

func text(key int, s string) []byte { return field(key, []byte(s)) }

// tensor is an initialiser of floats.
func tensor(name string, values []float32, dims ...int) []byte {
	var b, raw []byte
	for _, d := range dims {
		b = append(b, number(1, d)...)
	}
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	return field(5, b, number(2, 1), text(8, name), field(9, raw))
}

// value is an input or an output of floats.
func value(key int, name string, dims ...int) []byte {
	var shape []byte
	for _, d := range dims {
		shape = append(shape, field(1, number(1, d))...)
	}
	return field(key, text(1, name), field(2, field(1, number(1, 1), field(2, shape))))
}

// convolution is an ONNX model of one convolution of 1 x 1 pixel.
func convolution() []byte {
	weights := append(append([]float32(nil), netWeights[0][:]...), netWeights[1][:]...)
	kernel := field(5, text(1, "kernel_shape"), number(8, 1), number(8, 1), number(20, 7))
	node := field(1, text(1, "in"), text(1, "weights"), text(1, "bias"), text(2, "out"), text(3, "mix"), text(4, "Conv"), kernel)
	graph := field(7, node, text(2, "test"), tensor("weights", weights, 2, 3, 1, 1), tensor("bias", netBias[:], 2),
		value(11, "in", 1, 3, netSide, netSide), value(12, "out", 1, 2, netSide, netSide))
	return bytes.Join([][]byte{number(1, 7), graph, field(8, text(1, ""), number(2, 11))}, nil)
}

func TestNetworkMixesChannelsAsItsWeightsSay(t *testing.T) {
	const file = "testdata/convolution.onnx" // for the tests of other packages
	model := convolution()
	if *update {
		if err := os.WriteFile(file, model, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if kept, err := os.ReadFile(file); err != nil || !bytes.Equal(kept, model) {
		t.Errorf("%s is not what the test writes (%v): go test -update", file, err)
	}
	net, err := ReadNet(model)
	if err != nil {
		t.Fatal(err)
	}
	in := make([]float32, 3*netSide*netSide)
	for i := range in {
		in[i] = float32(i%37) - 18
	}
	for range 2 { // a network may be run again
		out, err := net.Forward(in, 3, netSide, netSide, 2)
		if err != nil {
			t.Fatal(err)
		}
		const n = netSide * netSide
		for k := range 2 {
			for i := range n {
				want := netBias[k]
				for c := range 3 {
					want += netWeights[k][c] * in[c*n+i]
				}
				if math.Abs(float64(out[k*n+i]-want)) > 1e-4 {
					t.Fatalf("class %d, pixel %d: %v, wanted %v", k, i, out[k*n+i], want)
				}
			}
		}
	}
	if _, err := net.Forward(in, 3, netSide, netSide, 3); err == nil || !strings.Contains(err.Error(), "3 classes") {
		t.Errorf("another number of classes: %v", err)
	}
	if _, err := net.Forward(in[:netSide*netSide], 1, netSide, netSide, 2); err == nil {
		t.Error("another number of channels passes")
	}
}

func TestNoNetworkIsAnError(t *testing.T) {
	whole := convolution()
	for name, b := range map[string][]byte{"nothing": nil, "text": []byte("no network at all"), "half": whole[:len(whole)/2]} {
		if _, err := ReadNet(b); err == nil {
			t.Errorf("%s: no error", name)
		} else if strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: more than a line: %v", name, err)
		}
	}
}
