package sfclient

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// PinnedVersion is the API version spoken where the org has it, MinVersion the
// oldest one that serves (salesforce.md section 6).
const (
	PinnedVersion = "66.0"
	MinVersion    = "60.0"
)

// CallTimeout bounds one exchange, from dialling to the last byte of the answer.
// Salesforce itself may work on for 10 minutes (salesforce.md section 6.5).
const CallTimeout = 60 * time.Second

// Grant is what a call needs to be let in. The instance URL is an origin without
// a trailing slash; it can change whenever the grant is renewed.
type Grant struct {
	InstanceURL string
	AccessToken string
}

// String leaves the token out, so that a grant can never be printed by accident.
func (g Grant) String() string { return g.InstanceURL }

// LogValue leaves the token out as well.
func (g Grant) LogValue() slog.Value { return slog.StringValue(g.InstanceURL) }

// Session lends the current grant and renews one that Salesforce refused.
type Session interface {
	// Current gives the grant at hand, fetching one if there is none.
	Current(ctx context.Context) (Grant, error)
	// Renew replaces the stale grant. Where the grant at hand is already another
	// one, it is given and nothing is renewed.
	Renew(ctx context.Context, stale Grant) (Grant, error)
}

// Usage is the org's daily API allowance as last told by Salesforce.
type Usage struct{ Used, Max int }

// Config holds what a Client depends on. All but Version and OnUsage are required.
type Config struct {
	Session   Session
	Transport http.RoundTripper
	Log       *slog.Logger
	// UserAgent names the program and its version.
	UserAgent string
	// Version overrides PinnedVersion ("66.0").
	Version string
	// OnUsage is told the allowance after each call that states it. It must not
	// block; calls run concurrently.
	OnUsage func(Usage)
}

// Client calls one org as one user. It is safe for concurrent use.
type Client struct {
	session   Session
	http      *http.Client
	log       *slog.Logger
	userAgent string
	pinned    string
	onUsage   func(Usage)

	mu    sync.Mutex // guards known
	known orgVersion
}

// New builds a client. It makes no call.
func New(c Config) *Client {
	if c.Version == "" {
		c.Version = PinnedVersion
	}
	if c.OnUsage == nil {
		c.OnUsage = func(Usage) {}
	}
	return &Client{
		session:   c.Session,
		http:      NewHTTPClient(c.Transport),
		log:       c.Log,
		userAgent: c.UserAgent,
		pinned:    c.Version,
		onUsage:   c.OnUsage,
	}
}
