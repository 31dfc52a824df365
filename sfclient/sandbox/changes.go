package sandbox

import (
	"strings"
	"time"
)

// deletedRecords and updatedRecords tell what happened in a time (salesforce.md
// section 7.2).

const replicationDays = 15

func (s *Sandbox) deletedRecords(req *request) reply {
	return s.changed(req, func(t *table, in period) (entries, int) {
		list := []entries{}
		for _, r := range t.rows {
			if r.deleted() && in.holds(r.values[colModstamp]) {
				list = append(list, entries{{"id", r.id()}, {"deletedDate", r.values[colModstamp]}})
			}
		}
		earliest := stamp(s.org.now().AddDate(0, 0, -replicationDays))
		return entries{{"deletedRecords", list}, {"earliestDateAvailable", earliest}}, len(list)
	})
}

func (s *Sandbox) updatedRecords(req *request) reply {
	return s.changed(req, func(t *table, in period) (entries, int) {
		ids := []string{}
		for _, r := range t.rows {
			if !r.deleted() && s.org.visible(r) && in.holds(r.values[colModstamp]) {
				ids = append(ids, r.id())
			}
		}
		return entries{{"ids", ids}}, len(ids)
	})
}

func (s *Sandbox) changed(req *request, find func(*table, period) (entries, int)) reply {
	t := s.org.seen(req.vars["object"])
	if t == nil {
		return noResource().reply()
	}
	in, err := s.replicationPeriod(req)
	if err != nil {
		return err.reply()
	}
	body, n := find(t, in)
	if n > s.org.rules.ReplicatedMax {
		return refusal("EXCEEDED_ID_LIMIT", "exceeded id limit").reply()
	}
	req.rows = n
	return answer(append(body, entry{"latestDateCovered", stamp(in.to)}))
}

// A period lies between two times, both included.
type period struct{ from, to time.Time }

func (s *Sandbox) replicationPeriod(req *request) (period, *apiError) {
	from, okFrom := parseTime(plus(req.query.Get("start")))
	to, okTo := parseTime(plus(req.query.Get("end")))
	now := s.org.now()
	switch {
	case !okFrom || !okTo:
		return period{}, unparsable("Invalid start or end date")
	case !from.Before(to):
		return period{}, refusal("INVALID_REPLICATION_DATE", "endDate must be after startDate")
	case from.Before(now.AddDate(0, 0, -replicationDays)):
		return period{}, refusal("INVALID_REPLICATION_DATE", "startDate cannot be more than 15 days ago")
	}
	if to.After(now) {
		to = now
	}
	return period{from, to}, nil
}

// plus undoes what URL decoding makes of the + in an unescaped offset.
func plus(date string) string { return strings.ReplaceAll(date, " ", "+") }

func (in period) holds(value any) bool {
	s, _ := value.(string)
	return s >= stamp(in.from) && s <= stamp(in.to)
}

func (s *Sandbox) recent(req *request) reply {
	list := []entries{}
	for _, name := range []string{"Account", "Contact", "Opportunity"} {
		if t := s.org.seen(name); t != nil {
			list = append(list, s.recentOf(req, t)...)
		}
	}
	return answer(list)
}

// recentOf shows an object's youngest records as recently viewed ones.
func (s *Sandbox) recentOf(req *request, t *table) []entries {
	const shown = 5
	list := []entries{}
	for i := len(t.rows) - 1; i >= 0 && len(list) < shown; i-- {
		if r := t.rows[i]; !r.deleted() && s.org.visible(r) {
			list = append(list, entries{{"attributes", attributes(req, r)}, {"Id", r.id()}, {"Name", r.value(t.view.nameField())}})
		}
	}
	return list
}
