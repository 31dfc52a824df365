package config

import (
	"maps"
	"slices"
	"strings"
)

// EnvName is the environment variable of a setting: FIELDPOST_WEB_LISTEN for
// web.listen.
func EnvName(key string) string {
	return "FIELDPOST_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// readEnv reads the settings among NAME=value lines. A variable that is empty
// counts as unset; of one that stands twice the last counts, as for exec.Cmd.
func readEnv(table []setting, environ []string) (layer, error) {
	given := map[string]string{}
	for _, line := range environ {
		name, value, _ := strings.Cut(line, "=")
		given[name] = value
	}
	values := layer{}
	for i := range table {
		row := &table[i]
		text := given[EnvName(row.key)]
		if text == "" {
			continue
		}
		value, err := row.parse(text)
		if err != nil {
			return nil, row.refuse(FromEnv, text, err)
		}
		values[row.key] = entry{value: value}
	}
	return values, nil
}

func readFlags(table []setting, flags map[string]string) (layer, error) {
	values := layer{}
	for _, key := range slices.Sorted(maps.Keys(flags)) {
		row := find(table, key)
		if row == nil {
			return nil, unknown(table, FromFlag, key)
		}
		value, err := row.parse(flags[key])
		if err != nil {
			return nil, row.refuse(FromFlag, flags[key], err)
		}
		values[key] = entry{value: value}
	}
	return values, nil
}
