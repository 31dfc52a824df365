package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"fieldpost/daemon/localapi/apitype"
)

// prepare puts into the port what an operation is about, so that it has something to do,
// and names it among the likely values.
func (p *port) prepare(op *operation) {
	p.likely["id"] = p.ids
	if make := p.needs[op.id]; make != nil {
		p.likely["id"] = nil
		make()
	}
}

// needsOf tells for each operation that needs one how to make what it is about.
func (p *port) needsOf() map[string]func() {
	name := func(field string, value string) { p.likely[field] = []any{value} }
	unknown := func() string { // whom nothing answered before makes known
		p.stranger = fmt.Sprintf("nobody%d@kunde.test", p.rng.Uint32())
		name("address", p.stranger)
		return p.capture(`{"kind":"share","channel":"email","subject":"Unknown","people":[{"email":"` + p.stranger + `"}]}`)
	}
	item := func() { name("id", p.settled(unknown())) }
	ask := func() { name("id", p.askToPair()) }
	return map[string]func(){
		"listActivities": func() {
			var list apitype.Items
			p.owner(http.MethodGet, "/v1/activities?limit=1", "", &list)
			name("cursor", list.NextCursor)
		},
		"edit": item, "discard": item, "hold": item, "retry": item, "resolve": item, "preview": item, "getActivity": item,
		"release": func() {
			id := p.settled(unknown())
			p.owner(http.MethodPost, "/v1/activities/"+id+"/hold", "{}", nil)
			name("id", id)
		},
		"restore": func() {
			id := p.settled(unknown())
			p.owner(http.MethodDelete, "/v1/activities/"+id, "", nil)
			name("id", id)
		},
		"withdraw": func() {
			var list apitype.Items
			p.owner(http.MethodGet, "/v1/activities?state=delivered&limit=1", "", &list)
			for _, delivered := range list.Items {
				name("id", delivered.ID)
			}
		},
		"askToPair": p.newOrigin, "pollPair": ask, "approvePair": ask, "denyPair": ask,
		"unpair": func() { id, _ := p.pair(); name("id", id) },
		"session": func() {
			var link apitype.SessionLink
			p.owner(http.MethodPost, "/v1/session/codes", "{}", &link)
			_, code, _ := strings.Cut(link.URL, "#code=")
			name("code", code)
		},
		"unanswer": func() {
			p.owner(http.MethodPost, "/v1/activities/"+unknown()+"/resolve", `{"address":"`+p.stranger+`","ignore":"person"}`, nil)
		},
		"person": func() { p.likely["id"] = []any{p.contact, "ana@kunde.test"} },
		"static": func() { p.likely["name"] = p.staticFiles },
		"fragment": func() {
			p.likely["name"] = []any{"today", "outbox", "about", "people", "settings", "share", "meeting", "related"}
		},
	}
}

// bodiesOf are bodies that the schema leaves open and the program does not.
func (p *port) bodiesOf() map[string][]func() any {
	fixed := func(text string) func() any {
		return func() any {
			var value any
			if err := json.Unmarshal([]byte(text), &value); err != nil {
				p.t.Fatal(err)
			}
			return value
		}
	}
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		p.t.Fatal(err)
	}
	generated := func() any {
		i := slices.IndexFunc(p.operations, func(op *operation) bool { return op.id == "capture" })
		value, _ := p.following("", p.operations[i].body)
		return value
	}
	return map[string][]func() any{
		"capture":   {fixed(`{"kind":"share","channel":"email","subject":"Offer","people":[{"email":"ana@kunde.test"}]}`), generated, generated},
		"edit":      {fixed(`{"subject":"Changed"}`), fixed(`{"body":null}`), fixed(`{"people":[{"email":"ana@kunde.test"}]}`), fixed(`{"kind":"meeting"}`)},
		"keepDraft": {fixed(`{"subject":"Half"}`), fixed(`{"people":[{"email":"ana@"}]}`), fixed(`{}`)},
		"changeSettings": {
			fixed(`{"contacts.scope":"own"}`), fixed(`{"privacy.exclude":["secret.test"]}`), fixed(`{"people.multiple":false}`), fixed(`{"retention.delivered":"10d"}`),
			fixed(`{"privacy.body":"none","meeting.on_cancel":"delete"}`), fixed(`{"contacts.where":null}`), fixed(`{"notify.enabled":false}`), fixed(`{}`),
			fixed(`{"share.types":{"email":["Email"]}}`), fixed(`{"related_to.objects":["Account"]}`), fixed(`{"access.groups":[]}`), fixed(`{"zz":1}`),
		},
		"importOutbox": {func() any {
			var exported any
			p.owner(http.MethodGet, "/v1/outbox/export", "", &exported)
			return map[string]any{"items": exported.(map[string]any)["items"]}
		}},
		"recoverOutbox": {fixed(`{"identity":"` + identity.String() + `"}`)},
		"forget":        {fixed(`{"email":"left@kunde.test"}`), fixed(`{"record":"003000000000001AAA"}`), fixed(`{}`)},
		"login":         {fixed(`{}`), fixed(`{"org":"` + p.sandbox + `","client_id":"test"}`)},
		"logout":        {fixed(`{"keep_waiting":true}`), fixed(`{}`), fixed(`{"keep_waiting":true,"discard":true}`)},
		"resolve": {
			func() any { return map[string]any{"address": p.stranger, "id": p.contact} },
			func() any { return map[string]any{"address": p.stranger, "ignore": "person"} },
			func() any {
				return map[string]any{"address": p.stranger, "create": map[string]any{"object": "Contact", "last_name": "Body"}}
			},
		},
	}
}

// likelyValues are what a program that knows the rep would say.
func (p *port) likelyValues() map[string][]any {
	values := func(texts ...any) []any { return texts }
	return map[string][]any{
		"email":  values("ana@kunde.test", "nobody@kunde.test"),
		"person": values("ana@kunde.test", p.contact), "q": values("a", "ana", ""), "object": values("Account", "Contact", "Lead"),
		"start": values("2026-11-22T14:00:00+01:00", "2026-11-22"), "end": values("2026-11-22T15:00:00+01:00", "2026-11-23"),
		"time_zone": values("Europe/Paris", "UTC", "W. Europe Standard Time"), "code": values("unresolved_person", "many_meetings"),
		"limit": values(1, 50),
	}
}

// dropped are files as a rep drops them, one to three.
func (p *port) dropped() map[string]string {
	n := p.rng.Int32()
	all := []string{".eml", ".ics", ".json"}
	texts := map[string]string{
		".eml": fmt.Sprintf("From: Rep <rep@acme.test>\r\nTo: Ana <ana@kunde.test>\r\nSubject: Mail %d\r\nMessage-ID: <%d@acme.test>\r\n"+
			"Date: Fri, 20 Nov 2026 16:40:12 +0100\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello é https://acme.showpad.biz/share/1\r\n", n, n),
		".ics": fmt.Sprintf("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:%d\r\nDTSTAMP:20261118T090000Z\r\n"+
			"DTSTART:20261119T130000Z\r\nDTEND:20261119T140000Z\r\nSUMMARY:Visit\r\nATTENDEE:mailto:ana@kunde.test\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", n),
		".json": fmt.Sprintf(`[{"kind":"share","channel":"link","subject":"File %d","people":[{"email":"ana@kunde.test"}]},{"kind":"fax"}]`, n),
	}
	files := map[string]string{}
	for range 1 + p.rng.IntN(3) {
		kind := one(p.rng, all)
		files["dropped"+kind] = texts[kind]
	}
	return files
}

func (p *port) capture(body string) string {
	var receipt apitype.Receipt
	p.owner(http.MethodPost, "/v1/activities", body, &receipt)
	p.ids = append(p.ids, receipt.ID)
	return receipt.ID
}

// settled waits until an item is not being sent, and gives its id.
func (p *port) settled(id string) string {
	var item apitype.Item
	for range 2000 {
		p.owner(http.MethodGet, "/v1/activities/"+id, "", &item)
		if item.State == "needs_attention" || item.State == "waiting" && p.away {
			return id
		}
		<-time.After(2 * time.Millisecond)
	}
	p.t.Fatalf("%s is still %s: %+v", id, item.State, p.status())
	return ""
}

// newOrigin is a page that has not asked yet.
func (p *port) newOrigin() { p.origin = fmt.Sprintf("https://t%d.showpad.biz", p.rng.Uint32()) }

// askToPair asks as a new page and gives the ask's id. Asks that nobody answered are
// denied first: only so many may be open.
func (p *port) askToPair() string {
	var open apitype.PairAsks
	p.owner(http.MethodGet, "/v1/pair", "", &open)
	for _, ask := range open.Items {
		p.owner(http.MethodPost, "/v1/pair/"+ask.ID+"/deny", "{}", nil)
	}
	p.newOrigin()
	var started apitype.PairStarted
	p.as(p.origin, http.MethodPost, "/v1/pair", `{"name":"Page"}`, &started)
	return started.ID
}

// pair pairs a new page and gives the pairing's id and token.
func (p *port) pair() (id, token string) {
	id = p.askToPair()
	p.owner(http.MethodPost, "/v1/pair/"+id+"/approve", "{}", nil)
	var poll apitype.PairPoll
	p.as(p.origin, http.MethodGet, "/v1/pair/"+id, "", &poll)
	return id, poll.Token
}

// owner makes a call with the owner's token that is no part of the fuzz.
func (p *port) owner(method, target, body string, into any) { p.as("", method, target, body, into) }

func (p *port) as(origin, method, target, body string, into any) {
	p.t.Helper()
	r := &request{method: method, target: target, body: []byte(body), header: http.Header{"Content-Type": {"application/json"}}}
	r.header.Set("Authorization", "Bearer "+p.tokens["owner"])
	if origin != "" {
		r.header.Set("Origin", origin)
	}
	got, err := p.send(r)
	if err != nil {
		p.t.Fatalf("%s %s: %v", method, target, err)
	}
	if into == nil || got.status >= 400 {
		return
	}
	if err := json.Unmarshal(got.body, into); err != nil {
		p.t.Fatalf("%s %s: %v: %s", method, target, err, got.body)
	}
}

// afterwards takes back what would leave the rest of the run nothing to find.
func (p *port) afterwards(r *request, got answer) {
	if got.status >= 300 {
		return
	}
	switch r.op.id {
	case "changeSettings":
		var changed map[string]any
		_ = json.Unmarshal(r.body, &changed) // it was accepted
		for key := range changed {
			changed[key] = nil
		}
		back, _ := json.Marshal(changed) // of nothing but keys
		p.owner(http.MethodPatch, "/v1/settings", string(back), nil)
	case "login":
		var started apitype.LoginStarted
		if json.Unmarshal(got.body, &started) == nil {
			p.visit(started.AuthorizeURL)
		}
	case "logout":
		p.signIn()
	}
}

// signIn signs in as the page does.
func (p *port) signIn() {
	var started apitype.LoginStarted
	p.owner(http.MethodPost, "/v1/auth/login", "{}", &started)
	p.visit(started.AuthorizeURL)
}

// visit is the rep's browser, which goes to no other Salesforce than ours.
func (p *port) visit(address string) {
	if to, err := url.Parse(address); err != nil || "http://"+to.Host != p.sandbox {
		return
	}
	if p.away {
		return
	}
	if page, err := http.Get(address); err == nil {
		_ = page.Body.Close()
	}
}

var staticName = regexp.MustCompile(`/static/([^"?]+)`)
