package localapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"fieldpost/daemon/localapi/access"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/page"
	"fieldpost/daemon/words"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

const (
	tenant   = "https://acme.showpad.biz"
	neighbor = "https://other.showpad.biz"
	evil     = "https://evil.example"
)

var rep = outbox.Account{
	OrgID: "00D000000000001AAA", UserID: "005000000000001AAA", Username: "ana.ruiz@acme.example",
	InstanceURL: "https://acme.my.salesforce.com",
}

// bench is a server on a real socket, before a real outbox and a small daemon
// whose clock the test turns.
type bench struct {
	*Server
	*app
	t       *testing.T
	url     string
	address string // to listen at
	folder  string
	log     *lockedBuffer
	end     context.CancelFunc
	ended   chan error
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, folder: t.TempDir(), log: &lockedBuffer{}, ended: make(chan error, 1), address: "127.0.0.1:0"}
	feed := NewFeed()
	b.app = newApp(t, filepath.Join(b.folder, "outbox.db"), feed)
	b.start(feed)
	t.Cleanup(func() {
		b.end()
		if err := <-b.ended; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	return b
}

// start opens the port anew, as after a restart of the daemon.
func (b *bench) start(feed *Feed) {
	b.t.Helper()
	ctx, end := context.WithCancel(context.WithoutCancel(b.t.Context()))
	sockets, err := Listen(ctx, b.address)
	if err != nil {
		b.t.Fatal(err)
	}
	keys, err := access.Open(filepath.Join(b.folder, "access.json"), sockets.Port, b.app.now, feed.Status)
	if err != nil {
		b.t.Fatal(err)
	}
	a := b.app
	b.Server = New(Parts{
		Port: sockets.Port, Access: keys, Feed: feed, Outbox: a.store, Intake: a, Status: a,
		Directory: a, People: folk{}, Settings: a, Doctor: a, SignIn: a, Sync: a, Stop: end,
		Folders:  func() page.Folders { return page.Folders{Inbox: "/home/ana/Fieldpost"} },
		Origins:  func() []string { return []string{"https://*.showpad.biz", "https://exact.example"} },
		Language: func(wish string) string { return words.Match(a.language, wish) },
		Explain:  a.explain, Now: a.now,
		Log: slog.New(slog.NewTextHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	b.url, b.end = sockets.URL(), end
	go func() { b.ended <- b.Serve(ctx, sockets, time.Second) }()
}

// restart stops the server and starts it at the same port.
func (b *bench) restart() {
	b.t.Helper()
	b.address = strings.TrimPrefix(b.url, "http://")
	b.restartAnywhere()
}

// restartAnywhere starts it where address says.
func (b *bench) restartAnywhere() {
	b.t.Helper()
	b.end()
	if err := <-b.ended; err != nil {
		b.t.Fatal(err)
	}
	b.start(b.Feed)
}

// ask is one request; the zero value of a field leaves it out.
type ask struct {
	method, path string
	token        string
	origin       string
	body         string
	kind         string
	header       http.Header
}

type answer struct {
	*http.Response
	body []byte
}

func (b *bench) do(a ask) answer {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), a.method, b.url+a.path, strings.NewReader(a.body))
	if err != nil {
		b.t.Fatal(err)
	}
	for name, values := range a.header {
		request.Header[name] = values
	}
	if a.token != "" {
		request.Header.Set("Authorization", "Bearer "+a.token)
	}
	if a.origin != "" {
		request.Header.Set("Origin", a.origin)
	}
	if a.kind != "" {
		request.Header.Set("Content-Type", a.kind)
	} else if a.method == "POST" || a.method == "PATCH" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := browser.Do(request)
	for tries := 0; err != nil && runtime.GOOS == "windows" && tries < 3; tries++ {
		// A connection that is closed with something unread is reset there, and the
		// answer may be lost with it.
		request.Body = io.NopCloser(strings.NewReader(a.body))
		response, err = browser.Do(request)
	}
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{response, body}
}

var browser = &http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// owned asks with the owner's token and wants the status.
func (b *bench) owned(method, path, body string, want int) answer {
	b.t.Helper()
	got := b.do(ask{method: method, path: path, token: b.Access.Owner(), body: body})
	got.wants(b.t, want)
	return got
}

func (a answer) wants(t *testing.T, status int) {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("%s %s: status %d, want %d: %s", a.Request.Method, a.Request.URL.Path, a.StatusCode, status, a.body)
	}
}

// refuses wants a problem with the status and the code.
func (a answer) refuses(t *testing.T, status int, code string) apitype.Error {
	t.Helper()
	a.wants(t, status)
	if kind := a.Header.Get("Content-Type"); kind != "application/problem+json" {
		t.Errorf("a refusal came as %q", kind)
	}
	problem := decode[apitype.Error](t, a)
	if problem.Code != code || problem.Status != status || problem.Title == "" {
		t.Errorf("refused with %+v, want code %s", problem, code)
	}
	return problem
}

func decode[T any](t *testing.T, a answer) T {
	t.Helper()
	var value T
	if err := json.Unmarshal(a.body, &value); err != nil {
		t.Fatalf("%s: %v", a.body, err)
	}
	return value
}

// page gives the token of a status page that was opened by a one-time link.
func (b *bench) page() string {
	b.t.Helper()
	link := decode[apitype.SessionLink](b.t, b.owned("POST", "/v1/session/codes", "", 201))
	_, code, _ := strings.Cut(link.URL, "#code=")
	got := b.do(ask{method: "POST", path: "/v1/session", body: `{"code":"` + code + `"}`})
	got.wants(b.t, 200)
	return decode[apitype.Session](b.t, got).Token
}

// pair gives the token of a page that the rep allowed.
func (b *bench) pair(origin string) (token, id string) {
	b.t.Helper()
	started := b.do(ask{method: "POST", path: "/v1/pair", origin: origin, body: `{"name":"Showpad"}`})
	started.wants(b.t, 202)
	asked := decode[apitype.PairStarted](b.t, started)
	b.owned("POST", "/v1/pair/"+asked.ID+"/approve", "", 200)
	polled := b.do(ask{method: "GET", path: asked.Poll, origin: origin})
	polled.wants(b.t, 200)
	return decode[apitype.PairPoll](b.t, polled).Token, asked.ID
}

// raw sends bytes as they are and gives the status line and the rest.
func (b *bench) raw(text string) (status int, rest string) {
	b.t.Helper()
	conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", b.Port))
	if err != nil {
		b.t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		b.t.Fatal(err)
	}
	_, _ = io.WriteString(conn, strings.ReplaceAll(text, "PORT", fmt.Sprint(b.Port))) // it may hang up early
	data, err := io.ReadAll(conn)
	if err != nil && len(data) == 0 {
		return 0, err.Error()
	}
	_, _ = fmt.Sscanf(strings.Replace(string(data), "HTTP/1.0", "HTTP/1.1", 1), "HTTP/1.1 %d", &status) // no status line is status 0
	return status, string(data)
}

type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// app is the daemon behind the port, as far as the port asks it.
type app struct {
	store    *outbox.Store
	language string

	mu       sync.Mutex
	clock    time.Time
	broken   error // what capturing fails with
	settings map[string]any
	synced   int
	logins   []apitype.LoginRequest
	logouts  []apitype.LogoutRequest
	files    []string
}

func newApp(t *testing.T, path string, feed *Feed) *app {
	t.Helper()
	a := &app{clock: time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC), settings: map[string]any{}}
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	a.store, err = outbox.Open(path, outbox.Options{
		Recipients: []age.Recipient{identity.Recipient()}, Identity: identity, Now: a.now, NoSync: true,
		OnChange: func(ids []string) { feed.Activity(ids...) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.store.Close() })
	if err := a.store.SignIn(rep, nil); err != nil {
		t.Fatal(err)
	}
	return a
}

func (a *app) now() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.clock
}

func (a *app) pass(d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.clock = a.clock.Add(d)
}

// refusal is an error of the application with a code.
type refusal struct{ code, field string }

func (r *refusal) Error() string { return r.code }

func (a *app) explain(p *words.Printer, err error) (Told, bool) {
	var known *refusal
	if !errors.As(err, &known) {
		return Told{}, false
	}
	return Told{Code: known.code, Field: known.field, Explained: p.Explain(known.code, map[string]string{"field": known.field})}, true
}

func (a *app) JSON(ctx context.Context, from Door, data []byte) ([]Outcome, bool, error) {
	if a.broken != nil {
		return nil, false, a.broken
	}
	list := bytes.HasPrefix(bytes.TrimSpace(data), []byte("["))
	var all []activity.Activity
	var err error
	if list {
		err = json.Unmarshal(data, &all)
	} else {
		all = make([]activity.Activity, 1)
		err = json.Unmarshal(data, &all[0])
	}
	if err != nil {
		return nil, list, &refusal{code: codeNotJSON}
	}
	outcomes := make([]Outcome, len(all))
	for i := range all {
		outcomes[i] = a.capture(ctx, from, all[i])
	}
	return outcomes, list, nil
}

func (a *app) capture(ctx context.Context, from Door, one activity.Activity) Outcome {
	var fault *activity.FieldError
	if errors.As(one.Validate(), &fault) {
		return Outcome{Err: &refusal{code: fault.Code, field: fault.Field}}
	}
	if one.Subject == "excluded" {
		return Outcome{Err: &refusal{code: "excluded"}}
	}
	draft := outbox.Draft{Activity: one, Source: from.Source}
	if from.Note != nil {
		draft.Notes = []outbox.Note{*from.Note}
	}
	receipts, err := a.store.Add(ctx, []outbox.Draft{draft})
	if err != nil {
		return Outcome{Err: err}
	}
	return Outcome{Receipt: receipts[0]}
}

func (a *app) File(ctx context.Context, name string, data []byte) ([]outbox.Receipt, error) {
	a.files = append(a.files, name)
	if !strings.HasSuffix(name, ".eml") {
		return nil, &refusal{code: "unknown_file"}
	}
	one := activity.Activity{Kind: activity.Share, Channel: activity.Email, Subject: string(data)}
	outcome := a.capture(ctx, Door{Source: outbox.FromFile}, one)
	return []outbox.Receipt{outcome.Receipt}, outcome.Err
}

func (a *app) Status(context.Context, *words.Printer) (apitype.Status, error) {
	counts, err := a.store.Counts()
	return apitype.Status{
		Version:    "0.1.0",
		Account:    apitype.Account{State: apitype.SignedIn, Username: rep.Username, InstanceURL: rep.InstanceURL},
		Connection: apitype.Connection{State: apitype.Online},
		Outbox:     apitype.OutboxOf(counts),
		Warnings:   []apitype.Problem{},
	}, err
}

func (a *app) People(text string, limit int) (apitype.People, error) {
	return apitype.People{Items: []apitype.Person{{ID: "003000000000001AAA", Name: text + fmt.Sprint(limit)}}}, nil
}

func (a *app) Records(text, object string, limit int) (apitype.Records, error) {
	return apitype.Records{Items: []apitype.Entry{{ID: "001000000000001AAA", Object: object, Name: text + fmt.Sprint(limit)}}}, nil
}

// folk knows one person, for whom nothing was logged.
type folk struct{}

func (folk) Unresolved() (apitype.UnresolvedList, error) {
	return apitype.UnresolvedList{Items: []apitype.Unresolved{{Address: "ana@acme.test"}}}, nil
}

func (folk) Resolve(_ context.Context, id string, asked apitype.ResolveRequest) error {
	if asked.Create != nil && asked.Create.LastName == "" {
		return outbox.ErrNotFound
	}
	return nil
}

func (folk) Answers() (apitype.Answers, error) {
	return apitype.Answers{Items: []apitype.Answer{}}, nil
}
func (folk) Unanswer(string) error { return nil }

func (folk) Card(_ *words.Printer, named string) (apitype.Card, error) {
	if named != "ana@acme.test" {
		return apitype.Card{}, outbox.ErrNotFound
	}
	return apitype.Card{Person: apitype.Person{Email: named}}, nil
}

func (folk) Suggest(_ *words.Printer, named string, kind activity.Kind) (apitype.Suggestions, error) {
	return apitype.Suggestions{Items: []apitype.Suggestion{{Code: string(kind), Reason: named}}}, nil
}

func (a *app) List(*words.Printer) ([]apitype.Setting, error) {
	return []apitype.Setting{{Key: "contacts.scope", Value: a.settings["contacts.scope"], Source: "file"}}, nil
}

func (a *app) Change(_ context.Context, changes map[string]any) error {
	for key := range changes {
		if key == "salesforce.login_url" {
			return &refusal{code: "locked", field: key}
		}
	}
	for key, value := range changes {
		a.settings[key] = value
	}
	return nil
}

func (a *app) Check(context.Context, *words.Printer) ([]apitype.Check, error) {
	return []apitype.Check{{Code: "disk", Result: "ok", Title: "Disk"}}, nil
}

func (a *app) WriteTest(context.Context, *words.Printer) ([]apitype.Check, error) {
	return []apitype.Check{{Code: "write_task", Result: "ok", Title: "Task"}}, nil
}

func (a *app) Login(_ context.Context, asked apitype.LoginRequest) (string, error) {
	a.logins = append(a.logins, asked)
	return "https://login.salesforce.com/services/oauth2/authorize", nil
}

func (a *app) Last(*words.Printer) apitype.Login { return apitype.Login{State: apitype.LoginPending} }

func (a *app) Logout(_ context.Context, asked apitype.LogoutRequest) error {
	if !asked.KeepWaiting && !asked.Discard {
		return &refusal{code: "items_waiting"}
	}
	a.logouts = append(a.logouts, asked)
	return nil
}

func (a *app) Sync(context.Context) error {
	a.synced++
	return nil
}
