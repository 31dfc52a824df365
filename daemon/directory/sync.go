package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"fieldpost/daemon/pacing"
)

// overlap is how far a delta looks back beyond what it has seen: what was committed late
// has an earlier stamp (salesforce.md 7.2).
const overlap = 5 * time.Minute

// ErrScarce says that the org's API allowance is nearly used up: the rest is for writing.
// What was copied is kept, and the next Sync goes on from there.
var ErrScarce = errors.New("directory: the org's API allowance is nearly used up")

// Plan is what is copied down.
type Plan struct {
	Filter Filter
	// Further are objects besides accounts and opportunities.
	Further []Object
	// Spare reports whether the org's allowance leaves calls for reading; nil is always.
	Spare func() bool
	// OnPage, where set, is told of each page that was kept.
	OnPage func()
}

func (p Plan) listings() []listing {
	all := append(p.Filter.people(), standing()...)
	for _, o := range p.Further {
		if !slices.ContainsFunc(all, func(l listing) bool { return l.object == o.Name }) {
			all = append(all, further(o))
		}
	}
	return all
}

// Sync makes the copy like the org, the people through the filter: what is not there yet
// is listed page by page, each of them kept, so that a load that was interrupted goes on
// where it was; later only what changed is read, and everything anew once a week. An
// object that the rep may not see is passed over. Errors: a *ConditionError, ErrForgotten,
// ErrScarce, ErrLocked, a *StoreError, or what the calls met.
func (d *Directory) Sync(ctx context.Context, source Source, plan Plan, now time.Time) error {
	if _, err := d.state(); err != nil { // a new copy is begun where there was no room before
		return err
	}
	if d.vault.locked() {
		return ErrLocked
	}
	s := &syncing{d: d, ctx: ctx, plan: plan, now: now, epoch: d.now()}
	s.source = counted{source, s}
	d.ForgetMisses()
	err := s.run()
	if err != nil && !errors.Is(err, ErrForgotten) {
		err = errors.Join(err, s.write(func(*writer) error { return nil })) // the calls are told all the same
	}
	if err != nil {
		return fmt.Errorf("directory: %w", err)
	}
	return nil
}

// syncing is one Sync under way.
type syncing struct {
	d      *Directory
	ctx    context.Context
	source counted
	plan   Plan
	now    time.Time
	epoch  epoch
	calls  int // made since they were told last

	pagesRead, indexAt int // how many pages were read, and at which the indexes are made anew
}

func (s *syncing) run() error {
	listings := s.plan.listings()
	if err := s.begin(listings); err != nil {
		return err
	}
	for _, l := range listings {
		if err := s.bring(l); err != nil {
			return err
		}
	}
	if err := s.indexed(false); err != nil {
		return err
	}
	return s.write(func(w *writer) error {
		w.state.RefreshedAt = s.now
		return nil
	})
}

// begin empties a copy that was made through another filter, and drops objects that are
// not wanted any more. Conditions that Salesforce cannot follow leave the copy as it is.
func (s *syncing) begin(listings []listing) error {
	made, err := s.d.MadeBy(s.plan.Filter)
	if err != nil {
		return err
	}
	if !made && s.plan.Filter.Hides() {
		if err := Try(s.ctx, s.source, s.plan.Filter); err != nil {
			return err
		}
	}
	return s.write(func(w *writer) error {
		if !made {
			if err := w.clear(); err != nil {
				return err
			}
			w.state.Filter = &s.plan.Filter
		}
		for name := range w.state.Objects {
			if slices.ContainsFunc(listings, func(l listing) bool { return l.object == name }) {
				continue
			}
			if err := w.dropObject(name); err != nil {
				return err
			}
		}
		return nil
	})
}

// bring makes the copy of one object like the org's. What fits into a page is listed: that
// costs a call as a delta does, and misses nothing.
func (s *syncing) bring(l listing) error {
	state, err := s.d.state()
	if err != nil {
		return err
	}
	o := state.Objects[l.object]
	switch {
	case o == nil, o.Hidden, o.Listing != nil, o.Mark == "", s.now.Sub(o.ListedAt) >= pacing.RelistAge, s.now.Before(o.ListedAt):
		return s.list(l)
	}
	return s.delta(l, o.Mark)
}

// write changes the copy, and tells the calls made so far.
func (s *syncing) write(change func(*writer) error) error {
	err := s.d.write(s.epoch, func(w *writer) error {
		w.state.Calls.add(s.calls, s.now)
		return change(w)
	})
	if err == nil {
		s.calls = 0
	}
	return err
}

// spare is ErrScarce where no more is to be read.
func (s *syncing) spare() error {
	if s.plan.Spare != nil && !s.plan.Spare() {
		return ErrScarce
	}
	return nil
}
