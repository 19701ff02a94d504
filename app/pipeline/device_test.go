package pipeline

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func deviceFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "device.yaml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDeviceFieldsMayBeNestedOrDotted(t *testing.T) {
	got, err := LoadDevice(deviceFile(t, "device:\n  id: D7\n  lot: 0042\nstudy.id: S1\nrun: {hours: 212}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"device.id": "D7", "device.lot": "0042", "study.id": "S1", "run.hours": "212"} {
		if got[key] != want {
			t.Errorf("%s is %q, want %q", key, got[key], want)
		}
	}
}

func TestDeviceFileErrorsNameFileLineAndKey(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"unknown key": {"device:\n  colour: red\n", "line 2: device.colour: unknown key"},
		"no value":    {"device:\n  lot:\n", "line 2: device.lot: has no value"},
		"twice":       {"device: {lot: 1}\ndevice.lot: 2\n", "line 2: device.lot: stands twice"},
		"a list":      {"device:\n  lot: [1, 2]\n", "line 2: device.lot: one value is wanted"},
		"not keys":    {"- a\n", "not a list of keys"},
		"empty":       {"", "not a list of keys"},
		"not YAML":    {"a: [", "yaml"},
	} {
		path := deviceFile(t, c.text)
		_, err := LoadDevice(path)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: got %v, want %q and the file", name, err, c.want)
		}
	}
	if _, err := LoadDevice("absent.yaml"); err == nil || !strings.Contains(err.Error(), "absent.yaml") {
		t.Errorf("absent file: %v", err)
	}
}
