package bench

import (
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"fieldpost/sfclient/sandbox"
)

// org is a Salesforce in this process, reached over real HTTP, so far away as it is told.
type org struct {
	*sandbox.Sandbox
	address string
	url     string
	server  *http.Server
	// far is how long each call takes on top, in nanoseconds.
	far atomic.Int64
	// away is how long an answer to a write takes on top, in nanoseconds, and writes how
	// many were asked for.
	away   atomic.Int64
	writes atomic.Int64
	// plain, where set, answers the writes instead of the sandbox.
	plain http.Handler

	mu    sync.Mutex
	first time.Time // when the first write came
}

func startOrg() (*org, error) {
	o := &org{Sandbox: sandbox.New(sandbox.Config{}), address: "127.0.0.1:0"}
	o.Set(func(r *sandbox.Rules) { r.AllowanceMax = 0 })
	if err := o.comeBack(); err != nil {
		return nil, err
	}
	for n := range peopleKnown {
		o.AddContact(sandbox.Person{FirstName: "Ana", LastName: "Müller", Email: address(n)})
	}
	return o, nil
}

// comeBack and goAway start and stop it, always at the same address.
func (o *org) comeBack() error {
	listener, err := net.Listen("tcp", o.address)
	if err != nil {
		return err
	}
	o.address = listener.Addr().String()
	o.url = "http://" + o.address
	o.server = &http.Server{Handler: o, ReadHeaderTimeout: time.Second}
	go func() { _ = o.server.Serve(listener) }()
	return nil
}

func (o *org) goAway() error { return o.server.Close() }

func (o *org) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	time.Sleep(time.Duration(o.far.Load()))
	if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/composite/sobjects") {
		o.Sandbox.ServeHTTP(w, r)
		return
	}
	o.mu.Lock()
	if o.writes.Add(1) == 1 {
		o.first = time.Now()
	}
	o.mu.Unlock()
	time.Sleep(time.Duration(o.away.Load()))
	if o.plain != nil {
		o.plain.ServeHTTP(w, r)
	} else {
		o.Sandbox.ServeHTTP(w, r)
	}
}

// began is when the first write came.
func (o *org) began() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.first
}

// settings lead a daemon here.
func (o *org) settings() []string {
	return []string{
		"FIELDPOST_SALESFORCE_LOGIN_URL=" + o.url, "FIELDPOST_SALESFORCE_CLIENT_ID=test",
		"FIELDPOST_SALESFORCE_REDIRECT_PORTS=[17170,27170,37170]",
	}
}
