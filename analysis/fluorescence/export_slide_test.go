package fluorescence

// AnalyzeTiles is AnalyzeSlide with tiles of another side.
var AnalyzeTiles = analyzeTiles
