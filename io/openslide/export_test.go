package openslide

// What tests outside this package, which may import package worker, make their slides with.
var (
	WriteMirax = writeMirax
	WriteNDPI  = writeNDPI
	WriteVMS   = writeVMS
	WriteLeica = writeLeica
	WriteHuge  = writeHuge
	HugeColour = hugeColour
	AsItIs     = asItIs
)
