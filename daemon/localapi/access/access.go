package access

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"slices"
	"sync"
	"time"
)

// Kind tells what a token may do.
type Kind int

// The kinds of token, the weakest first.
const (
	Nobody Kind = iota
	Paired
	Page
	Owner
)

// Grant is what a token turned out to be. Pairing is set for Paired alone.
type Grant struct {
	Kind    Kind
	Pairing Pairing
}

// Access is safe for concurrent use.
type Access struct {
	path    string
	port    int
	now     func() time.Time
	changed func()
	owner   string

	mu      sync.Mutex
	kept    kept
	codes   map[hash]time.Time // one-time codes, by when they end
	asks    map[string]*ask
	buckets map[string]*bucket
}

// hash is SHA-256 of a token. Tokens are 32 random bytes: they need no salt.
type hash [sha256.Size]byte

func hashOf(token string) hash { return sha256.Sum256([]byte(token)) }

func (h hash) is(other hash) bool { return subtle.ConstantTimeCompare(h[:], other[:]) == 1 }

// Open reads what the file at path keeps; a file that is absent or unreadable as
// JSON keeps nobody. The owner's token is new with each Open. A status page's token is
// good at the port at which it was given. changed, where set, is called after a page asked
// to pair or was answered.
func Open(path string, port int, now func() time.Time, changed func()) (*Access, error) {
	a := &Access{
		path: path, port: port, now: now, changed: changed, owner: newToken(),
		codes: map[hash]time.Time{}, asks: map[string]*ask{}, buckets: map[string]*bucket{},
	}
	var err error
	a.kept, err = read(path)
	return a, err
}

// Owner is the token that api.json holds.
func (a *Access) Owner() string { return a.owner }

// Identify tells what a token may do. Being identified keeps a page's token alive.
func (a *Access) Identify(token string) Grant {
	given := hashOf(token)
	a.mu.Lock()
	defer a.mu.Unlock()
	grant := Grant{}
	if given.is(hashOf(a.owner)) {
		grant.Kind = Owner
	}
	for i := range a.kept.Pairings {
		if given.is(a.kept.Pairings[i].Hash) {
			grant = Grant{Kind: Paired, Pairing: a.kept.Pairings[i].Pairing}
		}
	}
	for i := range a.kept.Pages {
		if page := &a.kept.Pages[i]; given.is(page.Hash) && a.lives(page) {
			grant.Kind = Page
			a.use(page)
		}
	}
	return grant
}

// lives tells that a page's token is still good. At another port than its own it is not:
// whoever took that port may have it.
func (a *Access) lives(page *keptPage) bool {
	return page.Port == a.port && a.now().Sub(page.UsedAt) < pageLife
}

func newToken() string {
	raw := make([]byte, 32)
	rand.Read(raw) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(raw)
}

func (a *Access) tell() {
	if a.changed != nil {
		a.changed()
	}
}

// Unpair ends a pairing; ErrUnknown where there is none with this id.
func (a *Access) Unpair(id string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	at := slices.IndexFunc(a.kept.Pairings, func(p keptPairing) bool { return p.ID == id })
	if at < 0 {
		return ErrUnknown
	}
	next := a.kept.clone()
	next.Pairings = slices.Delete(next.Pairings, at, at+1)
	delete(a.buckets, id)
	return a.keep(next)
}

// Pairings lists the origins that may capture, in the order of their pairing.
func (a *Access) Pairings() []Pairing {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := make([]Pairing, len(a.kept.Pairings))
	for i := range all {
		all[i] = a.kept.Pairings[i].Pairing
	}
	return all
}
