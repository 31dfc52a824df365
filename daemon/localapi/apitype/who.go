package apitype

import "time"

// LoginRequest starts a sign-in. Both fields may be empty: the settings hold.
type LoginRequest struct {
	// Org is the host or address to sign in at.
	Org      string `json:"org,omitempty"`
	ClientID string `json:"client_id,omitempty"`
}

// LoginStarted tells where the rep signs in.
type LoginStarted struct {
	AuthorizeURL string `json:"authorize_url"`
}

// LoginState tells how a sign-in goes.
type LoginState string

// The states of a sign-in.
const (
	LoginNone    LoginState = "none"
	LoginPending LoginState = "pending"
	LoginDone    LoginState = "signed_in"
	LoginFailed  LoginState = "failed"
)

// Login is how the last sign-in went.
type Login struct {
	State    LoginState `json:"state"`
	Username string     `json:"username,omitempty"`
	Problem  *Problem   `json:"problem"`
}

// LogoutRequest says what becomes of items that wait; without either, signing out
// is refused while some do.
type LogoutRequest struct {
	KeepWaiting bool `json:"keep_waiting,omitempty"`
	Discard     bool `json:"discard,omitempty"`
}

// SessionLink opens the status page signed in, once, until it expires.
type SessionLink struct {
	URL       string    `json:"url"`
	ExpiresAt time.Time `json:"expires_at"`
}

// Session is the token of a status page.
type Session struct {
	Token string `json:"token"`
}

// PairStarted answers a page that asks to pair.
type PairStarted struct {
	ID   string `json:"id"`
	Poll string `json:"poll"`
}

// PairPoll is how an ask goes. Token is given once.
type PairPoll struct {
	// State is pending, approved, denied or expired.
	State string `json:"state"`
	Token string `json:"token,omitempty"`
}

// PairAsk is a page that asks to pair.
type PairAsk struct {
	ID        string    `json:"id"`
	Origin    string    `json:"origin"`
	Name      string    `json:"name"`
	AskedAt   time.Time `json:"asked_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

// PairAsks lists the pages that wait for an answer.
type PairAsks struct {
	Items []PairAsk `json:"items"`
}

// Pairing is a page that may capture.
type Pairing struct {
	ID        string    `json:"id"`
	Origin    string    `json:"origin"`
	Name      string    `json:"name"`
	CreatedAt time.Time `json:"created_at"`
}

// Pairings lists the pages that may capture.
type Pairings struct {
	Items []Pairing `json:"items"`
}

// Hello proves to each pairing of the calling origin that this is the daemon it
// paired with.
type Hello struct {
	Proofs []string `json:"proofs"`
}

// Address is the content of api.json: where the daemon is and the owner's token.
type Address struct {
	URL   string `json:"url"`
	Token string `json:"token"`
	PID   int    `json:"pid"`
}
