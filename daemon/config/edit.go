package config

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

// Editing is line-based, for an encoder would lose the user's comments and order:
// only the statements that give the changed setting are touched. A comment behind
// a value of one line stays; one inside a value of several lines goes with it.

// putKey gives a setting (section and name) a value in the text of a file.
func putKey(text string, key []string, value string) string {
	lines := splitLines(text)
	all := statements(lines)
	section, name := key[0], key[1]
	for i := range all {
		st := &all[i]
		if st.header || !st.touches(key) || len(st.table) > 1 {
			continue
		}
		line := assignment(st.table, section, name, value)
		replaced := append(others(st, key), keepAround(lines, st, line))
		return dropKeyBut(lines, all, i, key, replaced)
	}
	lines = splitLines(dropKeyBut(lines, all, -1, key, nil))
	return insert(lines, section, name, value)
}

// dropKey takes a setting out of the text of a file.
func dropKey(text string, key []string) string {
	lines := splitLines(text)
	return dropKeyBut(lines, statements(lines), -1, key, nil)
}

// dropKeyBut removes every statement of a setting; the lines of statement kept are
// replaced instead.
func dropKeyBut(lines []string, all []statement, kept int, key []string, replaced []string) string {
	out := slices.Clone(lines)
	for i := range all {
		st := &all[i]
		if !st.touches(key) {
			continue
		}
		for line := st.first; line <= st.last; line++ {
			out[line] = ""
		}
		if i == kept {
			out[st.first] = strings.Join(replaced, "")
		} else {
			out[st.first] = strings.Join(others(st, key), "")
		}
	}
	return strings.Join(out, "")
}

// others writes the settings that an inline table gives beside key, each on a line
// of its own: section = {a = 1, b = 2} without a is section.b = 2.
func others(st *statement, key []string) []string {
	if st.header {
		return nil
	}
	var out []string
	section, _ := st.values[key[0]].(map[string]any)
	for _, name := range sortedKeys(section) {
		if len(st.table) == 0 && name != key[1] {
			out = append(out, tomlKey(key[0])+"."+tomlKey(name)+" = "+tomlValue(section[name])+"\n")
		}
	}
	return out
}

func assignment(table []string, section, name, value string) string {
	if len(table) == 0 {
		name = section + "." + name
	}
	return name + " = " + value
}

// keepAround puts a new assignment where an old one stood, with the old one's
// indent, the comment behind it and its line end.
func keepAround(lines []string, st *statement, line string) string {
	old := lines[st.first]
	indent := old[:len(old)-len(strings.TrimLeft(old, " \t"))]
	if st.first != st.last {
		return indent + line + "\n"
	}
	body := strings.TrimRight(old, "\r\n")
	end := old[len(body):]
	for i := range len(body) {
		if body[i] != '#' {
			continue
		}
		if _, err := toml.Decode(body[:i], &map[string]any{}); err == nil {
			return indent + line + " " + body[i:] + end
		}
	}
	return indent + line + end
}

// insert adds an assignment behind the last one of its section, or in a new one.
func insert(lines []string, section, name, value string) string {
	at, line := -1, ""
	for _, st := range statements(lines) {
		inTable := slices.Equal(st.table, []string{section})
		dotted := len(st.table) == 0 && under(st.leaves[0], []string{section})
		if inTable || dotted {
			at, line = st.last+1, assignment(st.table, section, name, value)+"\n"
		}
	}
	if at < 0 {
		at, line = len(lines), "["+section+"]\n"+assignment([]string{section}, section, name, value)+"\n"
		if len(lines) > 0 {
			line = "\n" + line
		}
	}
	if at > 0 && !strings.HasSuffix(lines[at-1], "\n") {
		lines[at-1] += "\n"
	}
	return strings.Join(slices.Insert(lines, at, line), "")
}

// tomlValue writes a value on one line. A JSON text is a TOML text, but for DEL.
func tomlValue(value any) string {
	switch given := value.(type) {
	case string:
		return strings.ReplaceAll(toJSON(given), "\x7f", `\u007f`)
	case float64:
		return tomlFloat(given)
	case []string:
		return tomlList(given)
	case []any:
		return tomlList(given)
	case map[string]any:
		var parts []string
		for _, name := range sortedKeys(given) {
			parts = append(parts, tomlKey(name)+" = "+tomlValue(given[name]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return strings.ReplaceAll(toJSON(value), ",", ", ") // numbers, flags and lists of numbers
}

func tomlList[T any](items []T) string {
	parts := make([]string, len(items))
	for i, item := range items {
		parts[i] = tomlValue(item)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func tomlFloat(number float64) string {
	text := strconv.FormatFloat(number, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

// tomlKey quotes a key that is no bare one.
func tomlKey(name string) string {
	bare := strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
	if bare && name != "" {
		return name
	}
	return tomlValue(name)
}

func sortedKeys(tree map[string]any) []string { return slices.Sorted(maps.Keys(tree)) }
