// Package client talks to the running daemon over its local port, for the CLI. It
// finds the daemon by api.json and makes it prove that it is the one which wrote
// that file before it hands anything over: after a crash another user's process
// may sit on the port.
package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"time"

	"fieldpost/daemon/localapi/access"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/outbox"
)

// ErrNotRunning: there is no api.json, or nobody answers where it points, or
// somebody else does.
var ErrNotRunning = errors.New("fieldpost is not running")

const (
	dialTime  = 2 * time.Second
	helloTime = 5 * time.Second
	// maxAnswer bounds what is read of one answer.
	maxAnswer = 64 << 20
)

// Client is safe for concurrent use.
type Client struct {
	base     string
	token    string
	language string
	http     *http.Client
}

// Open finds the daemon that wrote the address file. Answers are told in language,
// where it is not empty. The error is ErrNotRunning, or says why the file cannot
// be read.
func Open(ctx context.Context, addressFile, language string) (*Client, error) {
	data, err := os.ReadFile(addressFile)
	if errors.Is(err, os.ErrNotExist) {
		return nil, ErrNotRunning
	}
	if err != nil {
		return nil, err
	}
	var address apitype.Address
	if err := json.Unmarshal(data, &address); err != nil || address.Token == "" {
		return nil, fmt.Errorf("%w: %s holds no address", ErrNotRunning, addressFile)
	}
	c := &Client{
		base: address.URL, token: address.Token, language: language,
		http: &http.Client{
			Transport:     &http.Transport{DialContext: (&net.Dialer{Timeout: dialTime}).DialContext},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	return c, c.meet(ctx)
}

// meet checks that who answers knows our token, without sending it.
func (c *Client) meet(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, helloTime)
	defer cancel()
	at, err := url.Parse(c.base)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotRunning, err)
	}
	port, err := strconv.Atoi(at.Port())
	if ip := net.ParseIP(at.Hostname()); err != nil || !ip.IsLoopback() {
		return fmt.Errorf("%w: %s is no address on this computer", ErrNotRunning, c.base)
	}
	nonce := rand.Text()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/v1/hello?n="+nonce, http.NoBody)
	if err != nil {
		return err
	}
	var hello apitype.Hello
	if err := c.send(request, &hello); err != nil {
		return fmt.Errorf("%w: %w", ErrNotRunning, err)
	}
	if !slices.Contains(hello.Proofs, access.Proof(c.token, nonce, port)) {
		return fmt.Errorf("%w: another program answers at %s", ErrNotRunning, c.base)
	}
	return nil
}

// call sends in as JSON, where it is not nil, and reads the answer into out, where
// it is not nil. An answer that refuses is an *apitype.Error.
func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return err
		}
	}
	request, err := c.request(ctx, method, path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if method == http.MethodPost || method == http.MethodPatch {
		request.Header.Set("Content-Type", "application/json")
	}
	return c.send(request, out)
}

func (c *Client) request(ctx context.Context, method, path string, body io.Reader) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	request.Header.Set(apitype.SourceHeader, string(outbox.FromCLI))
	if c.language != "" {
		request.Header.Set("Accept-Language", c.language)
	}
	return request, nil
}

func (c *Client) send(request *http.Request, out any) error {
	answer, err := c.open(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil || out == nil {
		return err
	}
	if err := json.Unmarshal(data, out); err != nil {
		return fmt.Errorf("the daemon's answer cannot be read: %w", err)
	}
	return nil
}

// open gives an answer that does not refuse; the caller closes its body.
func (c *Client) open(request *http.Request) (*http.Response, error) {
	answer, err := c.http.Do(request)
	if err != nil {
		var dial *net.OpError
		if errors.As(err, &dial) && dial.Op == "dial" && request.Context().Err() == nil {
			return nil, ErrNotRunning
		}
		return nil, err
	}
	if answer.StatusCode < 300 {
		return answer, nil
	}
	defer answer.Body.Close()
	refusal := &apitype.Error{Status: answer.StatusCode}
	if kind, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type")); kind == "application/problem+json" {
		if data, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer)); err == nil {
			_ = json.Unmarshal(data, refusal) // the status alone is a refusal too
		}
	}
	return nil, refusal
}
