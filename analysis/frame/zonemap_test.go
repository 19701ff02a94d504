package frame

import (
	"errors"
	"testing"

	"explant/volume"
)

// quadrants labels a volume by the half of x and of z, 1 to 4.
func quadrants(g volume.Grid) *volume.Labels {
	l := volume.New[uint8](g)
	for i := range l.Data {
		p := l.Position(i)
		l.Data[i] = 1 + uint8(2*p[0]/g.N[0]) + 2*uint8(2*p[2]/g.N[2])
	}
	return l
}

// A map on a coarser, shifted and turned grid gives every voxel the zone in which its middle lies.
func TestZonesAreLookedUpThroughTheScanner(t *testing.T) {
	scan := volume.Grid{N: [3]int{12, 8, 20}, Spacing: [3]float64{0.1, 0.1, 0.05}, Origin: [3]float64{1, 2, 3}}
	maps := map[string]volume.Grid{
		"same":    scan,
		"coarser": {N: [3]int{6, 4, 4}, Spacing: [3]float64{0.2, 0.2, 0.25}, Origin: [3]float64{1.05, 2.05, 3.1}},
		"turned": {N: [3]int{12, 8, 20}, Spacing: [3]float64{0.1, 0.1, 0.05}, Origin: [3]float64{2.1, 2, 3.95},
			Axes: [3][3]float64{{-1, 0, 0}, {0, 1, 0}, {0, 0, -1}}},
	}
	for name, g := range maps {
		m, err := NewZoneMap(quadrants(g), nil)
		if err != nil {
			t.Fatal(err)
		}
		lookup := m.On(scan)
		row := make([]uint8, scan.N[0]-2)
		for z := range scan.N[2] {
			lookup.Row(row, 2, 3, z)
			for i, got := range row {
				want := 1 + uint8(2*(i+2)/scan.N[0]) + 2*uint8(2*z/scan.N[2])
				if name == "turned" {
					want = 5 - want
				}
				if got != want {
					t.Fatalf("%s: voxel %d, 3, %d is in zone %d, want %d", name, i+2, z, got, want)
				}
			}
		}
	}
	m, err := NewZoneMap(quadrants(maps["coarser"]), nil)
	if err != nil {
		t.Fatal(err)
	}
	scan.Origin[1] = 9
	lookup, row := m.On(scan), []uint8{7, 7}
	if lookup.Row(row, 0, 0, 0); row[0] != 0 || row[1] != 0 {
		t.Errorf("beside the map lie zones %v", row)
	}
}

func TestZonesHaveNames(t *testing.T) {
	g := volume.Grid{N: [3]int{2, 2, 2}, Spacing: [3]float64{1, 1, 1}}
	three, nine := 3, 9
	m, err := NewZoneMap(quadrants(g), []Zone{{Name: "heat exchanger", Value: &three}})
	if err != nil || m.Names[3] != "heat exchanger" || m.Names[2] != "zone 2" || m.Names[0] != "" || m.Names[9] != "" {
		t.Errorf("%v: %q", err, m.Names[:10])
	}
	unknown, empty := g, volume.New[uint8](g)
	unknown.Spacing[2] = 0
	for name, c := range map[string]struct {
		labels *volume.Labels
		zones  []Zone
	}{
		"absent value": {quadrants(g), []Zone{{Name: "a", Value: &nine}}}, "a stretch": {quadrants(g), []Zone{{Name: "a", U: []float64{0, 1}}}},
		"no size": {quadrants(unknown), nil}, "empty": {empty, nil},
	} {
		if _, err := NewZoneMap(c.labels, c.zones); !errors.Is(err, ErrZoneMap) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
