package config

import (
	"os"

	"golang.org/x/sys/windows"
)

// SystemLanguages lists the languages that the system asks for, first wish first.
func SystemLanguages() []string {
	wishes := localesOf(os.Getenv) // set by shells such as Git Bash
	preferred, err := windows.GetUserPreferredUILanguages(windows.MUI_LANGUAGE_NAME)
	if err != nil {
		return wishes
	}
	return append(wishes, preferred...)
}
