package fluorescence

import (
	"context"
	"math"
)

// The size of nuclei in a stack is looked for from the smallest that its voxels show to the largest that its extent
// does, by steps of scaleStep.
const (
	scaleStep   = 1.15
	leastBlob   = 0.6     // sigma over the coarser one of pixel and distance of planes
	mostBlob    = 0.25    // sigma over the shortest side of the stack
	mostSampled = 1 << 20 // voxels that the size is looked for in, from the middle of the stack
)

// blobDiameter is the diameter of the ball to which the Laplacian of a Gaussian of sigma 1 answers most.
const blobDiameter = 3.4641016151377544 // 2 sqrt(3)

// deepDiameter is the diameter in µm of the balls that light is mostly made of: of the scale at which the
// normalised Laplacian of a Gaussian, where it is above 0, has its largest mean square; 0 where the stack is too
// small to tell.
//
// Source: Lindeberg, Int. J. Comput. Vis. 30(2):79-116, 1998, doi:10.1023/A:1008045108935.
func (k cleaner) deepDiameter(ctx context.Context, light []float32) (float64, error) {
	k, light = k.coarse(light)
	lo := leastBlob * max(k.um, k.apartUM())
	side := min(float64(k.Grid.N[0])*k.um, float64(k.Grid.N[1])*k.um, float64(k.Grid.N[2])*k.apartUM())
	best, diameter := 0.0, 0.0
	for um := lo; um <= mostBlob*side; um *= scaleStep {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		blobs, err := k.blobs(light, um)
		if err != nil {
			return 0, err
		}
		sum := 0.0
		for _, v := range blobs {
			sum += sq(max(float64(v), 0))
		}
		if sum > best {
			best, diameter = sum, blobDiameter*um
		}
	}
	return diameter, nil
}

// coarse is the middle of a stack with pixels binned until they are about as wide as its planes are apart.
func (k cleaner) coarse(light []float32) (cleaner, []float32) {
	n := max(int(k.apartUM()/k.um), 1)
	w, h, nz := k.Grid.N[0], k.Grid.N[1], k.Grid.N[2]
	b := newBins(w, h, n)
	side := max(int(math.Sqrt(mostSampled/float64(nz))), 1)
	var out []float32
	for z := range nz {
		out = append(out, middle(b.means(light[z*w*h:][:w*h]), b.across, b.up, side)...)
	}
	k.Grid.N[0], k.Grid.N[1] = min(b.across, side), min(b.up, side)
	k.um *= float64(n)
	return k, out
}

// middle is the middle of a plane of w x h, at most side pixels wide and high.
func middle(v []float32, w, h, side int) []float32 {
	across, up := min(w, side), min(h, side)
	x, y := (w-across)/2, (h-up)/2
	out := make([]float32, 0, across*up)
	for row := y; row < y+up; row++ {
		out = append(out, v[row*w+x:][:across]...)
	}
	return out
}

// blobs is the Laplacian of the light smoothed by a Gaussian of um, times -um²: high in the middle of bright balls of
// blobDiameter times um. Beyond its faces the stack is mirrored: repeated voxels would be bars as long as they like.
func (k cleaner) blobs(light []float32, um float64) ([]float32, error) {
	smooth, err := k.inPlanes(light, bell(um/k.um))
	if err != nil {
		return nil, err
	}
	if err := k.across(smooth, bell(um/k.apartUM())); err != nil {
		return nil, err
	}
	w, h, n, nz := k.Grid.N[0], k.Grid.N[1], k.area(), k.Grid.N[2]
	flat, deep := float32(sq(um/k.um)), float32(sq(um/k.apartUM()))
	out := make([]float32, len(light))
	err = k.eachRow(func(y int) {
		up, down := max(y-1, 0)-y, min(y+1, h-1)-y
		for z := range nz {
			below, above := max(z-1, 0)-z, min(z+1, nz-1)-z
			from := z*n + y*w
			for x := range w {
				i := from + x
				c := smooth[i]
				out[i] = flat*(4*c-smooth[from+max(x-1, 0)]-smooth[from+min(x+1, w-1)]-smooth[i+up*w]-smooth[i+down*w]) +
					deep*(2*c-smooth[i+below*n]-smooth[i+above*n])
			}
		}
	})
	return out, err
}
