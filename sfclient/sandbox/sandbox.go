package sandbox

import (
	"sync"
	"time"
)

// Config says how an org begins. The zero value is the demo org.
type Config struct {
	Now       func() time.Time // the org's clock; nil = time.Now
	Pod       string           // three letters or digits in every id; give two orgs different ones
	ClientIDs []string         // consumer keys of the installed apps; none = any
	Empty     bool             // no accounts, people and opportunities to begin with
}

// A Sandbox is one org and its port, an http.Handler. Its methods may be called
// while it serves.
type Sandbox struct {
	clientIDs []string
	routes    []route

	mu      sync.Mutex
	org     *org
	signIns *signIns
	faults  []*Fault
	calls   []Call
	cursors map[string]*cursor
	serial  int         // counts cursors
	spent   []time.Time // when the calls of the last 24 hours were made
}

// New makes an org with a rep who can sign in.
func New(config Config) *Sandbox {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Pod == "" {
		config.Pod = "5g0"
	}
	s := &Sandbox{
		clientIDs: config.ClientIDs,
		routes:    routes(),
		org:       newOrg(config.Pod, config.Now),
		signIns:   newSignIns(),
		cursors:   map[string]*cursor{},
	}
	s.org.settle()
	if !config.Empty {
		s.org.fillDemo()
	}
	return s
}

// An Org names the org.
type Org struct{ ID, Name string }

// A User is a person with a licence.
type User struct {
	ID, Username, Name, Email string
}

// Org tells which org this is.
func (s *Sandbox) Org() Org { return Org{ID: s.org.id, Name: orgName} }

// Rep is the user who signs in unless told otherwise.
func (s *Sandbox) Rep() User {
	s.mu.Lock()
	defer s.mu.Unlock()
	return userOf(s.org.rep)
}

func userOf(r *record) User {
	return User{ID: r.id(), Username: r.text("Username"), Name: r.text("Name"), Email: r.text("Email")}
}

// Set changes the rules. The function runs under the lock: a call to the sandbox from
// within it waits for ever.
func (s *Sandbox) Set(change func(*Rules)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.org.changeRules(change)
}

// Rules gives the rules as they stand; AllowanceUsed has counted up meanwhile.
func (s *Sandbox) Rules() Rules {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.org.rules
}

// Records gives an object's live records in insert order, each as its fields that
// are not null. Times are texts as the API gives them back.
func (s *Sandbox) Records(object string) []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.org.table(object)
	if t == nil {
		return nil
	}
	records := make([]map[string]any, 0, len(t.rows))
	for _, r := range t.rows {
		if !r.deleted() {
			records = append(records, fieldsOf(t.object, r.values))
		}
	}
	return records
}

// Record gives one record, deleted ones included ("IsDeleted" tells), nil if there
// is none.
func (s *Sandbox) Record(id string) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, found := s.org.find(id)
	if !found {
		return nil
	}
	return fieldsOf(r.table.object, r.values)
}

// Insert adds a record as the org's admin would: read-only fields may be set, the
// rep's rules do not bind. It fails on an unknown object or field, or a value of
// the wrong type.
func (s *Sandbox) Insert(object string, fields map[string]any) (id string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.org.insert(object, fields)
}

// Update changes a record as the org's admin would, like Insert.
func (s *Sandbox) Update(id string, fields map[string]any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, found := s.org.find(id)
	if !found {
		return noResource()
	}
	return asError(s.org.beginSystem().update(r, plain(fields)))
}

// Delete moves records to the recycle bin.
func (s *Sandbox) Delete(ids ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.org.beginSystem()
	for _, id := range ids {
		r, found := s.org.find(id)
		if !found {
			return noResource()
		}
		if err := t.remove(r); err != nil {
			return err
		}
	}
	return nil
}

// Conceal hides records from the rep, as a change of sharing does; Reveal ends it.
func (s *Sandbox) Conceal(ids ...string) { s.mark(s.org.concealed, ids, true) }

// Reveal shows concealed records again.
func (s *Sandbox) Reveal(ids ...string) { s.mark(s.org.concealed, ids, false) }

// Protect lets the rep see records but neither change them nor relate to them.
func (s *Sandbox) Protect(ids ...string) { s.mark(s.org.protected, ids, true) }

func (s *Sandbox) mark(set map[string]bool, ids []string, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		set[id[:min(len(id), shortID)]] = on
	}
}

// asError keeps a nil *apiError from becoming an error that is not nil.
func asError(err *apiError) error {
	if err == nil {
		return nil
	}
	return err
}
