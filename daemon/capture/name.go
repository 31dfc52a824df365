package capture

import "strings"

// Name is how a program names who has an address: without the single quotes that Outlook
// puts around what it did not look up, and "" where it only repeats the address.
func Name(name, address string) string {
	if plain := strings.Trim(name, "' "); len(name) > 1 && name[0] == '\'' && name[len(name)-1] == '\'' {
		name = plain
	}
	if strings.EqualFold(strings.Trim(name, "'\" "), address) {
		return ""
	}
	return name
}
