package volume

import "runtime"

// Reclaim collects the volumes that nothing refers to any more, for the next ones to take their
// place. Left to itself the collector waits until the heap has doubled, and with few large volumes
// that is resident memory which nothing uses. It takes milliseconds, for volumes hold no pointers.
func Reclaim() { runtime.GC() }
