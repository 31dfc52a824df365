package sandbox

import (
	"strconv"
	"strings"

	"fieldpost/sfclient/sandbox/soql"
)

// A filter decides about a record.
type filter func(*record) bool

// A test decides about a field's value.
type test func(value any) bool

func (b *binder) filter(t *table, c soql.Condition) (filter, *soql.Error) {
	switch c := c.(type) {
	case soql.AndOr:
		return b.joined(t, c)
	case soql.Not:
		of, err := b.filter(t, c.Of)
		return func(r *record) bool { return !of(r) }, err
	case soql.Comparison:
		return b.comparison(t, c)
	}
	return func(*record) bool { return true }, nil // no WHERE
}

func (b *binder) joined(t *table, c soql.AndOr) (filter, *soql.Error) {
	parts := make([]filter, len(c.Parts))
	for i, part := range c.Parts {
		var err *soql.Error
		if parts[i], err = b.filter(t, part); err != nil {
			return nil, err
		}
	}
	return func(r *record) bool {
		for _, part := range parts {
			if part(r) == c.Or {
				return c.Or
			}
		}
		return !c.Or
	}, nil
}

func (b *binder) comparison(t *table, c soql.Comparison) (filter, *soql.Error) {
	field, err := b.reach(t, c.Path, c.At)
	if err != nil {
		return nil, err
	}
	if !field.field.Filterable {
		return nil, badField(c.At, "field '%s' can not be filtered in a query call", c.Path)
	}
	holds, err := b.test(field.field, c)
	if err != nil {
		return nil, err
	}
	return func(r *record) bool { return holds(field.get(r)) }, nil
}

func (b *binder) test(f *Field, c soql.Comparison) (test, *soql.Error) {
	switch {
	case c.Query != nil:
		return b.semiJoin(f, c)
	case c.Operator == "LIKE":
		return likeTest(f, c)
	case c.Operator == "IN", c.Operator == "NOT IN":
		return b.memberTest(f, c)
	}
	return b.valueTest(f, c.Operator, c.Values[0], c.Path)
}

func likeTest(f *Field, c soql.Comparison) (test, *soql.Error) {
	value := c.Values[0]
	if !isText(f) || value.Kind != soql.String {
		return nil, badOperator(f, c.At)
	}
	wanted := value.Pattern()
	return func(v any) bool {
		s, ok := v.(string)
		return ok && wanted.Match(s)
	}, nil
}

// memberTest is IN and NOT IN. The values become a set: a list of two hundred
// addresses meets a table of two hundred thousand people.
func (b *binder) memberTest(f *Field, c soql.Comparison) (test, *soql.Error) {
	set := map[any]bool{}
	var tests []test
	for _, value := range c.Values {
		key, single, err := b.operand(f, value, c.Path)
		if err != nil {
			return nil, err
		}
		if single {
			set[key] = true
			continue
		}
		inSpan, err := b.valueTest(f, "=", value, c.Path)
		if err != nil {
			return nil, err
		}
		tests = append(tests, inSpan)
	}
	wanted := c.Operator == "IN"
	return func(v any) bool {
		if set[normal(f, v)] {
			return wanted
		}
		for _, holds := range tests {
			if holds(v) {
				return wanted
			}
		}
		return !wanted
	}, nil
}

func (b *binder) semiJoin(f *Field, c soql.Comparison) (test, *soql.Error) {
	if len(c.Query.Items) != 1 || c.Query.Items[0].Child != nil {
		return nil, badQuery(c.At, "semi join sub-selects must select exactly one field")
	}
	inner, err := b.source(c.Query)
	if err != nil {
		return nil, err
	}
	selected, err := b.reach(inner, c.Query.Items[0].Path, c.Query.Items[0].At)
	if err != nil {
		return nil, err
	}
	rows, err := b.rows(inner, c.Query, false)
	if err != nil {
		return nil, err
	}
	set := map[any]bool{}
	for _, r := range rows {
		if v := selected.get(r); v != nil {
			set[normal(f, v)] = true
		}
	}
	wanted := c.Operator == "IN"
	return func(v any) bool { return set[normal(f, v)] == wanted }, nil
}

// normal is the form in which values of a field are compared for equality.
func normal(f *Field, v any) any {
	s, ok := v.(string)
	switch {
	case v == nil && f.Type == "boolean":
		return false
	case !ok:
		return v
	case f.isReference():
		return s[:min(len(s), shortID)]
	case isText(f) && !f.CaseSensitive:
		return strings.ToLower(s)
	}
	return s
}

func isText(f *Field) bool {
	switch f.Type {
	case "string", "picklist", "combobox", "email", "phone", "url", "textarea":
		return true
	}
	return false
}

// operand reads a literal as a value of the field; single is false for a range.
func (b *binder) operand(f *Field, value soql.Literal, path string) (v any, single bool, err *soql.Error) {
	wrong := badField(value.At, "value of filter criterion for field '%s' must be of type %s and should %sbe enclosed in quotes",
		path, filterType(f), map[bool]string{true: "", false: "not "}[isText(f) || f.isReference()])
	switch {
	case value.Kind == soql.Null, value.Kind == soql.String && value.Text == "" && (isText(f) || f.isReference()):
		return nil, true, nil
	case isText(f) && value.Kind == soql.String:
		return normal(f, value.Text), true, nil
	case f.isReference() && value.Kind == soql.String:
		id, ok := parseID(value.Text)
		if !ok {
			return nil, true, &soql.Error{Code: "INVALID_QUERY_FILTER_OPERATOR", Message: "invalid ID field: " + value.Text, At: value.At}
		}
		return normal(f, id), true, nil
	case f.Type == "boolean" && value.Kind == soql.Bool:
		return value.Text == "true", true, nil
	case isNumber(f) && value.Kind == soql.Number:
		n, failed := strconv.ParseFloat(value.Text, 64)
		if failed != nil {
			return nil, true, wrong
		}
		return n, true, nil
	case f.Type == "date" && value.Kind == soql.Date:
		day, failed := f.convertDate(value.Text)
		if failed != nil {
			return nil, true, badQuery(value.At, "Invalid date: %s", value.Text)
		}
		return day, true, nil
	case f.Type == "datetime" && value.Kind == soql.DateTime:
		at, ok := parseTime(value.Text)
		if !ok {
			return nil, true, badQuery(value.At, "Invalid dateTime: %s", value.Text)
		}
		return stamp(at), true, nil
	case (f.Type == "date" || f.Type == "datetime") && value.Kind == soql.Range:
		return nil, false, nil
	}
	return nil, true, wrong
}

func isNumber(f *Field) bool {
	return f.Type == "int" || f.Type == "double" || f.Type == "currency" || f.Type == "percent"
}

func filterType(f *Field) string {
	switch {
	case f.Type == "datetime":
		return "dateTime"
	case isText(f), f.isReference():
		return "string"
	}
	return f.Type
}
