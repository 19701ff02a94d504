package config

import "github.com/spf13/pflag"

// configFlag names the configuration file; it is no setting, since no file can set it.
const configFlag = "config"

// Bind defines a flag for every setting, and --config, on flags; a wrong value is refused when the
// command line is parsed. Load reads the flags afterwards.
func Bind(flags *pflag.FlagSet) {
	flags.String(configFlag, "", "configuration `file` instead of explant/config.yaml in the user's configuration folder")
	for _, s := range settings {
		flags.Var(&value{setting: s, text: s.fallback}, s.key, s.doc)
	}
}

// value is the flag of a setting: a text that is checked when it is set.
type value struct {
	setting setting
	text    string
}

func (v *value) Set(text string) error {
	if err := v.setting.check(text); err != nil {
		return err
	}
	v.text = text
	return nil
}

func (v *value) String() string { return v.text }

func (v *value) Type() string { return v.setting.kind }

// lookup returns the flag called name, nil when there is none.
func lookup(flags *pflag.FlagSet, name string) *pflag.Flag {
	if flags == nil {
		return nil
	}
	return flags.Lookup(name)
}
