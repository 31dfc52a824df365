package config

import (
	"strings"

	"fieldpost/daemon/words"
)

// Item is one setting as GET /v1/settings and "config list" show it.
type Item struct {
	Key     string   `json:"key"`
	Label   string   `json:"label"`
	Value   any      `json:"value"`
	Source  Source   `json:"source"`
	Locked  bool     `json:"locked"`
	Choices []Choice `json:"choices,omitempty"`
	Help    string   `json:"help"`
}

// Choice is one value that a setting may take. UnavailableBecause says in words why
// it cannot be chosen here, or is "".
type Choice struct {
	Value              string `json:"value"`
	Label              string `json:"label"`
	UnavailableBecause string `json:"unavailable_because"`
}

// Choices are what only the org knows, by setting key: they replace the built-in
// offer of related_to.objects and share.types, and may close any other choice.
type Choices map[string][]Choice

// List shows every setting in the order of CONTRACT.md section 3.
func (c *Config) List(p *words.Printer, org Choices) []Item {
	c.mu.RLock()
	defer c.mu.RUnlock()
	items := make([]Item, len(c.table))
	for i := range c.table {
		items[i] = c.state.item(&c.table[i], p, org)
	}
	return items
}

// Get shows one setting; an unknown key is an *Error with CodeUnknown.
func (c *Config) Get(p *words.Printer, key string, org Choices) (Item, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	row := find(c.table, key)
	if row == nil {
		return Item{}, unknown(c.table, FromRequest, key)
	}
	return c.state.item(row, p, org), nil
}

// SourceOf tells which layer a setting's value comes from; FromDefault for an
// unknown key.
func (c *Config) SourceOf(key string) Source {
	c.mu.RLock()
	defer c.mu.RUnlock()
	row := find(c.table, key)
	if row == nil {
		return FromDefault
	}
	_, source := c.state.value(row)
	return source
}

// shown is a value as it may be seen by whoever looks over a shoulder.
func (s *setting) shown(value any) any {
	if text, ok := value.(string); ok && s.masked {
		return mask(text)
	}
	return value
}

// hidden stands for a user name and a password.
const hidden = "…"

// mask hides what stands before the host of an address, however wrong the address is.
func mask(text string) string {
	at := strings.LastIndex(text, "@")
	if at < 0 {
		return text
	}
	scheme, _, found := strings.Cut(text[:at], "://")
	if !found {
		return hidden + text[at:]
	}
	return scheme + "://" + hidden + text[at:]
}

func (s *state) item(row *setting, p *words.Printer, org Choices) Item {
	value, source := s.value(row)
	item := Item{
		Key: row.key, Value: row.shown(value), Source: source, Locked: s.locked[row.key],
		Label: p.Text("setting." + row.key + ".label"),
		Help:  p.Text("setting." + row.key + ".help"),
	}
	if given, ok := org[row.key]; ok {
		item.Choices = given
		return item
	}
	for _, choice := range row.choices {
		item.Choices = append(item.Choices, Choice{Value: choice, Label: choiceLabel(row, p, choice)})
	}
	return item
}

// choiceLabel has words for the closed lists; names in the org label themselves.
func choiceLabel(row *setting, p *words.Printer, choice string) string {
	key := "setting." + row.key + ".choice." + choice
	if !row.closed || !p.Has(key) {
		return choice
	}
	return p.Text(key)
}

// Explanation tells all about one setting: its Item and what each layer says,
// weakest first.
type Explanation struct {
	Item
	Layers []Layer `json:"layers"`
}

// Layer is what one source says about a setting.
type Layer struct {
	Source Source `json:"source"`
	Value  any    `json:"value"`
	Where  string `json:"where,omitempty"` // the file, with its line, or the variable
	Line   int    `json:"line,omitempty"`
}

// Explain tells where the value of a setting comes from; an unknown key is an
// *Error with CodeUnknown.
func (c *Config) Explain(p *words.Printer, key string, org Choices) (Explanation, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	row := find(c.table, key)
	if row == nil {
		return Explanation{}, unknown(c.table, FromRequest, key)
	}
	told := Explanation{
		Item:   c.state.item(row, p, org),
		Layers: []Layer{{Source: FromDefault, Value: row.builtIn}},
	}
	for _, from := range strength {
		if given, ok := c.state.layers[from][key]; ok {
			told.Layers = append(told.Layers, Layer{Source: from, Value: row.shown(given.value), Where: c.place(from, key), Line: given.line})
		}
	}
	return told, nil
}

func (c *Config) place(from Source, key string) string {
	switch from {
	case FromPolicy:
		if c.state.policy.Copy {
			return c.in.Paths.PolicyCopy
		}
		return c.state.policy.File
	case FromFile:
		return c.in.Paths.ConfigFile
	case FromEnv:
		return EnvName(key)
	}
	return ""
}
