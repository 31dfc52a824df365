package soql

import (
	"regexp"
	"strconv"
	"strings"
)

const (
	maxQueryText = 100_000
	maxNesting   = 50
	maxOffset    = 2000
)

// Parse reads a SELECT of at most 100,000 characters.
func Parse(text string) (*Query, *Error) {
	if len(text) > maxQueryText {
		return nil, malformed(0, "SOQL statements cannot be longer than %d characters.", maxQueryText)
	}
	tokens, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens}
	q, err := p.query()
	if err != nil {
		return nil, err
	}
	if p.peek().kind != tokenEnd {
		return nil, p.unexpected()
	}
	return q, nil
}

type parser struct {
	tokens []token
	next   int
	depth  int
}

func (p *parser) peek() token { return p.tokens[p.next] }

func (p *parser) take() token {
	t := p.tokens[p.next]
	if t.kind != tokenEnd {
		p.next++
	}
	return t
}

// skip takes the keywords if they come next, all or none.
func (p *parser) skip(keywords ...string) bool {
	for i, keyword := range keywords {
		if p.next+i >= len(p.tokens) || !p.tokens[p.next+i].is(keyword) {
			return false
		}
	}
	p.next += len(keywords)
	return true
}

func (p *parser) skipMark(mark string) bool {
	if p.peek().mark(mark) {
		p.next++
		return true
	}
	return false
}

func (p *parser) unexpected() *Error {
	t := p.peek()
	if t.kind == tokenEnd {
		return malformed(t.at, "unexpected token: <EOF>")
	}
	return malformed(t.at, "unexpected token: '%s'", t.text)
}

func (p *parser) want(mark string) *Error {
	if !p.skipMark(mark) {
		return p.unexpected()
	}
	return nil
}

func (p *parser) nest() *Error {
	if p.depth++; p.depth > maxNesting {
		return malformed(p.peek().at, "the query is nested too deeply")
	}
	return nil
}

func (p *parser) query() (*Query, *Error) {
	if err := p.nest(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	q := &Query{Limit: -1}
	if !p.skip("SELECT") {
		return nil, p.unexpected()
	}
	for _, clause := range []func(*Query) *Error{p.items, p.from, p.where, p.order, p.bounds} {
		if err := clause(q); err != nil {
			return nil, err
		}
	}
	return q, nil
}

func (p *parser) items(q *Query) *Error {
	if p.peek().is("COUNT") && p.tokens[p.next+1].mark("(") && p.tokens[min(p.next+2, len(p.tokens)-1)].mark(")") {
		p.next += 3
		q.Count = true
		return nil
	}
	for {
		item, err := p.item()
		if err != nil {
			return err
		}
		q.Items = append(q.Items, item)
		if !p.skipMark(",") {
			return nil
		}
	}
}

func (p *parser) item() (Item, *Error) {
	at := p.peek().at
	if p.skipMark("(") {
		child, err := p.query()
		if err == nil {
			err = p.want(")")
		}
		return Item{Child: child, At: at}, err
	}
	if p.peek().is("toLabel") && p.tokens[p.next+1].mark("(") {
		p.next += 2
		path, err := p.path()
		if err == nil {
			err = p.want(")")
		}
		return Item{Path: path, At: at, Label: true}, err
	}
	path, err := p.path()
	return Item{Path: path, At: at}, err
}

var pathShape = regexp.MustCompile(`^[A-Za-z]\w*(\.[A-Za-z]\w*){0,5}$`)

func (p *parser) path() (string, *Error) {
	t := p.peek()
	if t.kind != tokenWord || !pathShape.MatchString(t.text) || isKeyword(t.text) {
		return "", p.unexpected()
	}
	return p.take().text, nil
}

func isKeyword(word string) bool {
	switch strings.ToUpper(word) {
	case "SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "LIKE", "IN", "LIMIT", "OFFSET", "ORDER", "NULL", "TRUE", "FALSE":
		return true
	}
	return false
}

func (p *parser) from(q *Query) *Error {
	if !p.skip("FROM") {
		return p.unexpected()
	}
	q.FromAt = p.peek().at
	name, err := p.path()
	if err != nil {
		return err
	}
	q.From = name
	return nil
}

func (p *parser) order(q *Query) *Error {
	if !p.skip("ORDER", "BY") {
		return nil
	}
	for {
		at := p.peek().at
		path, err := p.path()
		if err != nil {
			return err
		}
		o := Order{Path: path, At: at}
		if !p.skip("ASC") {
			o.Descending = p.skip("DESC")
		}
		o.NullsLast = o.Descending
		if p.skip("NULLS", "LAST") {
			o.NullsLast = true
		} else if p.skip("NULLS", "FIRST") {
			o.NullsLast = false
		}
		q.Order = append(q.Order, o)
		if !p.skipMark(",") {
			return nil
		}
	}
}

func (p *parser) bounds(q *Query) *Error {
	for _, bound := range []struct {
		keyword string
		set     *int
	}{{"LIMIT", &q.Limit}, {"OFFSET", &q.Offset}} {
		if !p.skip(bound.keyword) {
			continue
		}
		n, err := strconv.Atoi(p.peek().text)
		if err != nil || n < 0 || p.peek().kind != tokenWord {
			return p.unexpected()
		}
		p.next++
		*bound.set = n
	}
	if q.Offset > maxOffset {
		return &Error{Code: "NUMBER_OUTSIDE_VALID_RANGE", Message: "Maximum SOQL offset allowed is 2000"}
	}
	_ = p.skip("FOR", "VIEW") || p.skip("FOR", "REFERENCE") // would only mark the rows as viewed
	return nil
}
