package soql

import (
	"regexp"
	"strconv"
	"strings"
)

func (p *parser) where(q *Query) (err *Error) {
	if p.skip("WHERE") {
		q.Where, err = p.condition()
	}
	return err
}

// condition reads parts joined by AND, or by OR. Salesforce wants parentheses where
// both meet: the other keyword is left for nobody to take.
func (p *parser) condition() (Condition, *Error) {
	if err := p.nest(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	first, err := p.factor()
	if err != nil {
		return nil, err
	}
	joined := AndOr{Or: p.peek().is("OR"), Parts: []Condition{first}}
	keyword := "AND"
	if joined.Or {
		keyword = "OR"
	}
	for p.skip(keyword) {
		part, err := p.factor()
		if err != nil {
			return nil, err
		}
		joined.Parts = append(joined.Parts, part)
	}
	if len(joined.Parts) == 1 {
		return first, nil
	}
	return joined, nil
}

func (p *parser) factor() (Condition, *Error) {
	if p.skip("NOT") {
		if err := p.nest(); err != nil {
			return nil, err
		}
		defer func() { p.depth-- }()
		of, err := p.factor()
		return Not{of}, err
	}
	if !p.skipMark("(") {
		return p.comparison()
	}
	inner, err := p.condition()
	if err == nil {
		err = p.want(")")
	}
	return inner, err
}

func (p *parser) comparison() (Condition, *Error) {
	c := Comparison{At: p.peek().at}
	var err *Error
	if c.Path, err = p.path(); err != nil {
		return nil, err
	}
	switch {
	case p.skip("IN"):
		c.Operator = "IN"
	case p.skip("NOT", "IN"):
		c.Operator = "NOT IN"
	case p.skip("LIKE"):
		c.Operator = "LIKE"
	case p.peek().kind == tokenMark && operatorAt(p.peek().text) != "":
		c.Operator = strings.Replace(p.take().text, "<>", "!=", 1)
	default:
		return nil, p.unexpected()
	}
	if strings.HasSuffix(c.Operator, "IN") {
		err = p.list(&c)
		return c, err
	}
	value, err := p.literal()
	c.Values = []Literal{value}
	return c, err
}

func (p *parser) list(c *Comparison) (err *Error) {
	if err := p.want("("); err != nil {
		return err
	}
	if p.peek().is("SELECT") {
		if c.Query, err = p.query(); err != nil {
			return err
		}
		return p.want(")")
	}
	for {
		value, err := p.literal()
		if err != nil {
			return err
		}
		c.Values = append(c.Values, value)
		if !p.skipMark(",") {
			return p.want(")")
		}
	}
}

var (
	numberShape   = regexp.MustCompile(`^[+-]?\d+(\.\d+)?$`)
	dateShape     = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)
	dateTimeShape = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:?\d\d)$`)
)

func (p *parser) literal() (Literal, *Error) {
	t := p.peek()
	value := Literal{Text: t.text, At: t.at}
	switch {
	case t.kind == tokenString:
		value.Kind, value.raw = String, t.text
		text, ok := decode(t.text, func(c rune) rune { return c })
		if !ok {
			return value, malformed(t.at, "Illegal string escape in '%s'", t.text)
		}
		value.Text = string(text)
	case t.kind != tokenWord:
		return value, p.unexpected()
	case t.is("null"):
		value.Kind = Null
	case t.is("true"), t.is("false"):
		value.Kind, value.Text = Bool, strings.ToLower(t.text)
	case numberShape.MatchString(t.text):
		value.Kind = Number
	case dateShape.MatchString(t.text):
		value.Kind = Date
	case dateTimeShape.MatchString(t.text):
		value.Kind = DateTime
	case isRange(t.text):
		value.Kind, value.Text = Range, strings.ToUpper(t.text)
		return value, p.rangeSize(&value)
	default:
		return value, p.unexpected()
	}
	p.next++
	return value, nil
}

// rangeSize reads the n of LAST_N_DAYS:n.
func (p *parser) rangeSize(value *Literal) *Error {
	p.next++
	if !strings.Contains(value.Text, "_N_") && !strings.HasPrefix(value.Text, "N_") {
		return nil
	}
	if err := p.want(":"); err != nil {
		return err
	}
	n, err := strconv.Atoi(p.peek().text)
	if err != nil || n < 0 || n > 100_000 || p.peek().kind != tokenWord {
		return p.unexpected()
	}
	p.next++
	value.N = n
	return nil
}
