package classify

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"

	"go.yaml.in/yaml/v3"

	"explant/analysis/opencv"
)

// Network is the declaration of a user's own network: a YAML file beside the ONNX file that it names.
type Network struct {
	File     string         `yaml:"network"` // base name of the ONNX file
	Kind     Kind           `yaml:"kind"`    // colour, channels or grey
	Channels []NetChannel   `yaml:"channels"`
	PixelUM  float64        `yaml:"pixel_size_um"` // 0: not checked
	Side     int            `yaml:"side"`          // width and height of the picture that the network takes
	Overlap  int            `yaml:"overlap"`       // pixels at each side of it whose classes are not used
	Output   string         `yaml:"output"`        // scores: a softmax makes shares of them; shares: they sum to 1
	Classes  []NetworkClass `yaml:"classes"`       // in the order of the network's planes
}

// NetChannel is one plane of the network's input, (value - mean) * scale of the file's values (8-bit colour: 0 to 255).
type NetChannel struct {
	Name  string  `yaml:"name"`
	Mean  float64 `yaml:"mean"`
	Scale float64 `yaml:"scale"`
}

// NetworkClass is one class of the network.
type NetworkClass struct {
	Name  string `yaml:"name"`
	Color string `yaml:"color"`
}

// What a network may give.
const (
	outputScores = "scores"
	outputShares = "shares"
)

const mostSide = 4096

// ParseNetwork reads a declaration and checks it. An unknown key is an error.
func ParseNetwork(text []byte) (Network, error) {
	n := Network{Output: outputScores}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&n); err != nil {
		return n, fmt.Errorf("declaration of a network: %w", err)
	}
	return n, n.check()
}

func (n Network) check() error {
	var bad []error
	add := func(wrong bool, format string, a ...any) {
		if wrong {
			bad = append(bad, fmt.Errorf(format, a...))
		}
	}
	add(n.File == "", "network: the name of an ONNX file is wanted")
	add(n.Kind != Colour && n.Kind != Channels && n.Kind != Grey, "kind: %q is none of colour, channels, grey", n.Kind)
	add(n.Side < 8 || n.Side > mostSide, "side: %d is not in 8 to %d pixels", n.Side, mostSide)
	add(n.Overlap < 0 || 2*n.Overlap >= n.Side, "overlap: %d leaves nothing of %d pixels", n.Overlap, n.Side)
	add(n.Output != outputScores && n.Output != outputShares, "output: %q is neither scores nor shares", n.Output)
	add(len(n.Classes) < 2 || len(n.Classes) > 200, "classes: %d are given, 2 to 200 are wanted", len(n.Classes))
	add(!(n.PixelUM >= 0 && n.PixelUM < 1e6), "pixel_size_um: %v", n.PixelUM)
	for _, c := range n.Classes {
		add(c.Name == "" || !validColor(c.Color), "classes: name %q, color %q: a name and a color such as \"#d7301f\" are wanted", c.Name, c.Color)
	}
	for _, c := range n.Channels {
		add(!(c.Scale != 0) || math.IsInf(c.Scale, 0) || math.IsNaN(c.Scale) || math.IsInf(c.Mean, 0) || math.IsNaN(c.Mean), "channels: %q: mean %v, scale %v", c.Name, c.Mean, c.Scale)
	}
	return errors.Join(append(bad, n.input().Check())...)
}

// input says which images the network takes; ranges are not its business.
func (n Network) input() Input {
	in := Input{Kind: n.Kind, Spacing: [3]float64{n.PixelUM / 1000, n.PixelUM / 1000, 0}}
	for _, c := range n.Channels {
		in.Channels = append(in.Channels, Channel{Name: c.Name, Low: 0, High: 1})
	}
	return in
}

// Classifier is the network, ready to be applied. Its hash is that of both files.
func (n Network) Classifier(declaration, onnx []byte) (*Classifier, error) {
	if _, err := opencv.ReadNet(onnx); err != nil {
		return nil, err
	}
	h := sha256.New()
	for _, b := range [][]byte{declaration, onnx} {
		sum := sha256.Sum256(b)
		h.Write(sum[:])
	}
	c := &Classifier{Name: "network", Hash: hex.EncodeToString(h.Sum(nil)), Input: n.input(), Algorithms: map[string]string{"classify.apply": "1", "opencv.dnn": "1"}}
	for _, k := range n.Classes {
		c.Classes = append(c.Classes, Class{Name: k.Name, Color: k.Color})
	}
	inner := n.Side - 2*n.Overlap
	c.tile = [3]int{inner, inner, 1}
	c.worker = func(src Source) (worker, error) {
		net, err := opencv.ReadNet(onnx)
		return &netWorker{Network: n, net: net, from: padded{src: src, channels: n.input().rawChannels()}}, err
	}
	return c, nil
}

// netWorker runs pictures through a network of its own.
type netWorker struct {
	Network
	net  *opencv.Net
	from padded
	in   []float32
}

func (w *netWorker) classify(ctx context.Context, lo, n [3]int, labels, percent []uint8) (int64, error) {
	raw, err := w.from.read(ctx, [3]int{lo[0] - w.Overlap, lo[1] - w.Overlap, 0}, [3]int{w.Side, w.Side, 1})
	if err != nil {
		return 0, err
	}
	w.in = w.in[:0]
	for c, plane := range raw {
		mean, scale := float32(w.Channels[c].Mean), float32(w.Channels[c].Scale)
		for _, v := range plane {
			w.in = append(w.in, (v-mean)*scale)
		}
	}
	out, err := w.net.Forward(w.in, len(raw), w.Side, w.Side, len(w.Classes))
	if err != nil {
		return 0, err
	}
	score := make([]float64, len(w.Classes))
	for i := range labels {
		at := w.Side*(w.Overlap+i/n[0]) + w.Overlap + i%n[0]
		for k := range score {
			score[k] = float64(out[k*w.Side*w.Side+at])
		}
		labels[i], percent[i] = w.decide(score)
	}
	return 0, nil
}

// decide gives the class of the highest score from 1, the first of equals, and its share in percent. Where no
// score is a number the class is 0.
func (w *netWorker) decide(score []float64) (class, percent uint8) {
	best := -1
	for k, s := range score {
		if !math.IsNaN(s) && (best < 0 || s > score[best]) {
			best = k
		}
	}
	if best < 0 {
		return 0, 0
	}
	share := score[best]
	if w.Output == outputScores {
		sum := 0.0
		for _, s := range score {
			if !math.IsNaN(s) {
				sum += math.Exp(s - score[best])
			}
		}
		share = 1 / sum
	}
	return uint8(best + 1), uint8(math.Round(100 * min(max(share, 0), 1)))
}
