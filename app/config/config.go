// Package config reads what a run takes from outside its protocol: threads, memory, log level, folders.
//
// A setting has one name everywhere: log-level in the file, EXPLANT_LOG_LEVEL in the environment,
// --log-level on the command line. The later of default, file, environment and flag wins. Every layer is
// checked, also where a later one hides it, and a name nobody knows is an error: a misspelt setting must
// not pass for a set one. The values are read once; nothing in the program asks viper again.
package config

import (
	"fmt"
	"log/slog"
	"runtime"
	"strings"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"
)

// Config holds the checked settings of one run.
type Config struct {
	Threads   int        // goroutines at work at once; 0 is as many as there are processors
	Memory    Size       // upper limit of the memory in use; 0 is no limit
	Scratch   string     // folder for what the memory cannot hold; "" is that of the results
	LogLevel  slog.Level // least level that is written to standard error
	Protocols string     // folder searched for protocols before the built-in ones; "" is none
	File      string     // configuration file that was read; "" is none
}

// Workers returns Threads, or the number of usable processors when Threads is 0.
func (c Config) Workers() int {
	if c.Threads > 0 {
		return c.Threads
	}
	return runtime.GOMAXPROCS(0)
}

// Error is a wrong or unknown setting. Source says where it stands: a file with its line, an
// environment variable, a flag.
type Error struct {
	Source string
	Key    string
	Err    error
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %s: %v", e.Source, e.Key, e.Err) }

func (e *Error) Unwrap() error { return e.Err }

// Load merges the defaults, the configuration file, the environment and the flags that Bind defined and
// the command line set; flags may be nil.
//
// The file is the first that is named of: the argument, --config, EXPLANT_CONFIG. A named file must
// exist. When none is named, explant/config.yaml in the user's configuration folder ($XDG_CONFIG_HOME,
// else ~/.config) is read if it is there. Wrong and unknown settings come back joined, each as *Error.
func Load(flags *pflag.FlagSet, file string) (Config, error) {
	if err := checkEnvironment(); err != nil {
		return Config{}, err
	}
	file, err := locate(flags, file)
	if err != nil {
		return Config{}, err
	}
	values, err := readFile(file)
	if err != nil {
		return Config{}, err
	}
	layers, err := stack(values, flags)
	if err != nil {
		return Config{}, err
	}
	c := Config{File: file}
	for _, s := range settings {
		if err := s.store(&c, layers.GetString(s.key)); err != nil {
			return Config{}, &Error{Source: "command line", Key: "--" + s.key, Err: err}
		}
	}
	return c, nil
}

// stack lays the four layers over each other.
func stack(file map[string]any, flags *pflag.FlagSet) (*viper.Viper, error) {
	v := viper.New()
	v.SetEnvPrefix(strings.TrimSuffix(prefix, "_"))
	v.SetEnvKeyReplacer(strings.NewReplacer("-", "_"))
	if err := v.MergeConfigMap(file); err != nil {
		return nil, fmt.Errorf("merge the configuration file: %w", err)
	}
	for _, s := range settings {
		v.SetDefault(s.key, s.fallback)
		if err := v.BindEnv(s.key); err != nil {
			return nil, fmt.Errorf("bind %s to the environment: %w", s.key, err)
		}
		if f := lookup(flags, s.key); f != nil {
			if err := v.BindPFlag(s.key, f); err != nil {
				return nil, fmt.Errorf("bind --%s: %w", s.key, err)
			}
		}
	}
	return v, nil
}
