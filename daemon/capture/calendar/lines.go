package calendar

import (
	"bytes"
	"io"
	"strings"

	ics "github.com/arran4/golang-ical"
)

// maxDepth bounds how deep components may be nested; a VALARM in a VEVENT in a
// VCALENDAR is three.
const maxDepth = 8

// component is one BEGIN…END block.
type component struct {
	name     string
	props    []property
	children []*component
	ended    bool
}

// property is one content line, names in capitals.
type property struct {
	name   string
	value  string
	params map[string]string
}

func (c *component) find(name string) (property, bool) {
	for _, p := range c.props {
		if p.name == name {
			return p, true
		}
	}
	return property{}, false
}

func (c *component) text(name string) string {
	p, _ := c.find(name)
	return strings.TrimSpace(p.value)
}

func (c *component) all(name string) []property {
	var found []property
	for _, p := range c.props {
		if p.name == name {
			found = append(found, p)
		}
	}
	return found
}

// parse reads the components of a text. It skips lines that are none and closes
// what an END names, so that one bad line costs that line alone.
func parse(data []byte) (*component, error) {
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	root := &component{}
	open := []*component{root}
	stream := ics.NewCalendarStream(bytes.NewReader(data))
	for {
		line, err := stream.ReadLine()
		if line != nil {
			open = place(open, string(*line))
		}
		if err == io.EOF {
			return root, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

func place(open []*component, line string) []*component {
	prop, ok := readProperty(strings.TrimSpace(line))
	if !ok {
		return open
	}
	inner := open[len(open)-1]
	switch prop.name {
	case "BEGIN":
		if len(open) > maxDepth {
			return open
		}
		child := &component{name: strings.ToUpper(strings.TrimSpace(prop.value))}
		inner.children = append(inner.children, child)
		return append(open, child)
	case "END":
		name := strings.ToUpper(strings.TrimSpace(prop.value))
		for i := len(open) - 1; i > 0; i-- {
			if open[i].name == name {
				open[i].ended = true
				return open[:i]
			}
		}
		return open
	}
	inner.props = append(inner.props, prop)
	return open
}

func readProperty(line string) (property, bool) {
	parsed, err := ics.ParseProperty(ics.ContentLine(line))
	if err != nil || parsed == nil {
		return readLoose(line)
	}
	prop := property{name: strings.ToUpper(parsed.IANAToken), value: parsed.Value, params: map[string]string{}}
	for name, values := range parsed.ICalParameters {
		prop.params[token(name)] = strings.Join(values, ",")
	}
	return prop, true
}

// readLoose reads a line whose parameters break the grammar: a quote in the
// wrong place, a parameter without a value.
func readLoose(line string) (property, bool) {
	head, value, ok := cutOutsideQuotes(line)
	if !ok {
		head, value, ok = strings.Cut(strings.ReplaceAll(line, `"`, ""), ":")
	}
	name, params, _ := strings.Cut(head, ";")
	if name = token(name); !ok || name == "" {
		return property{}, false
	}
	prop := property{name: name, value: value, params: map[string]string{}}
	for _, param := range strings.Split(params, ";") {
		if key, value, ok := strings.Cut(param, "="); ok {
			prop.params[token(key)] = strings.Trim(value, `" `)
		}
	}
	return prop, true
}

func cutOutsideQuotes(line string) (head, value string, ok bool) {
	quoted := false
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '"':
			quoted = !quoted
		case line[i] == ':' && !quoted:
			return line[:i], line[i+1:], true
		}
	}
	return "", "", false
}

// token keeps what may stand in a name.
func token(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return -1
	}, s)
}
