// Package config is the room of the settings: what each one means and allows, the
// layers a value may come from (built-in, the administrator's policy, the user's
// file, the environment, a flag), who may change it, and where the files of a user
// lie on each system (CONTRACT.md sections 1 to 3).
//
// It reads and writes config.toml and reads the policy; it opens no store, no
// socket and no keychain, and it asks no Salesforce whether a name in a setting
// exists there.
package config

import (
	"sync"
)

// Source tells which layer a value comes from.
type Source string

// The layers, weakest first. FromRequest marks errors of a change that was asked
// for and stands in no layer yet.
const (
	FromDefault Source = "default"
	FromPolicy  Source = "policy"
	FromFile    Source = "file"
	FromEnv     Source = "env"
	FromFlag    Source = "flag"
	FromRequest Source = "request"
)

// Inputs are what the layers are read from. The zero value of a field leaves its
// layer empty, so that the demo can be kept apart from the machine's settings.
type Inputs struct {
	Paths   Paths
	Policy  func() string     // the policy file in force (Paths.PolicyFile), "" for none
	Environ []string          // NAME=value lines, as os.Environ gives them
	Flags   map[string]string // text by setting key, as given on the command line
}

// Config holds the settings of one running program. Its methods may be called at
// the same time.
type Config struct {
	in    Inputs
	table []setting

	changing sync.Mutex // one change at a time, its watchers told in order

	mu       sync.RWMutex
	state    state
	watchers map[int]func(Settings)
	watched  int
}

// state is everything read from the layers at one moment; it is replaced whole.
type state struct {
	layers   map[Source]layer
	locked   map[string]bool
	policy   PolicyState
	settings Settings
	// fault is why the user's file does not count as it is now.
	fault error
}

// Load reads all layers. A broken user file, variable or flag is an *Error that
// names file, line, key and what is allowed; nothing is half-configured then. A
// broken policy is no error here, see Policy.
func Load(in Inputs) (*Config, error) {
	c := &Config{in: in, table: table(in.Paths), watchers: map[int]func(Settings){}}
	next, err := c.read()
	if err != nil {
		return nil, err
	}
	c.state = next
	return c, nil
}

// Settings gives the values in force. Its maps and slices are shared: read only.
func (c *Config) Settings() Settings {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.state.settings
}

// Paths tells where the files of this user lie.
func (c *Config) Paths() Paths { return c.in.Paths }

// Reload reads the files again and tells the watchers if a value in force changed.
// With an error in the user's own file what it said before stays in force, and the
// policy counts all the same: nobody gets around it by a typing error.
func (c *Config) Reload() error {
	c.changing.Lock()
	defer c.changing.Unlock()
	file, fault := c.readUserFile()
	if fault != nil {
		file = c.state.layers[FromFile]
	}
	next, err := c.readWith(file)
	if err != nil {
		return err
	}
	next.fault = fault
	c.replace(next)
	return fault
}

// Fault is why the user's own file does not count as it is now, an *Error, nil where it
// does. What it said before stays in force.
func (c *Config) Fault() error {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.state.fault
}

func (c *Config) read() (state, error) {
	file, err := c.readUserFile()
	if err != nil {
		return state{}, err
	}
	return c.readWith(file)
}

// readWith reads all layers but the user's file.
func (c *Config) readWith(file layer) (state, error) {
	policy, locked, rules := c.readPolicy()
	env, err := readEnv(c.table, c.in.Environ)
	if err != nil {
		return state{}, err
	}
	flags, err := readFlags(c.table, c.in.Flags)
	if err != nil {
		return state{}, err
	}
	next := state{
		layers: map[Source]layer{FromPolicy: rules, FromFile: file, FromEnv: env, FromFlag: flags},
		locked: locked,
		policy: policy,
	}
	next.settings = next.resolve(c.table)
	return next, nil
}
