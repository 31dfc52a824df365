package config

import (
	"errors"
	"io/fs"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Set changes settings in the user's file, all of them or none. Values are what
// JSON gives or plain Go values of the same shape; nil unsets. The error is an
// *Error: CodeUnknown, CodeForm, CodeValue, CodeLocked, or one of the file's own.
// A value from the environment or a flag stays in force over what is set here.
func (c *Config) Set(changes map[string]any) error {
	cleaned, err := c.clean(changes)
	if err != nil {
		return err
	}
	return c.change(cleaned)
}

// Clean checks the values of a change and gives them as they would be kept; nothing is
// changed. Errors as of Set, but for those of the file.
func (c *Config) Clean(changes map[string]any) (map[string]any, error) {
	cleaned, err := c.clean(changes)
	if err != nil {
		return nil, err
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, key := range slices.Sorted(maps.Keys(cleaned)) {
		if err := c.permit(find(c.table, key), cleaned[key]); err != nil {
			return nil, err
		}
	}
	return cleaned, nil
}

func (c *Config) clean(changes map[string]any) (map[string]any, error) {
	cleaned := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(changes)) {
		row := find(c.table, key)
		if row == nil {
			return nil, unknown(c.table, FromRequest, key)
		}
		if changes[key] == nil {
			cleaned[key] = nil
			continue
		}
		raw, err := fromJSON(toJSON(changes[key]))
		if err != nil {
			return nil, row.refuse(FromRequest, Text(changes[key]), errForm)
		}
		if cleaned[key], err = row.decode(raw); err != nil {
			return nil, row.refuse(FromRequest, Text(changes[key]), err)
		}
	}
	return cleaned, nil
}

// Parse turns values as typed on a command line into what Set takes. The error is
// an *Error with CodeUnknown, CodeForm or CodeValue.
func (c *Config) Parse(typed map[string]string) (map[string]any, error) {
	changes := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(typed)) {
		row := find(c.table, key)
		if row == nil {
			return nil, unknown(c.table, FromRequest, key)
		}
		value, err := row.parse(typed[key])
		if err != nil {
			return nil, row.refuse(FromRequest, typed[key], err)
		}
		changes[key] = value
	}
	return changes, nil
}

// SetText is Set for values as typed on a command line.
func (c *Config) SetText(typed map[string]string) error {
	changes, err := c.Parse(typed)
	if err != nil {
		return err
	}
	return c.change(changes)
}

// Unset takes settings out of the user's file, so that weaker layers count again.
func (c *Config) Unset(keys ...string) error {
	changes := map[string]any{}
	for _, key := range keys {
		changes[key] = nil
	}
	return c.Set(changes)
}

// Watch calls told after each change of a value in force, one change at a time.
// told must not change settings itself. stop ends it.
func (c *Config) Watch(told func(Settings)) (stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := c.watched
	c.watched++
	c.watchers[id] = told
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.watchers, id)
	}
}

// change writes cleaned values to the file and takes them into force.
func (c *Config) change(values map[string]any) error {
	c.changing.Lock()
	defer c.changing.Unlock()
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if err := c.permit(find(c.table, key), values[key]); err != nil {
			return err
		}
	}
	if err := c.rewrite(values); err != nil {
		return err
	}
	next, err := c.read()
	if err != nil {
		return err
	}
	c.replace(next)
	return nil
}

// permit refuses what the policy locks. A locked list may be added to: only a value
// that adds nothing and leaves out what the policy lists is an attempt to shorten.
func (c *Config) permit(row *setting, value any) error {
	if !c.state.locked[row.key] {
		return nil
	}
	policy, _ := c.state.layers[FromPolicy][row.key].value.([]string)
	if row.addable {
		given, _ := value.([]string)
		adds := slices.ContainsFunc(given, func(v string) bool { return !slices.Contains(policy, v) })
		shortens := slices.ContainsFunc(policy, func(v string) bool { return !slices.Contains(given, v) })
		if value == nil || adds || !shortens {
			return nil
		}
	}
	inForce, _ := c.state.value(row)
	return &Error{Code: CodeLocked, Source: FromRequest, Key: row.key, Value: short(Text(inForce)), File: c.state.policy.File}
}

// rewrite edits config.toml as it is on disk now, checks that the result says what
// was meant, and puts it in place.
func (c *Config) rewrite(values map[string]any) error {
	file := c.in.Paths.ConfigFile
	text, err := readText(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return &Error{Code: CodeUnreadable, Source: FromFile, File: file, Err: err}
	}
	before, fault := parseDocument(c.table, FromFile, file, text)
	if fault != nil {
		return fault
	}
	want := plainValues(before.values)
	for _, key := range slices.Sorted(maps.Keys(values)) {
		path := strings.Split(key, ".")
		if values[key] == nil {
			delete(want, key)
			text = dropKey(text, path)
			continue
		}
		want[key] = values[key]
		text = putKey(text, path, tomlValue(values[key]))
	}
	after, fault := parseDocument(c.table, FromFile, file, text)
	if fault != nil || !reflect.DeepEqual(plainValues(after.values), want) {
		return &Error{Code: CodeUnwritable, Source: FromFile, File: file, Err: errors.New("its layout cannot be edited safely")}
	}
	return replaceFile(file, text)
}

func plainValues(values layer) map[string]any {
	plain := map[string]any{}
	for key, given := range values {
		plain[key] = given.value
	}
	return plain
}

// replace takes a state into force and tells the watchers.
func (c *Config) replace(next state) {
	c.mu.Lock()
	changed := !reflect.DeepEqual(c.state.settings, next.settings)
	c.state = next
	watchers := make([]func(Settings), 0, len(c.watchers))
	for _, id := range slices.Sorted(maps.Keys(c.watchers)) {
		watchers = append(watchers, c.watchers[id])
	}
	c.mu.Unlock()
	if !changed {
		return
	}
	for _, told := range watchers {
		told(next.settings)
	}
}
