package config

import (
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// BurntSushi/toml tells the line of a syntax error but not of a key, and writing
// through it loses comments. So a file that has parsed is also cut into its
// statements, runs of lines that are TOML by themselves.
type statement struct {
	first, last int        // lines, from 0, both part of it
	header      bool       // [table]
	table       []string   // the table it stands in; a header's own name
	leaves      [][]string // full path of each value it gives; for a header its name
	values      map[string]any
}

// splitLines keeps the line ends, so that what is not edited stays byte by byte.
func splitLines(text string) []string {
	lines := strings.SplitAfter(text, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// statements cuts lines that parse as a whole. Blank lines and comments are none.
func statements(lines []string) []statement {
	var all []statement
	var table []string
	for first := 0; first < len(lines); {
		st := nextStatement(lines, first)
		first = st.last + 1
		if len(st.values) == 0 {
			continue
		}
		st.header = strings.HasPrefix(strings.TrimLeft(lines[st.first], " \t\ufeff"), "[")
		if st.header {
			table = paths(st.values, nil)[0]
		}
		st.table = table
		st.leaves = [][]string{table}
		if !st.header {
			st.leaves = paths(st.values, table)
		}
		all = append(all, st)
	}
	return all
}

// nextStatement takes the lines up to the first line end that stands outside
// brackets and texts.
func nextStatement(lines []string, first int) statement {
	open := scanner{}
	last := first
	for open.line(lines[last]); open.inside() && last+1 < len(lines); open.line(lines[last]) {
		last++
	}
	st := statement{first: first, last: last}
	_, _ = toml.Decode(strings.Join(lines[first:last+1], ""), &st.values) // the file has parsed before
	return st
}

// scanner follows how deep in brackets and in which kind of text TOML stands.
type scanner struct {
	depth int
	quote string // the text's opening quotation marks, "" outside
}

func (s *scanner) inside() bool { return s.depth > 0 || s.quote != "" }

func (s *scanner) line(line string) {
	for i := 0; i < len(line); {
		if s.quote == "" && line[i] == '#' {
			return
		}
		i += s.step(line[i:])
	}
}

// step takes what stands at the start of rest and tells how many bytes it is.
func (s *scanner) step(rest string) int {
	if s.quote != "" {
		if rest[0] == '\\' && s.quote[0] == '"' {
			return min(2, len(rest))
		}
		if !strings.HasPrefix(rest, s.quote) {
			return 1
		}
		return s.closeQuote(rest)
	}
	switch rest[0] {
	case '[', '{':
		s.depth++
	case ']', '}':
		s.depth--
	case '"', '\'':
		s.quote = rest[:1]
		if triple := strings.Repeat(s.quote, 3); strings.HasPrefix(rest, triple) {
			s.quote = triple
		}
		return len(s.quote)
	}
	return 1
}

// closeQuote ends a text; one of several lines may end in quotation marks of its own.
func (s *scanner) closeQuote(rest string) int {
	length := len(s.quote)
	if length == 3 {
		length = min(5, len(rest)-len(strings.TrimLeft(rest, s.quote[:1])))
	}
	s.quote = ""
	return length
}

// paths lists the full path of each value in a tree; an empty table is a value.
func paths(tree map[string]any, prefix []string) [][]string {
	var all [][]string
	for _, name := range sortedKeys(tree) {
		path := append(slices.Clone(prefix), name)
		if sub, ok := tree[name].(map[string]any); ok && len(sub) > 0 {
			all = append(all, paths(sub, path)...)
			continue
		}
		all = append(all, path)
	}
	return all
}

// under tells whether path is key or lies within it.
func under(path, key []string) bool {
	return len(path) >= len(key) && slices.Equal(path[:len(key)], key)
}

// touches tells whether the statement gives a value of key, or stands in its way.
func (st *statement) touches(key []string) bool {
	return slices.ContainsFunc(st.leaves, func(leaf []string) bool {
		return under(leaf, key) || !st.header && under(key, leaf)
	})
}

// lineOf finds where a key stands, counted from 1, or 0.
func lineOf(all []statement, key []string) int {
	for i := range all {
		if all[i].touches(key) {
			return all[i].first + 1
		}
	}
	return 0
}
