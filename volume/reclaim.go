package volume

import "runtime/debug"

// Reclaim gives the memory of volumes that nothing refers to any more back to the system. Left to
// itself the collector waits until the heap has doubled, and with few large volumes that is resident
// memory which nothing uses. It takes milliseconds, for volumes hold no pointers.
func Reclaim() { debug.FreeOSMemory() }
