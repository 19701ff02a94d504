// Package source opens images for the screen: what they are, their tiles as colours, the values of
// single pixels. It reads through io/open as the engine does, and decides nothing about a deposit.
package source
