package drain

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"filippo.io/age"

	"fieldpost/daemon/crm"
	"fieldpost/daemon/directory"
	"fieldpost/daemon/words"
	"fieldpost/keychain"
	"fieldpost/outbox"
	"fieldpost/sfclient"
	"fieldpost/sfclient/sandbox"
	"fieldpost/sfclient/sfauth"
)

// A world is a laptop and an org under one seed: a real outbox on a throw-away file,
// the real drain, client and refresher, and the sandbox at the other end of pipes. It
// lives in a synctest bubble, so that its hours pass in no time.
type world struct {
	t   *testing.T
	rng *rand.Rand

	org    *sandbox.Sandbox
	line   *pipes
	server *http.Server
	ended  chan error
	cable  atomic.Bool // plugged in

	folder  string
	key     *age.X25519Identity
	secrets *keychain.Memory
	skew    atomic.Int64 // of the laptop's wall clock, in nanoseconds
	booted  time.Time
	reps    []sfauth.Account
	rep     int // who is signed in

	box       *outbox.Store
	people    *directory.Directory
	refresher *sfauth.Refresher
	client    *sfclient.Client
	drain     *Drain
	mu        sync.Mutex // guards facts and spread
	facts     *crm.Facts
	spread    *rand.Rand
	dead      atomic.Bool // the process was killed
	stop      context.CancelFunc
	stopped   chan error
	transport *http.Transport

	// known is what was acknowledged; plants are the bugs of a planted-bug check.
	known  map[string]*known
	keys   []string
	plants plants

	drops     *dropping
	occasions map[string]*occasion
	deletes   bool // a cancelled meeting's record is deleted

	log    lines
	tokens []string
}

// lines is a log in memory.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) holds(secret string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.text.String(), secret)
}

func (w *world) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// known is what the world remembers of an acknowledged activity.
type known struct {
	owner     string // the user id it belongs to
	discarded bool
	doubted   bool // it was discarded while it may have been in Salesforce
}

// plants are deliberate faults: each must turn an invariant red.
type plants struct {
	ackBeforeCommit   bool // I1: the receipt comes before the disk has it
	settleUnanswered  bool // I1: a lost answer is taken for a delivery
	forgetDoubt       bool // I2, I3: what may have been written is sent like new
	resendAfterSecond bool // I3: thirty seconds are taken for a proof of absence
	logBodies         bool // I4
	leaveClaimed      bool // I5, I6: an outcome is not stored
	dropRotatedToken  bool // I6: a rotated token is not on disk before it is used
	sendUnderAnybody  bool // I7: a sign-in overtakes calls under way
}

type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.closed); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

var errUnplugged = &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("network is unreachable")}

func (w *world) dial(context.Context, string, string) (net.Conn, error) {
	if !w.cable.Load() {
		return nil, errUnplugged
	}
	client, server := net.Pipe()
	w.line.conns <- server
	return client, nil
}

const login = "http://localhost"

func newWorld(t *testing.T, seed uint64, planted plants) *world {
	w := &world{
		t: t, rng: rand.New(rand.NewPCG(seed, 1)), spread: rand.New(rand.NewPCG(seed, 2)), folder: scratch(t), secrets: &keychain.Memory{}, booted: time.Now(),
		line: &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}, ended: make(chan error, 1),
		known: map[string]*known{}, plants: planted, occasions: map[string]*occasion{}, deletes: seed%2 == 0,
	}
	w.drops = newDropping(w, seed)
	w.cable.Store(true)
	w.org = sandbox.New(sandbox.Config{Empty: true})
	w.org.Set(func(r *sandbox.Rules) {
		r.RotateRefresh = w.rng.IntN(2) == 0
		if w.keyless() {
			r.Key = sandbox.KeyAbsent
		}
	})
	for i := range 4 {
		w.org.AddContact(sandbox.Person{FirstName: "C", LastName: fmt.Sprint(i), Email: fmt.Sprintf("c%d@kunde.test", i)})
	}
	w.server = &http.Server{Handler: w.org}
	go func() { w.ended <- w.server.Serve(w.line) }()
	var err error
	if w.key, err = age.GenerateX25519Identity(); err != nil {
		t.Fatal(err)
	}
	w.reps = []sfauth.Account{w.account(w.org.Rep().ID), w.account(w.org.AddUser("ben@acme.example", "Ben", "Vos"))}
	w.boot()
	w.signIn(0)
	return w
}

// scratch is a folder in memory where there is one: the power-cut proof proves
// syncing, this one never waits for a disk.
func scratch(t *testing.T) string {
	base := "/dev/shm"
	if _, err := os.Stat(base); err != nil {
		base = ""
	}
	folder, err := os.MkdirTemp(base, "fieldpost-sim-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

// keyless decides once per world whether the org lacks the key field.
func (w *world) keyless() bool { return w.rng.IntN(2) == 0 }

func (w *world) account(userID string) sfauth.Account {
	return sfauth.Account{OrgID: w.org.Org().ID, UserID: userID, InstanceURL: login, LoginURL: login, ClientID: "KEY"}
}

// chance spreads the pauses; the workers draw from it at the same time.
func (w *world) chance() float64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.spread.Float64()
}

// wall is the laptop's clock.
func (w *world) wall() time.Time { return time.Now().Add(time.Duration(w.skew.Load())) }

// boot starts the program on the files that are there.
func (w *world) boot() {
	w.t.Helper()
	w.dead.Store(false)
	var err error
	w.box, err = outbox.Open(filepath.Join(w.folder, "outbox.db"), outbox.Options{
		Recipients: []age.Recipient{w.key.Recipient()}, Identity: w.key, Now: w.wall, NoSync: true,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	own := []age.Recipient{w.key.Recipient()}
	w.people = directory.Open(filepath.Join(w.folder, "directory.db"), own, nil)
	if err = w.people.Unlock(w.key, own); err != nil {
		w.t.Fatal(err)
	}
	account := sfauth.Account{}
	if current, _, err := w.box.Current(); err != nil {
		w.t.Fatal(err)
	} else if current != nil {
		account = w.account(current.UserID)
	}
	w.transport = &http.Transport{DialContext: w.dial, IdleConnTimeout: 90 * time.Second}
	w.refresher = sfauth.NewRefresher(sfauth.RefresherConfig{
		Account: account, Store: "sim", Secrets: w.keychain(), Transport: w.transport, Now: w.wall, Log: w.logger(),
	})
	w.client = sfclient.New(sfclient.Config{Session: w.refresher, Transport: w.transport, Log: w.logger(), UserAgent: "sim"})
	w.drain = New(Parts{
		Outbox: &mortal{w}, Salesforce: w.client, Org: &simOrg{w}, Now: w.wall,
		Elapsed: func() time.Duration { return time.Since(w.booted) }, Usage: func() sfclient.Usage { return sfclient.Usage{} },
		Chance: w.chance, Log: w.logger(),
	})
	w.drops.boot()
	var ctx context.Context
	ctx, w.stop = context.WithCancel(context.Background())
	w.stopped = make(chan error, 1)
	go func() { w.stopped <- w.drain.Run(ctx) }()
}

func (w *world) keychain() sfauth.Secrets {
	if w.plants.dropRotatedToken {
		return &forgetful{Memory: w.secrets, unsaved: map[string]string{}}
	}
	return w.secrets
}

// halt ends the program: killed, nothing that it still learns reaches the disk.
func (w *world) halt(killed bool) {
	w.t.Helper()
	w.dead.Store(killed)
	w.stop()
	<-w.stopped
	_ = w.refresher.Settle(context.Background())
	w.transport.CloseIdleConnections()
	if err := errors.Join(w.box.Close(), w.people.Close()); err != nil {
		w.t.Fatal(err)
	}
}

// signIn signs a rep in as the daemon does: at rest where it is another one.
func (w *world) signIn(rep int) {
	w.t.Helper()
	access, refresh := w.org.Grant(w.reps[rep].UserID)
	w.tokens = append(w.tokens, access, refresh)
	take := func() error {
		grant := &sfauth.Grant{Account: w.reps[rep], AccessToken: access, RefreshToken: refresh}
		if err := w.refresher.Adopt(context.Background(), grant); err != nil {
			return err
		}
		w.rep = rep
		return w.box.SignIn(outbox.Account{OrgID: w.reps[rep].OrgID, UserID: w.reps[rep].UserID}, nil)
	}
	atRest := w.drain.AtRest
	if w.plants.sendUnderAnybody {
		atRest = func(_ context.Context, change func() error) error { return change() }
	}
	if err := atRest(context.Background(), take); err != nil {
		w.t.Fatal(err)
	}
	if err := w.drain.Flush(); err != nil {
		w.t.Fatal(err)
	}
}

// end brings the world down.
func (w *world) end() {
	w.t.Helper()
	w.halt(false)
	if err := w.server.Shutdown(context.Background()); err != nil {
		w.t.Error(err)
	}
	if err := <-w.ended; !errors.Is(err, http.ErrServerClosed) {
		w.t.Error(err)
	}
}

// simOrg is the org as the drain asks it.
type simOrg struct{ w *world }

func (o *simOrg) Facts(ctx context.Context) (*crm.Facts, error) {
	if facts := o.kept(); facts != nil {
		return facts, nil
	}
	err := o.Reread(ctx)
	return o.kept(), err
}

func (o *simOrg) kept() *crm.Facts {
	o.w.mu.Lock()
	defer o.w.mu.Unlock()
	return o.w.facts
}

func (o *simOrg) Reread(ctx context.Context) error {
	facts, err := crm.ReadFacts(ctx, o.w.client, crm.User{OrgID: o.w.refresher.Account().OrgID, UserID: o.UserID()}, nil, sandbox.DefaultKeyField, o.w.wall())
	if err != nil {
		return err
	}
	o.w.mu.Lock()
	defer o.w.mu.Unlock()
	o.w.facts = facts
	return nil
}

func (o *simOrg) Rules() *crm.Rules {
	return &crm.Rules{RelatedTo: []string{"Account"}, Multiple: true, Words: words.In("en"), Zone: time.UTC}
}

func (o *simOrg) Resolve(ctx context.Context, addresses, ids []string) (map[string]directory.Match, error) {
	return o.w.people.Resolve(ctx, o.w.client, directory.Filter{}, addresses, ids, o.w.wall())
}

func (o *simOrg) Name(id string) string {
	name, err := o.w.people.Name(id)
	if err != nil {
		o.w.t.Error(err)
	}
	return name
}

func (o *simOrg) Inside(string) bool { return false }

func (o *simOrg) Current(id string) string {
	now, err := o.w.people.Current(id)
	if err != nil {
		o.w.t.Error(err)
	}
	return now
}

func (o *simOrg) UserID() string { return o.w.refresher.Account().UserID }

// mortal is the outbox of a process that may be killed: from then on it stores
// nothing.
type mortal struct{ w *world }

var errKilled = errors.New("the process is gone")

func (m *mortal) alive(work func() error) error {
	if m.w.dead.Load() {
		return errKilled
	}
	return work()
}

func (m *mortal) Claim(most int, mode string) (work []outbox.Work, next time.Time, err error) {
	err = m.alive(func() error {
		work, next, err = m.w.box.Claim(most, mode)
		return err
	})
	if m.w.plants.logBodies && len(work) > 0 {
		m.w.logger().Info("claimed", "body", work[0].Activity.Body)
	}
	if m.w.plants.forgetDoubt {
		for i := range work {
			work[i].Doubt = nil
		}
	}
	if m.w.plants.resendAfterSecond {
		for i := range work {
			if d := work[i].Doubt; d != nil && m.w.wall().Sub(d.Since) > 30*time.Second {
				work[i].Doubt = nil
			}
		}
	}
	return work, next, err
}

func (m *mortal) Settle(outcomes []outbox.Outcome) error {
	if m.w.plants.leaveClaimed && len(outcomes) > 1 {
		outcomes = outcomes[1:]
	}
	if m.w.plants.settleUnanswered {
		for i := range outcomes {
			if outcomes[i].To == outbox.Waiting && outcomes[i].Doubtful {
				outcomes[i].To, outcomes[i].Record = outbox.Delivered, &outbox.Record{ID: "00T000000000001AAA", Object: "Task"}
			}
		}
	}
	return m.alive(func() error { return m.w.box.Settle(outcomes) })
}

func (m *mortal) Unclaim(ids []string) error {
	return m.alive(func() error { return m.w.box.Unclaim(ids) })
}

func (m *mortal) Hurry() error { return m.alive(m.w.box.Hurry) }

func (m *mortal) Due() (at time.Time, any bool, err error) {
	err = m.alive(func() error {
		at, any, err = m.w.box.Due()
		return err
	})
	return at, any, err
}

// forgetful keeps what it is told only until the process ends.
type forgetful struct {
	*keychain.Memory
	unsaved map[string]string
}

func (f *forgetful) Set(ctx context.Context, name, secret string) error {
	if _, err := f.Memory.Get(ctx, name); err != nil {
		return f.Memory.Set(ctx, name, secret)
	}
	f.unsaved[name] = secret
	return nil
}

func (f *forgetful) Delete(ctx context.Context, name string) error {
	delete(f.unsaved, name)
	return f.Memory.Delete(ctx, name)
}

func (f *forgetful) Get(ctx context.Context, name string) (string, error) {
	if secret, ok := f.unsaved[name]; ok {
		return secret, nil
	}
	return f.Memory.Get(ctx, name)
}
