package directory

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// state is what is known of the copy as a whole. It names nobody, and is not sealed.
type state struct {
	// Filter is the one that the copy is made through; nil where there is no copy.
	Filter      *Filter            `json:"filter,omitempty"`
	Objects     map[string]*object `json:"objects,omitempty"`
	RefreshedAt time.Time          `json:"refreshed_at,omitzero"`
	// LeadsLeftOut: the condition for contacts names fields that a lead has not.
	LeadsLeftOut bool  `json:"leads_left_out,omitempty"`
	Calls        calls `json:"calls"`
}

// object is how far the copy of one object is.
type object struct {
	Rows int `json:"rows"`
	// ListedAt is when it was listed whole; zero while that has never been done.
	ListedAt time.Time `json:"listed_at,omitzero"`
	// Mark is the newest SystemModstamp there was when the copy was last like the org.
	Mark string `json:"mark,omitempty"`
	// Listing is a listing under way, nil for none.
	Listing *progress `json:"listing,omitempty"`
	// Prefix is what its ids begin with.
	Prefix string `json:"prefix,omitempty"`
	// Hidden: the rep may not see it.
	Hidden bool `json:"hidden,omitempty"`
}

// progress is how far a listing is: what is kept goes on from there.
type progress struct {
	BegunAt time.Time `json:"begun_at"`
	Mark    string    `json:"mark,omitempty"`
	After   string    `json:"after,omitempty"` // the last id that was kept
	Done    int       `json:"done"`
	Total   int       `json:"total"`
}

// calls counts what copying down has asked of the org's allowance on one day (UTC).
type calls struct {
	Day string `json:"day"`
	N   int    `json:"n"`
}

func (c *calls) add(n int, now time.Time) {
	if day := now.UTC().Format(time.DateOnly); c.Day != day {
		*c = calls{Day: day}
	}
	c.N += n
}

func stateOf(tx *bbolt.Tx) (*state, error) {
	s := &state{}
	value := tx.Bucket(bucketMeta).Get(metaState)
	if value == nil {
		return s, nil
	}
	if err := json.Unmarshal(value, s); err != nil {
		return nil, fmt.Errorf("%w: its state: %w", ErrDamaged, err)
	}
	return s, nil
}

func (d *Directory) state() (s *state, err error) {
	err = d.view(func(tx *bbolt.Tx) error {
		s, err = stateOf(tx)
		return err
	})
	return s, err
}

// object gives the state of an object, beginning one.
func (w *writer) object(name string) *object {
	o := w.state.Objects[name]
	if o == nil {
		o = &object{}
		if w.state.Objects == nil {
			w.state.Objects = map[string]*object{}
		}
		w.state.Objects[name] = o
	}
	return o
}

// Stats tells what the copy holds and how old it is.
type Stats struct {
	People, Records int
	RefreshedAt     time.Time
	// Loading is how far the first load is, nil when there is none under way.
	Loading *Loading
	// LeadsLeftOut: the condition for contacts names fields that a lead has not.
	LeadsLeftOut bool
	// CallsToday is what copying down has asked of the org's allowance today (UTC).
	CallsToday int
}

// Loading is how far the first load of an object is; Total is 0 until Salesforce told it.
type Loading struct {
	Object      string
	Done, Total int
}

// Stats tells what the copy holds, also while it is locked.
func (d *Directory) Stats(now time.Time) (Stats, error) {
	s, err := d.state()
	if err != nil {
		return Stats{}, err
	}
	stats := Stats{RefreshedAt: s.RefreshedAt, LeadsLeftOut: s.LeadsLeftOut}
	for name, o := range s.Objects {
		switch name {
		case "Contact", "Lead":
			stats.People += o.Rows
		case "User", "OpportunityContactRole":
		default:
			stats.Records += o.Rows
		}
		if o.ListedAt.IsZero() && o.Listing != nil {
			stats.Loading = &Loading{Object: name, Done: o.Listing.Done, Total: o.Listing.Total}
		}
	}
	today := s.Calls
	today.add(0, now)
	stats.CallsToday = today.N
	return stats, nil
}

// MadeBy reports whether the copy can be read and was made through this filter: whom
// another one let through must not be found.
func (d *Directory) MadeBy(filter Filter) (bool, error) {
	if d.vault.locked() {
		return false, nil
	}
	s, err := d.state()
	if err != nil || s.Filter == nil {
		return false, err
	}
	return s.Filter.same(filter), nil
}

func (f Filter) same(other Filter) bool {
	own, err := json.Marshal(f)
	theirs, otherErr := json.Marshal(other)
	return err == nil && otherErr == nil && bytes.Equal(own, theirs)
}
