package sandbox

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	soslShape      = regexp.MustCompile(`(?is)^\s*FIND\s*\{((?:[^}\\]|\\.)*)\}(?:\s+IN\s+(?:ALL|NAME|EMAIL|PHONE|SIDEBAR)\s+FIELDS)?\s+RETURNING\s+(.+?)(?:\s+LIMIT\s+(\d+))?\s*$`)
	returningShape = regexp.MustCompile(`(?is)^(\w+)(?:\s*\((.*)\))?$`)
	clauseShape    = regexp.MustCompile(`(?is)^(.*?)(?:\s+WHERE\s+(.*?))?(?:\s+LIMIT\s+(\d+))?\s*$`)
)

// search answers SOSL of the plain kind: FIND {words} IN NAME FIELDS RETURNING
// Contact(Id, Name WHERE … LIMIT n), Lead LIMIT m.
func (s *Sandbox) search(req *request) reply {
	parts := soslShape.FindStringSubmatch(req.query.Get("q"))
	if parts == nil {
		return refusal("MALFORMED_SEARCH", "No search term found. The search term must be enclosed in braces.").reply()
	}
	left := atMost(parts[3])
	hits := []entries{}
	for _, each := range splitOutside(parts[2]) {
		found, err := s.returning(req, parts[1], each, left)
		if err != nil {
			return err.reply()
		}
		hits, left = append(hits, found...), left-len(found)
	}
	req.rows = len(hits)
	return answer(entries{{"searchRecords", hits}})
}

func (s *Sandbox) returning(req *request, text, clause string, limit int) ([]entries, *apiError) {
	object := returningShape.FindStringSubmatch(strings.TrimSpace(clause))
	if object == nil {
		return nil, refusal("MALFORMED_SEARCH", "unexpected token: "+clause)
	}
	inner := clauseShape.FindStringSubmatch(object[2])
	h, err := s.hunt(req, object[1], fieldItems(strings.Split(inner[1], ",")), inner[2])
	if err != nil {
		return nil, err
	}
	return s.find(req, h, text, min(limit, atMost(inner[3])))
}

func atMost(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return mostHits
	}
	return n
}

// splitOutside splits at commas that no parenthesis encloses.
func splitOutside(text string) []string {
	var parts []string
	depth, from := 0, 0
	for i := range len(text) {
		switch text[i] {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				parts = append(parts, text[from:i])
				from = i + 1
			}
		}
	}
	return append(parts, text[from:])
}
