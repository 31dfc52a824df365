package outbox_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"fieldpost/outbox"
)

// expectation is what was acknowledged before a power cut.
type expectation struct {
	SignedIn bool
	Items    map[string]*standing // by id
}

// standing is where an item may stand: where it was last acknowledged to be, or
// where a change that had begun was taking it.
type standing struct {
	Key    string
	States []outbox.State
	// Claimed says that it was acknowledged as being sent at some time, and not given
	// back: if it waits, it must be in doubt.
	Claimed bool
	before  bool // Claimed, before the latest claim
}

// try notes that a change has begun.
func (s *standing) try(state string) {
	if state == unclaimed {
		s.Claimed = s.before // it may have been given back already
		state = string(outbox.Waiting)
	}
	s.States = append(s.States, outbox.State(state))
}

// ok notes that a change was acknowledged. What was being sent waits after a start.
func (s *standing) ok(state string) {
	switch outbox.State(state) {
	case outbox.Sending:
		s.before, s.Claimed = s.Claimed, true
		state = string(outbox.Waiting)
	case unclaimed:
		state = string(outbox.Waiting)
	}
	s.States = []outbox.State{outbox.State(state)}
}

// judging asks a child to open what a power cut left.
type judging struct {
	Image, Line int
	Files       map[string][]byte `json:"-"`
	Home        string
	Told        expectation
}

type judgement struct {
	Faults []string
	// Needless counts the items in doubt that nobody had claimed.
	Needless int
}

// judge opens an image as a start of the daemon does and holds it against what was
// acknowledged.
func judge(q judging) judgement {
	j := &judgement{}
	options := optionsFor(true)
	options.Now = func() time.Time { return time.Now().Add(2 * time.Hour) } // every wait is over
	store, err := outbox.Open(filepath.Join(q.Home, "outbox.db"), options)
	if err != nil {
		j.fault("opening: %v", err)
		return *j
	}
	defer store.Close()
	if aside, _ := filepath.Glob(filepath.Join(q.Home, "*.damaged-*")); len(aside) > 0 {
		j.fault("it was taken for damaged: %v", outbox.Verify(aside[0]))
	}
	if err := wellOrdered(store); err != nil {
		j.fault("%v", err)
	}
	for id, item := range q.Told.Items {
		j.item(store, id, item)
	}
	j.signIn(store, q.Told)
	if _, err := store.Add(context.Background(), []outbox.Draft{draftOf("after the cut")}); err != nil {
		j.fault("capturing: %v", err)
	}
	return *j
}

func (j *judgement) fault(format string, args ...any) {
	j.Faults = append(j.Faults, fmt.Sprintf(format, args...))
}

func (j *judgement) item(store *outbox.Store, id string, told *standing) {
	item, err := store.Get(id)
	if err != nil {
		j.fault("%s: %v", id, err)
		return
	}
	if !slices.Contains(told.States, item.State) {
		j.fault("%s is %s, want one of %v", id, item.State, told.States)
	}
	if told.Key == "" {
		return // the power was cut before anybody was told its key
	}
	if err := sameContent(item, told.Key); err != nil {
		j.fault("%v", err)
	}
}

// signIn looks who is signed in, and by a claim which items are in doubt.
func (j *judgement) signIn(store *outbox.Store, told expectation) {
	account, profile, err := store.Current()
	switch {
	case err != nil:
		j.fault("signed in: %v", err)
	case told.SignedIn && (!account.Same(&rep) || string(profile) != "profile"):
		j.fault("signed in is %+v %q", account, profile)
	}
	work, _, err := store.Claim(10000, "key")
	if err != nil {
		j.fault("claiming: %v", err)
	}
	for _, w := range work {
		item := told.Items[w.ID]
		switch {
		case item == nil:
		case item.Claimed && w.Doubt == nil:
			j.fault("%s was being sent and is in no doubt", w.ID)
		case !item.Claimed && w.Doubt != nil:
			j.Needless++
		}
	}
}
