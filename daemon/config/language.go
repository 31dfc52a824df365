package config

import (
	"strings"

	"fieldpost/daemon/words"
)

// Language decides the language to speak: what ui.language says, else the first of
// the system's that is spoken, else English.
func (s Settings) Language(system []string) string {
	if s.UI.Language != LanguageAuto && s.UI.Language != "" {
		return s.UI.Language
	}
	return words.Match(system...)
}

// localesOf lists the locales that an environment asks for, first wish first, by
// gettext's rules: LC_ALL, LC_MESSAGES, LANG, the first that is set; LANGUAGE goes
// before it unless it is the C locale.
func localesOf(getenv func(string) string) []string {
	locale := ""
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if locale = getenv(name); locale != "" {
			break
		}
	}
	var wishes []string
	if locale != "C" && locale != "POSIX" {
		wishes = strings.FieldsFunc(getenv("LANGUAGE"), func(r rune) bool { return r == ':' })
	}
	if locale != "" {
		wishes = append(wishes, locale)
	}
	return wishes
}
