package report

import (
	"bytes"
	"context"
	"os"
	"testing"
)

type buffer = bytes.Buffer

var testContext = context.Background()

func TestDemoFiles(t *testing.T) {
	dir := os.Getenv("EXPLANT_PICTURES")
	if dir == "" {
		t.Skip("EXPLANT_PICTURES is not set")
	}
	for name := range demos() {
		data := demoHTML(t, name)
		t.Log(name, len(data))
		if err := os.WriteFile(dir+"/"+name+".html", data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
