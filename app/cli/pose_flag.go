package cli

import (
	"fmt"
	"strconv"
	"strings"

	"explant/analysis/phantom"
)

// poseFlag reads six numbers, degrees about and µm along x, y and z, into the pose behind it.
type poseFlag struct{ pose **phantom.Pose }

// Set reads the flag.
func (f *poseFlag) Set(s string) error {
	fields := strings.Split(s, ",")
	if len(fields) != 6 {
		return fmt.Errorf("%d numbers: six are wanted, degrees about x, y, z and µm along them", len(fields))
	}
	var v [6]float64
	for i, field := range fields {
		var err error
		if v[i], err = strconv.ParseFloat(strings.TrimSpace(field), 64); err != nil {
			return fmt.Errorf("%q is no number", field)
		}
	}
	*f.pose = &phantom.Pose{TurnDeg: [3]float64(v[:3]), ShiftUM: [3]float64(v[3:])}
	return nil
}

// String is the default, which is none.
func (f *poseFlag) String() string { return "" }

// Type names what the flag takes.
func (f *poseFlag) Type() string { return "rx,ry,rz,tx,ty,tz" }
