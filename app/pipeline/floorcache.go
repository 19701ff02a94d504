package pipeline

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"explant/analysis/floor"
)

// keptFloor is a file of the cache. Numbers are texts, for a limit may be +Inf.
type keptFloor struct {
	Key    string    `json:"key"`
	Limits [4]string `json:"limits_voxels"` // sphere, film, border bias, border SD
}

// keepFloor recalls a detection floor from the user's cache folder, or makes it and keeps it there. A
// cache that cannot be read or written costs the seconds that making the floor takes, and nothing else.
func keepFloor(key string, make func() (floor.Limits, error)) (floor.Limits, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return make()
	}
	folder := filepath.Join(cache, "explant", "floor")
	name := filepath.Join(folder, fmt.Sprintf("%x.json", sha256.Sum256([]byte(key))))
	if l, ok := readFloor(name, key); ok {
		return l, nil
	}
	l, err := make()
	if err == nil {
		writeFloor(folder, name, key, l)
	}
	return l, err
}

// readFloor is false where the file is not there, is damaged or belongs to another key.
func readFloor(name, key string) (l floor.Limits, ok bool) {
	text, err := os.ReadFile(name)
	var k keptFloor
	if err != nil || json.Unmarshal(text, &k) != nil || k.Key != key {
		return l, false
	}
	for i, to := range []*float64{&l.Sphere, &l.Film, &l.BorderBias, &l.BorderSD} {
		if *to, err = strconv.ParseFloat(k.Limits[i], 64); err != nil {
			return l, false
		}
	}
	return l, true
}

// writeFloor writes to a temporary name first, for another run may read meanwhile. What fails is no
// failure of the run.
func writeFloor(folder, name, key string, l floor.Limits) {
	k := keptFloor{Key: key}
	for i, v := range []float64{l.Sphere, l.Film, l.BorderBias, l.BorderSD} {
		k.Limits[i] = strconv.FormatFloat(v, 'g', -1, 64)
	}
	text, err := json.Marshal(k)
	if err != nil || os.MkdirAll(folder, 0o755) != nil {
		return
	}
	f, err := os.CreateTemp(folder, ".floor-*")
	if err != nil {
		return
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
}
