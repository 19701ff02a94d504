package report

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// browser is a headless Chromium that the tests steer over its DevTools pipe: no port is opened.
type browser struct {
	t       *testing.T
	to      io.WriteCloser
	from    *bufio.Reader
	last    int
	session string
	events  []event
}

// event is a message that answers no command.
type event struct {
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

type answer struct {
	ID     int             `json:"id"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
	event
}

// startBrowser skips the test where there is no Chromium.
func startBrowser(t *testing.T) *browser {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		t.Skip("no Chromium: the report is not looked at; apt-get install chromium")
	}
	theirsIn, oursOut, err := os.Pipe()
	fatal(t, err)
	oursIn, theirsOut, err := os.Pipe()
	fatal(t, err)
	cmd := exec.Command(path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
		"--hide-scrollbars", "--user-data-dir="+t.TempDir(), "--remote-debugging-pipe", "about:blank")
	cmd.ExtraFiles = []*os.File{theirsIn, theirsOut}
	fatal(t, cmd.Start())
	fatal(t, theirsIn.Close())
	fatal(t, theirsOut.Close())
	b := &browser{t: t, to: oursOut, from: bufio.NewReaderSize(oursIn, 1<<20)}
	t.Cleanup(func() { b.stop(cmd) })
	b.attach()
	return b
}

func fatal(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// stop asks Chromium to end and waits, so that its profile can be removed.
func (b *browser) stop(cmd *exec.Cmd) {
	fmt.Fprintf(b.to, `{"id":%d,"method":"Browser.close"}`+"\x00", b.last+1)
	timer := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	_ = b.to.Close()
	_ = cmd.Wait()
}

func (b *browser) attach() {
	var target struct {
		TargetID string `json:"targetId"`
	}
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct {
		SessionID string `json:"sessionId"`
	}
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		b.call(domain+".enable", nil, nil)
	}
}

// call sends a command and waits for its answer; events on the way are kept.
func (b *browser) call(method string, params map[string]any, into any) {
	b.t.Helper()
	b.last++
	message := map[string]any{"id": b.last, "method": method, "params": params}
	if params == nil {
		delete(message, "params")
	}
	if b.session != "" {
		message["sessionId"] = b.session
	}
	data, err := json.Marshal(message)
	fatal(b.t, err)
	_, err = b.to.Write(append(data, 0))
	fatal(b.t, err)
	for {
		a := b.read()
		if a.ID != b.last {
			continue
		}
		if a.Error != nil {
			b.t.Fatalf("%s: %s", method, a.Error.Message)
		}
		if into != nil {
			fatal(b.t, json.Unmarshal(a.Result, into))
		}
		return
	}
}

func (b *browser) read() answer {
	b.t.Helper()
	data, err := b.from.ReadBytes(0)
	fatal(b.t, err)
	var a answer
	fatal(b.t, json.Unmarshal(data[:len(data)-1], &a))
	if a.Method != "" {
		b.events = append(b.events, a.event)
	}
	return a
}

// open shows a file and waits until it is loaded.
func (b *browser) open(path string) {
	b.t.Helper()
	b.events = nil
	var moved struct {
		ErrorText string `json:"errorText"`
	}
	b.call("Page.navigate", map[string]any{"url": "file://" + path}, &moved)
	if moved.ErrorText != "" {
		b.t.Fatalf("open %s: %s", path, moved.ErrorText)
	}
	for !b.seen("Page.loadEventFired") {
		b.read()
	}
}

func (b *browser) seen(method string) bool {
	for _, e := range b.events {
		if e.Method == method {
			return true
		}
	}
	return false
}

// size sets the window and the theme.
func (b *browser) size(width, height int, theme string) {
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}, nil)
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": theme}}}, nil)
}

// eval runs JavaScript and gives its value; a promise is awaited.
func (b *browser) eval(code string, into any) {
	b.t.Helper()
	var out struct {
		Result struct {
			Value json.RawMessage `json:"value"`
		} `json:"result"`
		Exception *struct {
			Text string `json:"text"`
		} `json:"exceptionDetails"`
	}
	b.call("Runtime.evaluate", map[string]any{"expression": code, "returnByValue": true, "awaitPromise": true}, &out)
	if out.Exception != nil {
		b.t.Fatalf("%s: %s", code, out.Exception.Text)
	}
	if into != nil {
		fatal(b.t, json.Unmarshal(out.Result.Value, into))
	}
}

// shoot saves the whole page where EXPLANT_PICTURES says, if it is set.
func (b *browser) shoot(name string) {
	dir := os.Getenv("EXPLANT_PICTURES")
	if dir == "" {
		return
	}
	var shot struct {
		Data string `json:"data"`
	}
	b.call("Page.captureScreenshot", map[string]any{"format": "png", "captureBeyondViewport": true}, &shot)
	data, err := base64.StdEncoding.DecodeString(shot.Data)
	fatal(b.t, err)
	fatal(b.t, os.WriteFile(filepath.Join(dir, name+".png"), data, 0o644))
}
