package sandbox

import (
	"net/http"
	"slices"
)

// Records named by an external id (salesforce.md section 6.2).

// toldUpdates is the version since which an upsert that updates has a body.
const toldUpdates = 46

// keyOf finds the table and the field that a path names by object and field.
func (s *Sandbox) keyOf(req *request) (*table, *Field, *apiError) {
	t := s.org.seen(req.vars["object"])
	if t == nil {
		return nil, nil, noResource()
	}
	f, known := t.view.field(req.vars["field"])
	if !known || !f.ExternalID {
		return nil, nil, noKeyField(req.vars["field"])
	}
	return t, f, nil
}

func (s *Sandbox) matches(t *table, f *Field, key string) []*record {
	found := slices.Clone(t.indexes[f.column][key])
	return slices.DeleteFunc(found, func(r *record) bool { return !s.org.visible(r) })
}

// choose answers 300 with the paths of several records that hold the key.
func choose(req *request, matches []*record) reply {
	paths := make([]string, len(matches))
	for i, r := range matches {
		paths[i] = req.resource("sobjects", r.table.object.name, r.id())
	}
	return reply{status: http.StatusMultipleChoices, body: paths}
}

// withKey calls for the one record that holds the path's key.
func (s *Sandbox) withKey(req *request, found func(*record) reply) reply {
	t, f, err := s.keyOf(req)
	if err != nil {
		return err.reply()
	}
	switch matches := s.matches(t, f, req.vars["key"]); len(matches) {
	case 0:
		return noResource().reply()
	case 1:
		return found(matches[0])
	default:
		return choose(req, matches)
	}
}

func (s *Sandbox) readByKey(req *request) reply {
	return s.withKey(req, func(r *record) reply { return s.showRecord(req, r) })
}

func (s *Sandbox) deleteByKey(req *request) reply {
	return s.withKey(req, func(r *record) reply {
		return s.change(req, r, func(t *tx, r *record) *apiError { return t.remove(r) })
	})
}

func (s *Sandbox) upsert(req *request) reply {
	req.rows = 1
	t, f, err := s.keyOf(req)
	if err != nil {
		return err.reply()
	}
	fields, err := req.object()
	if err != nil {
		return err.reply()
	}
	for _, name := range []string{"Id", f.Name} {
		if _, given := fields[name]; given {
			return refusal("INVALID_FIELD", "The "+name+" field should not be specified in the sobject data.", name).reply()
		}
	}
	matches := s.matches(t, f, req.vars["key"])
	switch {
	case len(matches) > 1:
		return choose(req, matches)
	case len(matches) == 0 && req.query.Get("updateOnly") == "true":
		return noResource().reply()
	}
	id, made, err := s.begin(req).upsert(t, f, req.vars["key"], fields)
	if err != nil {
		return err.reply()
	}
	rep := answer(append(saved(id), entry{"created", made}))
	switch {
	case made:
		rep.status = http.StatusCreated
	case req.version < toldUpdates:
		return noContent()
	}
	return rep
}

// upsert updates the record that holds the key, or makes one that does.
func (t *tx) upsert(tab *table, f *Field, key string, fields map[string]any) (id string, made bool, err *apiError) {
	switch matches := tab.indexes[f.column][key]; len(matches) {
	case 0:
		fields = withField(fields, f.Name, key)
		id, err = t.insert(tab, fields)
		return id, true, err
	case 1:
		return matches[0].id(), false, t.update(matches[0], fields)
	}
	return "", false, refusal("DUPLICATE_EXTERNAL_ID", "External id: more than one record found for external id field "+f.Name, f.Name)
}

func withField(fields map[string]any, name string, value any) map[string]any {
	more := make(map[string]any, len(fields)+1)
	for each, v := range fields {
		more[each] = v
	}
	more[name] = value
	return more
}
