package sandbox

import (
	"fmt"
	"slices"
	"strings"
)

// Records that somebody else is writing (salesforce.md section 3.3). [LockRow] is the
// blunter tool: it fails whatever comes next.

// Lock makes records busy: an activity that would lock them is refused until
// [Sandbox.Unlock]. A new task that is completed or has no date locks nothing.
func (s *Sandbox) Lock(ids ...string) { s.mark(s.org.locked, ids, true) }

// Unlock ends it.
func (s *Sandbox) Unlock(ids ...string) { s.mark(s.org.locked, ids, false) }

// checkLocks refuses an activity whose account, person or related record is busy.
func (t *tx) checkLocks(d *draft) *apiError {
	isTask := d.object.name == "Task"
	if t.system || !isTask && d.object.name != "Event" {
		return nil
	}
	if isTask && d.before == nil && (d.truth("IsClosed") || d.value("ActivityDate") == nil) {
		return nil
	}
	busy := slices.DeleteFunc(distinct([]string{d.text("WhoId"), d.text("WhatId"), d.text("AccountId")}), func(id string) bool {
		return id == "" || !t.locked[id[:shortID]]
	})
	if len(busy) == 0 {
		return nil
	}
	return refusal("UNABLE_TO_LOCK_ROW",
		fmt.Sprintf("unable to obtain exclusive access to this record or %d records: %s", len(busy), strings.Join(busy, ",")))
}
