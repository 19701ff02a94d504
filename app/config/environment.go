package config

import (
	"errors"
	"os"
	"slices"
	"strings"
)

// prefix begins the name of every environment variable that is ours.
const prefix = "EXPLANT_"

// foreign are variables with our prefix that are no settings: the file's name, and what the tests and
// the worker process are told.
var foreign = []string{"EXPLANT_CONFIG", "EXPLANT_SAMPLES", "EXPLANT_PICTURES", "EXPLANT_VALIDATE", "EXPLANT_SOAK"}

const workerPrefix = "EXPLANT_READ_WORKER"

// checkEnvironment refuses variables with our prefix that name no setting or hold a wrong value. An
// empty variable counts as not set.
func checkEnvironment() error {
	var problems []error
	variables := os.Environ()
	slices.Sort(variables)
	for _, variable := range variables {
		name, text, _ := strings.Cut(variable, "=")
		if !strings.HasPrefix(name, prefix) || strings.HasPrefix(name, workerPrefix) || slices.Contains(foreign, name) {
			continue
		}
		if err := checkVariable(name, text); err != nil {
			problems = append(problems, &Error{Source: "environment", Key: name, Err: err})
		}
	}
	return errors.Join(problems...)
}

func checkVariable(name, text string) error {
	for _, s := range settings {
		if name == variable(s.key) {
			if text == "" {
				return nil
			}
			return s.check(text)
		}
	}
	return unknown()
}

// variable returns the environment variable of a setting.
func variable(key string) string {
	return prefix + strings.ToUpper(strings.ReplaceAll(key, "-", "_"))
}
