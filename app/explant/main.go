// Command explant measures deposits on explanted oxygenators and connectors.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"explant/app/cli"
)

// grace is how long an interrupted command may take to clean up. Files get their final names only
// when they are whole, so leaving without ceremony loses nothing but temporary ones.
const grace = 900 * time.Millisecond

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() {
		time.AfterFunc(grace, func() {
			fmt.Fprintln(os.Stderr, "explant: interrupted")
			os.Exit(130)
		})
	})
	code := cli.Main(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if ctx.Err() == nil {
		stop()
	}
	os.Exit(code)
}
