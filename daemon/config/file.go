package config

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// maxFile bounds a settings file; beyond it something else was put in its place.
const maxFile = 1 << 20

var errTooLong = errors.New("longer than 1 MiB")

// document is a settings file, its values sorted out by setting.
type document struct {
	values layer
	locked map[string]bool // policy only
}

func (c *Config) readUserFile() (layer, error) {
	text, err := readText(c.in.Paths.ConfigFile)
	if errors.Is(err, fs.ErrNotExist) {
		return layer{}, nil
	}
	if err != nil {
		return nil, &Error{Code: CodeUnreadable, Source: FromFile, File: c.in.Paths.ConfigFile, Err: err}
	}
	doc, fault := parseDocument(c.table, FromFile, c.in.Paths.ConfigFile, text)
	if fault != nil {
		return nil, fault
	}
	return doc.values, nil
}

func readText(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if info.Size() > maxFile {
		return "", errTooLong
	}
	data, err := os.ReadFile(path)
	return string(data), err
}

// parseDocument reads a settings file; of several faults it tells the first.
func parseDocument(table []setting, from Source, file, text string) (document, *Error) {
	var tree map[string]any
	if _, err := toml.Decode(text, &tree); err != nil {
		return document{}, syntaxError(from, file, err)
	}
	r := reader{table: table, from: from, file: file, statements: statements(splitLines(text)), values: layer{}, locked: map[string]bool{}}
	if from == FromPolicy {
		r.readLocked(tree)
	}
	r.read(tree, nil)
	if len(r.faults) > 0 {
		return document{}, slices.MinFunc(r.faults, func(a, b *Error) int { return a.Line - b.Line })
	}
	return document{values: r.values, locked: r.locked}, nil
}

func syntaxError(from Source, file string, err error) *Error {
	e := &Error{Code: CodeSyntax, Source: from, File: file, Err: err}
	var parse toml.ParseError
	if errors.As(err, &parse) {
		e.Line, e.Key, e.Err = parse.Position.Line, parse.LastKey, errors.New(parse.Message)
	}
	return e
}

type reader struct {
	table      []setting
	from       Source
	file       string
	statements []statement
	values     layer
	locked     map[string]bool
	faults     []*Error
}

// read walks the tree down to settings; whatever else stands in it is a fault.
func (r *reader) read(tree map[string]any, path []string) {
	for _, name := range sortedKeys(tree) {
		here := append(slices.Clone(path), name)
		key := strings.Join(here, ".")
		sub, isTable := tree[name].(map[string]any)
		switch row := find(r.table, key); {
		case row != nil:
			r.take(row, here, tree[name])
		case isTable && (len(path) == 0 && section(r.table, key) || len(sub) > 0):
			r.read(sub, here)
		default:
			r.fault(unknown(r.table, r.from, key), here)
		}
	}
}

func section(table []setting, name string) bool {
	return slices.ContainsFunc(table, func(s setting) bool { return strings.HasPrefix(s.key, name+".") })
}

func (r *reader) take(row *setting, path []string, raw any) {
	value, err := row.decode(raw)
	if err != nil {
		r.fault(row.refuse(r.from, Text(raw), err), path)
		return
	}
	r.values[row.key] = entry{value: value, line: lineOf(r.statements, path)}
}

func (r *reader) fault(e *Error, path []string) {
	e.File, e.Line = r.file, lineOf(r.statements, path)
	r.faults = append(r.faults, e)
}

// readLocked takes the policy's list of locked settings off the tree.
func (r *reader) readLocked(tree map[string]any) {
	const name = "locked"
	raw, given := tree[name]
	if !given {
		return
	}
	delete(tree, name)
	keys, err := decodeList(notBlank)(raw)
	if err != nil {
		r.fault(&Error{Code: CodeForm, Source: r.from, Key: name, Value: short(Text(raw)), Rule: "keys"}, []string{name})
		return
	}
	for _, key := range keys {
		if find(r.table, key) == nil {
			r.fault(unknown(r.table, r.from, key), []string{name})
		}
		r.locked[key] = true
	}
}
