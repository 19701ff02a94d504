package shell

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// looks is Fyne's theme, denser: the picture keeps the space. Variant -1 follows the system.
type looks struct {
	variant int
	scale   float32
}

func (l looks) which(system fyne.ThemeVariant) fyne.ThemeVariant {
	if l.variant < 0 {
		return system
	}
	return fyne.ThemeVariant(l.variant)
}

var (
	darkColors = map[fyne.ThemeColorName]color.Color{
		theme.ColorNameBackground:        color.NRGBA{0x1D, 0x20, 0x25, 255},
		theme.ColorNameMenuBackground:    color.NRGBA{0x2A, 0x2E, 0x35, 255},
		theme.ColorNameOverlayBackground: color.NRGBA{0x26, 0x2A, 0x31, 255},
		theme.ColorNameHeaderBackground:  color.NRGBA{0x24, 0x28, 0x2E, 255},
		theme.ColorNameInputBackground:   color.NRGBA{0x2C, 0x31, 0x39, 255},
		theme.ColorNameForeground:        color.NRGBA{0xE8, 0xEA, 0xED, 255},
		theme.ColorNameError:             color.NRGBA{0xFF, 0x8A, 0x80, 255},
		theme.ColorNameDisabled:          color.NRGBA{0x97, 0x9E, 0xA8, 255},
		theme.ColorNamePrimary:           color.NRGBA{0x4D, 0x9D, 0xE8, 255},
	}
	lightColors = map[fyne.ThemeColorName]color.Color{
		theme.ColorNameBackground:       color.NRGBA{0xF4, 0xF5, 0xF7, 255},
		theme.ColorNameHeaderBackground: color.NRGBA{0xE9, 0xEB, 0xEF, 255},
		theme.ColorNameForeground:       color.NRGBA{0x1C, 0x20, 0x26, 255},
		theme.ColorNameError:            color.NRGBA{0xB3, 0x26, 0x1E, 255},
		theme.ColorNameDisabled:         color.NRGBA{0x5C, 0x65, 0x70, 255},
		theme.ColorNamePrimary:          color.NRGBA{0x1F, 0x6F, 0xC4, 255},
	}
)

// Color is part of fyne.Theme.
func (l looks) Color(name fyne.ThemeColorName, system fyne.ThemeVariant) color.Color {
	v := l.which(system)
	own := darkColors
	if v == theme.VariantLight {
		own = lightColors
	}
	if c, ok := own[name]; ok {
		return c
	}
	return theme.DefaultTheme().Color(name, v)
}

// Font is part of fyne.Theme.
func (l looks) Font(s fyne.TextStyle) fyne.Resource { return theme.DefaultTheme().Font(s) }

// Icon is part of fyne.Theme.
func (l looks) Icon(n fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(n) }

var sizes = map[fyne.ThemeSizeName]float32{
	theme.SizeNameText: 13, theme.SizeNameCaptionText: 11, theme.SizeNameHeadingText: 18, theme.SizeNameSubHeadingText: 14,
	theme.SizeNamePadding: 3, theme.SizeNameInnerPadding: 5, theme.SizeNameInlineIcon: 16, theme.SizeNameLineSpacing: 3,
	theme.SizeNameScrollBar: 10, theme.SizeNameScrollBarSmall: 4,
}

// Size is part of fyne.Theme.
func (l looks) Size(name fyne.ThemeSizeName) float32 {
	size, ok := sizes[name]
	if !ok {
		size = theme.DefaultTheme().Size(name)
	}
	if l.scale > 0 && name != theme.SizeNameSeparatorThickness {
		size *= l.scale
	}
	return size
}
