// Package accuracy tells how near measurements of phantoms come to their truth: bias and limits of
// agreement, the coverage and the width of their intervals, and how many objects were found.
package accuracy
