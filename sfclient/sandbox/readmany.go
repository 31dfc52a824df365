package sandbox

import "strings"

// readMany gives records by their ids, null for those that are not there.
func (s *Sandbox) readMany(req *request) reply {
	t := s.org.seen(req.vars["object"])
	if t == nil {
		return noResource().reply()
	}
	ids, names := req.query.Get("ids"), req.query.Get("fields")
	if body, ok := req.json.(map[string]any); ok {
		ids, names = joined(body["ids"]), joined(body["fields"])
	}
	fields, err := selectedFields(t.view, names)
	if err != nil {
		return err.reply()
	}
	var rows []any
	for id := range strings.SplitSeq(ids, ",") {
		r, err := s.existing(id)
		if err != nil || r.table != t {
			rows = append(rows, nil)
			continue
		}
		rows = append(rows, show(req, r, fields))
	}
	req.rows = len(rows)
	return answer(rows)
}

func joined(list any) string {
	texts := []string{}
	values, _ := list.([]any)
	for _, each := range values {
		if text, ok := each.(string); ok {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, ",")
}
