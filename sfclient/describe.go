package sfclient

import "time"

// Object is the describe of one object (salesforce.md section 5).
type Object struct {
	Name       string  `json:"name"`
	Label      string  `json:"label"`
	KeyPrefix  string  `json:"keyPrefix"`
	Createable bool    `json:"createable"`
	Updateable bool    `json:"updateable"`
	Deletable  bool    `json:"deletable"`
	Fields     []Field `json:"fields"`
	// LastModified is the moment to ask from the next time.
	LastModified time.Time `json:"-"`
}

// Field is one field of an object. A field that field-level security hides from
// the user is not listed at all.
type Field struct {
	Name               string          `json:"name"`
	Label              string          `json:"label"`
	Type               string          `json:"type"`
	Length             int             `json:"length"`
	Nillable           bool            `json:"nillable"`
	Createable         bool            `json:"createable"`
	Updateable         bool            `json:"updateable"`
	Filterable         bool            `json:"filterable"`
	DefaultedOnCreate  bool            `json:"defaultedOnCreate"`
	Custom             bool            `json:"custom"`
	ExternalID         bool            `json:"externalId"`
	Unique             bool            `json:"unique"`
	IDLookup           bool            `json:"idLookup"`
	RestrictedPicklist bool            `json:"restrictedPicklist"`
	PicklistValues     []PicklistValue `json:"picklistValues"`
	ReferenceTo        []string        `json:"referenceTo"`
	RelationshipName   string          `json:"relationshipName"`
}

// PicklistValue is one choice: Value is written, Label is shown.
type PicklistValue struct {
	Value        string `json:"value"`
	Label        string `json:"label"`
	Active       bool   `json:"active"`
	DefaultValue bool   `json:"defaultValue"`
}

// ObjectSummary is one line of the global describe.
type ObjectSummary struct {
	Name       string `json:"name"`
	Label      string `json:"label"`
	KeyPrefix  string `json:"keyPrefix"`
	Custom     bool   `json:"custom"`
	Queryable  bool   `json:"queryable"`
	Searchable bool   `json:"searchable"`
	Createable bool   `json:"createable"`
}
