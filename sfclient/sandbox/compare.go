package sandbox

import (
	"cmp"
	"strings"
	"time"
	"unicode/utf8"

	"fieldpost/sfclient/sandbox/soql"
)

// valueTest is a comparison with one literal.
func (b *binder) valueTest(f *Field, operator string, value soql.Literal, path string) (test, *soql.Error) {
	wanted, single, err := b.operand(f, value, path)
	if err != nil {
		return nil, err
	}
	if !single {
		return b.spanTest(f, operator, value), nil
	}
	switch operator {
	case "=":
		return func(v any) bool { return normal(f, v) == wanted }, nil
	case "!=":
		return func(v any) bool { return normal(f, v) != wanted }, nil
	}
	if f.Type == "boolean" || value.Kind == soql.Null {
		return nil, badOperator(f, value.At)
	}
	return func(v any) bool {
		return v != nil && ordered(operator, compareValues(normal(f, v), wanted))
	}, nil
}

func ordered(operator string, order int) bool {
	switch operator {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}

// spanTest compares with TODAY and its like: before it, within it, after it.
func (b *binder) spanTest(f *Field, operator string, value soql.Literal) test {
	from, to := bounds(value, f.Type, b.now)
	return func(v any) bool {
		s, ok := v.(string)
		if !ok {
			return operator == "!="
		}
		switch operator {
		case "=":
			return s >= from && s < to
		case "!=":
			return s < from || s >= to
		case "<":
			return s < from
		case "<=":
			return s < to
		case ">":
			return s >= to
		}
		return s >= from
	}
}

// bounds writes a range as a field of the type stores its values.
func bounds(value soql.Literal, kind string, now time.Time) (from, to string) {
	within, _ := soql.SpanOf(value.Text, value.N, now)
	if kind == "date" {
		return within.From.Format(time.DateOnly), within.To.Format(time.DateOnly)
	}
	return stamp(within.From), stamp(within.To)
}

// compareValues orders two values of the same field.
func compareValues(a, b any) int {
	switch x := a.(type) {
	case string:
		y, _ := b.(string)
		return strings.Compare(x, y)
	case float64:
		y, _ := b.(float64)
		return cmp.Compare(x, y)
	case bool:
		y, _ := b.(bool)
		switch {
		case x == y:
			return 0
		case x:
			return 1
		}
		return -1
	}
	return 0
}

// byOrder compares two records as an ORDER BY asks; ids settle what it leaves open.
func byOrder(keys []reach, order []soql.Order) func(a, b *record) int {
	return func(a, b *record) int {
		for i, key := range keys {
			if c := compareKeys(key, order[i], key.get(a), key.get(b)); c != 0 {
				return c
			}
		}
		return strings.Compare(a.id(), b.id())
	}
}

func compareKeys(key reach, o soql.Order, a, b any) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return side(!o.NullsLast)
	case b == nil:
		return side(o.NullsLast)
	}
	c := 0
	if x, ok := a.(string); ok && isText(key.field) {
		y, _ := b.(string)
		c = compareFold(x, y)
	} else {
		c = compareValues(a, b)
	}
	if o.Descending {
		return -c
	}
	return c
}

func side(first bool) int {
	if first {
		return -1
	}
	return 1
}

// compareFold orders texts without regard to case.
func compareFold(a, b string) int {
	for i := 0; i < len(a) && i < len(b); i++ {
		x, y := a[i], b[i]
		if x >= utf8.RuneSelf || y >= utf8.RuneSelf {
			return strings.Compare(strings.ToLower(a), strings.ToLower(b))
		}
		if x, y = lowerByte(x), lowerByte(y); x != y {
			return int(x) - int(y)
		}
	}
	return len(a) - len(b)
}

func lowerByte(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}
