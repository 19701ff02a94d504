//go:build !amd64

package filter

// networks are the networks of each kind of lane that this processor runs.
func networks() map[lane]network { return nil }
