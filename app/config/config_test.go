package config

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// clear removes our variables from the environment and points the user's folder at an empty one, which
// it returns.
func clear(t *testing.T) string {
	t.Helper()
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, prefix) {
			t.Setenv(name, "") // restores it afterwards
			os.Unsetenv(name)
		}
	}
	folder := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", folder)
	return folder
}

// write puts text into config.yaml of a new folder and returns its path.
func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// parse returns the flags of a command line.
func parse(t *testing.T, args ...string) *pflag.FlagSet {
	t.Helper()
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	Bind(flags)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	return flags
}

func TestDefaults(t *testing.T) {
	clear(t)
	for name, flags := range map[string]*pflag.FlagSet{"no flags": nil, "flags not set": parse(t)} {
		got, err := Load(flags, "")
		if want := (Config{LogLevel: slog.LevelInfo}); err != nil || got != want {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, want)
		}
	}
}

// TestPrecedence sets each setting in a growing stack of layers and expects the value of the top one.
func TestPrecedence(t *testing.T) {
	folders := [3]string{t.TempDir(), t.TempDir(), t.TempDir()}
	for _, c := range []struct {
		key    string
		values [3]string // file, environment, flag
		read   func(Config) string
		none   string
	}{
		{"threads", [3]string{"2", "3", "4"}, func(c Config) string { return fmt.Sprint(c.Threads) }, "0"},
		{"memory", [3]string{"1GiB", "2GiB", "3GiB"}, func(c Config) string { return c.Memory.String() }, "0B"},
		{"scratch", folders, func(c Config) string { return c.Scratch }, ""},
		{"log-level", [3]string{"debug", "warn", "error"}, func(c Config) string { return strings.ToLower(c.LogLevel.String()) }, "info"},
		{"protocols", folders, func(c Config) string { return c.Protocols }, ""},
	} {
		for layers := range 4 {
			t.Run(fmt.Sprintf("%s/layers=%d", c.key, layers), func(t *testing.T) {
				clear(t)
				file, flags, want := "", parse(t), c.none
				if layers > 0 {
					file, want = write(t, c.key+": "+c.values[0]+"\n"), c.values[0]
				}
				if layers > 1 {
					t.Setenv(variable(c.key), c.values[1])
					want = c.values[1]
				}
				if layers > 2 {
					flags, want = parse(t, "--"+c.key+"="+c.values[2]), c.values[2]
				}
				config, err := Load(flags, file)
				if got := c.read(config); err != nil || got != want {
					t.Errorf("%s is %q, %v, want %q", c.key, got, err, want)
				}
			})
		}
	}
}

// TestEverySettingHasAFlagAndAVariable fails when a setting is out of reach of a layer.
func TestEverySettingHasAFlagAndAVariable(t *testing.T) {
	clear(t)
	flags := parse(t)
	for _, s := range settings {
		if flags.Lookup(s.key) == nil {
			t.Errorf("--%s is not defined", s.key)
		}
		t.Setenv(variable(s.key), "\x01")
		var wrong *Error
		if _, err := Load(nil, ""); !errors.As(err, &wrong) || wrong.Key != variable(s.key) {
			t.Errorf("%s=\\x01 gives %v", variable(s.key), err)
		}
		os.Unsetenv(variable(s.key))
	}
}

func TestWrongFile(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"unknown key", "threads: 2\ntreads: 4\n", []string{"config.yaml:2: treads: unknown setting; known are threads, memory"}},
		{"key in another case", "Threads: 4\n", []string{"config.yaml:1: Threads: unknown setting"}},
		{"wrong value", "\nmemory: 4G\n", []string{"config.yaml:2: memory: ", "no unit that is known"}},
		{"negative", "threads: -1\n", []string{"config.yaml:1: threads: ", "not a count"}},
		{"fraction", "threads: 1.5\n", []string{"config.yaml:1: threads: ", "not a count"}},
		{"wrong type", "threads: [1, 2]\n", []string{"config.yaml:1: threads: must be a single value"}},
		{"nested", "log-level:\n  level: info\n", []string{"config.yaml:1: log-level: must be a single value"}},
		{"no value", "log-level:\n", []string{"config.yaml:1: log-level: has no value"}},
		{"no level", "log-level: loud\n", []string{"config.yaml:1: log-level: ", "debug, info, warn or error"}},
		{"no folder", "protocols: nowhere\n", []string{"config.yaml:1: protocols: ", "no such file"}},
		{"file for a folder", "protocols: config.yaml\n", []string{"config.yaml:1: protocols: ", "is not a folder"}},
		{"set twice", "threads: 1\nthreads: 2\n", []string{"config.yaml", "threads", "2"}},
		{"all problems", "threads: x\nmemory: y\n", []string{"config.yaml:1: threads: ", "config.yaml:2: memory: "}},
		{"no mapping", "- threads\n", []string{"config.yaml: line 1 is no setting"}},
		{"two documents", "threads: 1\n---\nthreads: 2\n", []string{"config.yaml: there is a second document"}},
		{"no YAML", "threads: [\n", []string{"config.yaml: yaml: line"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			clear(t)
			_, err := Load(parse(t, "--threads=2"), write(t, c.text))
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
		})
	}
}

func TestWrongEnvironment(t *testing.T) {
	clear(t)
	t.Setenv("EXPLANT_TREADS", "4")
	t.Setenv("EXPLANT_MEMORY", "much")
	_, err := Load(parse(t, "--memory=1GiB"), "")
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"environment: EXPLANT_TREADS: unknown setting; known are threads", "environment: EXPLANT_MEMORY: size \"much\""} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
}

func TestForeignVariables(t *testing.T) {
	clear(t)
	for _, name := range append(foreign[1:], workerPrefix, workerPrefix+"_LIMIT") {
		t.Setenv(name, "anything")
	}
	t.Setenv("EXPLANT_THREADS", "") // empty is not set
	if got, err := Load(nil, ""); err != nil || got.Threads != 0 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestWrongFlag(t *testing.T) {
	for _, arg := range []string{"--threads=many", "--threads=-1", "--memory=4", "--log-level=loud", "--protocols=/nowhere"} {
		flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
		Bind(flags)
		name, _, _ := strings.Cut(arg, "=")
		if err := flags.Parse([]string{arg}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s gives %v", arg, err)
		}
	}
}

func TestFileIsFound(t *testing.T) {
	folder := clear(t)
	own := filepath.Join(folder, "explant", "config.yaml")
	if err := os.MkdirAll(filepath.Dir(own), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(own, []byte("threads: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	variable, flag, argument := write(t, "threads: 2"), write(t, "threads: 3"), write(t, "threads: 4")
	check := func(flags *pflag.FlagSet, file string, threads int, want string) {
		t.Helper()
		if got, err := Load(flags, file); err != nil || got.Threads != threads || got.File != want {
			t.Errorf("got %+v, %v, want %d threads from %s", got, err, threads, want)
		}
	}
	check(nil, "", 1, own)
	t.Setenv("EXPLANT_CONFIG", variable)
	check(parse(t), "", 2, variable)
	check(parse(t, "--config", flag), "", 3, flag)
	check(parse(t, "--config", flag), argument, 4, argument)
}

func TestEmptyFiles(t *testing.T) {
	clear(t)
	for _, text := range []string{"", "\n", "# threads: 4\n"} {
		if got, err := Load(nil, write(t, text)); err != nil || got.Threads != 0 {
			t.Errorf("%q gives %+v, %v", text, got, err)
		}
	}
}

func TestFolderIsRelativeToItsFile(t *testing.T) {
	clear(t)
	file := write(t, "protocols: mine\n")
	want := filepath.Join(filepath.Dir(file), "mine")
	if err := os.Mkdir(want, 0o700); err != nil {
		t.Fatal(err)
	}
	if got, err := Load(nil, file); err != nil || got.Protocols != want {
		t.Errorf("got %q, %v, want %q", got.Protocols, err, want)
	}
}

func TestNamedFileMustBeThere(t *testing.T) {
	clear(t)
	missing := filepath.Join(t.TempDir(), "missing.yaml")
	if _, err := Load(parse(t, "--config", missing), ""); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), missing) {
		t.Errorf("got %v", err)
	}
}

// TestUnreadableFile uses a folder, which root cannot read as a file either.
func TestUnreadableFile(t *testing.T) {
	folder := clear(t)
	own := filepath.Join(folder, "explant", "config.yaml")
	if err := os.MkdirAll(own, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(nil, ""); err == nil || !strings.Contains(err.Error(), own) {
		t.Errorf("got %v", err)
	}
}

func TestNoHome(t *testing.T) {
	clear(t)
	t.Setenv("XDG_CONFIG_HOME", "")
	t.Setenv("HOME", "")
	if got, err := Load(nil, ""); err != nil || got.File != "" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestWorkers(t *testing.T) {
	if got := (Config{Threads: 3}).Workers(); got != 3 {
		t.Errorf("3 threads give %d workers", got)
	}
	if got := (Config{}).Workers(); got != runtime.GOMAXPROCS(0) {
		t.Errorf("0 threads give %d workers, want %d", got, runtime.GOMAXPROCS(0))
	}
}

func ExampleBind() {
	flags := pflag.NewFlagSet("explant", pflag.ContinueOnError)
	Bind(flags)
	fmt.Println(flags.Parse([]string{"--memory", "4"}))
	// Output: invalid argument "4" for "--memory" flag: size "4" has no unit; write for example 4GiB
}
