package config

import (
	"errors"
	"path/filepath"
	"time"
)

// A setting is one row of the table. Its values are kept as a person wrote them
// once cleaned: string, bool, []int, []string or map[string]any; into turns them
// into what the program works with.
type setting struct {
	key     string
	builtIn any
	rule    string   // words key setting.rule.RULE: what is allowed
	choices []string // the only values allowed, or those offered
	closed  bool     // nothing beside choices is allowed
	addable bool     // a lock keeps the policy's part and lets the rep add
	masked  bool     // an address that may name a user and a password, which nobody is shown

	decode func(raw any) (any, error) // errForm or errValue
	over   func(policy, weaker, value any) any
	into   func(s *Settings, value any, set bool)
}

var (
	errForm  = errors.New("wrong form")
	errValue = errors.New("not allowed")
)

// check cleans a text and tells whether it is allowed.
type check func(string) (string, bool)

// row joins a decoder and the field that its value goes to.
func row[T any](key string, builtIn T, rule string, decode func(any) (T, error), field func(*Settings) *T) setting {
	return setting{
		key: key, builtIn: builtIn, rule: rule, over: stronger,
		decode: func(raw any) (any, error) { return decode(raw) },
		into:   func(s *Settings, value any, _ bool) { *field(s) = value.(T) },
	}
}

func (s setting) offering(values ...string) setting {
	s.choices = values
	return s
}

func (s setting) addedTo() setting {
	s.addable, s.over = true, union
	return s
}

func (s setting) withoutSignIn() setting {
	s.masked = true
	return s
}

func text(key, builtIn, rule string, ok check, field func(*Settings) *string) setting {
	return row(key, builtIn, rule, decodeText(ok), field)
}

func choice(key, builtIn string, values []string, field func(*Settings) *string) setting {
	s := row(key, builtIn, "choice", decodeText(among(values)), field).offering(values...)
	s.closed = true
	return s
}

func flag(key string, builtIn bool, field func(*Settings) *bool) setting {
	return row(key, builtIn, "flag", decodeFlag, field)
}

func list(key string, builtIn []string, rule string, each check, field func(*Settings) *[]string) setting {
	return row(key, append([]string{}, builtIn...), rule, decodeList(each), field)
}

func portList(key string, builtIn []int, field func(*Settings) *[]int) setting {
	return row(key, builtIn, "ports", decodePorts, field)
}

func version(key, builtIn string, field func(*Settings) *string) setting {
	return row(key, builtIn, "version", decodeVersion, field)
}

func constants(key string, field func(*Settings) *map[string]any) setting {
	return row(key, map[string]any{}, "constants", decodeConstants, field)
}

// optional tells a setting that is unset apart from one that is empty.
func optional(key, rule string, ok check, field func(*Settings) **string) setting {
	s := row(key, "", rule, decodeText(ok), func(*Settings) *string { return new(string) })
	s.into = func(settings *Settings, value any, set bool) {
		*field(settings) = nil
		if set {
			given := value.(string)
			*field(settings) = &given
		}
	}
	return s
}

// span keeps a length of time as it was written ("7d"), for it is shown again.
func span(key, builtIn string, field func(*Settings) *time.Duration) setting {
	s := row(key, builtIn, "span", decodeSpan, func(*Settings) *string { return new(string) })
	s.into = func(settings *Settings, value any, _ bool) {
		*field(settings), _ = ParseSpan(value.(string)) // decoded before
	}
	return s
}

// oneOrMore takes a text or a list of texts and shows what was given.
func oneOrMore(key string, builtIn any, field func(*Settings) *[]string) setting {
	return setting{
		key: key, builtIn: builtIn, rule: "types", over: stronger, decode: decodeOneOrMore,
		into: func(s *Settings, value any, _ bool) { *field(s) = asList(value) },
	}
}

func channelTypes(key string, builtIn map[string]any, field func(*Settings) *map[string][]string) setting {
	s := row(key, builtIn, "channel_types", decodeChannelTypes, func(*Settings) *map[string]any { return new(map[string]any) })
	s.over = overlay
	s.into = func(settings *Settings, value any, _ bool) {
		types := map[string][]string{}
		for channel, wished := range value.(map[string]any) {
			types[channel] = asList(wished)
		}
		*field(settings) = types
	}
	return s.offering("Showpad Email", "Email", "Showpad Share", "Shared Space")
}

// inboxPath places the two folders beside the drop folder (CONTRACT.md section 1).
func inboxPath(key string, paths Paths) setting {
	s := row(key, paths.Inbox, "path", decodeText(absolutePath(paths.UserHome)), func(*Settings) *string { return new(string) })
	s.into = func(settings *Settings, value any, _ bool) {
		inbox := &settings.Inbox
		inbox.Path = value.(string)
		beside := filepath.Dir(inbox.Path)
		inbox.Done, inbox.Rejected = filepath.Join(beside, "Done"), filepath.Join(beside, "Rejected")
	}
	return s
}

func logLevel(key, builtIn string) setting {
	s := choice(key, builtIn, []string{"debug", "info", "warn", "error"}, func(*Settings) *string { return new(string) })
	s.into = func(settings *Settings, value any, _ bool) {
		_ = settings.Log.Level.UnmarshalText([]byte(value.(string))) // one of the choices
	}
	return s
}
