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
		doc: "upper limit of the memory in use, such as 4GiB; 0 is no limit"},
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
	if text != "" {
		info, err := os.Stat(text)
		if err != nil {
			return fmt.Errorf("folder of protocols: %w", err)
		}
		if !info.IsDir() {
			return errors.New(text + " is not a folder")
		}
	}
	c.Protocols = text
	return nil
}
