package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/outbox/outboxtest"
	"fieldpost/sfclient/sandbox"
)

type content = map[string]*jsonschema.Schema

// port is a running daemon, called by what its own document says.
type port struct {
	*laptop
	maker
	client     *http.Client
	address    apitype.Address
	sandbox    string
	operations []*operation
	problem    content

	tokens       map[string]string // by who calls
	pairedOrigin string
	origin       string // of the page that asks to pair
	contact      string
	away         bool   // Salesforce is
	stranger     string // whom the activity captured last names
	ids          []any  // of what was captured
	staticFiles  []any
	needs        map[string]func()
	bodies       map[string][]func() any

	made, faulty int
	statuses     map[int]int
	succeeded    map[string]bool
	told         map[string]int
}

// TestNoRequestOfTheDocumentBreaksThePort makes requests from the document of the port,
// as it describes them and with one thing broken, and holds every answer against it.
func TestNoRequestOfTheDocumentBreaksThePort(t *testing.T) {
	rounds, seed := outboxtest.Rounds(t, 20), outboxtest.Seed(t)
	t.Logf("FIELDPOST_SEED=%d", seed)
	p := newPort(t, seed)
	began := time.Now()
	for round := range rounds {
		p.newRound(round%4 == 3)
		for _, op := range p.operations {
			if op.id != "stop" { // which is for the end
				p.try(p.asDescribed(op))
			}
			for range 4 {
				if r := p.breaking(op); op.id != "stop" || r.expected == mustRefuse {
					p.try(r)
				}
			}
		}
	}
	p.stop()
	p.report(time.Since(began))
}

func newPort(t *testing.T, seed uint64) *port {
	t.Helper()
	l := loneLaptop(t)
	l.env = append(l.env, "FIELDPOST_NOTIFY_ENABLED=false")
	contact := l.org.AddContact(sandbox.Person{FirstName: "Ana", LastName: "Müller", Email: "ana@kunde.test"})
	l.start()
	p := &port{
		laptop: l, address: l.address(), contact: contact, sandbox: "http://" + l.addr,
		maker:    maker{rng: rand.New(rand.NewPCG(seed, 0))},
		client:   &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		statuses: map[int]int{}, succeeded: map[string]bool{}, told: map[string]int{},
	}
	p.tokens = map[string]string{"owner": p.address.Token}
	p.signIn()
	_, text := l.ask(http.MethodGet, "/openapi.json", "")
	p.operations, p.problem = operationsOf(t, []byte(text))
	_, shell := l.ask(http.MethodGet, "/", "")
	for _, found := range staticName.FindAllStringSubmatch(shell, -1) {
		p.staticFiles = append(p.staticFiles, found[1])
	}
	p.likely, p.needs, p.bodies = p.likelyValues(), p.needsOf(), p.bodiesOf()
	p.capture(`{"kind":"share","channel":"email","subject":"Brochure","people":[{"email":"ana@kunde.test"}]}`)
	l.eventually("a delivery", func() bool { return l.status().Outbox.Delivered == 1 })
	return p
}

// newRound takes Salesforce away or brings it back, signs a page in and pairs one.
func (p *port) newRound(offline bool) {
	back := p.away && !offline
	p.away = offline
	if offline {
		p.goAway()
	}
	if back {
		p.comeBack()
		p.signIn()
		p.owner(http.MethodPost, "/v1/sync", "{}", nil)
	}
	var link apitype.SessionLink
	var session apitype.Session
	p.owner(http.MethodPost, "/v1/session/codes", "{}", &link)
	_, code, _ := strings.Cut(link.URL, "#code=")
	p.owner(http.MethodPost, "/v1/session", `{"code":"`+code+`"}`, &session)
	p.tokens["page"] = session.Token
	_, p.tokens["paired"] = p.pair()
	p.pairedOrigin = p.origin
}

// try makes a request and tells what is wrong with its answer.
func (p *port) try(r *request) {
	before := p.outboxCounts()
	got, err := p.send(r)
	if err != nil {
		p.t.Fatalf("%s: %v", r, err)
	}
	p.made++
	p.statuses[got.status]++
	faults := p.judge(r, got)
	if after := p.outboxCounts(); got.status >= 400 && after != before {
		faults = append(faults, fmt.Sprintf("refused, it changed the outbox from %v to %v", before, after))
	}
	if status, text := p.ask(http.MethodGet, "/healthz", ""); status != 200 || strings.TrimSpace(text) != `{"status":"ok"}` {
		faults = append(faults, fmt.Sprintf("then the daemon is %d %s", status, text))
	}
	for _, fault := range faults {
		p.fault(r, got, fault)
	}
	if got.status < 300 && r.expected == mustPass {
		p.succeeded[r.op.id] = true
	}
	p.afterwards(r, got)
}

// fault tells of each kind of fault of an operation three times: the rest is the same.
func (p *port) fault(r *request, got answer, fault string) {
	p.faulty++
	kind := r.op.id + strings.SplitN(fault, ":", 2)[0]
	if p.told[kind]++; p.told[kind] <= 3 {
		p.t.Errorf("%s\n  %s\n  answered %d %.300s", r, fault, got.status, got.body)
	}
}

func (r *request) String() string {
	return fmt.Sprintf("%s (%s): %s %.200s %v %.300q", r.op.id, r.what, r.method, r.target, r.header, r.body)
}

// outboxCounts are the figures of the outbox that nothing but a call changes: what is
// being delivered counts together.
func (p *port) outboxCounts() [4]int {
	p.t.Helper()
	var status apitype.Status
	p.owner(http.MethodGet, "/v1/status", "", &status)
	o := status.Outbox
	return [4]int{o.Captured, o.Held, o.Discarded, o.Waiting + o.Sending + o.Delivered + o.NeedsAttention}
}

// stop ends the daemon as the document says, and starts it again: the outbox is the same.
func (p *port) stop() {
	p.t.Helper()
	i := slices.IndexFunc(p.operations, func(op *operation) bool { return op.id == "stop" })
	before := p.outboxCounts()
	r := p.asDescribed(p.operations[i])
	got, err := p.send(r)
	if err != nil {
		p.t.Fatalf("%s: %v", r, err)
	}
	for _, fault := range p.judge(r, got) {
		p.fault(r, got, fault)
	}
	p.made++
	p.statuses[got.status]++
	p.succeeded["stop"] = got.status == http.StatusAccepted
	if err := p.daemon.Wait(); err != nil {
		p.t.Errorf("the stopped daemon ended with %v", err)
	}
	p.start()
	p.address = p.laptop.address()
	p.tokens["owner"] = p.address.Token
	if after := p.outboxCounts(); after != before {
		p.t.Errorf("a stop changed the outbox from %v to %v", before, after)
	}
}

func (p *port) report(took time.Duration) {
	p.t.Helper()
	for _, op := range p.operations {
		if !p.succeeded[op.id] {
			p.t.Errorf("%s never succeeded: what it answers then was not held against the document", op.id)
		}
	}
	var all []string
	for _, status := range slices.Sorted(maps.Keys(p.statuses)) {
		all = append(all, fmt.Sprintf("%d: %d", status, p.statuses[status]))
	}
	p.t.Logf("%d requests for %d operations in %v; %s", p.made, len(p.operations), took.Round(time.Second/10), strings.Join(all, ", "))
}
