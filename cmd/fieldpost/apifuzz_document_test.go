package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// operation is one call as the document of the port describes it.
type operation struct {
	id, method, path string
	security         []string // who may call: owner, page, paired; none for everybody
	parameters       []parameter
	body             *jsonschema.Schema // nil where none is taken
	bodyType         string
	// answers are the bodies by status and type. "default" is not among them: it tells
	// what every refusal looks like, not that every status is expected.
	answers map[int]map[string]*jsonschema.Schema
}

type parameter struct {
	Name, In string
	Required bool
	schema   *jsonschema.Schema
}

// document is an OpenAPI document whose parts can be looked up and compiled.
type document struct {
	t        testing.TB
	root     any
	compiler *jsonschema.Compiler
}

const documentURL = "urn:fieldpost:openapi"

// operationsOf reads every operation of a document, in a fixed order, and the bodies of a
// refusal.
func operationsOf(t testing.TB, text []byte) (all []*operation, refused map[string]*jsonschema.Schema) {
	t.Helper()
	root, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	d := &document{t: t, root: root, compiler: jsonschema.NewCompiler()}
	d.compiler.DefaultDraft(jsonschema.Draft2020)
	d.compiler.AssertFormat()
	if err := d.compiler.AddResource(documentURL, root); err != nil {
		t.Fatal(err)
	}
	paths := d.members("paths")
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		for _, method := range slices.Sorted(maps.Keys(d.members("paths", path))) {
			all = append(all, d.operation(path, method))
		}
	}
	return all, d.contents([]string{"components", "responses", "Refused"})
}

func (d *document) operation(path, method string) *operation {
	at := []string{"paths", path, method}
	op := &operation{method: strings.ToUpper(method), path: path, answers: map[int]map[string]*jsonschema.Schema{}}
	op.id, _ = d.members(at...)["operationId"].(string)
	security, _ := d.members(at...)["security"].([]any)
	for _, one := range security {
		scheme, _ := one.(map[string]any)
		op.security = slices.AppendSeq(op.security, maps.Keys(scheme))
	}
	given, _ := d.members(at...)["parameters"].([]any)
	for i := range given {
		op.parameters = append(op.parameters, d.parameter(append(at, "parameters", strconv.Itoa(i))))
	}
	for kind, schema := range d.contents(append(at, "requestBody")) {
		op.bodyType, op.body = kind, schema
	}
	for status := range d.members(append(at, "responses")...) {
		if code, err := strconv.Atoi(status); err == nil {
			op.answers[code] = d.contents(append(at, "responses", status))
		}
	}
	return op
}

func (d *document) parameter(at []string) parameter {
	at = d.follow(at)
	members := d.members(at...)
	p := parameter{schema: d.compile(append(at, "schema"))}
	p.Name, _ = members["name"].(string)
	p.In, _ = members["in"].(string)
	p.Required, _ = members["required"].(bool)
	return p
}

// contents compiles the schemas of a body by its types.
func (d *document) contents(at []string) map[string]*jsonschema.Schema {
	at = d.follow(at)
	schemas := map[string]*jsonschema.Schema{}
	kinds, _ := d.members(at...)["content"].(map[string]any)
	for kind := range kinds {
		schemas[kind] = d.compile(append(slices.Clone(at), "content", kind, "schema"))
	}
	return schemas
}

// follow gives the place that a place refers to, or the place itself.
func (d *document) follow(at []string) []string {
	at = slices.Clone(at)
	if ref, ok := d.members(at...)["$ref"].(string); ok {
		return strings.Split(strings.TrimPrefix(ref, "#/"), "/")
	}
	return at
}

func (d *document) members(at ...string) map[string]any {
	node := d.root
	for _, name := range at {
		switch within := node.(type) {
		case map[string]any:
			node = within[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(within) {
				return nil
			}
			node = within[i]
		}
	}
	members, _ := node.(map[string]any)
	return members
}

func (d *document) compile(at []string) *jsonschema.Schema {
	d.t.Helper()
	pointer := ""
	for _, name := range at {
		name = strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
		pointer += "/" + url.PathEscape(name)
	}
	schema, err := d.compiler.Compile(documentURL + "#" + pointer)
	if err != nil {
		d.t.Fatalf("%s: %v", pointer, err)
	}
	return schema
}

// fits holds a JSON text against a schema; a text that is no JSON never fits.
func fits(schema *jsonschema.Schema, text []byte) error {
	if !json.Valid(text) {
		return errNotJSON
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}
