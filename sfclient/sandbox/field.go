package sandbox

import "strings"

// A Field is one column of an object, with the properties that describe tells.
// Length counts characters and matters for text.
type Field struct {
	Name, Label, Type string
	Length            int

	Createable, Updateable, Filterable, Groupable, Nillable, Sortable bool

	DefaultedOnCreate, ExternalID, IDLookup, Unique, CaseSensitive, Restricted bool

	Choices    []Choice // of a picklist
	References []string // the objects that a reference may point to

	relationship string // "Account" for AccountId
	child        string // "Contacts": how the object referred to names its referrers
	fallback     any    // stored when the field is not given
	indexed      bool   // records are looked up by it
	column       int
}

// A Choice is one value of a picklist: Value is written, Label is shown. An inactive
// one is told but no longer to be chosen.
type Choice struct {
	Value, Label string
	Inactive     bool
}

// Choices makes picklist values whose labels say the same.
func Choices(values ...string) []Choice {
	choices := make([]Choice, len(values))
	for i, value := range values {
		choices[i] = Choice{Value: value, Label: value}
	}
	return choices
}

// Property letters as in salesforce.md section 3.1: C create, U update, F filter,
// G group, N nillable, S sort, and D defaulted on create.
func newField(name, kind, properties string) Field {
	has := func(letter string) bool { return strings.Contains(properties, letter) }
	return Field{
		Name: name, Label: labelOf(name), Type: kind,
		Createable: has("C"), Updateable: has("U"), Filterable: has("F"), Groupable: has("G"),
		Nillable: has("N"), Sortable: has("S"), DefaultedOnCreate: has("D"),
	}
}

func text(name string, length int, properties string) Field {
	f := newField(name, "string", properties)
	f.Length = length
	return f
}

func picklist(name, properties string, choices ...Choice) Field {
	f := newField(name, "picklist", properties)
	f.Length, f.Choices = 255, choices
	return f
}

func flag(name, properties string) Field {
	f := newField(name, "boolean", properties)
	f.fallback = false
	return f
}

func date(name, properties string) Field     { return newField(name, "date", properties) }
func datetime(name, properties string) Field { return newField(name, "datetime", properties) }
func number(name, properties string) Field   { return newField(name, "int", properties) }
func currency(name, properties string) Field { return newField(name, "currency", properties) }

func reference(name, properties string, objects ...string) Field {
	f := newField(name, "reference", properties)
	f.Length, f.References = longID, objects
	f.relationship = strings.TrimSuffix(name, "Id")
	if custom, ok := strings.CutSuffix(name, "__c"); ok {
		f.relationship = custom + "__r"
	}
	return f
}

func (f Field) as(kind string) Field        { f.Type = kind; return f }
func (f Field) labelled(label string) Field { f.Label = label; return f }
func (f Field) listedAs(child string) Field { f.child = child; return f }
func (f Field) or(fallback any) Field       { f.fallback = fallback; return f }
func (f Field) byIndex() Field              { f.indexed = true; return f }
func (f Field) restricted() Field           { f.Restricted = true; return f }
func (f Field) key() Field                  { f.ExternalID, f.IDLookup, f.CaseSensitive = true, true, true; return f }
func (f Field) isCustom() bool              { return strings.HasSuffix(f.Name, "__c") }
func (f Field) isReference() bool           { return f.Type == "reference" || f.Type == "id" }
func (f Field) isPolymorphic() bool         { return len(f.References) > 1 }
func (f Field) required() bool {
	return f.Createable && !f.Nillable && !f.DefaultedOnCreate && f.Type != "boolean"
}

func (f Field) hasChoice(value string) bool {
	for _, choice := range f.Choices {
		if choice.Value == value && !choice.Inactive {
			return true
		}
	}
	return false
}

// labelOf splits a name into words: "ActivityDate" is "Activity Date", the "Id" of
// a reference reads "ID".
func labelOf(name string) string {
	name = strings.TrimSuffix(name, "__c")
	var label strings.Builder
	for i := range len(name) {
		c := name[i]
		if upper := c >= 'A' && c <= 'Z'; upper && i > 0 && name[i-1] >= 'a' && name[i-1] <= 'z' {
			label.WriteByte(' ')
		}
		if c == '_' {
			c = ' '
		}
		label.WriteByte(c)
	}
	if words, ok := strings.CutSuffix(label.String(), " Id"); ok {
		return words + " ID"
	}
	return label.String()
}
