package config

// A layer holds the values that one source gives, by setting key.
type layer map[string]entry

type entry struct {
	value any
	line  int // in a file, counted from 1
}

// strength is the order of the layers above the built-in values, weakest first.
var strength = []Source{FromPolicy, FromFile, FromEnv, FromFlag}

// value finds the value in force and its source: the strongest layer that gives
// one, but for a locked setting the policy's.
func (s *state) value(row *setting) (any, Source) {
	value, source := row.builtIn, FromDefault
	policy := row.builtIn
	if given, ok := s.layers[FromPolicy][row.key]; ok {
		policy = given.value
	}
	for _, from := range strength {
		given, ok := s.layers[from][row.key]
		if !ok || (from != FromPolicy && s.locked[row.key] && !row.addable) {
			continue
		}
		value, source = row.over(policy, value, given.value), from
	}
	return value, source
}

func (s *state) resolve(table []setting) Settings {
	var settings Settings
	for i := range table {
		value, source := s.value(&table[i])
		table[i].into(&settings, value, source != FromDefault)
	}
	return settings
}

// stronger lets a value replace the weaker layers' whole.
func stronger(_, _, value any) any { return value }

// union keeps what the policy lists and adds the rep's own (privacy.exclude).
func union(policy, _, value any) any {
	all := append([]string{}, policy.([]string)...)
	return dedupe(append(all, value.([]string)...))
}

// overlay replaces entry by entry, so that naming the Task Type of one channel
// leaves the others as a weaker layer has them.
func overlay(_, weaker, value any) any {
	all := map[string]any{}
	for _, part := range []any{weaker, value} {
		for name, v := range part.(map[string]any) {
			all[name] = v
		}
	}
	return all
}

func dedupe(list []string) []string {
	seen := map[string]bool{}
	kept := []string{}
	for _, v := range list {
		if !seen[v] {
			seen[v] = true
			kept = append(kept, v)
		}
	}
	return kept
}
