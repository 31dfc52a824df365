package soql

import "fmt"

// A Query is a SELECT. Offsets named At count bytes of its text.
type Query struct {
	Count  bool // SELECT COUNT()
	Items  []Item
	From   string
	FromAt int
	Where  Condition // nil without WHERE
	Order  []Order
	Limit  int // -1 = none
	Offset int
}

// An Item is a field path, or a query in parentheses over child records.
type Item struct {
	Path  string
	At    int
	Child *Query
	Label bool // toLabel(Path)
}

// An Order is one part of ORDER BY.
type Order struct {
	Path       string
	At         int
	Descending bool
	NullsLast  bool
}

// A Condition is an AndOr, a Not or a Comparison.
type Condition interface{ isCondition() }

// An AndOr joins conditions, all by AND or all by OR.
type AndOr struct {
	Or    bool
	Parts []Condition
}

// A Not negates a condition.
type Not struct{ Of Condition }

// A Comparison holds a field against literals, or against a query's result.
type Comparison struct {
	Path     string
	At       int
	Operator string // = != < <= > >= LIKE, IN, NOT IN
	Values   []Literal
	Query    *Query // of a semi-join
}

func (AndOr) isCondition()      {}
func (Not) isCondition()        {}
func (Comparison) isCondition() {}

// A Kind is a literal's type.
type Kind int

// The kinds of literals.
const (
	Null Kind = iota
	String
	Number
	Bool
	Date
	DateTime
	Range // TODAY, LAST_N_DAYS:n and the like
)

// A Literal is a value in a comparison. Text is what a string means, and otherwise
// what was written.
type Literal struct {
	Kind Kind
	Text string
	N    int // of LAST_N_DAYS:n
	At   int
	raw  string // of a string, escapes untouched
}

// An Error is a refusal with its place in the text. Code is Salesforce's.
type Error struct {
	Code    string
	Message string
	At      int
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// In words the error as Salesforce does for a text: what stands around the place, a
// mark below it, then what is wrong.
func (e *Error) In(text string) string {
	if e.At > len(text) {
		return e.Message
	}
	start, end := max(0, e.At-40), min(len(text), e.At+40)
	return fmt.Sprintf("\n%s\n%*s\nERROR at Row:1:Column:%d\n%s", text[start:end], e.At-start+1, "^", e.At+1, e.Message)
}

func malformed(at int, format string, args ...any) *Error {
	return &Error{Code: "MALFORMED_QUERY", Message: fmt.Sprintf(format, args...), At: at}
}
