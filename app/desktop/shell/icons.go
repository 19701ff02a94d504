package shell

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// The pictures of the tools, drawn for this program; they take the colour of the text.
var (
	iconSelect    = icon("select", `<path d="M5 2 L5 19 L9.5 15 L12.5 22 L15.5 20.7 L12.6 14 L18.5 13.5 Z" fill="#000"/>`)
	iconBrush     = icon("brush", `<path d="M20.7 3.3 C19.5 2.1 18 2.6 17 3.6 L9 12 L12 15 L20.4 7 C21.4 6 21.9 4.5 20.7 3.3 Z M7.6 13.4 C5.4 13.8 5 16 4.6 17.6 C4.3 19 3.2 19.8 2 20 C4.5 22.4 9.6 21.8 10.8 18.6 C11.2 17.4 11 16.6 10.6 16.4 Z" fill="#000"/>`)
	iconEraser    = icon("eraser", `<path d="M14.5 3.5 L21 10 L11.5 19.5 L21 19.5 L21 21.5 L8 21.5 L3 16.5 L3 15 Z M9 11.5 L5 15.7 L9 19.5 L10.5 19.5 L13.5 16.2 Z" fill="#000" fill-rule="evenodd"/>`)
	iconPolygon   = icon("polygon", `<path d="M12 2.5 L22 10 L18 21.5 L6 21.5 L2 10 Z M12 5.2 L4.5 10.8 L7.5 19.5 L16.5 19.5 L19.5 10.8 Z" fill="#000" fill-rule="evenodd"/>`)
	iconFreehand  = icon("freehand", `<path d="M3 17 C3 10 6 3 9.5 3 C13.5 3 12 10 9.8 14 C8.6 16.5 9 18.6 10.5 18.6 C13.5 18.6 14 10.5 17.3 10.5 C19.8 10.5 19 15 21.5 16 L20.8 18 C16.8 17 18.3 12.6 17 12.6 C15.5 12.6 15 20.7 10.5 20.7 C6.8 20.7 6.6 16.5 8 13 C9.6 9.4 10.4 5 9.5 5 C7.6 5 5 11 5 17 Z" fill="#000"/>`)
	iconRectangle = icon("rectangle", `<path d="M2.5 5 L21.5 5 L21.5 19 L2.5 19 Z M4.5 7 L4.5 17 L19.5 17 L19.5 7 Z" fill="#000" fill-rule="evenodd"/>`)
	iconEllipse   = icon("ellipse", `<path d="M12 4.5 C17.5 4.5 22 7.9 22 12 C22 16.1 17.5 19.5 12 19.5 C6.5 19.5 2 16.1 2 12 C2 7.9 6.5 4.5 12 4.5 Z M12 6.5 C7.6 6.5 4 9 4 12 C4 15 7.6 17.5 12 17.5 C16.4 17.5 20 15 20 12 C20 9 16.4 6.5 12 6.5 Z" fill="#000" fill-rule="evenodd"/>`)
	iconWand      = icon("wand", `<path d="M3 19 L13 9 L15 11 L5 21 Z M17 1.5 L18 5 L21.5 6 L18 7 L17 10.5 L16 7 L12.5 6 L16 5 Z M8 2.5 L8.6 4.4 L10.5 5 L8.6 5.6 L8 7.5 L7.4 5.6 L5.5 5 L7.4 4.4 Z M20 12.5 L20.6 14.4 L22.5 15 L20.6 15.6 L20 17.5 L19.4 15.6 L17.5 15 L19.4 14.4 Z" fill="#000"/>`)
	iconPoints    = icon("points", `<path d="M6 4 C7.7 4 9 5.3 9 7 C9 8.7 7.7 10 6 10 C4.3 10 3 8.7 3 7 C3 5.3 4.3 4 6 4 Z M17 7 C18.7 7 20 8.3 20 10 C20 11.7 18.7 13 17 13 C15.3 13 14 11.7 14 10 C14 8.3 15.3 7 17 7 Z M10 14 C11.7 14 13 15.3 13 17 C13 18.7 11.7 20 10 20 C8.3 20 7 18.7 7 17 C7 15.3 8.3 14 10 14 Z" fill="#000"/>`)
	iconAngle     = icon("angle", `<path d="M18 2.5 L19.6 3.7 L13.6 12 C15.3 13.6 16.5 15.9 16.8 18.5 L22 18.5 L22 20.5 L2.5 20.5 Z M12.4 13.6 L8.8 18.5 L14.8 18.5 C14.5 16.6 13.6 14.9 12.4 13.6 Z" fill="#000" fill-rule="evenodd"/>`)
	iconRuler     = icon("ruler", `<path d="M16.5 1.5 L22.5 7.5 L7.5 22.5 L1.5 16.5 Z M16.5 4.3 L14.4 6.4 L16.2 8.2 L15 9.4 L13.2 7.6 L11.4 9.4 L14.2 12.2 L13 13.4 L10.2 10.6 L8.4 12.4 L10.2 14.2 L9 15.4 L7.2 13.6 L4.3 16.5 L7.5 19.7 L19.7 7.5 Z" fill="#000" fill-rule="evenodd"/>`)
)

// icon makes a picture of paths in a square of 24 units.
func icon(name, paths string) fyne.Resource {
	const head = `<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">`
	return theme.NewThemedResource(fyne.NewStaticResource(name+".svg", []byte(head+paths+"</svg>")))
}
