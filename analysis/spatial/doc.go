// Package spatial says how something is spread over a space that is not equally roomy everywhere:
// where it is crowded, how unequal it is, how alike neighbours are, and how far likeness reaches.
//
// It knows cells, each with a place, a load and the room that could hold load, and for the shortest
// lengths lattices of points that are loaded, free or no room. It knows nothing of volumes or units:
// lengths come back in the unit of the places.
//
// Everything random is drawn from a seed in chunks of a fixed size, each with its own generator, so that
// results do not depend on the number of workers.
package spatial
