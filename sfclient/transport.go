package sfclient

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// NewTransport builds the connection pool that all calls to Salesforce share:
// system certificate roots only, and time limits on each step before the first
// byte is sent. proxy may be nil for none.
func NewTransport(proxy func(*http.Request) (*url.URL, error)) *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}
	return &http.Transport{
		Proxy:                  proxy,
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    10 * time.Second,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		OnProxyConnectResponse: refuseConnect,
	}
}

// refuseConnect makes the proxy's own refusal known by its status.
func refuseConnect(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	refusal := &ProxyError{Status: answer.StatusCode}
	for _, challenge := range answer.Header.Values("Proxy-Authenticate") {
		if scheme := token(challenge); scheme != "" {
			refusal.Schemes = append(refusal.Schemes, scheme)
		}
	}
	return refusal
}

// maxScheme is how much of a scheme's name is kept: a proxy is a stranger.
const maxScheme = 20

// token is the name at the beginning of a challenge (RFC 9110 section 11.1).
func token(challenge string) string {
	end := strings.IndexFunc(challenge, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-')
	})
	if end < 0 {
		end = len(challenge)
	}
	return challenge[:min(end, maxScheme)]
}

// NewHTTPClient wraps a transport for calls to Salesforce: it follows no redirect,
// keeps no cookie, and every failure of the network is a *TransportError that says
// whether the request can have left this machine.
func NewHTTPClient(transport http.RoundTripper) *http.Client {
	return &http.Client{
		Transport:     tracked{transport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

type tracked struct{ next http.RoundTripper }

func (t tracked) RoundTrip(request *http.Request) (*http.Response, error) {
	var connected atomic.Bool
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }}
	answer, err := t.next.RoundTrip(request.WithContext(httptrace.WithClientTrace(request.Context(), trace)))
	if err != nil {
		return nil, &TransportError{Sent: connected.Load(), Kind: networkKind(err), Err: err}
	}
	answer.Body = trackedBody{answer.Body}
	return answer, nil
}

// trackedBody names a cut answer for what it is: the request was sent.
type trackedBody struct{ io.ReadCloser }

func (b trackedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = &TransportError{Sent: true, Kind: networkKind(err), Err: err}
	}
	return n, err
}
