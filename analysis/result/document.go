package result

// Result is the content of result.json: everything a report shows, and nothing that differs between
// two runs of the same build on the same input (times, paths and hosts are provenance).
type Result struct {
	Schema       string             `json:"schema"` // "explant-result/1"
	ID           string             `json:"report"` // made from the hash of everything below
	Status       string             `json:"status"` // "preliminary" while MissingFields is not empty, else "final"
	Software     Software           `json:"software"`
	Protocol     Protocol           `json:"protocol"`
	Inputs       map[string]string  `json:"inputs"` // what differs from device to device: typed spacing, axis …
	Image        Image              `json:"image"`
	Device       map[string]string  `json:"device"` // report fields as given, "device.manufacturer": "…"
	Classes      []Class            `json:"classes"`
	Measurements []Measurement      `json:"measurements"`
	NotMeasured  []Withheld         `json:"not_measured"`
	Flags        []Flag             `json:"flags"`
	Diagnostics  map[string]float64 `json:"diagnostics"`
	Missing      []string           `json:"missing_fields"` // mandatory report fields that nobody gave
}

// Software names the program that measured.
type Software struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Protocol names the rules; Method is the hash that travels with every value.
type Protocol struct {
	Name   string            `json:"name"`
	Title  string            `json:"title"`
	Method string            `json:"method"` // hex SHA-256
	Rules  map[string]any    `json:"rules"`  // the fully resolved protocol
	Algos  map[string]string `json:"algorithms"`
}
