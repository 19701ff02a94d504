package zarr

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"explant/io/imagefile"
	"explant/volume"
)

// image is what a store holds, understood but not yet read.
type image struct {
	info   imagefile.Info
	grids  []*grid // by level
	roles  roles
	layers [][4]int // the size of each level along c, z, y, x
}

// find understands the node at key: a pyramid, an array, or a group that leads to one of these.
func find(s store, key string, depth int) (*image, error) {
	n, err := load(s, key)
	if err != nil {
		return nil, err
	}
	if n.array != nil {
		return plainArray(s, n)
	}
	m, warnings, err := multiscaleOf(n)
	if err != nil {
		return nil, err
	}
	if m != nil {
		return pyramid(s, n, m, allLevels(m), warnings)
	}
	next, warning, err := series(s, n)
	if err != nil {
		return nil, err
	}
	if next == "" {
		next, warning, err = largest(s, n)
	}
	if err != nil {
		return nil, err
	}
	if depth >= 4 {
		return nil, errors.New("groups lead from one to the next without an image")
	}
	i, err := find(s, next, depth+1)
	if err == nil && warning != "" {
		i.info.Warnings = append([]string{warning}, i.info.Warnings...)
	}
	return i, err
}

func parse(n *node) (g *grid, err error) {
	if n.version == 3 {
		g, err = parse3(n)
	} else {
		g, err = parse2(n)
	}
	if err != nil {
		return nil, fmt.Errorf("array %s: %w", n.name(), err)
	}
	return g, nil
}

// loadGrid reads the description of an array.
func loadGrid(s store, key string) (*grid, error) {
	n, err := load(s, key)
	if err != nil {
		return nil, err
	}
	if n.array == nil {
		return nil, fmt.Errorf("%s is no array", n.name())
	}
	return parse(n)
}

func allLevels(m *multiscale) []int { return identity(len(m.Datasets)) }

// pyramid understands those levels of a multiscale image that are asked for.
func pyramid(s store, n *node, m *multiscale, levels []int, warnings []string) (*image, error) {
	first := levels[0]
	g, err := loadGrid(s, path.Join(n.key, m.Datasets[first].Path))
	if err != nil {
		return nil, err
	}
	axes, err := m.axesOf(len(g.shape))
	if err != nil {
		return nil, err
	}
	r, err := assign(axes)
	if err != nil {
		return nil, err
	}
	i, err := start(g, r, strings.TrimSpace("OME-Zarr "+m.version(n)))
	if err != nil {
		return nil, err
	}
	m.transforms(first, len(axes)).calibrate(&i.info.Grid, axes, r)
	i.info.Warnings = slices.Concat(warnings, i.info.Warnings)
	if err := describeChannels(&i.info, n); err != nil {
		return nil, err
	}
	for _, level := range levels[1:] {
		if err := i.addLevel(s, path.Join(n.key, m.Datasets[level].Path)); err != nil {
			i.info.Warnings = append(i.info.Warnings, fmt.Sprintf("level %d is left out: %v", level, err))
			break
		}
	}
	if w := labels(s, n); w != "" {
		i.info.Warnings = append(i.info.Warnings, w)
	}
	return i, nil
}

// start makes an image of one level.
func start(g *grid, r roles, format string) (*image, error) {
	if err := r.check(g); err != nil {
		return nil, err
	}
	i := &image{roles: r}
	i.info = imagefile.Info{Format: format, Type: g.dtype.typ, Channels: r.size(g, axisC), Warnings: r.first(g)}
	i.push(g)
	i.info.Grid.N = i.info.Levels[0].N
	if strings.HasSuffix(g.dtype.name, "int64") {
		i.info.Warnings = append(i.info.Warnings, note64)
	}
	return i, i.info.Grid.Check()
}

func (i *image) push(g *grid) {
	n := [4]int{i.roles.size(g, axisC), i.roles.size(g, axisZ), i.roles.size(g, axisY), i.roles.size(g, axisX)}
	i.grids, i.layers = append(i.grids, g), append(i.layers, n)
	l := imagefile.Level{N: [3]int{n[3], n[2], n[1]}, Downsample: 1}
	l.Tile = [2]int{g.chunk[i.roles.of[axisX]], g.chunk[i.roles.of[axisY]]}
	if len(i.info.Levels) > 0 {
		l.Downsample = float64(i.info.Levels[0].N[0]) / float64(l.N[0])
	}
	i.info.Levels = append(i.info.Levels, l)
}

// addLevel adds a smaller copy.
func (i *image) addLevel(s store, key string) error {
	g, err := loadGrid(s, key)
	if err != nil {
		return err
	}
	if err := i.roles.check(g); err != nil {
		return err
	}
	last := i.layers[len(i.layers)-1]
	switch {
	case g.dtype.typ != i.info.Type || i.roles.size(g, axisC) != i.info.Channels:
		return errors.New("its type or its channels are not those of level 0")
	case i.roles.size(g, axisX) > last[3] || i.roles.size(g, axisY) > last[2] || i.roles.size(g, axisZ) > last[1]:
		return errors.New("it is larger than the level before")
	}
	i.push(g)
	return nil
}

// plainArray understands an array alone. One that is a level of an image above it has that image's axes and
// size.
func plainArray(s store, n *node) (*image, error) {
	g, err := parse(n)
	if err != nil {
		return nil, err
	}
	format := fmt.Sprintf("Zarr %d array", n.version)
	r, ok := g.named()
	warning := ""
	if !ok {
		if r, warning, err = guess(g); err != nil {
			return nil, fmt.Errorf("array %s: %w", n.name(), err)
		}
	}
	i, err := start(g, r, format)
	if err != nil {
		return nil, err
	}
	if warning != "" {
		i.info.Warnings = append(i.info.Warnings, warning)
	}
	i.info.Grid.Calibration = volume.Calibration{Source: volume.Unknown, Withheld: "a Zarr array states no voxel size"}
	return i, describeChannels(&i.info, n)
}

// largest is the array of a group with most samples, of equals the first.
func largest(s store, n *node) (key, warning string, err error) {
	var keys []string
	best := 0
	for _, k := range arrays(s, n.key, 3) {
		g, err := loadGrid(s, k)
		if err != nil || len(g.shape) < 2 {
			continue
		}
		keys = append(keys, k)
		samples := 1
		for _, v := range g.shape {
			samples *= v
		}
		if samples > best {
			best, key = samples, k
		}
	}
	if key == "" {
		return "", "", fmt.Errorf("%s holds no image: neither multiscales nor an array of two axes or more", n.name())
	}
	if len(keys) > 1 {
		warning = fmt.Sprintf("a group of %d arrays (%.200s) without multiscales: %s, the largest, is read; open the folder of another one for that", len(keys), some(keys), key)
	}
	return key, warning, nil
}

const maxNodes = 1000

// arrays are the keys of the arrays below a group, in order.
func arrays(s store, key string, depth int) (keys []string) {
	for _, name := range s.list(key) {
		k := path.Join(key, name)
		n, err := load(s, k)
		switch {
		case len(keys) >= maxNodes:
			return keys
		case err == nil && n.array != nil:
			keys = append(keys, k)
		case depth > 1 && (err == nil || errors.Is(err, fs.ErrNotExist)):
			keys = append(keys, arrays(s, k, depth-1)...)
		}
	}
	return keys
}
