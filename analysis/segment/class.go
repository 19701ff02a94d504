package segment

import "explant/analysis/result"

// The classes of a 3D label image.
const (
	Void    uint8 = 0 // blood side: what blood could fill and deposit does not
	Lumen   uint8 = 1 // gas side, inside a fibre
	Polymer uint8 = 2
	Housing uint8 = 3
	Deposit uint8 = 4
	Outside uint8 = 5 // around the device or sealed off in it: not looked at

	// ClassCount is the number of classes.
	ClassCount = 6
)

// Names of the classes in the order of their values.
var Names = [ClassCount]string{"void", "lumen", "polymer", "housing", "deposit", "excluded:outside"}

// colors set deposit (vermillion) and lumen (sky blue) of Okabe and Ito, which people with any kind of
// colour vision tell apart (jfly.uni-koeln.de/color), against greys for what is not counted.
var colors = [ClassCount]string{"#11151a", "#56b4e9", "#b7c1cc", "#7b8794", "#d55e00", "#000000"}

// Classes lists value, name and colour of each class.
func Classes() []result.Class {
	out := make([]result.Class, ClassCount)
	for i := range out {
		out[i] = result.Class{Value: uint8(i), Name: Names[i], Color: colors[i]}
	}
	return out
}

// Value is the class of the given name.
func Value(name string) (uint8, bool) {
	for i, n := range Names {
		if n == name {
			return uint8(i), true
		}
	}
	return 0, false
}
