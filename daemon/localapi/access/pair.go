package access

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

const (
	askLife = 2 * time.Minute
	// answerLife is how long an answered ask may still be polled.
	answerLife = 10 * time.Minute
	denial     = 24 * time.Hour
	maxAsks    = 20
)

// Errors of pairing.
var (
	// ErrUnknown: no ask or pairing has this id.
	ErrUnknown = errors.New("access: no such ask or pairing")
	// ErrAskOpen: this origin asked already, or too many others wait for an answer.
	ErrAskOpen = errors.New("access: an ask is open already")
	// ErrAskOver: the ask was answered, or nobody answered it in time.
	ErrAskOver = errors.New("access: the ask is over")
)

// A DeniedError says that the rep said no to this origin not long ago.
type DeniedError struct{ Until time.Time }

func (e *DeniedError) Error() string {
	return fmt.Sprintf("access: denied until %s", e.Until.Format(time.RFC3339))
}

// AskState is how an ask goes.
type AskState string

// The states of an ask.
const (
	Pending  AskState = "pending"
	Approved AskState = "approved"
	Denied   AskState = "denied"
	Expired  AskState = "expired"
)

// Pairing is an origin that may capture. Its id is the id of its ask.
type Pairing struct {
	ID        string    `json:"id"`
	Origin    string    `json:"origin"`
	Name      string    `json:"name"`
	CreatedAt time.Time `json:"created_at"`
}

// Ask is an origin that asks to pair.
type Ask struct {
	ID, Origin, Name   string
	AskedAt, ExpiresAt time.Time
}

type ask struct {
	Ask
	answer AskState // Approved or Denied; empty until answered
	token  string   // until it is fetched
}

func (k *ask) state(now time.Time) AskState {
	switch {
	case k.answer != "":
		return k.answer
	case now.Before(k.ExpiresAt):
		return Pending
	}
	return Expired
}

// Ask opens an ask: ErrAskOpen while one is open, a *DeniedError for a day after
// a no.
func (a *Access) Ask(origin, name string) (Ask, error) {
	opened, err := a.open(origin, name)
	if err == nil {
		a.tell()
	}
	return opened, err
}

func (a *Access) open(origin, name string) (Ask, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	if until := a.kept.Denied[origin]; until.After(now) {
		return Ask{}, &DeniedError{Until: until}
	}
	maps.DeleteFunc(a.asks, func(_ string, k *ask) bool { return now.Sub(k.ExpiresAt) >= answerLife })
	pending := 0
	for _, k := range a.asks {
		if k.state(now) != Pending {
			continue
		}
		if pending++; k.Origin == origin || pending >= maxAsks {
			return Ask{}, ErrAskOpen
		}
	}
	id := make([]byte, 16)
	rand.Read(id) // never fails (crypto/rand)
	opened := Ask{ID: hex.EncodeToString(id), Origin: origin, Name: name, AskedAt: now, ExpiresAt: now.Add(askLife)}
	a.asks[opened.ID] = &ask{Ask: opened}
	return opened, nil
}

// Poll tells the asking origin how its ask goes. The token comes with the first
// poll after the yes, and never again. ErrUnknown also for another origin's ask.
func (a *Access) Poll(id, origin string) (state AskState, token string, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	k := a.asks[id]
	if k == nil || k.Origin != origin {
		return "", "", ErrUnknown
	}
	token, k.token = k.token, ""
	return k.state(a.now()), token, nil
}

// Asks lists the asks that wait for an answer, the oldest first.
func (a *Access) Asks() []Ask {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := []Ask{}
	for _, k := range a.asks {
		if k.state(a.now()) == Pending {
			all = append(all, k.Ask)
		}
	}
	slices.SortFunc(all, func(x, y Ask) int { return x.AskedAt.Compare(y.AskedAt) })
	return all
}

// Approve pairs the asking origin: ErrUnknown, or ErrAskOver.
func (a *Access) Approve(id string) (Pairing, error) {
	paired := Pairing{}
	err := a.answer(id, Approved, func(k *ask, next *kept) {
		paired = Pairing{ID: k.ID, Origin: k.Origin, Name: k.Name, CreatedAt: a.now()}
		k.token = newToken()
		next.Pairings = append(next.Pairings, keptPairing{Pairing: paired, Hash: hashOf(k.token)})
	})
	return paired, err
}

// Deny refuses the asking origin for a day: ErrUnknown, or ErrAskOver.
func (a *Access) Deny(id string) error {
	return a.answer(id, Denied, func(k *ask, next *kept) { next.Denied[k.Origin] = a.now().Add(denial) })
}

func (a *Access) answer(id string, answer AskState, change func(*ask, *kept)) error {
	err := func() error {
		a.mu.Lock()
		defer a.mu.Unlock()
		k := a.asks[id]
		if k == nil {
			return ErrUnknown
		}
		if k.state(a.now()) != Pending {
			return ErrAskOver
		}
		answered, next := *k, a.kept.clone()
		change(&answered, &next)
		if err := a.keep(next); err != nil {
			return err
		}
		answered.answer = answer
		*k = answered
		return nil
	}()
	if err == nil {
		a.tell()
	}
	return err
}

// Proofs shows each pairing of an origin, or the owner and each status page where origin
// is empty, that its token is known here: HMAC-SHA-256 under SHA-256(token) over
// "nonce|port", in lower-case hex.
func (a *Access) Proofs(origin, nonce string) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	proofs := []string{}
	if origin == "" {
		proofs = append(proofs, prove(hashOf(a.owner), nonce, a.port))
		for i := range a.kept.Pages {
			if page := &a.kept.Pages[i]; a.lives(page) {
				proofs = append(proofs, prove(page.Hash, nonce, a.port))
			}
		}
	}
	for _, p := range a.kept.Pairings {
		if p.Origin == origin {
			proofs = append(proofs, prove(p.Hash, nonce, a.port))
		}
	}
	return proofs
}

// Proof is what the holder of a token expects to find among the Proofs.
func Proof(token, nonce string, port int) string { return prove(hashOf(token), nonce, port) }

func prove(key hash, nonce string, port int) string {
	mac := hmac.New(sha256.New, key[:])
	fmt.Fprintf(mac, "%s|%d", nonce, port)
	return hex.EncodeToString(mac.Sum(nil))
}
