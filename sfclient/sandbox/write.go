package sandbox

import (
	"net/http"
	"strings"
)

// A tx writes records on behalf of one user and can take all of it back. A system
// tx is the org's own tool: it sees every field and no rule of the rep binds it.
type tx struct {
	*org
	user   *record
	system bool
	stamp  string
	fault  func() *apiError // asked before each row is written
	undo   []func()
}

func (o *org) begin(user *record) *tx {
	return &tx{org: o, user: user, stamp: stamp(o.now())}
}

func (o *org) beginSystem() *tx {
	t := o.begin(o.admin)
	t.system = true
	return t
}

// rollback undoes the writes after the mark, the latest first.
func (t *tx) rollback(mark int) {
	for len(t.undo) > mark {
		last := len(t.undo) - 1
		t.undo[last]()
		t.undo = t.undo[:last]
	}
}

// insert writes a new record and gives its id.
func (t *tx) insert(tab *table, fields map[string]any) (string, *apiError) {
	view := t.viewOf(tab)
	if !view.createable && !t.system {
		return "", noRights(view)
	}
	d := t.draftOf(tab, nil)
	if err := t.fill(d, view, fields); err != nil {
		return "", err
	}
	if activity, isLink := strings.CutSuffix(view.name, "Relation"); isLink {
		return t.insertLink(tab, d, activity)
	}
	if err := t.check(tab, d); err != nil {
		return "", err
	}
	return t.commitInsert(tab, d), nil
}

func (t *tx) commitInsert(tab *table, d *draft) string {
	tab.last++
	id := newID(d.object.prefix, t.pod, tab.last)
	d.values[colID] = id
	t.setUnlessGiven(d, colCreatedDate, t.stamp)
	t.setUnlessGiven(d, colModifiedDate, t.stamp)
	t.setUnlessGiven(d, colModstamp, t.stamp)
	if t.user != nil {
		t.setUnlessGiven(d, colCreatedBy, t.user.id())
		t.setUnlessGiven(d, colModifiedBy, t.user.id())
		if f, owned := d.object.field("OwnerId"); owned {
			t.setUnlessGiven(d, f.column, t.user.id())
		}
	}
	r := &record{table: tab, values: d.values}
	tab.add(r)
	t.undo = append(t.undo, func() { tab.dropLast(r) })
	t.linkPeople(r)
	return id
}

func (t *tx) setUnlessGiven(d *draft, column int, value any) {
	if !d.given[column] {
		d.values[column] = value
	}
}

// update changes a record.
func (t *tx) update(r *record, fields map[string]any) *apiError {
	view := t.viewOf(r.table)
	if err := t.mayChange(view, r); err != nil {
		return err
	}
	d := t.draftOf(r.table, r)
	if err := t.fill(d, view, fields); err != nil {
		return err
	}
	if err := t.check(r.table, d); err != nil {
		return err
	}
	t.touch(d)
	t.replace(r, d.values)
	t.linkPeople(r)
	return nil
}

// remove moves a record to the recycle bin.
func (t *tx) remove(r *record) *apiError {
	view := t.viewOf(r.table)
	if err := t.mayChange(view, r); err != nil {
		return err
	}
	if err := t.checkLocks(t.draftOf(r.table, r)); err != nil {
		return err
	}
	if err := t.rowTrouble(); err != nil {
		return err
	}
	if activity, isLink := strings.CutSuffix(view.name, "Relation"); isLink {
		return t.removeLink(r, activity)
	}
	t.bin(r)
	return nil
}

func (t *tx) bin(r *record) {
	d := t.draftOf(r.table, r)
	d.values[colIsDeleted] = true
	t.touch(d)
	t.replace(r, d.values)
	t.unlinkPeople(r)
}

func (t *tx) replace(r *record, values []any) {
	before := r.values
	r.table.replace(r, values)
	t.undo = append(t.undo, func() { r.table.replace(r, before) })
}

func (t *tx) touch(d *draft) {
	t.setUnlessGiven(d, colModifiedDate, t.stamp)
	t.setUnlessGiven(d, colModstamp, t.stamp)
	if t.user != nil {
		t.setUnlessGiven(d, colModifiedBy, t.user.id())
	}
}

func (t *tx) viewOf(tab *table) *sobject {
	if t.system || tab.view == nil {
		return tab.object
	}
	return tab.view
}

func (t *tx) mayChange(view *sobject, r *record) *apiError {
	switch {
	case t.system:
		return nil
	case r.deleted():
		return &apiError{http.StatusNotFound, "ENTITY_IS_DELETED", "entity is deleted", nil}
	case !view.createable || t.protected[r.id()[:shortID]]:
		return noRights(view)
	}
	return nil
}

func noRights(view *sobject) *apiError {
	return refusal("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id: "+view.label)
}

func (t *tx) rowTrouble() *apiError {
	if t.fault == nil {
		return nil
	}
	return t.fault()
}
