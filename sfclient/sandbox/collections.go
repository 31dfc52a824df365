package sandbox

import (
	"fmt"
	"strings"
)

// Collections: many records in one call, a row of the answer for each
// (salesforce.md section 6.3).

const maxRows = 200

// A batch is a collections request that could be read. A row that names no known
// object fails for itself.
type batch struct {
	allOrNone bool
	rows      []map[string]any
}

func (req *request) batch() (*batch, *apiError) {
	body, err := req.object()
	if err != nil {
		return nil, err
	}
	records, ok := body["records"].([]any)
	if !ok {
		return nil, unparsable("The records of the request are missing at [line:1, column:1]")
	}
	req.rows = len(records)
	if len(records) > maxRows {
		return nil, refusal("EXCEEDED_ID_LIMIT", fmt.Sprintf("record limit reached. cannot submit more than %d records into this call", maxRows))
	}
	b := &batch{rows: make([]map[string]any, len(records))}
	b.allOrNone, _ = body["allOrNone"].(bool)
	for i, each := range records {
		if b.rows[i], ok = each.(map[string]any); !ok {
			return nil, unparsable("Cannot deserialize instance of sobject from " + tokenOf(each) + " at [line:1, column:1]")
		}
	}
	return b, nil
}

// typeOf reads the object that a row says it is.
func typeOf(row map[string]any) string {
	attributes, _ := row["attributes"].(map[string]any)
	name, _ := attributes["type"].(string)
	return name
}

// checkTypes refuses a call one of whose rows names no object at all, or holds a
// value that JSON cannot turn into its field's type.
func (s *Sandbox) checkTypes(b *batch, object func(map[string]any) string) *apiError {
	for _, row := range b.rows {
		name := object(row)
		if name == "" {
			return refusal("INVALID_INPUT", "Each record needs its type in attributes")
		}
		t := s.org.seen(name)
		if t == nil {
			continue
		}
		for field, value := range row {
			if f, known := t.view.field(field); known {
				if _, err := f.convert(value); err != nil && err.code == "JSON_PARSER_ERROR" {
					return err
				}
			}
		}
	}
	return nil
}

// each writes the rows one by one and collects their answers; with allOrNone one
// failure takes all of it back.
func (s *Sandbox) each(req *request, b *batch, write func(*tx, map[string]any) (entries, *apiError)) reply {
	t := s.begin(req)
	start := len(t.undo)
	answers, failed := make([]entries, len(b.rows)), make([]bool, len(b.rows))
	bad := false
	for i, row := range b.rows {
		mark := len(t.undo)
		written, err := write(t, row)
		if err != nil {
			t.rollback(mark)
			written, failed[i], bad = err.row(), true, true
		}
		answers[i] = written
	}
	if bad && b.allOrNone {
		t.rollback(start)
		halted := refusal("ALL_OR_NONE_OPERATION_ROLLED_BACK", "Record rolled back because not all records were valid and the request was using AllOrNone header")
		for i := range answers {
			if !failed[i] {
				answers[i] = halted.row()
			}
		}
	}
	return answer(answers)
}

func (s *Sandbox) createMany(req *request) reply {
	b, err := req.batch()
	if err == nil {
		err = s.checkTypes(b, typeOf)
	}
	if err != nil {
		return err.reply()
	}
	return s.each(req, b, func(t *tx, row map[string]any) (entries, *apiError) {
		tab := s.org.seen(typeOf(row))
		if tab == nil {
			return nil, noSuchType(typeOf(row))
		}
		if _, named := row["Id"]; named {
			return nil, refusal("INVALID_FIELD", "The Id field should not be specified in the sobject data.", "Id")
		}
		id, err := t.insert(tab, row)
		return saved(id), err
	})
}

func noSuchType(name string) *apiError {
	return refusal("INVALID_TYPE", "sObject type '"+name+"' is not supported.")
}

func (s *Sandbox) updateMany(req *request) reply {
	b, err := req.batch()
	if err == nil {
		err = s.checkTypes(b, typeOf)
	}
	if err != nil {
		return err.reply()
	}
	return s.each(req, b, func(t *tx, row map[string]any) (entries, *apiError) {
		r, err := s.named(row)
		if err != nil {
			return nil, err
		}
		return saved(r.id()), t.update(r, without(row, "Id", "id"))
	})
}

// named finds the record that a row names by its id.
func (s *Sandbox) named(row map[string]any) (*record, *apiError) {
	given, _ := row["Id"].(string)
	if given == "" {
		given, _ = row["id"].(string)
	}
	if given == "" {
		return nil, refusal("MISSING_ARGUMENT", "Id not specified in an update call", "Id")
	}
	return s.existing(given)
}

func (s *Sandbox) existing(given string) (*record, *apiError) {
	id, ok := parseID(given)
	if !ok {
		return nil, refusal("MALFORMED_ID", "malformed id "+given, "Id")
	}
	r, found := s.org.find(id)
	switch {
	case !found || r.table.view == nil || !s.org.visible(r):
		return nil, refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
	case r.deleted():
		return nil, refusal("ENTITY_IS_DELETED", "entity is deleted")
	}
	return r, nil
}

func without(row map[string]any, names ...string) map[string]any {
	rest := make(map[string]any, len(row))
	for name, value := range row {
		rest[name] = value
	}
	for _, name := range names {
		delete(rest, name)
	}
	return rest
}

func (s *Sandbox) deleteMany(req *request) reply {
	b := &batch{allOrNone: req.query.Get("allOrNone") == "true"}
	for id := range strings.SplitSeq(req.query.Get("ids"), ",") {
		b.rows = append(b.rows, map[string]any{"Id": strings.TrimSpace(id)})
	}
	req.rows = len(b.rows)
	if len(b.rows) > maxRows {
		return refusal("EXCEEDED_ID_LIMIT", fmt.Sprintf("record limit reached. cannot submit more than %d records into this call", maxRows)).reply()
	}
	return s.each(req, b, func(t *tx, row map[string]any) (entries, *apiError) {
		r, err := s.named(row)
		if err != nil {
			return nil, err
		}
		return saved(r.id()), t.remove(r)
	})
}

func (s *Sandbox) upsertMany(req *request) reply {
	tab, f, err := s.keyOf(req)
	if err != nil {
		return err.reply()
	}
	b, err := req.batch()
	if err == nil {
		err = s.checkTypes(b, func(map[string]any) string { return tab.view.name })
	}
	if err != nil {
		return err.reply()
	}
	seen := map[string]int{}
	for _, row := range b.rows {
		if name := typeOf(row); name != "" && name != tab.view.name {
			return refusal("INVALID_INPUT", "All records of an upsert are of one type, not "+name).reply() // the code is assumed
		}
		seen[keyIn(row, f)]++
	}
	return s.each(req, b, func(t *tx, row map[string]any) (entries, *apiError) {
		key := keyIn(row, f)
		switch {
		case key == "":
			return nil, refusal("MISSING_ARGUMENT", f.Name+" not specified", f.Name)
		case seen[key] > 1:
			return nil, refusal("DUPLICATE_VALUE", "Duplicate external id specified: "+key, f.Name)
		}
		id, made, err := t.upsert(tab, f, key, without(row, f.Name))
		return append(saved(id), entry{"created", made}), err
	})
}

func keyIn(row map[string]any, f *Field) string {
	key, _ := row[f.Name].(string)
	return key
}
