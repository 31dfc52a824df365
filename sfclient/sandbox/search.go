package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"fieldpost/sfclient/sandbox/soql"
)

// Search (salesforce.md section 7.3): every word of the question starts a word of
// the record; case and accents do not count.

const (
	shortestTerm = 3
	longestTerm  = 255
	defaultHits  = 5
	mostHits     = 200
)

// A hunt looks for words in one object.
type hunt struct {
	t      *table
	shown  *projection
	where  filter
	fields []string // where to look
}

func (s *Sandbox) suggestions(req *request) reply {
	limit, err := strconv.Atoi(req.query.Get("limit"))
	if err != nil || limit <= 0 {
		limit = defaultHits
	}
	items := fieldItems(strings.Split(req.query.Get("fields"), ","))
	hits := []entries{}
	more := false
	for name := range strings.SplitSeq(req.query.Get("sobject"), ",") {
		h, refused := s.hunt(req, name, items, req.query.Get("where"))
		if refused != nil {
			return refused.reply()
		}
		found, refused := s.find(req, h, req.query.Get("q"), limit+1-len(hits))
		if refused != nil {
			return refused.reply()
		}
		hits = append(hits, found...)
	}
	if len(hits) > limit {
		hits, more = hits[:limit], true
	}
	req.rows = len(hits)
	return answer(entries{{"autoSuggestResults", hits}, {"hasMoreResults", more}})
}

func (s *Sandbox) parameterizedSearch(req *request) reply {
	body, err := req.object()
	if err != nil {
		return err.reply()
	}
	text, _ := body["q"].(string)
	left := positive(body["overallLimit"], mostHits)
	hits := []entries{}
	objects, _ := body["sobjects"].([]any)
	for _, each := range objects {
		object, _ := each.(map[string]any)
		name, _ := object["name"].(string)
		where, _ := object["where"].(string)
		names := joined(object["fields"])
		if names == "" {
			names = joined(body["fields"])
		}
		h, err := s.hunt(req, name, fieldItems(strings.Split(names, ",")), where)
		if err != nil {
			return err.reply()
		}
		found, err := s.find(req, h, text, min(left, positive(object["limit"], mostHits)))
		if err != nil {
			return err.reply()
		}
		hits, left = append(hits, found...), left-len(found)
	}
	req.rows = len(hits)
	return answer(entries{{"searchRecords", hits}})
}

func positive(value any, fallback int) int {
	if n, ok := value.(float64); ok && n > 0 {
		return int(n)
	}
	return fallback
}

func fieldItems(names []string) []soql.Item {
	items := []soql.Item{{Path: "Id"}}
	for _, name := range names {
		if name = strings.TrimSpace(name); name != "" {
			items = append(items, soql.Item{Path: name})
		}
	}
	return items
}

// hunt prepares a search in one object.
func (s *Sandbox) hunt(req *request, object string, items []soql.Item, where string) (*hunt, *apiError) {
	t := s.org.seen(object)
	if t == nil || !t.view.searchable {
		return nil, noSuchType(object)
	}
	if len(items) == 1 {
		items = append(items, soql.Item{Path: t.view.nameField()})
	}
	text := "SELECT Id FROM " + t.view.name
	if where != "" {
		text += " WHERE " + where
	}
	b := &binder{org: s.org, now: s.org.zoned(req.user)}
	q, err := soql.Parse(text)
	if err != nil {
		return nil, refused(err, text)
	}
	keep, err := b.filter(t, q.Where)
	if err != nil {
		return nil, refused(err, text)
	}
	shown, err := b.projection(t, items)
	if err != nil {
		return nil, refusal(err.Code, err.Message)
	}
	return &hunt{t: t, shown: shown, where: keep, fields: []string{t.view.nameField(), "Email", "Company"}}, nil
}

func (s *Sandbox) find(req *request, h *hunt, text string, limit int) ([]entries, *apiError) {
	words := wordsOf(strings.ReplaceAll(text, "*", ""))
	if err := checkTerm(words, text); err != nil {
		return nil, err
	}
	known := stamp(s.org.now().Add(-s.org.rules.SearchLag))
	var found []*record
	for _, r := range h.t.rows {
		saved, _ := r.values[colModstamp].(string)
		if saved <= known && !r.deleted() && s.org.visible(r) && h.where(r) && h.hits(r, words) {
			found = append(found, r)
		}
	}
	name := h.t.view.nameField()
	slices.SortStableFunc(found, func(a, b *record) int { return compareFold(a.text(name), b.text(name)) })
	found = found[:max(min(limit, len(found)), 0)]
	hits := make([]entries, len(found))
	for i, r := range found {
		hits[i] = h.shown.show(req, r)
	}
	return hits, nil
}

func checkTerm(words []string, text string) *apiError {
	longest, wide := 0, false
	for _, word := range words {
		longest = max(longest, utf8.RuneCountInString(word))
		wide = wide || strings.ContainsFunc(word, isCJK)
	}
	if longest < shortestTerm && !(wide && longest == shortestTerm-1) {
		return &apiError{http.StatusBadRequest, "INVALID_SEARCH", "search term must be at least 3 characters: " + text, nil}
	}
	if utf8.RuneCountInString(text) > longestTerm {
		return refusal("INVALID_SEARCH", "search term is too long")
	}
	return nil
}

func isCJK(c rune) bool {
	return unicode.In(c, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

func (h *hunt) hits(r *record, words []string) bool {
	var text []string
	for _, field := range h.fields {
		text = append(text, wordsOf(r.text(field))...)
	}
	for _, word := range words {
		if !slices.ContainsFunc(text, func(other string) bool { return strings.HasPrefix(other, word) }) {
			return false
		}
	}
	return len(words) > 0
}

// wordsOf cuts a text into words without case and accents.
func wordsOf(text string) []string {
	folded := strings.Map(func(c rune) rune {
		if unicode.Is(unicode.Mn, c) {
			return -1
		}
		return unicode.ToLower(c)
	}, norm.NFD.String(text))
	return strings.FieldsFunc(folded, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
}
