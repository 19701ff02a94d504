package zarr

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"explant/io/imagefile"
)

// omero is what OME-Zarr says about channels.
type omero struct {
	Channels []struct {
		Label json.RawMessage `json:"label"` // a string; some writers give a number
		Color string          `json:"color"`
	} `json:"channels"`
}

// noName is a label that says no more than its place.
var noName = regexp.MustCompile(`(?i)^((channel|band|c)?[ _:]*[0-9:]*|r|g|b|red|green|blue)$`)

// colours reports three channels of bytes that are red, green and blue of a picture rather than
// measurements: nobody named them otherwise, and their colours are these three or none.
func (o omero) colours(n int, t imagefile.Type) bool {
	if n != 3 || t != imagefile.Uint8 {
		return false
	}
	want := []string{"FF0000", "00FF00", "0000FF"}
	for i, c := range o.Channels {
		if i < 3 && c.Color != "" && !strings.EqualFold(strings.TrimPrefix(c.Color, "#"), want[i]) || !noName.MatchString(o.name(i)) {
			return false
		}
	}
	return true
}

// name is the label of a channel, "" when it has none.
func (o omero) name(i int) string {
	if i >= len(o.Channels) {
		return ""
	}
	raw := o.Channels[i].Label
	var s string
	if json.Unmarshal(raw, &s) != nil {
		s = string(bytes.TrimSpace(raw))
	}
	return strings.ToValidUTF8(s[:min(len(s), 80)], "")
}

// describeChannels names the channels of an image, or tells that they are colours.
func describeChannels(i *imagefile.Info, n *node) error {
	var o omero
	if _, err := n.attr("omero", &o); err != nil {
		return err
	}
	switch {
	case i.Channels == 1:
	case o.colours(i.Channels, i.Type):
		i.Warnings = append(i.Warnings, "three channels of bytes without names of their own were taken for red, green and blue")
	default:
		for c := range i.Channels {
			name := o.name(c)
			if name == "" || slices.Contains(i.ChannelNames, name) {
				name = fmt.Sprintf("channel %d", c+1)
			}
			i.ChannelNames = append(i.ChannelNames, name)
		}
	}
	return nil
}
