//go:build desktop

// Command explant-desktop is the window on the engine that explant drives from the command line: open a
// slide or a scan, look, mark, run a protocol, get the report.
//
// It is built with the tag desktop alone ("make desktop"), because it links OpenGL and X11, whose headers
// nothing else needs.
package main

import (
	"fmt"
	"os"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"explant/app/config"
	"explant/app/desktop/shell"
)

// id names the settings of the program among those of others.
const id = "org.explant.desktop"

func main() {
	c, err := config.Load(nil, "")
	if err != nil {
		fmt.Fprintln(os.Stderr, "explant-desktop:", err)
		os.Exit(2)
	}
	s := shell.New(app.NewWithID(id), shell.DataFolder(), fyne.Do)
	s.Configure(c)
	if len(os.Args) > 1 {
		s.Open(os.Args[1])
	}
	s.Run()
}
