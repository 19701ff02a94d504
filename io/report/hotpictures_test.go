package report

import (
	"bytes"
	"image/jpeg"
	"testing"

	"explant/analysis/result"
	"explant/analysis/segment"
	"explant/volume"
)

// A volume of 40x40x60 voxels with a cell at the low end of x and y and at the high end of z that is hot: the
// picture along z has it at the top left, those along y and x, where z grows upwards, too.
func TestHotSpotsAreDrawnWhereTheyAre(t *testing.T) {
	g := volume.Grid{N: [3]int{40, 40, 60}, Spacing: [3]float64{0.02, 0.02, 0.02}}
	grey, labels := volume.New[uint16](g), volume.New[uint8](g)
	for i := range labels.Data {
		if grey.Data[i] = uint16(i % 7); i%5 == 0 {
			labels.Data[i] = segment.Deposit
		}
	}
	m := &result.HotMap{N: g.N, CellMM: 0.4, Cells: []result.HotCell{
		{Min: [3]int{0, 0, 40}, Max: [3]int{20, 20, 60}, Z: 8, Hot: true},
		{Min: [3]int{20, 20, 0}, Max: [3]int{40, 40, 20}, Z: -1},
	}}
	p, err := VolumePictures(t.Context(), grey, labels, segment.Classes(), PictureOptions{Views: -1, Hot: m})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Hot.Pictures) != 3 || p.Hot.Scale.Most != 8 || p.Hot.Note == "" {
		t.Fatalf("%d pictures, scale to %g, note %q", len(p.Hot.Pictures), p.Hot.Scale.Most, p.Hot.Note)
	}
	for _, pic := range p.Hot.Pictures {
		img, err := jpeg.Decode(bytes.NewReader(pic.Base.Data))
		if err != nil {
			t.Fatal(err)
		}
		w, h := img.Bounds().Dx(), img.Bounds().Dy()
		r, _, b, _ := img.At(w/4, h/6).RGBA()
		r2, _, b2, _ := img.At(3*w/4, 5*h/6).RGBA()
		if r < b+0x2000 || r2 > b2+0x2000 {
			t.Errorf("%s: red %x and blue %x in the hot cell, %x and %x away from it", pic.Label, r, b, r2, b2)
		}
	}
	if p, err = VolumePictures(t.Context(), grey, labels, segment.Classes(), PictureOptions{Views: -1}); err != nil || len(p.Hot.Pictures) != 0 {
		t.Error("pictures of hot spots that nobody looked for", err)
	}
}
