// Package shell is the window: menus, panels, the stage in the middle and the status bar. It holds no
// image and computes nothing: presenters do, off the UI thread, and the shell shows what they made.
// Goroutines reach widgets
// through one function alone, fyne.Do.
package shell
