package report

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"math"
	"strings"
)

// gallery is the part of the page that shows pictures: what is seen first, and what the script
// shows when a slider moves.
type gallery struct {
	HasPictures           bool
	Layers                []Layer
	Opacity               int // percent
	Stack, View, Field    *shown
	Axes                  []string
	StackLast, StackStart int
	ViewLast, ViewStart   int
	Ghosts                string // what is translucent in the 3D view
	Maps                  []shown
	Reference             []shown
	Hot                   []shown
	HotRamp               template.CSS
	HotMost, HotNote      string
	Ramp                  template.CSS
	RampMost              string
	Notes                 []string
	Data                  template.JS
}

// shown is a picture in the page.
type shown struct {
	Base       template.URL
	Label, Alt string
	Layers     []shownLayer
	Ratio, Bar template.CSS
	BarText    string
}

type shownLayer struct {
	Src   template.URL
	Shown bool
}

// The script's data: the same pictures as in the page, and all others.
type (
	scriptData struct {
		Stacks []scriptStack   `json:"stacks"`
		Views  []scriptPicture `json:"views"`
	}
	scriptStack struct {
		Ratio  string          `json:"ratio"`
		Start  int             `json:"start"`
		Bar    scriptBar       `json:"bar"`
		Slices []scriptPicture `json:"slices"`
	}
	scriptBar struct {
		Part string `json:"part"`
		Text string `json:"text"`
	}
	scriptPicture struct {
		Label  string   `json:"label"`
		Alt    string   `json:"alt"`
		Base   string   `json:"base"`
		Layers []string `json:"layers,omitempty"`
	}
)

// firstView is the share of a turn at which the 3D view starts: two faces are seen.
const firstView = 1.0 / 12

func newGallery(p Pictures) (gallery, error) {
	g := gallery{Layers: p.Layers, Notes: p.Notes, Opacity: 60}
	var data scriptData
	for _, s := range p.Stacks {
		if len(s.Slices) == 0 || s.Start < 0 || s.Start >= len(s.Slices) {
			return gallery{}, fmt.Errorf("stack %s of %d slices starts at slice %d", s.Axis, len(s.Slices), s.Start)
		}
		g.Axes = append(g.Axes, s.Axis)
		data.Stacks = append(data.Stacks, newScriptStack(s))
	}
	if len(p.Stacks) > 0 {
		first := p.Stacks[0]
		g.Stack = show(first.Slices[first.Start], p.Layers)
		g.StackLast, g.StackStart = len(first.Slices)-1, first.Start
	}
	if len(p.Views) > 0 {
		g.ViewLast, g.ViewStart = len(p.Views)-1, int(firstView*float64(len(p.Views)))
		g.View = show(p.Views[g.ViewStart], nil)
		g.Ghosts = ghosts(p.Layers)
		for _, v := range p.Views {
			data.Views = append(data.Views, newScriptPicture(v))
		}
	}
	if p.Field != nil {
		g.Field = show(*p.Field, p.Layers)
		g.Opacity = 45
	}
	for _, m := range p.Maps {
		g.Maps = append(g.Maps, *show(m, nil))
	}
	for _, m := range p.Hot.Pictures {
		g.Hot = append(g.Hot, *show(m, nil))
	}
	g.HotNote, g.HotMost = p.Hot.Note, free(p.Hot.Scale.Most)
	g.HotRamp = gradient(p.Hot.Scale)
	for _, m := range p.Reference {
		g.Reference = append(g.Reference, *show(m, nil))
	}
	if len(p.Scale.Colors) > 0 {
		g.Ramp = gradient(p.Scale)
		g.RampMost = free(p.Scale.Most) + "\u202f" + p.Scale.Unit
	}
	g.HasPictures = g.Stack != nil || g.View != nil || g.Field != nil || len(g.Maps) > 0
	text, err := json.Marshal(data)
	g.Data = template.JS(text)
	return g, err
}

// gradient is the colours of a scale from left to right.
func gradient(s Scale) template.CSS {
	return template.CSS("linear-gradient(to right, " + strings.Join(s.Colors, ", ") + ")")
}

// ghosts names the classes that the 3D view draws translucent.
func ghosts(layers []Layer) string {
	var names []string
	for _, l := range layers {
		if support[l.Name] && l.Name != lumen {
			names = append(names, l.Name)
		}
	}
	return strings.Join(names, ", ")
}

func newScriptStack(s Stack) scriptStack {
	first := s.Slices[0]
	part, text := scaleBar(first)
	out := scriptStack{Ratio: ratio(first), Start: s.Start, Bar: scriptBar{part, text}}
	for _, p := range s.Slices {
		out.Slices = append(out.Slices, newScriptPicture(p))
	}
	return out
}

func newScriptPicture(p Picture) scriptPicture {
	out := scriptPicture{Label: p.Label, Alt: p.Alt, Base: p.Base.uri()}
	for _, l := range p.Layers {
		out.Layers = append(out.Layers, l.uri())
	}
	return out
}

func show(p Picture, layers []Layer) *shown {
	part, text := scaleBar(p)
	out := &shown{
		Base: template.URL(p.Base.uri()), Label: p.Label, Alt: p.Alt,
		Ratio: template.CSS(ratio(p)), Bar: template.CSS(part), BarText: text,
	}
	for i, l := range layers {
		if i < len(p.Layers) {
			src := p.Layers[i].uri()
			out.Layers = append(out.Layers, shownLayer{Src: template.URL(src), Shown: l.Shown && src != ""})
		}
	}
	return out
}

// uri is the file as a data: address, "" where there is none.
func (f File) uri() string {
	if len(f.Data) == 0 {
		return ""
	}
	return "data:" + f.Type + ";base64," + base64.StdEncoding.EncodeToString(f.Data)
}

func ratio(p Picture) string { return fmt.Sprintf("%.5f", p.Width/math.Max(p.Height, 1e-12)) }

// scaleBar is the length of a scale bar as a share of the width of p, and what stands on it: a round
// length between a tenth and a quarter of the width.
func scaleBar(p Picture) (part, text string) {
	length := roundBelow(p.Width / 4)
	part = fmt.Sprintf("%.5f", length/p.Width)
	if !p.Calibrated {
		return part, free(length) + " px"
	}
	factor, unit := lengthUnit(length)
	return part, free(rounded(length*factor)) + " " + unit
}

// roundBelow is the largest 1, 2 or 5 times a power of ten that is not above v.
func roundBelow(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, f := range []float64{5, 2} {
		if f*power <= v*(1+1e-9) {
			return f * power
		}
	}
	return power
}
