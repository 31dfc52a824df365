//go:build !windows && !darwin

package config

import "os"

// SystemLanguages lists the languages that the system asks for, first wish first.
func SystemLanguages() []string { return localesOf(os.Getenv) }
