package sandbox

import (
	"slices"

	"fieldpost/sfclient/sandbox/soql"
)

// rows finds the records that a query selects, in its order. Deleted records and
// archived activities show in queryAll only (salesforce.md section 3.3).
func (b *binder) rows(t *table, q *soql.Query, all bool) ([]*record, *soql.Error) {
	keep, err := b.filter(t, q.Where)
	if err != nil {
		return nil, err
	}
	var found []*record
	candidates := t.rows
	if !all {
		candidates = b.candidates(t, q.Where)
	}
	archived, canBe := t.object.field("IsArchived")
	for _, r := range candidates {
		gone := r.deleted() || canBe && r.get(archived.column) == true
		if (all || !gone) && b.visible(r) && keep(r) {
			found = append(found, r)
		}
	}
	if err := b.sort(t, q.Order, found); err != nil {
		return nil, err
	}
	found = found[min(q.Offset, len(found)):]
	if q.Limit >= 0 {
		found = found[:min(q.Limit, len(found))]
	}
	return found, nil
}

// candidates narrows the search where an indexed field must equal a text: how a
// client asks whether its key has arrived.
func (b *binder) candidates(t *table, where soql.Condition) []*record {
	parts := []soql.Condition{where}
	if joined, ok := where.(soql.AndOr); ok && !joined.Or {
		parts = joined.Parts
	}
	for _, part := range parts {
		c, ok := part.(soql.Comparison)
		if !ok || c.Operator != "=" || c.Values[0].Kind != soql.String {
			continue
		}
		f, known := t.view.field(c.Path)
		if known && f.CaseSensitive && t.indexes[f.column] != nil {
			return t.indexes[f.column][c.Values[0].Text]
		}
		if id, isID := parseID(c.Values[0].Text); known && f.column == colID && isID {
			if r, found := t.find(id); found {
				return []*record{r}
			}
			return nil
		}
	}
	return t.rows
}

func (b *binder) sort(t *table, order []soql.Order, rows []*record) *soql.Error {
	keys := make([]reach, len(order))
	for i, o := range order {
		var err *soql.Error
		if keys[i], err = b.reach(t, o.Path, o.At); err != nil {
			return err
		}
		if !keys[i].field.Sortable {
			return badField(o.At, "field '%s' can not be sorted in a query call", o.Path)
		}
	}
	if len(order) > 0 {
		slices.SortFunc(rows, byOrder(keys, order))
	}
	return nil
}
