package sandbox

import (
	"strings"

	"fieldpost/sfclient/sandbox/soql"
)

// columnAnswer is what the Salesforce CLI asks for beside a result (columns=true): it
// lays its tables out by this. The shape is the one of the CLI's own recorded answers.
func columnAnswer(t *table, q *soql.Query, shown *projection) entries {
	return entries{
		{"columnMetadata", shown.metadata()},
		{"entityName", t.view.name},
		{"groupBy", false},
		{"idSelected", len(q.Items) > 0 && strings.EqualFold(q.Items[0].Path, "Id")},
		{"keyPrefix", t.view.prefix},
	}
}

func (p *projection) metadata() []entries {
	list := make([]entries, len(p.columns))
	for i := range p.columns {
		list[i] = p.columns[i].metadata()
	}
	return list
}

// metadata names what a parent or children show as joined columns; children alone
// count as an aggregate.
func (c *column) metadata() entries {
	var kind, foreignKey any
	field, joined := Field{}, []entries{}
	if c.field != nil {
		field, kind = *c.field, apexType(c.field.Type)
	}
	if c.via != nil {
		foreignKey = c.via.Name
	}
	if c.sub != nil {
		joined = c.sub.metadata()
	}
	return entries{
		{"aggregate", c.sub != nil && c.via == nil},
		{"apexType", kind},
		{"booleanType", kind == "Boolean"},
		{"columnName", c.name},
		{"custom", strings.HasSuffix(c.name, "__c") || strings.HasSuffix(c.name, "__r")},
		{"displayName", c.name},
		{"foreignKeyName", foreignKey},
		{"insertable", field.Createable},
		{"joinColumns", joined},
		{"numberType", kind == "Integer" || kind == "Decimal"},
		{"textType", kind == "String"},
		{"updatable", field.Updateable},
	}
}

// apexType is assumed but for Id and String, which the recorded answers show.
func apexType(kind string) string {
	switch kind {
	case "id", "reference":
		return "Id"
	case "boolean":
		return "Boolean"
	case "int":
		return "Integer"
	case "double", "currency", "percent":
		return "Decimal"
	case "date":
		return "Date"
	case "datetime":
		return "Datetime"
	}
	return "String"
}
