package sandbox

import (
	"net/http"
	"strings"
	"time"
)

// begin opens a write on behalf of a call, or goes on with that of its composite.
func (s *Sandbox) begin(req *request) *tx {
	t := req.shared
	if t == nil {
		t = s.org.begin(req.user)
	}
	t.fault = func() *apiError {
		if f := s.next(req.purpose, isRow); f != nil {
			return f.row
		}
		return nil
	}
	return t
}

func (s *Sandbox) create(req *request) reply {
	req.rows = 1
	t := s.org.seen(req.vars["object"])
	if t == nil {
		return noResource().reply()
	}
	fields, err := req.object()
	if err != nil {
		return err.reply()
	}
	if _, named := fields["Id"]; named {
		return refusal("INVALID_FIELD", "The Id field should not be specified in the sobject data.").reply()
	}
	id, err := s.begin(req).insert(t, fields)
	if err != nil {
		return err.reply()
	}
	return created(saved(id))
}

// saved is the answer for one written record.
func saved(id string) entries {
	return entries{{"id", id}, {"success", true}, {"errors", []string{}}}
}

// byID finds the record that a path names.
func (s *Sandbox) byID(req *request) (*record, *apiError) {
	t := s.org.seen(req.vars["object"])
	if t == nil {
		return nil, noResource()
	}
	id, ok := parseID(req.vars["id"])
	if !ok {
		return nil, noKeyField(req.vars["id"])
	}
	r, found := t.find(id)
	switch {
	case !found || !s.org.visible(r):
		return nil, noResource()
	case r.deleted():
		return nil, &apiError{http.StatusNotFound, "ENTITY_IS_DELETED", "entity is deleted", nil}
	}
	return r, nil
}

func (s *Sandbox) readRecord(req *request) reply {
	r, err := s.byID(req)
	if err != nil {
		return err.reply()
	}
	return s.showRecord(req, r)
}

func (s *Sandbox) showRecord(req *request, r *record) reply {
	req.rows = 1
	fields, err := selectedFields(r.table.view, req.query.Get("fields"))
	if err != nil {
		return err.reply()
	}
	return conditional(req, r.modified(), func() reply { return answer(show(req, r, fields)) })
}

func selectedFields(view *sobject, list string) ([]*Field, *apiError) {
	var fields []*Field
	if list == "" {
		for i := range view.fields {
			fields = append(fields, &view.fields[i])
		}
		return fields, nil
	}
	for name := range strings.SplitSeq(list, ",") {
		f, known := view.field(strings.TrimSpace(name))
		if !known {
			return nil, noColumn(name, view.name)
		}
		fields = append(fields, f)
	}
	return fields, nil
}

func show(req *request, r *record, fields []*Field) entries {
	row := make(entries, 0, len(fields)+1)
	row = append(row, entry{"attributes", attributes(req, r)})
	for _, f := range fields {
		row = append(row, entry{f.Name, shown(f, r)})
	}
	return row
}

func attributes(req *request, r *record) entries {
	object := r.table.object.name
	return entries{{"type", object}, {"url", req.resource("sobjects", object, r.id())}}
}

// shown is a field's value as answers carry it.
func shown(f *Field, r *record) any {
	value := r.get(f.column)
	if n, isNumber := value.(float64); isNumber && f.Type == "int" {
		return int(n)
	}
	if value == nil && f.Type == "boolean" { // a row older than the field
		return false
	}
	return value
}

func (r *record) modified() time.Time {
	t, _ := parseTime(r.values[colModifiedDate].(string))
	return t
}

func (s *Sandbox) updateRecord(req *request) reply {
	return s.changeByID(req, func(t *tx, r *record) *apiError {
		fields, err := req.object()
		if err != nil {
			return err
		}
		return t.update(r, fields)
	})
}

func (s *Sandbox) deleteRecord(req *request) reply {
	return s.changeByID(req, func(t *tx, r *record) *apiError { return t.remove(r) })
}

func (s *Sandbox) changeByID(req *request, change func(*tx, *record) *apiError) reply {
	r, err := s.byID(req)
	if err != nil {
		return err.reply()
	}
	return s.change(req, r, change)
}

func (s *Sandbox) change(req *request, r *record, change func(*tx, *record) *apiError) reply {
	req.rows = 1
	since, err := http.ParseTime(req.header.Get("If-Unmodified-Since"))
	if err == nil && r.modified().After(since) {
		return reply{status: http.StatusPreconditionFailed}
	}
	if err := change(s.begin(req), r); err != nil {
		return err.reply()
	}
	return noContent()
}
