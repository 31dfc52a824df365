package sfauth

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"fieldpost/sfclient"

	"golang.org/x/oauth2"
)

// tokenTimeout bounds one call to the login host.
const tokenTimeout = 30 * time.Second

// endpoint is the login host as one public client sees it: no secret, client_id
// in the form.
type endpoint struct {
	login  string
	config oauth2.Config
	http   *http.Client
}

func newEndpoint(loginURL, clientID string, transport http.RoundTripper) *endpoint {
	return &endpoint{
		login: loginURL,
		http:  sfclient.NewHTTPClient(transport),
		config: oauth2.Config{
			ClientID: clientID,
			Scopes:   []string{"api", "refresh_token"},
			Endpoint: oauth2.Endpoint{
				AuthURL:   loginURL + "/services/oauth2/authorize",
				TokenURL:  loginURL + "/services/oauth2/token",
				AuthStyle: oauth2.AuthStyleInParams,
			},
		},
	}
}

// tokens is a token answer whose addresses have been checked.
type tokens struct {
	access, refresh string
	// instance is the origin that serves the org's data.
	instance string
	// identity is the URL in "id"; org and user are read off it.
	identity  string
	org, user string
}

// exchange trades an authorization code, once.
func (e *endpoint) exchange(ctx context.Context, code, verifier string) (tokens, error) {
	ctx, cancel := e.within(ctx)
	defer cancel()
	token, err := e.config.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	return e.checked(token, err)
}

// renew trades a refresh token. The answer's refresh token is the same one unless
// Salesforce rotated it.
func (e *endpoint) renew(ctx context.Context, refresh string) (tokens, error) {
	ctx, cancel := e.within(ctx)
	defer cancel()
	token, err := e.config.TokenSource(ctx, &oauth2.Token{RefreshToken: refresh}).Token()
	return e.checked(token, err)
}

func (e *endpoint) within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithValue(ctx, oauth2.HTTPClient, e.http), tokenTimeout)
}

func (e *endpoint) checked(token *oauth2.Token, err error) (tokens, error) {
	if err != nil {
		return tokens{}, tokenFailure(err)
	}
	named, _ := token.Extra("instance_url").(string)
	instance, ok := trustedOrigin(named, e.login)
	if !ok {
		return tokens{}, &Error{Code: InstanceRefused, Who: Setup, Args: map[string]string{"instance": named}}
	}
	t := tokens{access: token.AccessToken, refresh: token.RefreshToken, instance: instance}
	t.identity, _ = token.Extra("id").(string)
	t.org, t.user, _ = parseIdentity(t.identity)
	return t, nil
}

// tokenFailure tells a failed token call: Salesforce's own word (*Error), the
// network (*sfclient.TransportError), or somebody else's answer
// (*sfclient.ForeignError). Only the first says anything about the grant. The
// library's errors are dropped, for they quote bodies.
func tokenFailure(err error) error {
	var transport *sfclient.TransportError
	if errors.As(err, &transport) {
		return transport
	}
	var refusal *oauth2.RetrieveError
	if !errors.As(err, &refusal) {
		return &sfclient.ForeignError{Status: http.StatusOK, Kind: sfclient.Garbled}
	}
	status := refusal.Response.StatusCode
	if status >= 500 || status == http.StatusTooManyRequests || refusal.ErrorCode == "" || !json.Valid(refusal.Body) {
		return sfclient.Foreign(status, refusal.Response.Header)
	}
	return oauthError(refusal.ErrorCode, refusal.ErrorDescription)
}
