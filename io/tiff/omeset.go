package tiff

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// set gathers the planes of an OME-TIFF, which may lie in several files of one folder.
type set struct {
	path  string // of the file that was opened
	here  []*page
	x     *omeXML
	own   string // UUID of the file that was opened
	image int
	s     series
	files map[string]*member
	lost  []string // files that are not there
	text  string   // name of the file that has the description; "" for the opened one
	bytes int64    // of all files beside the opened one
}

// member is another file of a set.
type member struct {
	path  string
	pages []*page
}

// gather gives the pages of the image in the order of its slices, the channels of a slice one behind the
// other, and what is said about them. Without a table of planes, the pages stay as they are.
func gather(ctx context.Context, path string, here []*page, s series) ([]*page, series, int64, error) {
	g := &set{path: path, here: here, x: s.ome, own: s.ome.UUID, files: map[string]*member{}}
	if err := g.companion(); err != nil {
		return nil, s, 0, err
	}
	g.choose()
	var ok bool
	if g.s, ok = g.x.series(g.image); !ok {
		return nil, s, 0, errors.New("its OME description has sizes that cannot be")
	}
	g.s.personal = append(g.s.personal, s.personal...)
	slices.Sort(g.s.personal)
	g.s.personal = slices.Compact(g.s.personal)
	if w := g.x.others(g.image); w != "" {
		g.s.notes = append(g.s.notes, w)
	}
	table, err := g.table(ctx)
	if err != nil {
		return nil, s, 0, err
	}
	if table == nil {
		g.beside()
		return here, g.s, g.bytes, nil
	}
	pages, err := g.complete(table)
	g.beside()
	return pages, g.s, g.bytes, err
}

// beside names the other files that were read.
func (g *set) beside() {
	if g.text != "" {
		g.s.beside = append(g.s.beside, g.text)
	}
	for _, m := range g.files {
		if m.path != "" {
			g.s.beside = append(g.s.beside, filepath.Base(m.path))
		}
	}
	slices.Sort(g.s.beside)
}

// companion reads the description from the file that has it, where the opened one only refers to it.
func (g *set) companion() error {
	name := g.x.BinaryOnly.MetadataFile
	if name == "" {
		return nil
	}
	full, err := sibling(g.path, name)
	if err != nil {
		return fmt.Errorf("its description lies in another file: %w", err)
	}
	text, err := readCompanion(full)
	if err != nil {
		return err
	}
	x := parseOME(text)
	if x == nil || len(x.Image) == 0 {
		return fmt.Errorf("%.80q beside it holds no OME description of an image", name)
	}
	if g.own == "" {
		g.own = g.x.BinaryOnly.UUID // some writers put the UUID of the file here
	}
	g.x, g.text = x, name
	return nil
}

// choose takes the first image that has planes in the opened file.
func (g *set) choose() {
	for i, m := range g.x.Image {
		if slices.ContainsFunc(m.Pixels.TiffData, func(d omeTiffData) bool { return g.isHere(d) }) {
			g.image = i
			return
		}
	}
}

// isHere reports planes of the opened file, which may have been renamed.
func (g *set) isHere(d omeTiffData) bool {
	if len(g.here) == 0 {
		return false // a companion was opened
	}
	uuid := strings.TrimSpace(d.UUID.Value)
	return d.UUID.FileName == filepath.Base(g.path) || d.UUID.FileName == "" && uuid == "" || uuid != "" && uuid == g.own
}

// table finds out where the planes of the first time lie; nil when the description does not say.
func (g *set) table(ctx context.Context) (map[int]*page, error) {
	if g.x.Image[g.image].samples() == 0 && len(g.here) > 0 && g.s.c%g.here[0].form.channels == 0 {
		g.s.c /= g.here[0].form.channels
	}
	data := g.x.Image[g.image].Pixels.TiffData
	if len(data) == 0 {
		return nil, nil
	}
	alone := g.renamed(data)
	table, time := map[int]*page{}, g.firstTime(data)
	for _, d := range data {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		file := d.UUID.FileName
		if alone || g.isHere(d) {
			file = ""
		}
		pages, err := g.pages(ctx, file)
		if err != nil {
			return nil, err
		}
		first, n := 0, len(pages)
		if d.IFD != nil {
			first, n = *d.IFD, 1
		}
		if d.PlaneCount != nil {
			n = *d.PlaneCount
		}
		g.place(table, d, pages, first, n, time)
	}
	return table, nil
}

// renamed reports the one file of an image under another name than the description has.
func (g *set) renamed(data []omeTiffData) bool {
	for _, d := range data {
		if d.UUID.FileName != data[0].UUID.FileName {
			return false
		}
	}
	_, err := sibling(g.path, data[0].UUID.FileName)
	return len(g.here) > 0 && errors.Is(err, errMissing)
}

// firstTime is the first time that has a plane.
func (g *set) firstTime(data []omeTiffData) int {
	time := data[0].FirstT
	for _, d := range data {
		time = min(time, d.FirstT)
	}
	return max(time, 0)
}

// place enters n planes: the pages of a file from directory ifd on, as far as there are any.
func (g *set) place(table map[int]*page, d omeTiffData, pages []*page, ifd, n, time int) {
	if d.FirstC < 0 || d.FirstZ < 0 || d.FirstT < 0 || ifd < 0 || d.FirstC >= g.s.c || d.FirstZ >= g.s.z || d.FirstT >= g.s.t {
		return
	}
	at, total := g.s.number(d.FirstC, d.FirstZ, d.FirstT), g.s.c*g.s.z*g.s.t
	for k := range max(min(n, total-at, len(pages)-ifd), 0) {
		if c, z, t := g.s.position(at + k); t == time {
			table[z*g.s.c+c] = pages[ifd+k]
		}
	}
}

// pages are the directories of a file of the set; none when it is missing, which is remembered.
func (g *set) pages(ctx context.Context, file string) ([]*page, error) {
	if file == "" {
		return g.here, nil
	}
	if m, ok := g.files[file]; ok {
		return m.pages, nil
	}
	m := &member{}
	g.files[file] = m
	full, err := sibling(g.path, file)
	if errors.Is(err, errMissing) {
		g.lost = append(g.lost, file)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	m.path = full
	h, err := openHandle(full)
	if err != nil {
		return nil, fmt.Errorf("file %.80q of its set: %w", file, err)
	}
	defer h.close()
	if st, err := os.Stat(full); err == nil {
		g.bytes += st.Size()
	}
	if m.pages, _, err = chain(ctx, h); err != nil {
		return nil, fmt.Errorf("file %.80q of its set: %w", file, err)
	}
	below(h, m.pages)
	for _, p := range m.pages {
		p.belongs(m)
	}
	return m.pages, nil
}

// belongs says that a page and its smaller copies lie in another file than the one that was opened.
func (p *page) belongs(m *member) {
	p.file = m
	for _, q := range p.smaller {
		q.file = m
	}
}

// complete gives the pages of the table. Channels of which something is missing are left out, when others
// are whole; of a single file without a whole channel the pages stay as they are.
func (g *set) complete(table map[int]*page) ([]*page, error) {
	var whole []int
	gap := ""
	for c := range g.s.c {
		z := 0
		for z < g.s.z && table[z*g.s.c+c] != nil {
			z++
		}
		if z == g.s.z {
			whole = append(whole, c)
		} else if gap == "" {
			gap = fmt.Sprintf("channel %d of slice %d", c+1, z+1)
		}
	}
	if len(whole) == 0 && len(g.lost) == 0 && len(g.here) > 0 {
		return g.here, nil
	}
	if len(whole) == 0 {
		return nil, fmt.Errorf("%s: it has no %s", g.missing(), gap)
	}
	if gap != "" {
		g.s.notes = append(g.s.notes, fmt.Sprintf("%s: %d of %d channels are incomplete and were left out", g.missing(), g.s.c-len(whole), g.s.c))
	}
	var pages []*page
	for z := range g.s.z {
		for _, c := range whole {
			pages = append(pages, table[z*g.s.c+c])
		}
	}
	g.keep(whole)
	return pages, nil
}

// keep reduces what is said to the channels that are there, at one time, in the order of the pages.
func (g *set) keep(channels []int) {
	if g.s.t > 1 {
		g.s.notes = append(g.s.notes, fmt.Sprintf("only the first of %d times is read", g.s.t))
	}
	var names []string
	for _, c := range channels {
		if c < len(g.s.names) {
			names = append(names, g.s.names[c])
		}
	}
	g.s.c, g.s.t, g.s.order, g.s.names, g.s.gathered = len(channels), 1, "CZT", names, true
}

// missing says what a set lacks.
func (g *set) missing() string {
	if len(g.lost) == 0 {
		return "the description places planes on pages that the file does not have"
	}
	names := make([]string, 0, 4)
	for _, f := range g.lost[:min(len(g.lost), 3)] {
		names = append(names, fmt.Sprintf("%.80q", f))
	}
	if more := len(g.lost) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return "files of its set are not beside it: " + strings.Join(names, ", ")
}

var errMissing = errors.New("is not there")

// sibling is the path of a file with a name that a description gives. It must be a file of the folder in which
// the opened one lies.
func sibling(path, name string) (string, error) {
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\\\x00") || name != filepath.Base(name) {
		return "", fmt.Errorf("the description names a file outside its folder, %.80q, which is not read", name)
	}
	full := filepath.Join(filepath.Dir(path), name)
	st, err := os.Stat(full)
	if err != nil {
		return "", fmt.Errorf("%.80q %w: put it beside it", name, errMissing)
	}
	real, errReal := filepath.EvalSymlinks(full)
	home, errHome := filepath.EvalSymlinks(path)
	if !st.Mode().IsRegular() || errReal != nil || errHome != nil || filepath.Dir(real) != filepath.Dir(home) {
		return "", fmt.Errorf("%.80q beside it leads outside its folder and is not read", name)
	}
	return full, nil
}
