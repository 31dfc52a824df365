package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// expectation is what the document lets one say of a request's answer beforehand.
type expectation int

const (
	mayPass    expectation = iota // it may be refused for what it means
	mustPass                      // it is as described: at least its form may not be refused
	mustRefuse                    // the document forbids it
)

// request is a call that was made from an operation.
type request struct {
	op       *operation
	what     string // what was done to it
	method   string
	target   string
	header   http.Header
	body     []byte
	expected expectation
}

// asDescribed makes a request that follows the document in every part.
func (p *port) asDescribed(op *operation) *request {
	r := &request{op: op, what: "as described", method: op.method, header: http.Header{}, expected: mustPass}
	p.prepare(op)
	if p.guided = 75; !p.succeeded[op.id] {
		p.guided = 100
	}
	r.target = p.target(op, p.arguments(op))
	if len(op.security) > 0 {
		who := op.security[0]
		if p.succeeded[op.id] {
			who = one(p.rng, op.security)
		}
		p.sign(r, who)
	}
	if slices.Contains([]string{"askToPair", "pollPair"}, op.id) {
		r.header.Set("Origin", p.origin)
	}
	switch {
	case op.bodyType == "multipart/form-data":
		p.attach(r, "file", p.dropped())
	case op.body != nil:
		value := p.bodyOf(op)
		r.header.Set("Content-Type", op.bodyType)
		r.body, _ = json.Marshal(value) // of maps, texts and numbers
	}
	return r
}

// bodyOf makes a value for an operation's body.
func (p *port) bodyOf(op *operation) any {
	known := p.bodies[op.id]
	switch {
	case len(known) > 0 && !p.succeeded[op.id]:
		return known[0]()
	case len(known) > 0 && p.chance(p.guided):
		return one(p.rng, known)()
	}
	value, ok := p.following("", op.body)
	if !ok {
		p.t.Fatalf("%s: no body was made from its schema", op.id)
	}
	return value
}

// arguments makes a value for each parameter, by name.
func (p *port) arguments(op *operation) map[string]string {
	given := map[string]string{}
	for _, parameter := range op.parameters {
		if parameter.In == "header" || !parameter.Required && p.chance(50) {
			continue
		}
		if value, ok := p.following(parameter.Name, parameter.schema); ok {
			given[parameter.Name] = written(value)
		}
	}
	return given
}

func written(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	text, _ := json.Marshal(value) // a number or a truth
	return string(text)
}

// target writes arguments into the path and the query.
func (p *port) target(op *operation, given map[string]string) string {
	path, query := op.path, url.Values{}
	for _, parameter := range op.parameters {
		value, has := given[parameter.Name]
		switch {
		case parameter.In == "path":
			path = strings.ReplaceAll(path, "{"+parameter.Name+"}", url.PathEscape(value))
		case has && parameter.In == "query":
			query.Set(parameter.Name, value)
		}
	}
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// sign gives a request the token of who calls.
func (p *port) sign(r *request, who string) {
	r.header.Set("Authorization", "Bearer "+p.tokens[who])
	if who == "paired" {
		r.header.Set("Origin", p.pairedOrigin)
	}
}

// attach puts files into a request, as a form of the browser does.
func (p *port) attach(r *request, field string, files map[string]string) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		part, err := form.CreateFormFile(field, name)
		if err == nil {
			_, err = part.Write([]byte(files[name]))
		}
		if err != nil {
			p.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		p.t.Fatal(err)
	}
	r.header.Set("Content-Type", form.FormDataContentType())
	r.body = body.Bytes()
}

// breaking makes a request that is as described but for one thing.
func (p *port) breaking(op *operation) *request {
	r := p.asDescribed(op)
	breaks := []func(*request){p.breakMethod, p.breakCaller}
	if len(op.parameters) > 0 {
		breaks = append(breaks, p.breakParameter, p.breakParameter, p.breakQuery)
	}
	switch op.bodyType {
	case "application/json":
		breaks = append(breaks, p.breakBody, p.breakBody, p.breakBody, p.breakBody, p.breakText, p.breakText, p.breakType)
	case "multipart/form-data":
		breaks = append(breaks, p.breakForm, p.breakForm, p.breakForm, p.breakType)
	}
	r.expected = mustRefuse
	one(p.rng, breaks)(r)
	return r
}

func (p *port) breakMethod(r *request) {
	for _, method := range []string{"PUT", "DELETE", "PATCH", "POST", "TRACE", "get", "PROPFIND"} {
		if !slices.ContainsFunc(p.operations, func(op *operation) bool { return op.method == method && sameShape(op.path, r.op.path) }) && p.chance(30) {
			r.what, r.method = "method "+method, method
			return
		}
	}
	p.breakCaller(r)
}

// sameShape tells paths that the same request may go to.
func sameShape(a, b string) bool {
	as, bs := strings.Split(a, "/"), strings.Split(b, "/")
	if len(as) != len(bs) {
		return false
	}
	for i := range as {
		if as[i] != bs[i] && !strings.HasPrefix(as[i], "{") && !strings.HasPrefix(bs[i], "{") {
			return false
		}
	}
	return true
}

func (p *port) breakCaller(r *request) {
	breaks := map[string]func(){
		"a foreign origin":   func() { r.header.Set("Origin", "https://evil.example") },
		"a look-alike":       func() { r.header.Set("Origin", "https://evilshowpad.biz") },
		"a foreign host":     func() { r.header.Set("Host", "evil.example") },
		"a cross-site fetch": func() { r.header.Set("Sec-Fetch-Site", "cross-site"); r.header.Del("Origin") },
	}
	if len(r.op.security) > 0 {
		breaks["no token"] = func() { r.header.Del("Authorization") }
		breaks["a wrong token"] = func() { r.header.Set("Authorization", "Bearer "+p.rubbishToken()) }
		breaks["the token in the target"] = func() {
			r.header.Del("Authorization")
			r.target += "?token=" + url.QueryEscape(p.tokens["owner"])
		}
		for _, who := range []string{"page", "paired"} {
			if !slices.Contains(r.op.security, who) {
				breaks["the token of a "+who] = func() { p.sign(r, who) }
			}
		}
	}
	r.what = one(p.rng, slices.Sorted(maps.Keys(breaks)))
	breaks[r.what]()
}

func (p *port) rubbishToken() string {
	return one(p.rng, []string{"x", p.tokens["owner"][:20], p.tokens["owner"] + "A", strings.Repeat("A", 4000), "null"})
}

// breakParameter puts something else for one parameter.
func (p *port) breakParameter(r *request) {
	parameter := one(p.rng, r.op.parameters)
	given := p.arguments(r.op)
	bad := one(p.rng, []string{"-1", "0", "1.5", "1e9", "99999999999999999999", "zz", "true ", "..", ".", "%", "null", p.rubbish()})
	r.what = "parameter " + parameter.Name + " " + bad
	r.expected = mayPass
	if !forbidden(parameter.schema, bad) && p.chance(50) && parameter.In == "query" && parameter.Required {
		delete(given, parameter.Name)
		r.what, r.expected = "no parameter "+parameter.Name, mustRefuse
		r.target = p.target(r.op, given)
		return
	}
	leftOut := bad == "" && parameter.In == "query" && !parameter.Required // as a form leaves out what nobody filled in
	if forbidden(parameter.schema, bad) && !leftOut {
		r.expected = mustRefuse
	}
	if parameter.In == "header" {
		if strings.ContainsFunc(bad, func(r rune) bool { return r < ' ' || r > '~' }) {
			bad = "zz"
		}
		r.header.Set(parameter.Name, bad)
		return
	}
	given[parameter.Name] = bad
	r.target = p.target(r.op, given)
}

// forbidden tells a text of a path, query or header that a schema does not take.
func forbidden(s *jsonschema.Schema, text string) bool {
	var number any = text
	if err := json.Unmarshal([]byte(text), &number); err != nil {
		number = text
	}
	return s.Validate(text) != nil && s.Validate(number) != nil
}

// breakQuery does what a query must bear, or may refuse.
func (p *port) breakQuery(r *request) {
	r.expected = mayPass
	more := one(p.rng, []string{"limit=1&limit=2", "q=a&q=b", "zz=1", "%zz", "&&&=", "q=%00", "q=%ff", "cursor=zz", "q=" + strings.Repeat("x", 5000), ";", "delivered=false&delivered=true"})
	r.what = "query " + more[:min(len(more), 40)]
	if strings.Contains(r.target, "?") {
		r.target += "&" + more
		return
	}
	r.target += "?" + more
}

func (p *port) breakBody(r *request) {
	value := p.bodyOf(r.op)
	r.what, r.body = p.broken(value, r.op.body)
	if p.allowed(r) {
		r.what, r.expected = r.what+" (allowed)", mayPass
	}
}

// allowed tells a body that the document does not forbid: a field that is null or an
// empty text is as one left out, and of an array of activities each is judged for itself.
func (p *port) allowed(r *request) bool {
	var value any
	if !wellFormed(r.body) || json.Unmarshal(r.body, &value) != nil {
		return false
	}
	if list, ok := value.([]any); ok && r.op.id == "capture" {
		return len(list) <= 500
	}
	return r.op.body.Validate(withoutEmpty(value)) == nil
}

func withoutEmpty(value any) any {
	switch within := value.(type) {
	case map[string]any:
		maps.DeleteFunc(within, func(_ string, field any) bool { return field == nil || field == "" })
		for name, field := range within {
			within[name] = withoutEmpty(field)
		}
	case []any:
		for i := range within {
			within[i] = withoutEmpty(within[i])
		}
	}
	return value
}

func (p *port) breakText(r *request) {
	r.what, r.body = p.garbled(r.body)
	if p.chance(3) {
		r.what, r.body = "over 1 MiB", []byte(`{"a":"`+strings.Repeat("x", 1<<20)+`"}`)
	}
}

func (p *port) breakType(r *request) {
	kind := one(p.rng, []string{"", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "application/jsonp", "multipart/form-data", "*/*"})
	if kind == "" && p.chance(50) {
		r.what = "a compressed body"
		r.header.Set("Content-Encoding", "gzip")
		return
	}
	r.what = "type " + kind
	r.header.Set("Content-Type", kind)
}

// breakForm breaks a form of files.
func (p *port) breakForm(r *request) {
	breaks := map[string]func(){
		"no file":       func() { p.attach(r, "file", nil) },
		"another field": func() { p.attach(r, "zz", p.dropped()) },
		"half a form":   func() { r.body = r.body[:len(r.body)/2] },
		"no form":       func() { r.body = []byte(p.rubbish()) },
		"rubbish": func() {
			p.attach(r, "file", map[string]string{one(p.rng, []string{"x.eml", "x.msg", "x.ics", "x.json", "x.exe", "é.eml"}): p.rubbish()})
			r.expected = mayPass
		},
		"cut files": func() {
			files := p.dropped()
			for name, text := range files {
				files[name] = text[:len(text)*2/3]
			}
			p.attach(r, "file", files)
			r.expected = mayPass
		},
	}
	r.what = one(p.rng, slices.Sorted(maps.Keys(breaks)))
	breaks[r.what]()
}
