package open

import "math"

func nrrdSizes() map[string]sized {
	row := func(fields string, mm [3]float64, why string) sized {
		return sized{"a.nrrd", nrrdOf(fields), mm, why, ""}
	}
	const directions = "space directions: (20,0,0) (0,20,0) (0,0,40)\nspace dimension: 3\n"
	return map[string]sized{
		"missing":           row("", none, "states no voxel size"),
		"spacings":          row("spacings: 20 20 40\nunits: \"um\" \"µm\" \"microns\"\n", none, "unknown unit"),
		"spacings, alike":   row("spacings: 20 20 40\nunits: \"um\" \"um\" \"microns\"\n", voxel, ""),
		"spacings, no unit": row("spacings: 20 20 40\n", none, "no unit"),
		"spacings of 1":     row("spacings: 1 1 1\n", none, "no unit"),
		"spacings nan":      row("spacings: nan nan nan\nunits: \"mm\" \"mm\" \"mm\"\n", none, "states no voxel size"),
		"z nan":             row("spacings: 20 20 nan\nunits: \"um\" \"um\" \"um\"\n", plane, "distance between slices"),
		"space units":       row(directions+"space units: \"um\" \"um\" \"um\"\n", voxel, ""),
		"units mixed":       row(directions+"space units: \"um\" \"mm\" \"um\"\n", none, "unknown unit"),
		"z in another unit": row("space directions: (20,0,0) (0,20,0) (0,0,0.04)\nspace dimension: 3\nspace units: \"um\" \"um\" \"mm\"\n", voxel, ""),
		"space units of px": row(directions+"space units: \"pixel\" \"pixel\" \"pixel\"\n", none, "unit pixel"),
		"no space units":    row(directions, none, "no unit"),
		"anatomical space":  {"a.nrrd", nrrdOf("space: left-posterior-superior\nspace directions: (0.02,0,0) (0,0.02,0) (0,0,0.04)\n"), voxel, "", "means mm by convention"},
		"1 mm, space":       row("space: LPS\nspace directions: (1,0,0) (0,1,0) (0,0,1)\n", none, "exactly 1 mm"),
		"no length":         row("space: LPS\nspace directions: (0,0,0) (0,0,0) (0,0,0)\n", none, "states no voxel size"),
		"1e300":             row("spacings: 1e300 1e300 1e300\nunits: \"mm\" \"mm\" \"mm\"\n", none, "not a voxel size"),
		"infinite":          row("spacings: inf inf inf\nunits: \"mm\" \"mm\" \"mm\"\n", none, "not a length"),
		"sheared":           row("space: LPS\nspace directions: (0.02,0,0) (0.01,0.02,0) (0,0,0.04)\n", none, "right angles"),
	}
}

func metaSizes() map[string]sized {
	row := func(fields string, mm [3]float64, why string) sized {
		return sized{"a.mha", metaOf(fields), mm, why, ""}
	}
	return map[string]sized{
		"missing":   row("", none, "states no voxel size"),
		"no unit":   {"a.mha", metaOf("ElementSpacing = 0.02 0.02 0.04\n"), voxel, "", "means mm by convention"},
		"um":        row("DistanceUnits = um\nElementSpacing = 20 20 40\n", voxel, ""),
		"µm":        row("DistanceUnits = µm\nElementSpacing = 20 20 40\n", voxel, ""),
		"pixel":     row("DistanceUnits = pixel\nElementSpacing = 20 20 40\n", none, "unit pixel"),
		"cubits":    row("DistanceUnits = cubit\nElementSpacing = 20 20 40\n", none, "unknown unit"),
		"1 mm":      row("ElementSpacing = 1 1 1\n", none, "exactly 1 mm"),
		"zero":      row("ElementSpacing = 0 0 0\n", none, "states no voxel size"),
		"z zero":    row("ElementSpacing = 0.02 0.02 0\n", plane, "distance between slices"),
		"negative":  row("ElementSpacing = 0.02 0.02 -0.04\n", none, "not a length"),
		"1e300":     row("ElementSpacing = 1e300 1e300 1e300\n", none, "not a voxel size"),
		"overflows": row("DistanceUnits = m\nElementSpacing = 1e308 1e308 1e308\n", none, "not a length"),
	}
}

func niftiSizes() map[string]sized {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	row := func(units byte, mm [3]float64, why string, pixdim ...float32) sized {
		return sized{"a.nii", niftiOf(units, pixdim...), mm, why, ""}
	}
	return map[string]sized{
		"mm":           row(2, voxel, "", 0.02, 0.02, 0.04),
		"µm":           row(3, voxel, "", 20, 20, 40),
		"m":            row(1, voxel, "", 2e-5, 2e-5, 4e-5),
		"µm, s":        row(3|8, voxel, "", 20, 20, 40),
		"unknown":      row(0, none, "no unit", 0.02, 0.02, 0.04),
		"unknown, 1":   row(0, none, "no unit", 1, 1, 1),
		"code 5":       row(5, none, "unknown unit", 20, 20, 40),
		"1 mm":         row(2, none, "exactly 1 mm", 1, 1, 1),
		"zero":         row(2, none, "states no voxel size", 0, 0, 0),
		"z zero":       row(2, plane, "distance between slices", 0.02, 0.02, 0),
		"negative":     row(2, none, "not a length", -0.02, 0.02, 0.04),
		"NaN":          row(2, none, "not a length", nan, nan, nan),
		"infinite":     row(2, none, "not a length", inf, inf, inf),
		"3e38":         row(2, none, "not a voxel size", 3e38, 3e38, 3e38),
		"cubes, in µm": row(3, cubes, "", 20, 20, 20),
	}
}

func vtkSizes() map[string]sized {
	return map[string]sized{
		"no unit":         {"a.vtk", vtkOf("0.02 0.02 0.04"), none, "no unit", ""},
		"exactly 1 pixel": {"a.vtk", vtkOf("1 1 1"), none, "no unit", ""},
	}
}
