package config

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
)

// setting is one thing a user can set: its name in every layer, its default, and how a text becomes a
// checked field of Config.
type setting struct {
	key      string
	kind     string // shown in the help: --threads count
	fallback string
	doc      string
	path     bool // a relative path in a file is meant from that file's folder
	store    func(c *Config, text string) error
}

// settings is all there is to set, in the order of the help.
var settings = []setting{
	{key: "threads", kind: "count", fallback: "0", store: storeThreads,
		doc: "goroutines at work at once; 0 uses every processor"},
	{key: "memory", kind: "size", fallback: "0", store: storeMemory,
		doc: "upper limit of the resident memory, such as 4GiB; a larger ct-panel or volume-threshold job works from files on disk; 0 is no limit"},
	{key: "scratch", kind: "folder", fallback: "", path: true, store: storeScratch,
		doc: "folder on a disk for these files instead of the disk of the results"},
	{key: "log-level", kind: "level", fallback: "info", store: storeLogLevel,
		doc: "least level that is logged: debug, info, warn or error"},
	{key: "protocols", kind: "folder", fallback: "", path: true, store: storeProtocols,
		doc: "folder searched for protocols before the built-in ones"},
}

// find returns the setting called key.
func find(key string) (setting, bool) {
	i := slices.IndexFunc(settings, func(s setting) bool { return s.key == key })
	if i < 0 {
		return setting{}, false
	}
	return settings[i], true
}

// check tells whether text is a value of s.
func (s setting) check(text string) error { return s.store(new(Config), text) }

// unknown is the error of a name that is no setting.
func unknown() error {
	keys := make([]string, len(settings))
	for i, s := range settings {
		keys[i] = s.key
	}
	return fmt.Errorf("unknown setting; known are %s", strings.Join(keys, ", "))
}

func storeThreads(c *Config, text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return fmt.Errorf("%q is not a count of threads; write a whole number, 0 for every processor", text)
	}
	c.Threads = n
	return nil
}

func storeMemory(c *Config, text string) (err error) {
	c.Memory, err = ParseSize(text)
	return err
}

func storeScratch(c *Config, text string) error {
	c.Scratch = text
	return checkFolder("folder of scratch files", text)
}

func storeLogLevel(c *Config, text string) error {
	levels := map[string]slog.Level{
		"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
	}
	level, ok := levels[text]
	if !ok {
		return fmt.Errorf("%q is not a log level; write debug, info, warn or error", text)
	}
	c.LogLevel = level
	return nil
}

func storeProtocols(c *Config, text string) error {
	c.Protocols = text
	return checkFolder("folder of protocols", text)
}

// checkFolder reports a folder that is named and is not there.
func checkFolder(what, name string) error {
	if name == "" {
		return nil
	}
	info, err := os.Stat(name)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if !info.IsDir() {
		return errors.New(name + " is not a folder")
	}
	return nil
}
