package sandbox

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"fieldpost/sfclient/sandbox/soql"
)

const (
	smallestPage = 200
	largestPage  = 2000
)

// A cursor is a query's result between its pages (salesforce.md section 7.1).
type cursor struct {
	shown   *projection
	rows    []*record
	size    int // of a page
	expires time.Time
}

func (s *Sandbox) query(req *request) reply    { return s.runQuery(req, false) }
func (s *Sandbox) queryAll(req *request) reply { return s.runQuery(req, true) }

func (s *Sandbox) runQuery(req *request, deletedToo bool) reply {
	text := req.query.Get("q")
	rep, err := s.answerQuery(req, text, deletedToo)
	if err != nil {
		return refused(err, text).reply()
	}
	return rep
}

func (s *Sandbox) answerQuery(req *request, text string, deletedToo bool) (reply, *soql.Error) {
	q, err := soql.Parse(text)
	if err != nil {
		return reply{}, err
	}
	b := &binder{org: s.org, now: s.org.zoned(req.user)}
	t, err := b.source(q)
	if err != nil {
		return reply{}, err
	}
	shown, err := b.projection(t, q.Items)
	if err != nil {
		return reply{}, err
	}
	if req.query.Get("columns") == "true" {
		return answer(columnAnswer(t, q, shown)), nil
	}
	rows, err := b.rows(t, q, deletedToo)
	if err != nil {
		return reply{}, err
	}
	if q.Count {
		return answer(entries{{"totalSize", len(rows)}, {"done", true}, {"records", []entries{}}}), nil
	}
	return s.firstPage(req, &cursor{shown: shown, rows: rows, size: s.pageSize(req)}), nil
}

// pageSize is what the caller asks for within Salesforce's limits, or less, as the
// server likes.
func (s *Sandbox) pageSize(req *request) int {
	size := largestPage
	_, asked, found := strings.Cut(req.header.Get("Sforce-Query-Options"), "batchSize=")
	if n, err := strconv.Atoi(strings.TrimSpace(asked)); found && err == nil {
		size = min(max(n, smallestPage), largestPage)
	}
	return min(size, max(s.org.rules.PageSize, 1))
}

func (s *Sandbox) firstPage(req *request, c *cursor) reply {
	if len(c.rows) <= c.size {
		return c.page(req, "", 0)
	}
	now := s.org.now()
	for name, other := range s.cursors {
		if now.After(other.expires) {
			delete(s.cursors, name)
		}
	}
	s.serial++
	name := newID("01g", s.org.pod, uint64(s.serial))
	c.expires = now.Add(s.org.rules.CursorLife)
	s.cursors[name] = c
	return c.page(req, name, 0)
}

func (c *cursor) page(req *request, name string, from int) reply {
	to := min(from+c.size, len(c.rows))
	list := make([]entries, to-from)
	for i, r := range c.rows[from:to] {
		list[i] = c.shown.show(req, r)
	}
	req.rows = len(list)
	body := entries{{"totalSize", len(c.rows)}, {"done", to == len(c.rows)}}
	if to < len(c.rows) {
		body = append(body, entry{"nextRecordsUrl", req.resource("query", fmt.Sprintf("%s-%d", name, to))})
	}
	return answer(append(body, entry{"records", list}))
}

func (s *Sandbox) queryMore(req *request) reply {
	name, offset, _ := strings.Cut(req.vars["locator"], "-")
	c, found := s.cursors[name]
	from, err := strconv.Atoi(offset)
	if !found || err != nil || from < 0 || from >= len(c.rows) || s.org.now().After(c.expires) {
		return refusal("INVALID_QUERY_LOCATOR", "invalid query locator").reply()
	}
	return c.page(req, name, from)
}

// ExpireCursors ends every result that has further pages.
func (s *Sandbox) ExpireCursors() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.cursors)
}

// toolingQuery finds nothing: the sandbox has no metadata to tool with.
func (s *Sandbox) toolingQuery(*request) reply {
	return answer(entries{{"size", 0}, {"totalSize", 0}, {"done", true}, {"queryLocator", nil}, {"entityTypeName", nil}, {"records", []entries{}}})
}
